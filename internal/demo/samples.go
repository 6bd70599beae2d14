package demo

import (
	"time"

	"github.com/sandglass-dev/sandglass/internal/demo/order"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
)

const day = 24 * time.Hour

// sample is an access token to look at: days since it was made, hours since it was used, days until it ends.
type sample struct {
	made, used, ends int
	order.Order
}

// samples show one of each that there is something to say about.
var samples = []sample{
	{78, 3, 12, order.Order{
		Name: "ci-publish", Description: "GitHub Actions publishes @acme with it",
		Scopes: []string{"@acme"}, Permission: access.ReadWrite, Bypass: true,
	}},
	{56, 1, 34, order.Order{
		Name: "laptop-read", Description: "installs on the laptop",
		Scopes: []string{"@acme", "@eu"}, Permission: access.ReadOnly,
	}},
	{119, 2 * 24, 61, order.Order{
		Name: "renovate", Description: "the update bot", All: true, Permission: access.ReadOnly,
	}},
	{50, 47 * 24, 40, order.Order{
		Name: "old-release", Packages: []string{"@acme/private", "@acme/public", "hello-sand"}, Permission: access.ReadWrite, Bypass: true,
	}},
	{2, 24, 88, order.Order{
		Name: "docs-bot", Description: "stages the documentation", Packages: []string{"@acme/docs"}, Orgs: []string{"acme"},
		Permission: access.StageOnly, OrgPermission: access.ReadOnly, Addresses: []string{"192.0.2.0/24"},
	}},
}

// addSamples gives user access tokens to look at. Nobody knows their text.
func (r *Registry) addSamples(user string) {
	now := r.opts.Clock()
	for _, s := range samples {
		_, _ = r.issue(credential{
			user: user, asked: s.Order, created: now.AddDate(0, 0, -s.made), ends: now.AddDate(0, 0, s.ends),
			accessed: now.Add(-time.Duration(s.used) * time.Hour),
		})
	}
}
