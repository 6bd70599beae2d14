package verdaccio

import (
	"net/http"
	"time"
)

// Org is an organisation, @Name. Owners and admins read and publish all its packages; developers do what their teams
// may. Others are refused: 403, or 404 with Hide. Its lists (members, teams, packages) are told to members alone.
type Org struct {
	Name    string            // without "@"
	Members map[string]string // account: RoleOwner, RoleAdmin, RoleDeveloper
	// Invited accounts have not accepted and are no members yet. A refusal of the lists tells them so, which is not
	// known of any registry.
	Invited []string
	Teams   map[string]Team // by name
}

// The roles of an organisation's members.
const (
	RoleOwner     = "owner"
	RoleAdmin     = "admin"
	RoleDeveloper = "developer"
)

// Team is a part of an organisation.
type Team struct {
	Members  []string
	Packages map[string]string // "@acme/private": Read or Write
}

// What a team may do with a package, as npm's public registry spells it.
const (
	Read  = "read"
	Write = "write"
)

// Account is what is special about an account. Zero: it publishes without being asked for anything.
type Account struct {
	Factor Factor
	// Hold: it may read and not write, as after a change of its e-mail address.
	Hold bool
}

// Factor is what an account is asked for when it publishes with a session, or with an access token without Bypass, and
// when it makes or revokes access tokens.
type Factor string

// The factors.
const (
	// NoFactor: nothing is asked.
	NoFactor Factor = ""
	// FactorPage: a page gives the one-time password, to clients that say "npm-auth-type: web"; Server.Confirm
	// presses its button. Others are told to upgrade, in words. About access tokens a page is given to those alone that
	// say "npm-command: token" too.
	FactorPage Factor = "page"
	// FactorDigits: six digits by npm-otp. OTP is right, all else is wrong.
	FactorDigits Factor = "digits"
	// FactorMail: the same, and they come by mail. MailOTP is right too.
	FactorMail Factor = "mail"
	// FactorMissing: the account has no second factor, and publishing needs one: 403. To make an access token it gets a
	// code by mail; to revoke one it needs nothing.
	FactorMissing Factor = "missing"
)

// OTP is the right one-time password of FactorDigits and FactorMail.
const OTP = "246813"

// MailOTP is a right one of FactorMail with as many digits as npm's public registry mails.
const MailOTP = "24681357"

// Rules are what is special about a package.
type Rules struct {
	// Unpaid: to publish it as a private one needs a paid plan, 402. npm publish is private unless --access public.
	Unpaid bool
	// Provenance is the repository that its provenance tells. A publish whose package.json says another is a 422.
	Provenance string
	// Public is its visibility, as told by /-/package/NAME/visibility. It changes nothing about who reads it.
	Public bool
}

// Words is whose words a refusal has.
type Words string

// The words.
const (
	// WordsVerdaccio leaves Verdaccio's refusals as they are; a version that exists is its 409.
	WordsVerdaccio Words = ""
	// WordsNPM are those of npm's public registry: a version that exists is a 403, "You cannot publish over the
	// previously published versions". Combine with Hide.
	WordsNPM Words = "npm"
	// WordsGitHub answers as GitHub's registry: nobody reads anything, and 401 and 403 name a Bearer.
	WordsGitHub Words = "github"
)

// Spelling is how the list of access tokens names its fields.
type Spelling string

// The spellings.
const (
	// SpellingNew: expiry, cidr, bypass_2fa, permissions, scopes, revoked.
	SpellingNew Spelling = ""
	// SpellingOld: expires, cidr_whitelist, automation, type.
	SpellingOld Spelling = "old"
)

// AccessToken is a granular access token of an account.
type AccessToken struct {
	Name, Description string
	Ends              time.Time // zero: never
	// ReadOnly tokens publish nothing. Stage tokens stage only.
	ReadOnly, Stage bool
	// Bypass tokens publish without a second factor.
	Bypass bool
	// Packages ("@acme/private") and Scopes ("@acme") are its reach. Without either it reaches all that its account
	// does; All says so in the list. What everybody may read it may read too.
	Packages, Scopes []string
	All              bool
	// Orgs ("acme") are organisations whose members and teams it is for, not their packages; OrgWrite tokens change
	// them. Nothing here lets an access token do so. NoPackages tokens are for organisations alone.
	Orgs                 []string
	OrgWrite, NoPackages bool
	// Addresses are the ranges that it may be used from, "10.0.0.0/8". Tests come from 127.0.0.1.
	Addresses []string
	// Revoked tokens stand in the list and open nothing.
	Revoked bool
	// Classic tokens are dead and stand in no list.
	Classic bool
}

// Fault is an answer that the front gives in the place of a registry's.
type Fault struct {
	// Method and Path (the beginning of the escaped one) choose requests. Empty: all.
	Method, Path string
	Status       int
	Header       http.Header
	Body         string
	// Times is how often. Zero: until Mend.
	Times int
}
