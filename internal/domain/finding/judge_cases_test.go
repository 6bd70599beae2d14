package finding_test

import (
	"time"

	. "github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// now is when all situations are judged.
var now = time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)

// fact adds to evidence.
type fact func(*Evidence)

// situation is evidence and what a person who knows npm would say of it.
type situation struct {
	want       string
	confidence Confidence
	step       Step
	facts      []fact
}

func (s situation) evidence() Evidence {
	e := Evidence{Now: now, Registry: "https://registry.example.com/npm/"}
	for _, f := range s.facts {
		f(&e)
	}
	return e
}

// public: npm's public registry is asked.
func public(e *Evidence) { e.Registry, e.Public = registry.Public.String(), true }

func pkg(name string) fact { return func(e *Evidence) { e.Failure.Package = name } }

var acme = pkg("@acme/widget")

// text is what a client printed.
func text(code string, status int, signs ...Sign) fact {
	return func(e *Evidence) {
		e.Failure.Client, e.Failure.Version, e.Failure.Code, e.Failure.Status, e.Failure.Signs = "npm", "12.2.0", code, status, signs
	}
}

func publish(e *Evidence) { e.Failure.Command, e.Failure.Method = "publish", "PUT" }

func notFound(e *Evidence) { text("E404", 404, SignNotFound)(e) }

func sent(k Known) fact { return func(e *Evidence) { e.Failure.Sent = k } }

func failedAt(t time.Time) fact { return func(e *Evidence) { e.Failure.At = t } }

func whoami(o Outcome) fact {
	return func(e *Evidence) {
		e.Whoami = Answer{Outcome: o}
		if o == OutcomeOK {
			e.Whoami.Name = "bob"
		}
	}
}

func with(o Outcome) fact    { return func(e *Evidence) { e.With = Answer{Outcome: o} } }
func without(o Outcome) fact { return func(e *Evidence) { e.Without = Answer{Outcome: o} } }

// literal: a line holds the credential itself.
func literal(kind string) fact {
	return func(e *Evidence) {
		e.Credential.Source, e.Credential.Kind, e.Credential.File, e.Credential.Line = "literal", kind, "/home/bob/.npmrc", 3
	}
}

// kept: the credential is the session that Sandglass keeps, with this end.
func kept(end time.Time) fact {
	return func(e *Evidence) {
		literal("session")(e)
		c := &e.Credential
		c.Source, c.Variable, c.Session, c.Ends, c.Kept = "placeholder", "SG_1", Yes, end, end
		c.Alive = No
		if end.After(now) {
			c.Alive = Yes
		}
	}
}

// hides: the line beats one of the user's.
func hides(alive Known) fact {
	return func(e *Evidence) {
		c := &e.Credential
		c.File, c.Line, c.Level, c.HidesFile, c.HidesLine, c.Alive, c.Session = "/p/.npmrc", 1, "project", "/home/bob/.npmrc", 3, alive, No
	}
}

func credential(f func(*Credential)) fact { return func(e *Evidence) { f(&e.Credential) } }
func org(o Org) fact                      { return func(e *Evidence) { o.Name = "acme"; e.Org = o } }
func listed(t Token) fact                 { return func(e *Evidence) { e.Token = t } }
func more(f func(*Evidence)) fact         { return f }

// none: no line for the registry.
func none(e *Evidence) { e.Credential.Source = "none" }

func unset(e *Evidence) {
	literal("unknown")(e)
	e.Credential.Source, e.Credential.Variable, e.Credential.Unset = "placeholder", "NPM_TOKEN", true
}

// renewed: the session is a new one.
func renewed(e *Evidence) {
	kept(now.Add(time.Hour))(e)
	e.Credential.Began, e.Credential.Before = now.Add(-time.Hour), now.Add(-2*time.Hour)
}

func of(facts ...fact) []fact { return facts }

