package finding

import "time"

// Known is what can be said of a fact.
type Known string

// The answers. The zero value is that nobody has asked, or that the answer did not tell.
const (
	Unasked Known = ""
	Yes     Known = "yes"
	No      Known = "no"
)

// Failure is what a package manager said when it failed. Fields that its text does not tell are empty.
type Failure struct {
	Client  string `json:"client,omitempty"`  // npm, pnpm, yarn or bun
	Version string `json:"version,omitempty"` // of the client; yarn's first digit tells which yarn
	Command string `json:"command,omitempty"` // install, publish, whoami, view, ...
	Code    string `json:"code,omitempty"`    // as printed: E404, EOTP, ERR_PNPM_FETCH_404, YN0035, ...
	Status  int    `json:"status,omitempty"`  // of HTTP, 0 where no request was answered
	Method  string `json:"method,omitempty"`
	URL     string `json:"url,omitempty"`     // of the request, without user, password, query and fragment; the registry, where no Method is told
	Package string `json:"package,omitempty"` // @scope/name or name
	Spec    string `json:"spec,omitempty"`    // the version or range behind it

	Sent     Known  `json:"sent,omitempty"`     // a credential went with the request
	Variable string `json:"variable,omitempty"` // that the client could not expand
	Setting  string `json:"setting,omitempty"`  // that the client refused or ignored
	File     string `json:"file,omitempty"`     // where it says that setting or variable stands
	Signs    []Sign `json:"signs,omitempty"`    // what its words mean

	Repository string    `json:"repository,omitempty"` // of package.json, where provenance does not fit
	Provenance string    `json:"provenance,omitempty"` // what it should be
	At         time.Time `json:"at,omitzero"`
}

// Sign is something that a text says, whatever its words: clients and registries put one thing in many ways.
type Sign string

// The signs.
const (
	SignNoCredential  Sign = "no-credential"  // the client had none and asked nothing
	SignInvalid       Sign = "invalid"        // the registry calls the credential invalid, expired or revoked
	SignPassword      Sign = "password"       // a wrong name or password
	SignAddressRange  Sign = "address-range"  // not from this IP address
	SignOTP           Sign = "otp"            // a one-time password is wanted
	SignOTPPage       Sign = "otp-page"       // and a page of the registry's gives it
	SignOTPMail       Sign = "otp-mail"       // it comes by mail
	SignOTPWrong      Sign = "otp-wrong"      // the one that was sent is wrong or old
	SignTwoFactor     Sign = "two-factor"     // publishing needs 2FA, or an access token that may do without
	SignVersionExists Sign = "version-exists" // this version was published before
	SignHold          Sign = "hold"           // the account may only read for a while
	SignPlan          Sign = "plan"           // a private package needs a paid plan
	SignProvenance    Sign = "provenance"     // the repository is not the provenance's
	SignRateLimit     Sign = "rate-limit"
	SignTLS           Sign = "tls"
	SignProxy         Sign = "proxy"
	SignNetwork       Sign = "network"
	SignServer        Sign = "server"     // the registry is in trouble: 5xx
	SignUnexpanded    Sign = "unexpanded" // a variable of a config file is not set
	SignIgnored       Sign = "ignored"    // a line of a project's file was left out on purpose
	SignLegacyKey     Sign = "legacy-key" // a setting that this version refuses
	SignTooOld        Sign = "too-old"    // this client does not know the command or the feature
	SignRestricted    Sign = "restricted" // access tokens may not do this with an account
	SignForbidden     Sign = "forbidden"  // no right to it, by whatever policy
	SignNotFound      Sign = "not-found"  //
	SignNoVersion     Sign = "no-version" // the package is told, and no version of it fits
	SignNotMember     Sign = "not-member" // not of the organisation
	SignBadAnswer     Sign = "bad-answer" // what came is no registry's answer: a proxy's page, say
	SignClassic       Sign = "classic"    // classic access tokens are dead
	SignTrust         Sign = "trust"      // trusted publishing was tried and did not work
)

