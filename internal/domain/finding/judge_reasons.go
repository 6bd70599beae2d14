package finding

import (
	"strconv"
	"time"
)

// The reasons. The text of each is verdict.reason.<code> in the catalogues; behind each stand the arguments that it
// always has, and in brackets those that it may have. Clock is a time in RFC 3339 wherever it is an argument, of a
// reason or of a verdict: the faces say it in words.
const (
	ReasonWhoamiOK       = "whoami-ok"       // Registry [Account]
	ReasonWhoamiRefused  = "whoami-refused"  // Registry
	ReasonWithOK         = "with-ok"         // [Package]: it is shown to who sends the credential
	ReasonWithMissing    = "with-missing"    // Status [Package]
	ReasonWithRefused    = "with-refused"    // Status [Package]
	ReasonWithForbidden  = "with-forbidden"  // Status [Package]
	ReasonWithoutOK      = "without-ok"      // [Package]: it is shown to everybody
	ReasonWithoutMissing = "without-missing" // Status [Package]
	ReasonWithoutRefused = "without-refused" // Status [Package]
	ReasonExpected       = "expected"        // Registry, Expected [Scope]
	ReasonPublicUnscoped = "public-unscoped" // Package: nothing private is called so
	ReasonNoVersion      = "no-version"      // Spec [Package]
	ReasonNotListed      = "not-published"   // the version is not among those that are told
	ReasonPublished      = "published"       // the version is there
	ReasonNoHeader       = "no-header"       // [Client]: it sent no credential
	ReasonNoLine         = "no-line"         // Registry
	ReasonLineOther      = "line-other"      // Other, File, Line, Registry
	ReasonLineBeats      = "line-beats"      // HidesFile, HidesLine [File, Line]
	ReasonLineMalformed  = "line-malformed"  // [File, Line]
	ReasonLineIgnored    = "line-ignored"    // [File, Line, Client, Setting]
	ReasonFileUnreadable = "file-unreadable" // [File]
	ReasonVariableUnset  = "variable-unset"  // [Variable, File, Line]
	ReasonClassic        = "classic"         // it has the shape of a classic access token
	ReasonEndedAt        = "ended-at"        // Clock
	ReasonEndsAt         = "ends-at"         // Clock: it should live until then
	ReasonRenewedSince   = "renewed-since"   // Clock
	ReasonSessionAlive   = "session-alive"   // Registry: Sandglass keeps one that lives
	ReasonMember         = "org-member"      // Org [Account]
	ReasonNotMember      = "org-not-member"  // Org [Account]
	ReasonInvited        = "org-invited"     // Org [Account]
	ReasonNoTeam         = "org-no-team"     // Org [Account, Package]
	ReasonNoWrite        = "org-no-write"    // Org [Account, Package]
	ReasonListed         = "org-listed"      // Org [Package]
	ReasonUnlisted       = "org-unlisted"    // Org [Package]
	ReasonTokenUnlisted  = "token-unlisted"  // Registry
	ReasonTokenRevoked   = "token-revoked"   // Registry
	ReasonTokenEnded     = "token-ended"     // Clock
	ReasonTokenReadOnly  = "token-read-only" //
	ReasonTokenStage     = "token-stage"     // it may only stage
	ReasonTokenNarrow    = "token-narrow"    // [Package]: it does not cover it
	ReasonTokenAddress   = "token-address"   // it is bound to address ranges
	ReasonTokenNoBypass  = "token-no-bypass" // it cannot do without the second factor
	ReasonClockOff       = "clock-off"       // Minutes
	ReasonClientOld      = "client-old"      // Client, Version
	ReasonClientVersion  = "client-version"  // Client, Version
	ReasonWorksNow       = "works-now"       // Registry
	ReasonNotAsked       = "not-asked"       // Registry: it could not be asked now
	ReasonStatus         = "status"          // Status: of the failure, and it says no more
	ReasonCode           = "code"            // Code: of the failure
	ReasonNothing        = "nothing"         // nothing is known
	ReasonAnswerOffline  = "answer-offline"  // Registry: asked now, likewise the next
	ReasonAnswerTLS      = "answer-tls"      // Registry
	ReasonAnswerServer   = "answer-server"   // Registry
	ReasonAnswerBusy     = "answer-busy"     // Registry
	ReasonAnswerBad      = "answer-bad"      // Registry
	ReasonSaid           = "said-"           // and a Sign: the text, or an answer, says so [Registry, Client, ...]
)

const (
	clockTolerance = 5 * time.Minute // that two clocks may differ by before it matters
	endTolerance   = 2 * time.Minute // that an end may be off by
)

// why makes a reason with those of the matter's arguments that are known, and with more that are its own, in pairs.
func (m *matter) why(code string, more ...string) Reason {
	args := map[string]string{}
	for _, name := range []string{"Registry", "Account", "Package", "Client", "Org", "Scope", "Spec"} {
		if v := m.args[name]; v != "" {
			args[name] = v
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			args[more[i]] = more[i+1]
		}
	}
	return Reason{code, args}
}

// said is the reason that a text or an answer gives itself.
func (m *matter) said(s Sign) Reason { return m.why(ReasonSaid + string(s)) }

// line is a reason that points to the line of the credential.
func (m *matter) line(code string) Reason {
	c := m.Credential
	return m.why(code, "File", c.File, "Line", number(c.Line), "Variable", first(c.Variable, m.Failure.Variable), "Setting", m.Failure.Setting,
		"HidesFile", c.HidesFile, "HidesLine", number(c.HidesLine), "Other", c.Other)
}

// at is a reason that names a time.
func (m *matter) at(code string, t time.Time) Reason { return m.why(code, "Clock", stamp(t)) }

// shown are the reasons that the answers to the questions give: whose the credential is, and what it is shown.
func (m *matter) shown() (all []Reason) {
	switch m.Whoami.Outcome {
	case OutcomeOK:
		all = append(all, m.why(ReasonWhoamiOK))
	case OutcomeRefused:
		all = append(all, m.why(ReasonWhoamiRefused))
	}
	all = append(all, m.answer(m.With, map[Outcome]string{
		OutcomeOK: ReasonWithOK, OutcomeMissing: ReasonWithMissing, OutcomeRefused: ReasonWithRefused, OutcomeForbidden: ReasonWithForbidden})...)
	return append(all, m.answer(m.Without, map[Outcome]string{
		OutcomeOK: ReasonWithoutOK, OutcomeMissing: ReasonWithoutMissing, OutcomeRefused: ReasonWithoutRefused, OutcomeForbidden: ReasonWithoutRefused})...)
}

func (m *matter) answer(a Answer, codes map[Outcome]string) []Reason {
	code, ok := codes[a.Outcome]
	if !ok {
		return nil
	}
	usual := map[Outcome]int{OutcomeMissing: 404, OutcomeRefused: 401, OutcomeForbidden: 403}[a.Outcome]
	if a.Status != 0 {
		usual = a.Status
	}
	return []Reason{m.why(code, "Status", number(usual))}
}

// number is n in digits, and nothing for none.
func number(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// stamp is a time as arguments have it, and nothing for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