var (
	past, future = now.Add(-28 * time.Minute), now.Add(time.Hour)
	live, dead   = whoami(OutcomeOK), whoami(OutcomeRefused)
	hidden       = with(OutcomeMissing)
	shown        = with(OutcomeOK)
	member       = Org{Asked: OutcomeOK, Member: Yes}
)

// accessCases are the situations in which a credential, or what it may see, is the matter.
var accessCases = []situation{
	{SessionEnded, Certain, StepLogin, of(public, acme, notFound, kept(past), dead, hidden, without(OutcomeMissing))},
	{SessionEnded, Possible, StepLogin, of(public, acme, notFound)},
	{SessionEnded, Possible, StepLogin, of(public, acme, publish, text("E404", 404, SignNotFound))},
	{SessionEnded, Certain, StepLogin, of(kept(past), dead)},
	{SessionEnded, Likely, StepLogin, of(public, acme, notFound, kept(past), whoami(OutcomeOffline))},
	{SessionEnded, Likely, StepLogin, of(public, acme, notFound, renewed, failedAt(now.Add(-90*time.Minute)), live, shown)},
	{SessionEnded, Likely, StepLogin, of(public, acme, notFound, renewed, live, shown, credential(func(c *Credential) { c.Unset = true }))},
	{SessionEnded, Likely, StepLogin, of(acme, notFound, none, credential(func(c *Credential) { c.Kept, c.Alive = past, No }))},
	{SessionEnded, Possible, StepLogin, of(acme, notFound, kept(past), failedAt(past.Add(-time.Hour)), dead)},
	{SessionEnded, Possible, StepLogin, of(text("E401", 401))},

	{NoCredential, Certain, StepLogin, of(text("ENEEDAUTH", 0))},
	{NoCredential, Possible, StepLogin, of(acme, notFound, sent(No))},
	{NoCredential, Possible, StepLogin, of(acme, none, without(OutcomeMissing))},
	{NoCredential, Certain, StepLogin, of(publish, text("ENEEDAUTH", 0, SignNoCredential, SignTrust), none)},
	{NoCredential, Likely, StepSetup, of(acme, text("ERR_PNPM_FETCH_404", 404, SignNotFound, SignIgnored), sent(No))},
	{NoCredential, Likely, StepSetup, of(acme, notFound, sent(No), kept(future), live, shown)},

	{Unexpanded, Certain, StepSetup, of(acme, notFound, unset, hidden)},
	{Unexpanded, Certain, StepSetup, of(text("", 0, SignUnexpanded), more(func(e *Evidence) { e.Failure.Variable, e.Failure.File = "NPM_TOKEN", "/p/.npmrc" }))},
	{Unexpanded, Certain, StepSetup, of(unset)},
	{Unexpanded, Likely, StepSetup, of(text("E401", 401, SignUnexpanded), more(func(e *Evidence) { e.Failure.Variable = "NPM_TOKEN" }))},
	{Unexpanded, Likely, StepSetup, of(acme, notFound, kept(future), live, shown, credential(func(c *Credential) { c.Unset = true }))},

	{Unexpanded, Certain, StepEditLine, of(text("ERR_PNPM_REGISTRY_ENV_NOT_EXPANDED", 0, SignIgnored), more(func(e *Evidence) { e.Failure.Setting = "@acme:registry" }))},

	{Malformed, Certain, StepEditLine, of(text("E401", 401), literal("unknown"), credential(func(c *Credential) { c.Malformed = true }), dead)},
	{Malformed, Certain, StepEditLine, of(acme, notFound, literal("unknown"), credential(func(c *Credential) { c.Malformed = true }))},
	{Malformed, Certain, StepEditLine, of(literal("unknown"), credential(func(c *Credential) { c.Malformed = true }))},

	{OtherHost, Certain, StepEditLine, of(text("ENEEDAUTH", 0), none, credential(func(c *Credential) { c.Other, c.OtherFile, c.OtherLine = "//other.example.com/", "/h/.npmrc", 2 }))},
	{OtherHost, Certain, StepEditLine, of(acme, notFound, none, without(OutcomeMissing), credential(func(c *Credential) { c.Other = "//other.example.com/" }))},
	{OtherHost, Certain, StepEditLine, of(acme, none, credential(func(c *Credential) { c.Other = "//other.example.com/" }))},

	{Overridden, Certain, StepEditLine, of(text("E401", 401), literal("unknown"), hides(Yes), dead)},
	{Overridden, Likely, StepEditLine, of(public, acme, notFound, literal("granular"), hides(Yes))},
	{Overridden, Likely, StepEditLine, of(literal("unknown"), hides(Unasked), dead)},
	{Overridden, Certain, StepEditLine, of(public, acme, publish, notFound, literal("unknown"), hides(Yes), dead, shown)},

	{Revoked, Certain, StepToken, of(acme, notFound, literal("granular"), dead, listed(Token{Listed: Yes, Revoked: Yes}))},
	{Revoked, Likely, StepLogin, of(acme, notFound, kept(future), dead)},
	{Revoked, Possible, StepToken, of(literal("granular"), dead, listed(Token{Listed: No}))},
	{Revoked, Certain, StepToken, of(text("E401", 401, SignInvalid), literal("granular"), listed(Token{Listed: Yes, Revoked: Yes}))},

	{Classic, Certain, StepLogin, of(public, acme, notFound, literal("classic"), dead)},
	{Classic, Certain, StepLogin, of(text("E401", 401, SignClassic))},
	{Classic, Likely, StepLogin, of(public, text("E401", 401), literal("classic"))},

	{TokenEnded, Certain, StepToken, of(acme, notFound, literal("granular"), dead, listed(Token{Listed: Yes, Ends: past}))},
	{TokenEnded, Possible, StepToken, of(text("E401", 401, SignInvalid), literal("granular"))},
	{TokenEnded, Likely, StepToken, of(acme, notFound, literal("jwt"), credential(func(c *Credential) { c.Ends = past }))},
	{TokenEnded, Possible, StepToken, of(publish, notFound, literal("granular"))},

	{TokenTooNarrow, Certain, StepToken, of(acme, notFound, literal("granular"), live, hidden, listed(Token{Listed: Yes, Covers: No}))},
	{TokenTooNarrow, Certain, StepToken, of(acme, publish, text("E403", 403, SignForbidden), literal("granular"), live, shown, listed(Token{Listed: Yes, ReadOnly: Yes}))},
	{TokenTooNarrow, Certain, StepToken, of(acme, publish, notFound, literal("granular"), live, shown, listed(Token{Listed: Yes, Stage: Yes}))},
	{TokenTooNarrow, Possible, StepToken, of(acme, notFound, literal("granular"))},

	{AddressRange, Certain, StepToken, of(text("EAUTHIP", 401, SignAddressRange))},
	{AddressRange, Certain, StepToken, of(acme, notFound, literal("granular"), more(func(e *Evidence) { e.Whoami = Answer{Outcome: OutcomeRefused, Signs: []Sign{SignAddressRange}} }))},
	{AddressRange, Likely, StepToken, of(acme, notFound, literal("granular"), dead, listed(Token{Listed: Yes, Address: Yes, Ends: future}))},

	{NotMember, Likely, StepAskAdmin, of(public, acme, notFound, kept(future), live, hidden, org(Org{Asked: OutcomeForbidden, Member: No}))},
	{NotMember, Certain, StepAskAdmin, of(acme, text("E403", 403, SignNotMember))},
	{NotMember, Certain, StepAskAdmin, of(public, acme, publish, notFound, kept(future), live, org(Org{Asked: OutcomeOK, Member: No}))},
	{NotMember, Possible, StepAskAdmin, of(public, acme, notFound, kept(future), live)},

	{InvitationOpen, Certain, StepAccept, of(public, acme, notFound, kept(future), live, hidden, org(Org{Asked: OutcomeOK, Member: No, Invited: Yes}))},
	{InvitationOpen, Certain, StepAccept, of(acme, live, hidden, org(Org{Asked: OutcomeOK, Invited: Yes}))},
	{InvitationOpen, Certain, StepAccept, of(acme, publish, text("E403", 403), live, org(Org{Asked: OutcomeOK, Invited: Yes}))},

	{NoTeam, Certain, StepAskAdmin, of(public, acme, notFound, kept(future), live, hidden, org(Org{Asked: OutcomeOK, Member: Yes, Granted: No, Listed: Yes}))},
	{NoTeam, Likely, StepAskAdmin, of(acme, notFound, live, hidden, org(Org{Asked: OutcomeOK, Member: Yes, Granted: No}))},
	{NoTeam, Possible, StepAskAdmin, of(acme, notFound, live, org(member))},

	{NoWrite, Certain, StepAskAdmin, of(public, acme, publish, text("E403", 403, SignForbidden), kept(future), live, shown, org(Org{Asked: OutcomeOK, Member: Yes, Granted: Yes, Write: No}))},
	{NoWrite, Possible, StepAskAdmin, of(acme, publish, notFound, kept(future), live, shown)},
	{NoWrite, Likely, StepAskAdmin, of(pkg("widget"), publish, notFound, kept(future), live, shown)},

	{Absent, Certain, StepName, of(public, pkg("no-such-thing"), notFound, without(OutcomeMissing))},
	{Absent, Likely, StepName, of(public, pkg("no-such-thing"), notFound)},
	{Absent, Certain, StepName, of(public, acme, notFound, kept(future), live, hidden, org(Org{Asked: OutcomeOK, Member: Yes, Listed: No}))},
	{Absent, Likely, StepName, of(acme, notFound, live, hidden)},
	{Absent, Possible, StepName, of(public, acme, notFound, live, hidden)},
	{Absent, Certain, StepName, of(public, pkg("no-such-thing"), none, without(OutcomeMissing))},

	{NoVersion, Certain, StepName, of(acme, notFound, live, more(func(e *Evidence) { e.Failure.Spec, e.With = "9.9.9", Answer{Outcome: OutcomeOK, HasVersion: No} }))},
	{NoVersion, Certain, StepName, of(pkg("widget"), text("ETARGET", 0))},
	{NoVersion, Certain, StepName, of(public, pkg("widget"), none, more(func(e *Evidence) { e.Failure.Spec, e.Without = "9", Answer{Outcome: OutcomeOK, HasVersion: No} }))},
	{NoVersion, Likely, StepName, of(acme, text("YN0082", 0, SignNotFound), more(func(e *Evidence) { e.Failure.Spec = "^2.0.0" }))},

	{WrongRegistry, Certain, StepRegistry, of(public, acme, notFound, live, hidden, more(func(e *Evidence) { e.Expected = "https://registry.example.com/npm/" }))},
	{WrongRegistry, Likely, StepRegistry, of(public, acme, notFound, more(func(e *Evidence) { e.Expected = "https://registry.example.com/npm/" }))},
	{WrongRegistry, Likely, StepRegistry, of(public, acme, without(OutcomeMissing), more(func(e *Evidence) { e.Expected = "https://registry.example.com/npm/" }))},
}

