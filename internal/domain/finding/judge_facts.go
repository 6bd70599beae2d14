package finding

import (
	"slices"
	"strings"
	"time"
)

// What the evidence comes to, in the words of the rules.

// failed: there is a failure to explain, and not only a package to look at.
func (m *matter) failed() bool {
	f := m.Failure
	return f.Code != "" || m.status != 0 || len(f.Signs) > 0 || f.Variable != "" || f.Setting != "" || f.Client != ""
}

// about: the failure is one of those that verdicts are about.
func (m *matter) about() bool {
	return m.status >= 400 || len(m.signs) > 0 || m.Failure.Variable != ""
}

// auth: the failure is about who asks and what is shown to them.
func (m *matter) auth() bool {
	return m.status == 401 || m.status == 403 || m.status == 404 ||
		m.has(SignNoCredential, SignInvalid, SignPassword, SignForbidden, SignNotFound, SignNotMember, SignUnexpanded, SignIgnored, SignTrust, SignClassic)
}

func (m *matter) has(any ...Sign) bool {
	return slices.ContainsFunc(any, func(s Sign) bool { return m.signs[s] })
}

// publishing: it was to change the package.
func (m *matter) publishing() bool {
	f := m.Failure
	switch f.Command {
	case "publish", "unpublish", "deprecate", "undeprecate", "dist-tag", "stage", "npm publish", "access", "owner":
		return true
	case "":
		return f.Method == "PUT" && !strings.Contains(f.URL, "/-/user/")
	}
	return false
}

func (m *matter) scoped() bool { return m.Scope != "" }

// when it failed, as far as is known.
func (m *matter) when() time.Time {
	if m.Failure.At.IsZero() {
		return m.Now
	}
	return m.Failure.At
}

// over: it had ended when the failure came about.
func (m *matter) over(end time.Time) bool {
	return !end.IsZero() && !m.when().IsZero() && !end.After(m.when().Add(endTolerance))
}

// session: the credential in question is one, by what Sandglass or its kind tells.
func (m *matter) session() bool {
	return m.Credential.Session == Yes || m.Credential.Session != No && m.Credential.Kind == "session"
}

// end of the credential in question.
func (m *matter) end() time.Time {
	c := m.Credential
	switch {
	case !m.Token.Ends.IsZero() && !m.session():
		return m.Token.Ends
	case !c.Ends.IsZero():
		return c.Ends
	case c.Session == Yes:
		return c.Kept
	}
	return time.Time{}
}

// accessToken: the credential is one that was made for a purpose, and no session.
func (m *matter) accessToken() bool {
	switch m.Credential.Kind {
	case "", "unknown", "session", "classic", "basic":
		return m.Token.Listed == Yes
	}
	return m.Credential.Session != Yes
}

// lives: the registry knows the credential.
func (m *matter) lives() bool { return m.Whoami.Outcome == OutcomeOK }

// visible: the package is shown to who asks as the client does.
func (m *matter) visible() bool {
	switch m.With.Outcome {
	case OutcomeMissing, OutcomeRefused, OutcomeForbidden:
		return false
	}
	return m.With.Outcome == OutcomeOK || m.Without.Outcome == OutcomeOK
}

// hidden: the package is not shown, in whatever words, to who asks with the credential.
func (m *matter) hidden() bool {
	switch m.With.Outcome {
	case OutcomeMissing, OutcomeRefused, OutcomeForbidden:
		return true
	case OutcomeOK:
		return m.publishing() && m.auth()
	}
	return m.failed() && m.auth()
}

// mute: the client sends no credential, or sent none.
func (m *matter) mute() bool {
	switch m.Credential.Source {
	case "none", "ignored", "unreadable":
		return true
	}
	return m.Failure.Sent == No || m.has(SignNoCredential)
}

// missed: it failed before the session that is there now began.
func (m *matter) missed() bool {
	c := m.Credential
	if c.Began.IsZero() || c.Session == No || !m.failed() {
		return false
	}
	if m.Failure.At.IsZero() {
		// A shell that lacks the variable's value has it from the time between the sessions.
		return c.Session == Yes && c.Unset && !c.Before.IsZero()
	}
	return m.Failure.At.Before(c.Began)
}

// off: the clocks of this machine and of the registry are too far apart.
func (m *matter) off() []Reason {
	if d := m.Offset.Abs(); d > clockTolerance {
		return []Reason{m.why(ReasonClockOff, "Minutes", number(int(d/time.Minute)))}
	}
	return nil
}
