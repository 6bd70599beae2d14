package order

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/access"
)

// Permission is what an access token may do, as the registry's list tells it.
type Permission struct {
	Name   string `json:"name"`   // package, org
	Action string `json:"action"` // read, write
}

// Scope is what an access token is for, as the registry's list tells it.
type Scope struct {
	Type string `json:"type"` // package, scope, org
	Name string `json:"name"`
}

// Permissions are what the list tells of the permissions. That it may only stage stands elsewhere.
func (o Order) Permissions() []Permission {
	list := []Permission{}
	for _, p := range []struct {
		name  string
		level access.Level
	}{{"package", o.Permission}, {"org", o.OrgPermission}} {
		switch p.level {
		case access.NotTold, access.NoAccess:
		case access.ReadOnly:
			list = append(list, Permission{p.name, "read"})
		default:
			list = append(list, Permission{p.name, "write"})
		}
	}
	return list
}

// Reach is what the list tells of packages, scopes and organisations.
func (o Order) Reach() []Scope {
	list := []Scope{}
	add := func(kind string, names []string) {
		for _, name := range names {
			list = append(list, Scope{kind, name})
		}
	}
	if o.All {
		add("package", []string{"*"})
	}
	add("package", o.Packages)
	add("scope", o.Scopes)
	add("org", o.Orgs)
	return list
}

// Covers tells whether an access token reaches a package, as far as the order goes.
func (o Order) Covers(name string) bool {
	scope, _, scoped := strings.Cut(name, "/")
	return o.Permission != access.NoAccess && (o.All || slices.Contains(o.Packages, name) || scoped && slices.Contains(o.Scopes, scope))
}

// Admits tells whether an access token may be used from an address with a port.
func (o Order) Admits(remote string) bool {
	if len(o.Addresses) == 0 {
		return true
	}
	from, err := netip.ParseAddrPort(remote)
	return err == nil && slices.ContainsFunc(o.Addresses, func(text string) bool {
		rng, err := netip.ParsePrefix(text)
		return err == nil && rng.Contains(from.Addr().Unmap())
	})
}