// saidCases are the situations in which the registry, the client or the way between says what is the matter.
var saidCases = []situation{
	{OTPNeeded, Possible, StepTerminal, of(publish, text("EOTP", 401, SignOTP))},
	{OTPNeeded, Possible, StepTerminal, of(public, acme, publish, text("EOTP", 401, SignOTP), kept(future), live, shown)},
	{OTPNeeded, Possible, StepTerminal, of(publish, text("E401", 401, SignOTPMail, SignOTP))},
	{OTPNeeded, Possible, StepTerminal, of(text("EOTP", 0))},
	{OTPPage, Certain, StepTerminal, of(publish, text("EOTP", 401, SignOTP, SignOTPPage))},
	{OTPPage, Certain, StepUpgrade, of(publish, text("EOTP", 401, SignOTPPage), more(func(e *Evidence) { e.Failure.Version = "6.14.18" }))},
	{OTPPage, Certain, StepUpgrade, of(publish, text("EOTP", 401, SignOTP, SignTooOld), kept(future), live)},
	{OTPWrong, Certain, StepTerminal, of(publish, text("EOTP", 401, SignOTP, SignOTPWrong))},
	{OTPWrong, Certain, StepTerminal, of(publish, text("E401", 401, SignOTPWrong), more(func(e *Evidence) { e.Offset = 7 * time.Minute }))},
	{OTPWrong, Certain, StepTerminal, of(publish, text("EOTP", 401, SignOTPWrong, SignOTPPage), live)},
	{TwoFactorRequired, Certain, StepTwoFactor, of(publish, text("E403", 403, SignTwoFactor))},
	{TwoFactorRequired, Certain, StepToken, of(publish, text("E403", 403, SignTwoFactor, SignForbidden), literal("granular"), live, listed(Token{Listed: Yes, Bypass: No}))},
	{TwoFactorRequired, Certain, StepTwoFactor, of(acme, publish, text("E403", 403, SignTwoFactor, SignForbidden), kept(future), live, shown)},
	{VersionExists, Certain, StepBump, of(publish, text("E403", 403, SignVersionExists, SignForbidden))},
	{VersionExists, Likely, StepBump, of(publish, text("E403", 403, SignForbidden), live, shown, more(func(e *Evidence) { e.NotPublished = No }))},
	{VersionExists, Likely, StepBump, of(publish, text("E403", 403, SignVersionExists), more(func(e *Evidence) { e.NotPublished = Yes }))},
	{VersionExists, Likely, StepBump, of(publish, text("E409", 409), more(func(e *Evidence) { e.NotPublished = No }))},
	{Hold, Certain, StepWait, of(publish, text("E403", 403, SignHold, SignForbidden))},
	{Hold, Certain, StepWait, of(publish, text("E403", 403, SignHold), live, shown)},
	{Hold, Certain, StepWait, of(text("", 0, SignHold))},
	{PlanNeeded, Certain, StepPlan, of(publish, text("E402", 402, SignPlan))},
	{PlanNeeded, Certain, StepPlan, of(publish, text("E402", 0))},
	{PlanNeeded, Certain, StepPlan, of(acme, publish, text("E402", 402), kept(future), live)},
	{ProvenanceMiss, Certain, StepRepository, of(publish, text("E422", 422, SignProvenance), more(func(e *Evidence) {
		e.Failure.Repository, e.Failure.Provenance = "git+https://git.example.com/a/b.git", "https://git.example.com/c/d"
	}))},
	{ProvenanceMiss, Certain, StepRepository, of(publish, text("E422", 422, SignProvenance))},
	{ProvenanceMiss, Certain, StepRepository, of(acme, publish, text("", 0, SignProvenance), live, shown)},
	{ClientTooOld, Certain, StepUpgrade, of(text("EUSAGE", 0, SignTooOld))},
	{ClientTooOld, Certain, StepUpgrade, of(text("", 0, SignTooOld), more(func(e *Evidence) { e.Failure.Client, e.Failure.Command = "", "trust" }))},
	{ClientTooOld, Certain, StepUpgrade, of(text("", 0, SignTooOld), kept(future), live)},
	{LegacyKey, Certain, StepEditLine, of(text("ERR_INVALID_AUTH", 0))},
	{LegacyKey, Certain, StepEditLine, of(text("ERR_INVALID_AUTH", 0, SignLegacyKey), more(func(e *Evidence) { e.Failure.Setting, e.Failure.File = "_auth", "/h/.npmrc" }))},
	{LegacyKey, Certain, StepEditLine, of(text("", 0, SignLegacyKey), kept(past), dead)},
	{TokenRestricted, Certain, StepLogin, of(text("E401", 401, SignRestricted))},
	{TokenRestricted, Certain, StepLogin, of(text("E401", 401, SignRestricted, SignInvalid), literal("granular"), live)},
	{TokenRestricted, Certain, StepLogin, of(text("", 0, SignRestricted))},
	{WrongPassword, Likely, StepEditLine, of(text("E401", 401, SignPassword))},
	{WrongPassword, Likely, StepEditLine, of(text("E401", 401, SignPassword), literal("basic"), dead)},
	{WrongPassword, Likely, StepEditLine, of(literal("basic"), dead)},
	{TLSTrouble, Certain, StepTrustCA, of(text("SELF_SIGNED_CERT_IN_CHAIN", 0, SignTLS))},
	{TLSTrouble, Likely, StepTrustCA, of(acme, whoami(OutcomeTLS), with(OutcomeTLS))},
	{TLSTrouble, Certain, StepTrustCA, of(text("CERT_HAS_EXPIRED", 0, SignTLS, SignNetwork), with(OutcomeTLS), more(func(e *Evidence) { e.Offset = -time.Hour }))},
	{ProxyTrouble, Certain, StepNetwork, of(text("", 407))},
	{ProxyTrouble, Certain, StepNetwork, of(text("ECONNREFUSED", 0, SignProxy, SignNetwork), live, shown)},
	{ProxyTrouble, Certain, StepNetwork, of(text("E403", 403, SignProxy))},
	{NetworkTrouble, Possible, StepNetwork, of(text("ENOTFOUND", 0, SignNetwork))},
	{NetworkTrouble, Likely, StepNetwork, of(acme, kept(future), whoami(OutcomeOffline), with(OutcomeOffline))},
	{NetworkTrouble, Likely, StepNetwork, of(text("ETIMEDOUT", 0, SignNetwork), live, shown)},
	{ServerTrouble, Certain, StepWait, of(text("E503", 503))},
	{ServerTrouble, Likely, StepWait, of(acme, whoami(OutcomeServer), with(OutcomeServer))},
	{ServerTrouble, Likely, StepWait, of(text("E500", 500, SignServer), live, shown)},
	{NotARegistry, Certain, StepNetwork, of(text("EJSONPARSE", 0, SignBadAnswer))},
	{NotARegistry, Likely, StepNetwork, of(acme, notFound, literal("granular"), whoami(OutcomeBad), with(OutcomeBad))},
	{NotARegistry, Certain, StepNetwork, of(text("E404", 404, SignBadAnswer))},
	{RateLimit, Certain, StepWait, of(text("E429", 429))},
	{RateLimit, Likely, StepWait, of(acme, whoami(OutcomeBusy), with(OutcomeBusy))},
	{RateLimit, Likely, StepWait, of(text("E429", 429, SignRateLimit), live, shown)},
	{Forbidden, Likely, StepAskAdmin, of(acme, text("E403", 403, SignForbidden))},
	{Forbidden, Likely, StepAskAdmin, of(acme, text("E403", 403), live, with(OutcomeForbidden))},
	{Forbidden, Likely, StepAskAdmin, of(acme, literal("granular"), live, with(OutcomeForbidden))},
	{Forbidden, Possible, StepAskAdmin, of(publish, text("E403", 403))},

	{Fine, Certain, StepNone, of(acme, kept(future), live, shown, without(OutcomeMissing))},
	{Fine, Certain, StepNone, of(public, pkg("widget"), none, without(OutcomeOK))},
	{Fine, Likely, StepNone, of(acme, notFound, kept(future), live, shown)},
	{Fine, Likely, StepNone, of(text("E401", 401, SignInvalid), kept(future), live)},
	{Unknown, Possible, StepReport, nil},
	{Unknown, Possible, StepReport, of(text("ERESOLVE", 0), kept(future), live, shown)},
	{Unknown, Possible, StepReport, of(text("", 418))},
}
