package finding

// The verdicts. They are codes that stay; assets/docs/verdicts.md has a page part for each.
const (
	SessionEnded      = "session-ended"
	NoCredential      = "no-credential"
	Unexpanded        = "unexpanded"
	Malformed         = "malformed"
	OtherHost         = "other-host"       // the credential is for another host or path
	Overridden        = "overridden"       // a project's line beats the good one
	Revoked           = "revoked"          // refused before its end
	Classic           = "classic"          // a classic access token: dead
	TokenEnded        = "token-ended"      // an access token is over
	TokenTooNarrow    = "token-too-narrow" // it lacks the package, the scope, the organisation or the right to write
	AddressRange      = "address-range"    // not from this address
	NotMember         = "not-member"       // not of the organisation
	InvitationOpen    = "invitation-open"  // invited and not accepted
	NoTeam            = "no-team"          // a member, and no team has the package
	NoWrite           = "no-write"         // may read the package and not publish it
	Absent            = "absent"           // there is no such package
	NoVersion         = "no-version"       // there is the package, and no such version
	WrongRegistry     = "wrong-registry"   // the scope's packages come from elsewhere
	OTPNeeded         = "otp-needed"       // a one-time password is wanted, and there was nobody to ask
	OTPPage           = "otp-page"         // the second factor is a page, and this client did not open it
	OTPWrong          = "otp-wrong"        // the one-time password was wrong or too old
	TwoFactorRequired = "two-factor-required"
	VersionExists     = "version-exists"
	Hold              = "hold"
	PlanNeeded        = "plan-needed"
	ProvenanceMiss    = "provenance-mismatch"
	ClientTooOld      = "client-too-old"
	LegacyKey         = "legacy-key"
	TokenRestricted   = "token-restricted" // access tokens may not change accounts
	WrongPassword     = "wrong-password"
	TLSTrouble        = "tls-trouble"
	ProxyTrouble      = "proxy-trouble"
	NetworkTrouble    = "network-trouble"
	ServerTrouble     = "server-trouble"
	NotARegistry      = "not-a-registry" // what answered is no registry
	RateLimit         = "rate-limit"
	Forbidden         = "forbidden" // the registry said no, and not why
	Fine              = "fine"      // all that could be asked is in order
	Unknown           = "unknown"
)

// Confidence is how sure a verdict is.
type Confidence string

// The confidences, from the surest.
const (
	Certain  Confidence = "certain"  // the registry or the files say it themselves
	Likely   Confidence = "likely"   // the evidence fits nothing else as well
	Possible Confidence = "possible" // it fits several; Others names them
)

// Reason is a piece of evidence that a verdict rests on. Args fill its text.
type Reason struct {
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
}

// Step is what to do next.
type Step string

// The steps. Each has a text in the catalogues, and some are done by a button.
const (
	StepLogin      Step = "login"      // log in to the registry
	StepSetup      Step = "setup"      // have the session brought to this package manager
	StepEditLine   Step = "edit-line"  // take out or mend the line
	StepAskAdmin   Step = "ask-admin"  // of the organisation or the package
	StepAccept     Step = "accept"     // the invitation
	StepToken      Step = "token"      // make an access token with the right reach
	StepRegistry   Step = "registry"   // name the scope's registry
	StepName       Step = "name"       // look at the name for a slip
	StepTerminal   Step = "terminal"   // run it in a terminal, where the page can open
	StepTwoFactor  Step = "two-factor" // switch on the second factor
	StepBump       Step = "bump"       // raise the version
	StepWait       Step = "wait"       // and try again
	StepPlan       Step = "plan"       // pay, or publish for all
	StepRepository Step = "repository" // correct the repository in package.json
	StepUpgrade    Step = "upgrade"    // the client
	StepTrustCA    Step = "trust-ca"   // or the time of the machine
	StepNetwork    Step = "network"    // look at connection and proxy
	StepReport     Step = "report"     // send the bundle to those who can say
	StepNone       Step = "none"       // nothing
)

// Verdict is what is the matter.
type Verdict struct {
	Code       string            `json:"code"`
	Confidence Confidence        `json:"confidence"`
	Reasons    []Reason          `json:"reasons"`
	Step       Step              `json:"step"`
	Args       map[string]string `json:"args,omitempty"`   // fill the verdict's and the step's text
	Others     []string          `json:"others,omitempty"` // verdicts that the evidence fits less well
	File       string            `json:"file,omitempty"`   // the line to look at
	Line       int               `json:"line,omitempty"`
}
