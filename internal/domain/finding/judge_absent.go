package finding

// silent: the client sends no credential. The package may be shown to everybody all the same.
func (m *matter) silent() Verdict {
	c := m.Credential
	// What came instead of a credential was left out, or gave none.
	ignored := m.Failure.Sent != Yes && (m.has(SignIgnored) || m.has(SignTrust) && c.Source == "")
	switch {
	case m.lives() || m.With.Outcome == OutcomeOK || !m.mute() && !ignored || m.failed() && !m.auth():
		return Verdict{}
	case m.Without.Outcome == OutcomeOK && !m.publishing() && !m.has(SignNoCredential):
		return Verdict{}
	case c.Other != "" && (c.Source == "none" || c.Source == ""):
		v := m.say(OtherHost, Likely, StepEditLine, m.why(ReasonLineOther, "Other", c.Other, "File", c.OtherFile, "Line", number(c.OtherLine)))
		v.Args["Other"] = c.Other
		if c.Source == "none" {
			v.Confidence = Certain
		}
		return v
	case m.missed() && !c.Before.IsZero():
		return m.ended(Likely, c.Before, m.at(ReasonRenewedSince, c.Began)).because(m.muteWhy()...).or(NoCredential)
	case c.Alive != Yes && m.over(c.Kept):
		return m.ended(Likely, c.Kept, m.at(ReasonEndedAt, c.Kept)).because(m.muteWhy()...).or(NoCredential)
	}
	return m.noCredential()
}

// noCredential: none is sent, and none that ended explains it.
func (m *matter) noCredential() Verdict {
	c := m.Credential
	v := m.say(NoCredential, Likely, StepLogin, m.muteWhy()...).because(m.shown()...)
	switch {
	case c.Source == "unreadable":
		v.Step = StepEditLine
	case c.Alive == Yes || c.Source == "ignored" || m.has(SignIgnored):
		v.Step = StepSetup
	}
	if c.Alive == Yes {
		v = v.because(m.why(ReasonSessionAlive))
	}
	if m.has(SignTrust) {
		v = v.because(m.said(SignTrust))
	}
	switch {
	case m.has(SignNoCredential):
		v.Confidence = Certain
	case m.has(SignIgnored), c.Source != "" && (m.publishing() || m.status == 401):
	case c.Source == "":
		v.Confidence = Possible
		v = v.or(OtherHost, WrongRegistry, Absent)
	default:
		v = v.or(Absent)
		v.Confidence = Possible
	}
	return v
}

// muteWhy says how it is known that no credential is sent.
func (m *matter) muteWhy() (all []Reason) {
	if m.has(SignNoCredential) {
		all = append(all, m.said(SignNoCredential))
	}
	if m.Failure.Sent == No {
		all = append(all, m.why(ReasonNoHeader))
	}
	switch m.Credential.Source {
	case "none":
		return append(all, m.why(ReasonNoLine))
	case "ignored":
		return append(all, m.line(ReasonLineIgnored))
	case "unreadable":
		return append(all, m.line(ReasonFileUnreadable))
	}
	if m.has(SignIgnored) {
		all = append(all, m.why(ReasonLineIgnored, "File", m.Failure.File, "Setting", m.Failure.Setting))
	}
	return all
}

// record: the registry was not asked about the credential, or has no such answer, and its end is known, or its kind.
func (m *matter) record() Verdict {
	c, end := m.Credential, m.end()
	hidden := m.With.Outcome == OutcomeMissing || m.With.Outcome == OutcomeForbidden
	if m.lives() || m.visible() && !m.publishing() || m.failed() && !m.auth() && !hidden || m.mute() {
		return Verdict{}
	}
	switch {
	case c.HidesFile != "" && c.Alive == Yes && c.Session != Yes && (hidden || m.auth()):
		return m.say(Overridden, Likely, StepEditLine, m.line(ReasonLineBeats), m.why(ReasonSessionAlive)).because(m.shown()...)
	case c.Kind == "classic" && m.Public:
		return m.say(Classic, Likely, StepLogin, m.why(ReasonClassic)).because(m.shown()...)
	case m.Token.Revoked == Yes && m.accessToken():
		return m.say(Revoked, Certain, StepToken, m.why(ReasonTokenRevoked)).because(m.shown()...)
	case m.missed() && !c.Before.IsZero():
		return m.renewed()
	case m.session() && m.over(end) && c.Alive != Yes:
		return m.ended(Likely, end, m.at(ReasonEndedAt, end)).because(m.shown()...)
	case !m.session() && m.over(end):
		v := m.say(TokenEnded, Likely, StepToken, m.at(ReasonTokenEnded, end)).because(m.shown()...).clock(end)
		if m.over(m.Token.Ends) {
			v.Confidence = Certain
		}
		return v
	}
	return Verdict{}
}
