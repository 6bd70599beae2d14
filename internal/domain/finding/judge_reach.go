package finding

// reach: the access token in question lacks something, by the registry's list.
func (m *matter) reach() Verdict {
	if !m.hidden() {
		return Verdict{}
	}
	for _, r := range []struct {
		lacks  bool
		reason string
	}{
		{m.Token.Covers == No, ReasonTokenNarrow},
		{m.Token.ReadOnly == Yes && m.publishing(), ReasonTokenReadOnly},
		{m.Token.Stage == Yes && m.publishing(), ReasonTokenStage},
	} {
		if r.lacks {
			return m.say(TokenTooNarrow, Certain, StepToken, m.why(r.reason)).because(m.shown()...)
		}
	}
	return Verdict{}
}

// organisation: what the account is to the organisation, and which of its teams have the package.
func (m *matter) organisation() Verdict {
	o := m.Org
	if !m.hidden() {
		return Verdict{}
	}
	switch {
	case o.Invited == Yes && o.Member != Yes:
		return m.say(InvitationOpen, Certain, StepAccept, m.why(ReasonInvited)).because(m.shown()...)
	case o.Member == No:
		v := m.say(NotMember, Likely, StepAskAdmin, m.why(ReasonNotMember)).because(m.shown()...)
		if o.Asked == OutcomeOK || m.has(SignNotMember) {
			v.Confidence = Certain
			return v
		}
		if m.With.Outcome == OutcomeForbidden || m.status == 403 { // a registry may refuse both questions and know no members
			v.Confidence = Possible
			v = v.or(Forbidden)
		}
		return v.or(m.perhapsAbsent()...)
	case m.has(SignNotMember) && o.Member != Yes:
		return m.say(NotMember, Certain, StepAskAdmin, m.said(SignNotMember)).because(m.shown()...)
	case o.Member == Yes:
		return m.member()
	}
	return Verdict{}
}

// perhapsAbsent is what else it may be where the package is shown to nobody who asked.
func (m *matter) perhapsAbsent() []string {
	if m.publishing() || m.With.Outcome == OutcomeForbidden || m.status == 403 {
		return nil
	}
	return []string{Absent}
}

func (m *matter) member() Verdict {
	o := m.Org
	member := m.why(ReasonMember)
	switch {
	case o.Listed == No && !m.publishing() && m.With.Outcome == OutcomeMissing && m.Without.Outcome != OutcomeOK:
		return m.say(Absent, Certain, StepName, m.why(ReasonUnlisted), member).because(m.shown()...)
	case o.Granted == No && o.Listed != No:
		v := m.say(NoTeam, Likely, StepAskAdmin, m.why(ReasonNoTeam), member).because(m.shown()...)
		if o.Listed == Yes {
			v.Confidence = Certain
			return v.because(m.why(ReasonListed))
		}
		return v.or(m.perhapsAbsent()...)
	case o.Write == No && m.publishing():
		return m.say(NoWrite, Certain, StepAskAdmin, m.why(ReasonNoWrite), member).because(m.shown()...)
	}
	return Verdict{}
}

// renewed: it failed before the session that lives now began.
func (m *matter) renewed() Verdict {
	c := m.Credential
	if !m.missed() || !m.auth() || m.refusedNow() {
		return Verdict{}
	}
	since := m.at(ReasonRenewedSince, c.Began)
	if c.Before.IsZero() {
		return m.ended(Possible, c.Before, since).because(m.shown()...).or(NoCredential)
	}
	return m.ended(Likely, c.Before, since, m.at(ReasonEndedAt, c.Before)).because(m.shown()...)
}

// refusedNow: what is so now explains the failure without looking at what was.
func (m *matter) refusedNow() bool {
	return !m.publishing() && (m.With.Outcome == OutcomeMissing || m.With.Outcome == OutcomeForbidden)
}

// unsent: the credential lives, and the client did not send it.
func (m *matter) unsent() Verdict {
	if !m.lives() && m.With.Outcome != OutcomeOK || m.Failure.Sent != No && !m.has(SignNoCredential) || !m.auth() {
		return Verdict{}
	}
	return m.say(NoCredential, Likely, StepSetup, m.muteWhy()...).because(m.shown()...)
}

