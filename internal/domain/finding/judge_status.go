package finding

// byStatus: nobody could be asked, or the answers told nothing. What the status and a few words allow is said, as one
// of several.
func (m *matter) byStatus() Verdict {
	var v Verdict
	switch {
	case m.lives():
		return v
	case m.status == 401 || m.has(SignInvalid, SignPassword):
		v = m.by401()
	case m.has(SignNotMember):
		v = m.say(NotMember, Certain, StepAskAdmin, m.said(SignNotMember))
	case m.status == 403 || m.has(SignForbidden):
		v = m.by403()
	case m.status == 404 || m.has(SignNotFound):
		v = m.by404()
	case m.With.Outcome == OutcomeMissing || m.With.Outcome == OutcomeForbidden || m.Without.Outcome != "" && m.Without.Outcome != OutcomeOK:
		v = m.unseen()
	}
	if v.Code == "" {
		return v
	}
	v = v.because(m.shown()...)
	if m.couldNot() {
		v = v.because(m.why(ReasonNotAsked))
	}
	return v
}

// couldNot: questions were put and not answered.
func (m *matter) couldNot() bool {
	for _, t := range troubles {
		if m.Whoami.Outcome == t.outcome || m.With.Outcome == t.outcome || m.Without.Outcome == t.outcome {
			return true
		}
	}
	return false
}

func (m *matter) by401() Verdict {
	reason := m.why(ReasonStatus, "Status", "401")
	if m.has(SignInvalid) {
		reason = m.said(SignInvalid)
	}
	switch {
	case m.has(SignPassword) || m.Credential.Kind == "basic":
		v := m.say(WrongPassword, Likely, StepEditLine, reason)
		if m.has(SignPassword) {
			v.Reasons = []Reason{m.said(SignPassword)}
		}
		if m.Failure.Sent != Yes && m.Credential.Kind != "basic" {
			v = v.or(NoCredential)
		}
		return v
	case m.accessToken():
		return m.say(TokenEnded, Possible, StepToken, reason).or(Revoked)
	case m.session():
		return m.say(SessionEnded, Possible, StepLogin, reason).or(Revoked)
	}
	v := m.say(SessionEnded, Possible, StepLogin, reason).or(TokenEnded, Revoked)
	if m.Failure.Sent != Yes && !m.has(SignInvalid) {
		v = v.or(NoCredential)
	}
	return v
}

func (m *matter) by403() Verdict {
	reason := m.why(ReasonStatus, "Status", "403")
	if m.has(SignForbidden) {
		reason = m.said(SignForbidden)
	}
	if m.publishing() {
		if m.NotPublished == No {
			return m.say(VersionExists, Likely, StepBump, m.why(ReasonPublished), reason).or(NoWrite)
		}
		return m.say(Forbidden, Possible, StepAskAdmin, reason).or(NoWrite, TokenTooNarrow)
	}
	return m.say(Forbidden, Likely, StepAskAdmin, reason)
}

// by404: the usual answer of registries to who may not know, whatever the cause.
func (m *matter) by404() Verdict {
	reason := m.said(SignNotFound)
	sent := m.Failure.Sent
	switch {
	case m.publishing() && m.accessToken():
		return m.say(TokenEnded, Possible, StepToken, reason).or(TokenTooNarrow, NoWrite)
	case m.publishing():
		return m.say(SessionEnded, Possible, StepLogin, reason).or(NoWrite, TokenTooNarrow, NoCredential)
	case m.accessToken():
		return m.say(TokenTooNarrow, Possible, StepToken, reason).or(TokenEnded, Absent)
	case m.scoped() && sent == Yes:
		return m.say(SessionEnded, Possible, StepLogin, reason).or(NotMember, NoTeam, Absent)
	case m.scoped():
		return m.say(SessionEnded, Possible, StepLogin, reason).or(NoCredential, NotMember, NoTeam, Absent)
	case sent == Yes:
		return m.say(SessionEnded, Possible, StepLogin, reason).or(Absent, WrongRegistry)
	}
	return m.say(NoCredential, Possible, StepLogin, reason).or(SessionEnded, Absent, WrongRegistry)
}

// unseen: nothing failed yet, and the package is not shown.
func (m *matter) unseen() Verdict {
	if m.With.Outcome == OutcomeForbidden || m.Without.Outcome == OutcomeForbidden && m.With.Outcome == "" {
		return m.say(Forbidden, Likely, StepAskAdmin).or(m.groups()...)
	}
	if m.With.Outcome == "" && m.Without.Outcome != OutcomeMissing && m.Without.Outcome != OutcomeRefused {
		return Verdict{}
	}
	if m.accessToken() {
		return m.say(TokenTooNarrow, Possible, StepToken).or(TokenEnded, Absent)
	}
	if m.With.Outcome == "" {
		return m.say(NoCredential, Possible, StepLogin).or(SessionEnded, Absent)
	}
	return m.say(SessionEnded, Possible, StepLogin).or(NotMember, Absent)
}
