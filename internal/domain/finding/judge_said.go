package finding

import (
	"slices"
	"strconv"
	"strings"
)

// secondFactor: a one-time password was wanted. Who publishes by an access token that may do without is told so by a
// refusal, which is another verdict.
func (m *matter) secondFactor() Verdict {
	switch {
	case m.has(SignOTPWrong):
		return m.say(OTPWrong, Certain, StepTerminal, m.said(SignOTPWrong)).because(m.off()...)
	case m.has(SignTwoFactor) && m.status != 401:
		v := m.say(TwoFactorRequired, Certain, StepTwoFactor, m.said(SignTwoFactor))
		if m.Token.Bypass == No {
			v.Step = StepToken
			v = v.because(m.why(ReasonTokenNoBypass))
		}
		return v
	case m.has(SignOTPPage) || m.has(SignOTP) && m.has(SignTooOld):
		sign := SignOTPPage
		if !m.has(sign) {
			sign = SignOTP
		}
		v := m.say(OTPPage, Certain, StepTerminal, m.said(sign))
		if m.has(SignTooOld) || m.noPages() {
			v.Step = StepUpgrade
		}
		if m.noPages() {
			v = v.because(m.why(ReasonClientOld, "Version", m.Failure.Version))
		}
		return v
	case m.has(SignOTPMail):
		return m.say(OTPNeeded, Possible, StepTerminal, m.said(SignOTPMail)).or(OTPWrong)
	case m.has(SignOTP):
		// Most package managers say the same whether none was sent or a wrong one, and hold their tongue about pages.
		return m.say(OTPNeeded, Possible, StepTerminal, m.said(SignOTP)).or(OTPPage, OTPWrong)
	}
	return Verdict{}
}

// noPages: this client is known to be older than pages for the second factor.
func (m *matter) noPages() bool {
	major := before(m.Failure.Version, ".")
	switch n, err := strconv.Atoi(major); {
	case err != nil:
		return false
	case m.Failure.Client == "npm":
		return n < 9
	case m.Failure.Client == "yarn":
		return n < 4
	case m.Failure.Client == "pnpm":
		return n < 10
	}
	return false
}

func before(s, sep string) string {
	s, _, _ = strings.Cut(s, sep)
	return s
}

// told: the registry said why in so many words.
func (m *matter) told() Verdict {
	for _, t := range []struct {
		sign Sign
		code string
		step Step
	}{
		{SignHold, Hold, StepWait},
		{SignProvenance, ProvenanceMiss, StepRepository},
		{SignRestricted, TokenRestricted, StepLogin},
	} {
		if m.has(t.sign) {
			return m.say(t.code, Certain, t.step, m.said(t.sign))
		}
	}
	switch {
	case m.has(SignVersionExists):
		v := m.say(VersionExists, Certain, StepBump, m.said(SignVersionExists))
		if m.NotPublished == Yes {
			// A number that was published and taken back is used up.
			v.Confidence = Likely
			v = v.because(m.why(ReasonNotListed))
		}
		return v
	case m.status == 409 && m.publishing() && m.NotPublished == No:
		return m.say(VersionExists, Likely, StepBump, m.why(ReasonPublished))
	case m.has(SignPlan) || m.status == 402:
		return m.say(PlanNeeded, Certain, StepPlan, m.said(SignPlan))
	case m.has(SignAddressRange):
		return m.doubt(m.say(AddressRange, Certain, StepToken, m.said(SignAddressRange)))
	case m.has(SignClassic) && !m.lives():
		return m.say(Classic, Certain, StepLogin, m.said(SignClassic))
	}
	return Verdict{}
}

// doubt weakens what is so no more: the registry knows the credential now, or shows the package.
func (m *matter) doubt(v Verdict) Verdict {
	if m.lives() || m.visible() {
		v.Confidence = Likely
		v = v.because(m.why(ReasonWorksNow))
	}
	return v
}

