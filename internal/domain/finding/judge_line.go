package finding

import "time"

// badLine: the line that the credential comes from cannot give one.
func (m *matter) badLine() Verdict {
	c := m.Credential
	switch {
	case c.Malformed && !m.lives():
		return m.say(Malformed, Certain, StepEditLine, m.line(ReasonLineMalformed))
	case !c.Unset && (!m.has(SignUnexpanded) || m.lives() || m.With.Outcome == OutcomeOK):
		return Verdict{}
	case m.missed():
		return m.ended(Likely, c.Before, m.at(ReasonRenewedSince, c.Began)).because(m.unset()...).or(Unexpanded)
	case c.Session == Yes && c.Alive != Yes && !m.lives() && m.over(c.Kept):
		return m.ended(Likely, c.Kept, m.at(ReasonEndedAt, c.Kept)).because(m.unset()...)
	}
	v := m.say(Unexpanded, Certain, StepSetup, m.unset()...)
	if m.has(SignUnexpanded) {
		v = v.because(m.said(SignUnexpanded))
	}
	if len(v.Reasons) == 0 {
		v = v.because(m.line(ReasonVariableUnset))
	}
	if !c.Unset {
		v.Confidence = Likely
	}
	if c.Session == Yes && c.Alive == Yes {
		v.Confidence = Likely
		v = v.because(m.why(ReasonSessionAlive)).or(SessionEnded)
	}
	return v
}

// ended is the verdict that a session is over.
func (m *matter) ended(c Confidence, end time.Time, reasons ...Reason) Verdict {
	return m.say(SessionEnded, c, StepLogin, reasons...).clock(end)
}

// refused: the registry does not take the credential. What it is tells why.
func (m *matter) refused() Verdict {
	c := m.Credential
	// A credential that hides what everybody may see is refused as well, in other words.
	asked := m.Whoami.Outcome == OutcomeRefused || m.With.Outcome == OutcomeRefused ||
		m.With.Outcome == OutcomeMissing && m.Without.Outcome == OutcomeOK
	if !asked || m.lives() || c.Source == "none" || c.Source == "ignored" || c.Source == "unreadable" {
		return Verdict{}
	}
	sure := Likely
	if m.Whoami.Outcome == OutcomeRefused {
		sure = Certain
	}
	switch {
	case c.HidesFile != "" && c.Session != Yes:
		v := m.say(Overridden, Likely, StepEditLine, m.line(ReasonLineBeats)).because(m.shown()...)
		if c.Alive == Yes {
			v.Confidence = sure
			v = v.because(m.why(ReasonSessionAlive))
		}
		return v
	case c.Kind == "classic" && m.Public:
		return m.say(Classic, sure, StepLogin, m.why(ReasonClassic)).because(m.shown()...)
	case m.session():
		return m.sessionRefused(sure)
	case c.Kind == "basic" || m.has(SignPassword):
		return m.say(WrongPassword, Likely, StepEditLine, m.shown()...)
	}
	return m.tokenRefused(sure)
}

func (m *matter) sessionRefused(sure Confidence) Verdict {
	end := m.end()
	switch {
	case m.Token.Revoked == Yes:
		return m.say(Revoked, sure, StepLogin, m.why(ReasonTokenRevoked)).because(m.shown()...)
	case m.over(end):
		return m.ended(sure, end, m.at(ReasonEndedAt, end)).because(m.shown()...)
	case end.IsZero():
		return m.ended(Likely, end).because(m.shown()...).or(Revoked)
	case !end.After(m.Now):
		// It lived when the command failed. Nothing more can be asked before there is a new one.
		return m.ended(Possible, end, m.at(ReasonEndedAt, end)).because(m.shown()...).or(Absent, NotMember, NoTeam)
	}
	v := m.say(Revoked, Likely, StepLogin, m.at(ReasonEndsAt, end)).because(m.shown()...)
	if off := m.off(); off != nil {
		return v.because(off...).or(SessionEnded)
	}
	return v
}

func (m *matter) tokenRefused(sure Confidence) Verdict {
	c, t, end := m.Credential, m.Token, m.end()
	switch {
	case t.Revoked == Yes:
		return m.say(Revoked, sure, StepToken, m.why(ReasonTokenRevoked)).because(m.shown()...)
	case m.over(end):
		return m.say(TokenEnded, sure, StepToken, m.at(ReasonTokenEnded, end)).because(m.shown()...).clock(end)
	case t.Address == Yes:
		return m.say(AddressRange, Likely, StepToken, m.why(ReasonTokenAddress)).because(m.shown()...).or(Revoked)
	case t.Listed == No:
		// Sessions and what another account made are in no list either.
		v := m.say(Revoked, Possible, StepToken, m.why(ReasonTokenUnlisted)).because(m.shown()...).or(TokenEnded, SessionEnded)
		if c.Kind == "classic" { // another registry than npm's may have such access tokens that live
			v = v.or(Classic)
		}
		return v
	case t.Listed == Yes && !end.IsZero():
		return m.say(Revoked, Likely, StepToken, m.at(ReasonEndsAt, end)).because(m.shown()...)
	case m.accessToken():
		return m.say(TokenEnded, Possible, StepToken, m.shown()...).or(Revoked)
	}
	return m.ended(Possible, end).because(m.shown()...).or(TokenEnded, Revoked)
}
