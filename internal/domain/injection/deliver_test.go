package injection_test

import (
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

func TestDeliver(t *testing.T) {
	const (
		none = 0
		keys = 1 << iota
		file
		vars
	)
	for _, c := range []struct {
		name, version, interpreter string
		switches                   bool
		want                       int
	}{
		{"", "", "", false, keys | file | vars},
		{"", "", "sh", true, keys | file | vars},
		{"npm", "10.9.4", "node", false, keys},
		{"npm", "11.19.1", "node", true, keys},
		{"npm", "12.2.0", "bash", false, keys},
		{"npm", "12.2.0", "", false, keys},
		{"npm", "12.2.0", "sh", false, keys | file},
		{"npm", "12.2.0", "dash", false, keys | file},
		{"npm", "12.2.0", "ruby", false, keys | file},
		{"npm", "9.9.0", "node", false, keys | file},
		{"npm", "", "node", false, keys | file},
		{"pnpm", "10.34.9", "node", false, file},
		{"pnpm", "11.28.11", "node", false, keys},
		{"pnpm", "12.21.0", "", false, keys},
		{"pnpm", "12.21.0", "", true, keys | file},
		{"pnpm", "11.28.11", "sh", false, keys | file},
		{"pnpm", "", "node", false, keys | file},
		{"yarn", "1.22.22", "node", false, file},
		{"yarn", "1.22.22", "node", true, file | vars},
		{"yarn", "4.18.1", "node", true, vars},
		{"yarn", "", "node", false, file | vars},
		{"bun", "1.4.5", "", false, file},
		{"bun", "", "sh", true, file},
		{"deno", "2.9.6", "", false, vars},
	} {
		d := injection.Deliver(injection.Target{
			Manager: injection.Manager{Name: c.name, Version: c.version}, Interpreter: c.interpreter, Switches: c.switches,
		})
		got := none
		for bit, on := range map[int]bool{keys: d.Keys, file: d.File, vars: d.Variables} {
			if on {
				got |= bit
			}
		}
		if got != c.want {
			t.Errorf("%+v: %+v", c, d)
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
