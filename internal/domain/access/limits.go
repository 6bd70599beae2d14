package access

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What npm's public registry allows, by its API documentation of June 2026, which npm 12.2.0 goes by. A registry of
// another kind may allow more.
const (
	LimitWriteDays   = 90 // an access token that writes, or stages, lives no longer
	DefaultWriteDays = 7  // and so long where nothing is said
	DefaultReadDays  = 30 // one that only reads; there is no maximum
	LimitReach       = 50 // packages and scopes together
	LimitOrgs        = 50
	LimitAll         = 1000 // access tokens of an account
)

// LimitName is how long a name may be, in characters. It is ours: the documentation names no limit.
const LimitName = 255

// LongDays is from where on the life of one that only reads is called long: a year, and a day for leap years.
const LongDays = 366

// BypassEnds is when access tokens that bypass the second factor stop publishing at npm's public registry: during the
// month before, January 2027.
var BypassEnds = time.Date(2027, time.February, 1, 0, 0, 0, 0, time.UTC)

// The codes of problems.
const (
	ProblemName          = "name"           // there is none
	ProblemNameLong      = "name-long"      // Most
	ProblemNameShape     = "name-shape"     // it holds what cannot be shown
	ProblemDays          = "days"           // fewer than none
	ProblemDaysWrite     = "days-write"     // Most
	ProblemDaysLong      = "days-long"      // a warning: Most
	ProblemPackage       = "package"        // Name is no name of a package
	ProblemScope         = "scope"          // Name is no scope
	ProblemOrg           = "org"            // Name is no name of an organisation
	ProblemReach         = "reach"          // more packages and scopes than Most
	ProblemOrgs          = "orgs"           // more organisations than Most
	ProblemAllPackages   = "all-packages"   // all packages, and some
	ProblemAllScopes     = "all-scopes"     // a warning: all packages, and scopes
	ProblemNothing       = "nothing"        // it may do nothing
	ProblemNoReach       = "no-reach"       // a permission, and neither packages nor scopes
	ProblemNoPermission  = "no-permission"  // the reverse
	ProblemNoOrgs        = "no-orgs"        // a permission for organisations, and none of them
	ProblemNoOrgRight    = "no-org-right"   // the reverse
	ProblemPermission    = "permission"     // there is no such permission
	ProblemOrgPermission = "org-permission" // there is no such permission for organisations
	ProblemAddress       = "address"        // Name is no range of addresses
	ProblemAddressSix    = "address-ipv6"   // a warning: npm's own command line takes none
	ProblemAddressAny    = "address-any"    // a warning: Name is all addresses
	ProblemBypassReads   = "bypass-reads"   // only what writes can bypass the second factor
	ProblemBypassStages  = "bypass-stages"  // a warning: staging asks for none
	ProblemBypassEnds    = "bypass-ends"    // a warning
	ProblemBypassOver    = "bypass-over"    // a warning, once that is so
)

// Problems says what npm's public registry would refuse of a Spec, and what speaks against it otherwise.
func (s Spec) Problems(now time.Time) []Problem {
	c := &check{spec: s}
	c.name()
	c.days()
	c.reach()
	c.permissions()
	c.addresses()
	c.bypass(now)
	return c.found
}

// Refused reports whether one of them is more than a warning.
func Refused(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning })
}

// writes reports whether it is to write, were it only by staging.
func (s Spec) writes() bool { return s.Permission == ReadWrite || s.Permission == StageOnly }

// check collects what is wrong.
type check struct {
	spec  Spec
	found []Problem
}

func (c *check) bad(code, field string) { c.found = append(c.found, Problem{Code: code, Field: field}) }

func (c *check) warn(code, field string) {
	c.found = append(c.found, Problem{Code: code, Field: field, Warning: true})
}

// with gives the last one found an argument.
func (c *check) with(name, value string) {
	c.found[len(c.found)-1].Args = map[string]string{name: value}
}

func (c *check) over(code, field string, most int) {
	c.bad(code, field)
	c.with("Most", strconv.Itoa(most))
}

func (c *check) name() {
	name := c.spec.Name
	switch {
	case strings.TrimSpace(name) == "":
		c.bad(ProblemName, "name")
	case utf8.RuneCountInString(name) > LimitName:
		c.over(ProblemNameLong, "name", LimitName)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) }):
		c.bad(ProblemNameShape, "name")
	}
}

func (c *check) days() {
	switch days := c.spec.Days; {
	case days < 0:
		c.bad(ProblemDays, "days")
	case c.spec.writes() && days > LimitWriteDays:
		c.over(ProblemDaysWrite, "days", LimitWriteDays)
	case !c.spec.writes() && days > LongDays:
		c.warn(ProblemDaysLong, "days")
		c.with("Most", strconv.Itoa(LongDays))
	}
}

