// Package access knows access tokens: what a registry's list tells of one, what one is to be made with and within
// which limits, which reach is enough, when its end is to be told, and what is wrong with one.
//
// Everything here is pure, and holds no secret: an access token is known by its id and by what its masked form shows.
package access

import "time"

// Token is an access token as its registry tells it. A zero time was not told.
type Token struct {
	ID          string `json:"id"` // its name at the registry, a UUID; empty for one that the user has entered
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Masked      string `json:"masked"` // "npm_aBcD…7890": its beginning and its end
	Kind        Kind   `json:"kind"`

	Packages []string `json:"packages"` // "@acme/private"; AllPackages has none
	Scopes   []string `json:"scopes"`   // "@acme"
	Orgs     []string `json:"orgs"`     // "acme"
	All      bool     `json:"all_packages,omitempty"`

	Permission    Level    `json:"permission"`               // for packages and scopes
	OrgPermission Level    `json:"org_permission,omitempty"` // for organisations: their members and teams, not their packages
	Bypass        bool     `json:"bypass_2fa,omitempty"`     // it writes without a second factor
	Addresses     []string `json:"addresses"`                // ranges that it may be used from, "192.0.2.0/24"; none: from anywhere

	Created time.Time `json:"created,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
	Used    time.Time `json:"used,omitzero"` // last
	Ends    time.Time `json:"ends,omitzero"` // as the registry tells it, never computed
	Revoked time.Time `json:"revoked,omitzero"`
}

// Kind is what a list calls an access token.
type Kind string

// The kinds.
const (
	Granular Kind = "granular"
	Classic  Kind = "classic" // dead since December 2025
	Legacy   Kind = "legacy"  // what a registry lists that knows neither
	Entered  Kind = "entered" // no list tells it: the user has entered it
)

// Level is how far an access token reaches.
type Level string

// The levels, the least first.
const (
	NotTold   Level = ""
	NoAccess  Level = "no-access"
	ReadOnly  Level = "read-only"
	StageOnly Level = "read-write-stage-only" // it may stage, and a person publishes
	ReadWrite Level = "read-write"
)

// Writes reports whether it changes what is published, were it only by staging.
func (t Token) Writes() bool { return t.Permission == ReadWrite || t.Permission == StageOnly }

// Dead reports whether it opens nothing any more at now.
func (t Token) Dead(now time.Time) bool {
	return !t.Revoked.IsZero() || t.Kind == Classic || !t.Ends.IsZero() && !now.Before(t.Ends)
}

// Spec is what an access token is to be made with.
type Spec struct {
	Name          string   `json:"name"`
	Description   string   `json:"description,omitempty"`
	Days          int      `json:"days,omitempty"` // of its life; 0: as the registry does it
	Packages      []string `json:"packages,omitempty"`
	Scopes        []string `json:"scopes,omitempty"`
	Orgs          []string `json:"orgs,omitempty"`
	All           bool     `json:"all_packages,omitempty"`
	Permission    Level    `json:"permission,omitempty"`
	OrgPermission Level    `json:"org_permission,omitempty"`
	Addresses     []string `json:"addresses,omitempty"`
	Bypass        bool     `json:"bypass_2fa,omitempty"`
}

// Problem is what is wrong with a Spec. Its text is in the catalogues under "access.problem.<code>"; Args fill it.
type Problem struct {
	Code  string            `json:"code"`
	Field string            `json:"field"` // the field of Spec in JSON
	Args  map[string]string `json:"args,omitempty"`

	Warning bool `json:"warning,omitempty"` // it can be made so, and should perhaps not
}

// Mark is what is to be said about an access token. Its texts are in the catalogues under "access.mark.<code>", ".text"
// and ".hint"; Args fill them.
type Mark struct {
	Code    string            `json:"code"`
	Serious bool              `json:"serious,omitempty"` // it stops something, or is a danger
	Args    map[string]string `json:"args,omitempty"`
}

// The codes of marks.
const (
	MarkClassic = "classic"     // dead since December 2025
	MarkBypass  = "bypass"      // bypasses 2FA and writes: stops publishing in January 2027
	MarkAll     = "all"         // reaches all packages of the account
	MarkWide    = "wide"        // reaches further than its use
	MarkUnused  = "unused"      // for 30 days
	MarkNotUsed = "never-used"  // and made more than 30 days ago
	MarkEnds    = "ends"        // within 14 days
	MarkEnded   = "ended"       //
	MarkRevoked = "revoked"     // and still listed
	MarkLong    = "long"        // read-only, and lives for more than a year
	MarkNever   = "never-ends"  //
	MarkAnyAddr = "any-address" // an automation's, and not tied to an address range
)