// transport: no answer, or none that a registry gives. Earlier tries of a client leave their words in its log, and a
// later answer of the registry counts for more.
func (m *matter) transport() Verdict {
	answered := m.status >= 400 && m.status < 500 && m.status != 407 && m.status != 408 && m.status != 429
	switch {
	case m.has(SignRateLimit) || m.status == 429:
		return m.doubt(m.say(RateLimit, Certain, StepWait, m.said(SignRateLimit)))
	case m.has(SignProxy) || m.status == 407:
		return m.say(ProxyTrouble, Certain, StepNetwork, m.said(SignProxy))
	case m.has(SignTLS) && !answered:
		return m.say(TLSTrouble, Certain, StepTrustCA, m.said(SignTLS)).because(m.off()...)
	case m.has(SignBadAnswer):
		return m.doubt(m.say(NotARegistry, Certain, StepNetwork, m.said(SignBadAnswer)))
	case (m.has(SignServer) || m.status >= 500) && !answered:
		return m.doubt(m.say(ServerTrouble, Certain, StepWait, m.said(SignServer)))
	case m.has(SignNetwork) && !answered:
		// Where a proxy is in the way, some package managers say no more than that there is no connection.
		v := m.doubt(m.say(NetworkTrouble, Possible, StepNetwork, m.said(SignNetwork)))
		return v.or(ProxyTrouble)
	}
	return Verdict{}
}

// client: the client stopped by itself. Where a request was answered its words were a warning, which says less.
func (m *matter) client() Verdict {
	f := m.Failure
	asked := m.status != 0
	switch {
	case m.has(SignLegacyKey) && !asked:
		return m.say(LegacyKey, Certain, StepEditLine, m.said(SignLegacyKey))
	case m.has(SignTooOld) && !m.auth():
		v := m.say(ClientTooOld, Certain, StepUpgrade, m.said(SignTooOld))
		if f.Client != "" && f.Version != "" {
			v = v.because(m.why(ReasonClientVersion, "Version", f.Version))
		}
		return v
	case m.has(SignUnexpanded) && !asked && !m.missed():
		v := m.say(Unexpanded, Certain, StepSetup, m.said(SignUnexpanded)).because(m.unset()...)
		if strings.HasSuffix(f.Setting, "registry") {
			v.Step = StepEditLine // an address is no credential, and setup brings none
		}
		return v
	}
	return Verdict{}
}

// unset is the reason that a variable gives.
func (m *matter) unset() []Reason {
	if m.args["Variable"] == "" {
		return nil
	}
	file, line := m.place(Unexpanded)
	return []Reason{m.why(ReasonVariableUnset, "Variable", m.args["Variable"], "File", file, "Line", number(line))}
}

// troubles are the outcomes that say nothing of the credential, the worst news first.
var troubles = []struct {
	outcome Outcome
	code    string
	reason  string
	step    Step
}{
	{OutcomeTLS, TLSTrouble, ReasonAnswerTLS, StepTrustCA},
	{OutcomeOffline, NetworkTrouble, ReasonAnswerOffline, StepNetwork},
	{OutcomeBad, NotARegistry, ReasonAnswerBad, StepNetwork},
	{OutcomeServer, ServerTrouble, ReasonAnswerServer, StepWait},
	{OutcomeBusy, RateLimit, ReasonAnswerBusy, StepWait},
}

// trouble: the registry could not be asked. That explains a failure without an answer, or none; and a page that is no
// registry's explains any.
func (m *matter) trouble() Verdict {
	for _, t := range troubles {
		if !slices.Contains([]Outcome{m.With.Outcome, m.Whoami.Outcome, m.Without.Outcome}, t.outcome) {
			continue
		}
		if m.auth() && t.outcome != OutcomeBad {
			continue
		}
		return m.say(t.code, Likely, t.step, m.why(t.reason)).because(m.off()...)
	}
	return Verdict{}
}
