package injection_test

import (
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

func TestDeliver(t *testing.T) {
	file, vars, both := injection.Delivery{File: true}, injection.Delivery{Variables: true}, injection.Delivery{File: true, Variables: true}
	for _, c := range []struct {
		name, version      string
		switches, shadowed bool
		want               injection.Delivery
	}{
		{"", "", false, false, both},
		{"", "", true, true, both},
		{"npm", "10.9.4", false, false, file},
		{"npm", "12.2.0", true, true, file},
		{"npm", "", false, false, file},
		{"pnpm", "10.34.9", true, false, file},
		{"pnpm", "12.21.0", false, false, file},
		{"pnpm", "12.21.0", false, true, both},
		{"pnpm", "", false, false, file},
		{"yarn", "1.22.22", false, true, file},
		{"yarn", "1.22.22", true, false, both},
		{"yarn", "4.18.1", true, false, vars},
		{"yarn", "", false, false, both},
		{"bun", "1.4.5", false, true, file},
		{"bun", "", true, false, file},
		{"deno", "2.9.6", false, false, vars},
	} {
		m := injection.Manager{Name: c.name, Version: c.version}
		if got := injection.Deliver(injection.Target{Manager: m, Switches: c.switches, Shadowed: c.shadowed}); got != c.want {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

func TestHomeLine(t *testing.T) {
	for m, want := range map[injection.Manager]string{
		{Name: "yarn", Version: "4.18.1"}: ".yarnrc.yml", {Name: "yarn", Version: "1.22.22"}: "", {Name: "yarn"}: "",
		{Name: "deno"}: ".npmrc", {Name: "npm", Version: "12.2.0"}: "", {}: "",
	} {
		if got := injection.HomeLine(m); got != want {
			t.Errorf("%+v: %q, want %q", m, got, want)
		}
	}
}
