package finding

// wrongRegistry: the user's own files say that packages of this scope come from elsewhere.
func (m *matter) wrongRegistry() Verdict {
	missing := m.With.Outcome == OutcomeMissing || m.Without.Outcome == OutcomeMissing
	if m.Expected == "" || m.args["Expected"] == m.args["Registry"] || m.With.Outcome == OutcomeOK || m.Without.Outcome == OutcomeOK || !missing && !m.auth() {
		return Verdict{}
	}
	v := m.say(WrongRegistry, Likely, StepRegistry, m.why(ReasonExpected, "Expected", m.args["Expected"])).because(m.shown()...)
	if m.lives() && m.With.Outcome == OutcomeMissing {
		v.Confidence = Certain
	}
	return v
}

// publicName: what has no scope on npm's public registry is there for all, or is not there.
func (m *matter) publicName() Verdict {
	if !m.Public || m.scoped() || m.Failure.Package == "" || m.publishing() || m.With.Outcome == OutcomeOK || m.Without.Outcome == OutcomeOK {
		return Verdict{}
	}
	v := m.say(Absent, Likely, StepName, m.why(ReasonPublicUnscoped)).because(m.shown()...)
	switch {
	case m.With.Outcome == OutcomeMissing || m.Without.Outcome == OutcomeMissing:
		v.Confidence = Certain
		return v
	case m.status == 404 || m.has(SignNotFound):
		return v.because(m.said(SignNotFound))
	}
	return Verdict{}
}

// version: the package is told, and no such version.
func (m *matter) version() Verdict {
	if m.publishing() {
		return Verdict{}
	}
	has := m.With.HasVersion
	if m.With.Outcome != OutcomeOK {
		has = m.Without.HasVersion
	}
	switch {
	case has == No && m.visible():
		return m.say(NoVersion, Certain, StepName, m.why(ReasonNoVersion)).because(m.shown()...)
	case m.has(SignNoVersion):
		v := m.say(NoVersion, Certain, StepName, m.said(SignNoVersion))
		if has == Yes && m.visible() {
			v.Confidence = Likely
			v = v.because(m.why(ReasonWorksNow))
		}
		return v
	case m.unmatched() && has != Yes:
		return m.say(NoVersion, Likely, StepName, m.said(SignNoVersion)).because(m.shown()...)
	}
	return Verdict{}
}

// unmatched: the client asked for a version and found none, and no request was answered by an error: it has the list.
func (m *matter) unmatched() bool {
	return m.has(SignNotFound) && m.status == 0 && m.Failure.Spec != "" && m.With.Outcome != OutcomeMissing && m.Without.Outcome != OutcomeMissing
}
