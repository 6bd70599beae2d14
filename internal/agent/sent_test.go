package agent

import (
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/effective"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// TestA01_OnlyABoundCredentialAsks: a cloned project that names a registry of its own gets a question, but none of the
// user's credentials that name no registry or another, though yarn would send them there.
func TestA01_OnlyABoundCredentialAsks(t *testing.T) {
	evil, good := parsed("https://evil.example.com/"), parsed("https://registry.example.com/npm/")
	const hostile = "npmRegistryServer: \"https://evil.example.com\"\nnpmAlwaysAuth: true\nnpmScopes:\n  acme:\n    npmRegistryServer: \"https://evil.example.com\"\n"
	both := `npmRegistries: {"//evil.example.com": {npmAlwaysAuth: true, npmAuthToken: "ofTheirs12"}, "//registry.example.com/npm": {npmAuthToken: "ofUser1234"}}` + "\n"
	for _, c := range []struct {
		name, manager, scope, user, project string
		reg                                 registry.URL
		want                                string
	}{
		{"yarn: for all", "yarn 4.9.2", "", "npmAuthToken: ofUser1234\n", hostile, evil, ""},
		{"yarn: for all, of a registry", "yarn 4.9.2", "", "npmRegistryServer: \"https://registry.example.com/npm\"\nnpmAuthToken: ofUser1234\n", hostile, evil, ""},
		{"yarn: of a scope", "yarn 4.9.2", "@acme", "npmScopes:\n  acme:\n    npmAuthToken: ofUser1234\n", hostile, evil, ""},
		{"yarn: two in one line", "yarn 4.9.2", "", both, hostile, evil, "ofTheirs12"},
		{"npm 6: for all", "npm 6.14.18", "", "_authToken=ofUser1234\n", "registry=https://evil.example.com/\n", evil, ""},
		{"yarn 1: for all", "yarn 1.22.22", "", "_authToken=ofUser1234\n", "registry=https://evil.example.com/\nalways-auth=true\n", evil, ""},
		{"npm: its own", "npm 11.0.0", "", "//registry.example.com/npm/:_authToken=ofUser1234\n", "registry=https://registry.example.com/npm/\n", good, "ofUser1234"},
		{"npm: of the host", "npm 11.0.0", "", "//registry.example.com/:_authToken=ofUser1234\n", "registry=https://registry.example.com/npm/\n", good, "ofUser1234"},
	} {
		t.Run(c.name, func(t *testing.T) {
			name, version, _ := strings.Cut(c.manager, " ")
			file, level := ".npmrc", effective.LevelUser
			if strings.HasPrefix(c.project, "npm") {
				file, level = ".yarnrc.yml", effective.LevelYarn
			}
			q := &inquiry{reg: c.reg, ev: finding.Evidence{Scope: c.scope}}
			q.survey(effective.World{Managers: []injection.Manager{{Name: name, Version: version}}, Files: []effective.File{
				{Path: "/home/u/shop/" + file, Level: effective.LevelProject, Text: []byte(c.project)}, {Path: "/home/u/" + file, Level: level, Text: []byte(c.user)},
			}})
			q.credential(map[string]bool{})
			if q.secret.Reveal() != c.want {
				t.Errorf("it would ask with %q: %+v", q.secret.Reveal(), q.ev.Credential)
			}
		})
	}
}