// Evidence is all that a verdict is made of.
type Evidence struct {
	Now     time.Time `json:"now"`
	Failure Failure   `json:"failure"`

	Registry string `json:"registry,omitempty"` // canonical URL that the package is asked of
	Public   bool   `json:"public,omitempty"`   // it is npm's public registry
	Scope    string `json:"scope,omitempty"`    // "@acme", "" for none
	// Expected is where packages of this scope come from by the user's own files, or a project beside, if elsewhere.
	Expected string `json:"expected,omitempty"`

	Credential Credential `json:"credential"`
	Whoami     Answer     `json:"whoami"`  // asked with the credential
	With       Answer     `json:"with"`    // the package, asked with the credential
	Without    Answer     `json:"without"` // the package, asked without

	Org   Org   `json:"org"`
	Token Token `json:"token"`

	NotPublished Known         `json:"not_published,omitempty"` // the version that was to be published is not there yet
	Offset       time.Duration `json:"offset,omitempty"`        // the registry's clock minus this machine's
}

// Credential is what the client would send from the folder in question.
type Credential struct {
	Source   string `json:"source,omitempty"` // none, literal, placeholder, helper, ignored, unreadable; "" where it is not known
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Level    string `json:"level,omitempty"`
	Variable string `json:"variable,omitempty"`
	Unset    bool   `json:"unset,omitempty"` // the variable's value does not get there
	// Malformed: what stands there cannot be sent as a credential.
	Malformed bool `json:"malformed,omitempty"`
	// Hides names the line of the user's that this one beats.
	HidesFile string `json:"hides_file,omitempty"`
	HidesLine int    `json:"hides_line,omitempty"`
	// Other is a line that holds a credential for another host or path of this registry's, with its key.
	Other     string `json:"other,omitempty"`
	OtherFile string `json:"other_file,omitempty"`
	OtherLine int    `json:"other_line,omitempty"`

	Kind    string    `json:"kind,omitempty"`    // as package token tells it
	Session Known     `json:"session,omitempty"` // it is the session that Sandglass keeps
	Ends    time.Time `json:"ends,omitzero"`     // of the session or access token
	// Kept is the end of the session that Sandglass keeps for the registry, whatever is sent. Alive says that it lives.
	Kept  time.Time `json:"kept,omitzero"`
	Alive Known     `json:"alive,omitempty"`
	// Began is when that session began, and Before the end of the one before it: what failed in between failed without.
	Began  time.Time `json:"began,omitzero"`
	Before time.Time `json:"before,omitzero"`
}

// Outcome is how a question to a registry ended.
type Outcome string

// The outcomes. The zero value: it was not asked.
const (
	OutcomeOK        Outcome = "ok"
	OutcomeRefused   Outcome = "refused"   // 401
	OutcomeForbidden Outcome = "forbidden" // 403
	OutcomeMissing   Outcome = "missing"   // 404
	OutcomeBusy      Outcome = "busy"      // 429
	OutcomeServer    Outcome = "server"    // 5xx
	OutcomeOffline   Outcome = "offline"   // no answer
	OutcomeTLS       Outcome = "tls"       // no connection that can be trusted
	OutcomeBad       Outcome = "bad"       // an answer that no registry gives
)

// Answer is what a registry answered.
type Answer struct {
	Outcome Outcome `json:"outcome,omitempty"`
	Status  int     `json:"status,omitempty"`
	Name    string  `json:"name,omitempty"` // of whoami: the account
	Signs   []Sign  `json:"signs,omitempty"`
	// Private: the package's visibility, where it was told.
	Private Known `json:"private,omitempty"`
	// HasVersion: the version in question is among those that are told.
	HasVersion Known `json:"has_version,omitempty"`
}

// Org is what is known of the organisation that a scope stands for. Only members may ask.
type Org struct {
	Name    string  `json:"name,omitempty"`
	Asked   Outcome `json:"asked,omitempty"`
	Member  Known   `json:"member,omitempty"`
	Invited Known   `json:"invited,omitempty"` // and has not accepted
	Role    string  `json:"role,omitempty"`
	// Granted: a team of the account's may read the package. Write: and publish it.
	Granted Known `json:"granted,omitempty"`
	Write   Known `json:"write,omitempty"`
	// Listed: the package is among the organisation's.
	Listed Known `json:"listed,omitempty"`
}

// Token is what the registry's list says of the access token in question.
type Token struct {
	Listed   Known     `json:"listed,omitempty"` // it stands in the list
	Ends     time.Time `json:"ends,omitzero"`
	Revoked  Known     `json:"revoked,omitempty"`
	ReadOnly Known     `json:"read_only,omitempty"`
	Covers   Known     `json:"covers,omitempty"`  // package or scope
	Address  Known     `json:"address,omitempty"` // it is bound to address ranges
	Bypass   Known     `json:"bypass,omitempty"`  // it may publish without a second factor
	Stage    Known     `json:"stage,omitempty"`   // it may only stage
}