func (c *check) reach() {
	s := c.spec
	for _, name := range s.Packages {
		c.shape(ValidPackage(name), ProblemPackage, "packages", name)
	}
	for _, name := range s.Scopes {
		c.shape(ValidScope(name), ProblemScope, "scopes", name)
	}
	for _, name := range s.Orgs {
		c.shape(ValidOrg(name), ProblemOrg, "orgs", name)
	}
	if len(s.Packages)+len(s.Scopes) > LimitReach {
		c.over(ProblemReach, "packages", LimitReach)
	}
	if len(s.Orgs) > LimitOrgs {
		c.over(ProblemOrgs, "orgs", LimitOrgs)
	}
	if s.All && len(s.Packages) > 0 {
		c.bad(ProblemAllPackages, "all_packages")
	}
	if s.All && len(s.Scopes) > 0 {
		c.warn(ProblemAllScopes, "all_packages")
	}
}

func (c *check) shape(fine bool, code, field, name string) {
	if !fine {
		c.bad(code, field)
		c.with("Name", Clean(name))
	}
}

func (c *check) permissions() {
	s := c.spec
	if !slices.Contains([]Level{NotTold, NoAccess, ReadOnly, StageOnly, ReadWrite}, s.Permission) {
		c.bad(ProblemPermission, "permission")
	}
	if !slices.Contains([]Level{NotTold, NoAccess, ReadOnly, ReadWrite}, s.OrgPermission) {
		c.bad(ProblemOrgPermission, "org_permission")
	}
	may := func(l Level) bool { return l != NotTold && l != NoAccess }
	reach := s.All || len(s.Packages)+len(s.Scopes) > 0
	switch {
	case !may(s.Permission) && !may(s.OrgPermission) && !reach && len(s.Orgs) == 0:
		c.bad(ProblemNothing, "permission")
	case may(s.Permission) && !reach:
		c.bad(ProblemNoReach, "packages")
	case !may(s.Permission) && reach:
		c.bad(ProblemNoPermission, "permission")
	}
	switch {
	case may(s.OrgPermission) && len(s.Orgs) == 0:
		c.bad(ProblemNoOrgs, "orgs")
	case !may(s.OrgPermission) && len(s.Orgs) > 0:
		c.bad(ProblemNoOrgRight, "org_permission")
	}
}

func (c *check) addresses() {
	for _, text := range c.spec.Addresses {
		p, err := netip.ParsePrefix(text)
		switch {
		case err != nil || p.Addr().Is4In6():
			c.shape(false, ProblemAddress, "addresses", text)
		case p.Bits() == 0:
			c.warn(ProblemAddressAny, "addresses")
			c.with("Name", text)
		case p.Addr().Is6():
			c.warn(ProblemAddressSix, "addresses")
			c.with("Name", text)
		}
	}
}

func (c *check) bypass(now time.Time) {
	s := c.spec
	switch {
	case !s.Bypass:
	case !s.writes():
		c.bad(ProblemBypassReads, "bypass_2fa")
	case s.Permission == StageOnly:
		c.warn(ProblemBypassStages, "bypass_2fa")
	case now.Before(BypassEnds):
		c.warn(ProblemBypassEnds, "bypass_2fa")
	default:
		c.warn(ProblemBypassOver, "bypass_2fa")
	}
}

// longestPackage is how long a package's name may be, with its scope.
const longestPackage = 214

// ValidPackage reports whether a text is the name of a package. Names that npm gives to no new package and that old ones
// have, with capitals above all, are names.
func ValidPackage(name string) bool {
	if len(name) > longestPackage {
		return false
	}
	if rest, scoped := strings.CutPrefix(name, "@"); scoped {
		scope, base, both := strings.Cut(rest, "/")
		return both && part(scope) && part(base)
	}
	return part(name) && !strings.EqualFold(name, "node_modules") && !strings.EqualFold(name, "favicon.ico")
}

// ValidScope reports whether a text is a scope, "@acme".
func ValidScope(name string) bool {
	rest, scoped := strings.CutPrefix(name, "@")
	return scoped && len(name) <= longestPackage && part(rest)
}

// ValidOrg reports whether a text is the name of an organisation, "acme".
func ValidOrg(name string) bool { return len(name) <= longestPackage && part(name) }

// part reports whether a text is one of the two parts of a package's name.
func part(text string) bool {
	if text == "" || text[0] == '.' || text[0] == '_' {
		return false
	}
	for i := range len(text) {
		ch := text[i]
		letter := 'a' <= ch|0x20 && ch|0x20 <= 'z' || '0' <= ch && ch <= '9'
		if !letter && !strings.ContainsRune("-_.~!'()", rune(ch)) { // "*" is of old names, too, and would say all here
			return false
		}
	}
	return true
}
