// Package order reads requests for access tokens as npm's public registry does: in the spelling of its documents and
// in that of npm's client, within its limits, refused in its words. The demo registry and the test registry answer by it.
//
// It checks no password, asks for no second factor and makes nothing.
package order

import (
	"encoding/json"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/access"
)

// Limit is how many access tokens an account may have.
const Limit = 1000

const (
	maxSelected  = 50 // packages and scopes
	maxOrgs      = 50
	maxWriteDays = 90
	writeDays    = 7
	readDays     = 30
)

// Order is what an access token is to be like.
type Order struct {
	Name, Description, Password string

	Packages, Scopes, Orgs []string
	All                    bool // packages, and none is named
	Permission             access.Level
	OrgPermission          access.Level
	Addresses              []string
	Bypass                 bool
	Ends                   time.Time
}

// Writes reports whether it may change packages, be it by staging.
func (o Order) Writes() bool {
	return o.Permission == access.ReadWrite || o.Permission == access.StageOnly
}

// Read reads an order that comes in at now. problem is what the registry answers with 400, "" for a good one.
func Read(body io.Reader, now time.Time) (o Order, problem string) {
	var f fields
	if json.NewDecoder(body).Decode(&f) != nil {
		return Order{}, SaysBody
	}
	o = Order{
		Name: f.text("name"), Password: f.text("password"), Description: f.text("token_description", "description"),
		Permission: access.Level(f.text("packages_and_scopes_permission")), OrgPermission: access.Level(f.text("orgs_permission")),
		Bypass: f.flag("bypass_2fa"),
	}
	if o.Name == "" {
		return o, SaysName
	}
	for _, l := range []struct {
		says string
		into *[]string
		keys []string
	}{
		{SaysPackages, &o.Packages, []string{"packages"}}, {SaysScopes, &o.Scopes, []string{"scopes"}},
		{SaysOrgs, &o.Orgs, []string{"orgs"}}, {SaysRange, &o.Addresses, []string{"cidr", "cidr_whitelist"}},
	} {
		if !f.list(l.into, l.keys...) {
			return o, l.says
		}
	}
	if o.All = f.flag("packages_all") || slices.Contains(o.Packages, "*"); o.All {
		o.Packages = nil
	}
	if problem = o.settle(); problem == "" {
		problem = o.end(f, now)
	}
	return o, problem
}

// settle decides the permissions and looks at the reach.
func (o *Order) settle() string {
	selected, orgs := o.All || len(o.Packages)+len(o.Scopes) > 0, len(o.Orgs) > 0
	o.Permission, o.OrgPermission = otherwise(o.Permission, selected), otherwise(o.OrgPermission, orgs)
	switch {
	case !slices.Contains([]access.Level{access.NoAccess, access.ReadOnly, access.ReadWrite, access.StageOnly}, o.Permission):
		return SaysPermission
	case !slices.Contains([]access.Level{access.NoAccess, access.ReadOnly, access.ReadWrite}, o.OrgPermission):
		return SaysOrgPermission
	case !selected && !orgs:
		return SaysNothing
	case !orgs && o.OrgPermission != access.NoAccess:
		return SaysNoOrg
	case !selected && o.Permission != access.NoAccess:
		return SaysNoPackage
	case o.Permission == access.NoAccess && o.OrgPermission == access.NoAccess:
		return SaysNoAccess
	case len(o.Packages)+len(o.Scopes) > maxSelected:
		return SaysSelected
	case len(o.Orgs) > maxOrgs:
		return SaysManyOrgs
	}
	for _, text := range o.Addresses {
		if _, err := netip.ParsePrefix(text); err != nil {
			return SaysRange
		}
	}
	return ""
}

// otherwise is a permission, or what it is where nothing says it.
func otherwise(permission access.Level, selected bool) access.Level {
	switch {
	case permission != access.NotTold:
		return permission
	case selected:
		return access.ReadOnly
	}
	return access.NoAccess
}

// end decides when it ends: after a number of days, or at a date.
func (o *Order) end(f fields, now time.Time) string {
	writes := o.Writes() || o.OrgPermission == access.ReadWrite
	text, told := f.ends()
	switch {
	case !told && writes:
		o.Ends = now.AddDate(0, 0, writeDays)
		return ""
	case !told:
		o.Ends = now.AddDate(0, 0, readDays)
		return ""
	}
	at, err := endOf(text, now)
	switch {
	case err != nil, !at.After(now):
		return SaysEnd
	case writes && at.After(now.AddDate(0, 0, maxWriteDays)):
		return SaysTooLong
	}
	o.Ends = at
	return ""
}

// endOf reads a number of days or a date.
func endOf(text string, now time.Time) (time.Time, error) {
	if days, err := strconv.Atoi(text); err == nil {
		return now.AddDate(0, 0, min(days, 1e5)), nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	return time.Parse(time.DateOnly, text)
}