// works: all that was asked is in order. A failure that anybody understands is over then.
func (m *matter) works() Verdict {
	nothing := m.With.Outcome == "" && m.Without.Outcome == ""
	unanswered := nothing || m.couldNot() && !m.refusedNow()
	switch {
	case m.failed() && (!m.auth() || m.publishing()):
		return Verdict{}
	case m.failed() && (m.visible() || m.lives() && unanswered && (m.status == 401 || m.status == 0)):
		v := m.say(Fine, Likely, StepNone, m.why(ReasonWorksNow)).because(m.shown()...)
		if m.status == 403 && m.Failure.Command == "" && m.Failure.Method == "" { // it may have been refused something else
			v.Confidence = Possible
			v = v.or(Forbidden)
		}
		return v
	case m.failed():
		return Verdict{}
	case m.visible() || m.lives() && nothing:
		return m.say(Fine, Certain, StepNone, m.shown()...)
	case m.Credential.Alive == Yes && m.Credential.Session == Yes && m.Whoami.Outcome == "" && nothing:
		return m.say(Fine, Likely, StepNone, m.why(ReasonSessionAlive))
	}
	return Verdict{}
}

// denied: the registry knows who asks, and does not show the package or take it.
func (m *matter) denied() Verdict {
	if !m.lives() || !m.hidden() {
		return Verdict{}
	}
	if m.publishing() {
		return m.unwritten()
	}
	switch {
	case m.With.Outcome == OutcomeMissing:
		return m.missing()
	case m.With.Outcome == OutcomeForbidden || m.With.Outcome == OutcomeRefused || m.status == 403:
		v := m.say(Forbidden, Likely, StepAskAdmin, m.shown()...)
		if m.With.Outcome == "" { // what it was refused, and to which package, is not known
			v.Confidence = Possible
			v = v.or(NoWrite, TwoFactorRequired, VersionExists)
		}
		if m.accessToken() {
			v = v.or(TokenTooNarrow)
		}
		return v.or(m.groups()...)
	case m.status == 404 && m.scoped() && m.Org.Member == Yes:
		return m.say(NoTeam, Possible, StepAskAdmin, m.shown()...).or(Absent)
	case m.status == 404 && m.scoped():
		return m.say(NotMember, Possible, StepAskAdmin, m.shown()...).or(NoTeam, Absent)
	case m.status == 404:
		return m.say(Absent, Possible, StepName, m.shown()...).or(TokenTooNarrow, WrongRegistry)
	}
	return Verdict{}
}

// groups are the verdicts on a scope that nothing is known of.
func (m *matter) groups() []string {
	switch {
	case !m.scoped() || m.Org.Granted == Yes:
		return nil
	case m.Org.Member == Yes:
		return []string{NoTeam}
	}
	return []string{NotMember, NoTeam}
}

// missing: a 404 to an account that the registry knows.
func (m *matter) missing() Verdict {
	if m.Without.Outcome == OutcomeOK || m.accessToken() && m.Org.Granted == Yes {
		return m.say(TokenTooNarrow, Likely, StepToken, m.shown()...)
	}
	v := m.say(Absent, Likely, StepName, m.shown()...)
	if m.accessToken() && m.Token.Covers != Yes {
		v = v.or(TokenTooNarrow)
	}
	if m.Public || m.Org.Asked != "" {
		v = v.or(m.groups()...)
	}
	if len(v.Others) > 0 {
		v.Confidence = Possible
	}
	return v
}

// unwritten: a refusal to publish, to an account that the registry knows.
func (m *matter) unwritten() Verdict {
	if m.NotPublished == No {
		return m.say(VersionExists, Likely, StepBump, m.why(ReasonPublished)).because(m.shown()...).or(NoWrite)
	}
	v := m.say(NoWrite, Possible, StepAskAdmin, m.shown()...)
	if m.accessToken() || m.Credential.Kind == "" || m.Credential.Kind == "unknown" {
		v = v.or(TokenTooNarrow)
	}
	if m.status == 403 {
		v = v.or(TwoFactorRequired)
	}
	if m.scoped() {
		v = v.or(m.groups()...)
	}
	if len(v.Others) == 0 {
		v.Confidence = Likely
	}
	return v
}
