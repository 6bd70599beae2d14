package effective

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const secret = "made-up-secret"

var (
	npm    = injection.Manager{Name: "npm", Version: "12.2.0"}
	pnpm   = injection.Manager{Name: "pnpm", Version: "12.21.0"}
	pnpm10 = injection.Manager{Name: "pnpm", Version: "10.34.9"}
	yarn   = injection.Manager{Name: "yarn", Version: "4.18.1"}
	yarn1  = injection.Manager{Name: "yarn", Version: "1.22.22"}
)

func file(path string, level Level, lines ...string) File {
	return File{Path: path, Level: level, Text: []byte(strings.Join(lines, "\n") + "\n")}
}

func TestOf(t *testing.T) {
	const key, other = "//registry.example.com/:_authToken=", "//npm.example.com/team/:_authToken="
	name := token.NewSecret(secret).Fingerprint()
	user := file("/home/.npmrc", LevelUser, "registry=https://registry.example.com", key+"${TOK}")
	literal := file("/p/.npmrc", LevelProject, "@acme:registry=https://npm.example.com/team", key+secret)
	for _, c := range []struct {
		name     string
		files    []File
		managers []injection.Manager
		scope    string
		want     Credential
	}{
		{"project hides user", []File{literal, user}, []injection.Manager{npm}, "",
			Credential{Source: SourceLiteral, File: "/p/.npmrc", Line: 2, Level: LevelProject, Fingerprint: name, Hides: &Place{File: "/home/.npmrc", Line: 2, Level: LevelUser, Variable: "TOK"}}},
		{"nothing for the scope", []File{literal, user}, []injection.Manager{npm}, "@acme", Credential{Source: SourceNone}},
		{"placeholder", []File{user}, []injection.Manager{npm}, "", Credential{Source: SourcePlaceholder, File: "/home/.npmrc", Line: 2, Level: LevelUser, Variable: "TOK"}},
		{"placeholder of a project's", []File{file("/p/.npmrc", LevelProject, key+"${TOK}"), file("/home/.npmrc", LevelUser, "registry=https://registry.example.com")}, []injection.Manager{pnpm}, "",
			Credential{Source: SourceIgnored, File: "/p/.npmrc", Line: 1, Level: LevelProject, Variable: "TOK"}},
		{"ignored before the user's", []File{file("/p/.npmrc", LevelProject, key+"${TOK}"), user}, []injection.Manager{pnpm10}, "",
			Credential{Source: SourcePlaceholder, File: "/home/.npmrc", Line: 2, Level: LevelUser, Variable: "TOK"}},
		{"helper hides", []File{file("/c/pnpm/auth.ini", LevelPnpm, "//registry.example.com/:tokenHelper=/bin/x"), user}, []injection.Manager{pnpm}, "",
			Credential{Source: SourceHelper, File: "/c/pnpm/auth.ini", Line: 1, Level: LevelPnpm, Hides: &Place{File: "/home/.npmrc", Line: 2, Level: LevelUser, Variable: "TOK"}}},
		{"yarn reads none", []File{user}, []injection.Manager{npm, yarn}, "", Credential{Source: SourceNone, Registry: mirror.String()}},
		{"yarn's own file, same registry", []File{user, file("/home/.yarnrc.yml", LevelYarn, "npmRegistryServer: https://registry.example.com")}, []injection.Manager{npm, yarn}, "",
			Credential{Source: SourceIgnored, File: "/home/.npmrc", Line: 2, Level: LevelUser, Variable: "TOK"}},
		{"bun's own file", []File{file("/p/bunfig.toml", LevelProject, "[install.registry]", "url = '"+registry.Public.String()+"'", "token = '$TOK'")}, []injection.Manager{npm}, "",
			Credential{Source: SourceIgnored, File: "/p/bunfig.toml", Line: 3, Level: LevelProject, Variable: "TOK"}},
		{"yarn cannot read", []File{file("/p/.yarnrc.yml", LevelProject, "npmScopes: [")}, []injection.Manager{yarn}, "", Credential{Source: SourceUnreadable, File: "/p/.yarnrc.yml", Level: LevelProject}},
		{"yarn 1 ends", []File{file("/p/.npmrc", LevelProject, "cache=${NOT_SET}")}, []injection.Manager{yarn1}, "",
			Credential{Source: SourceUnreadable, File: "/p/.npmrc", Line: 1, Level: LevelProject, Variable: "NOT_SET", Unset: true}},
		{"npm refuses", []File{file("/home/.npmrc", LevelUser, "_authToken="+secret)}, []injection.Manager{npm}, "", Credential{Source: SourceUnreadable, File: "/home/.npmrc", Line: 1, Level: LevelUser}},
		{"not set", []File{file("/home/.npmrc", LevelUser, "registry=https://npm.example.com/team/", other+"${NOT_SET}")}, []injection.Manager{npm}, "",
			Credential{Source: SourcePlaceholder, File: "/home/.npmrc", Line: 2, Level: LevelUser, Variable: "NOT_SET", Unset: true}},
		{"a variable in the address", []File{file("/home/.npmrc", LevelUser, "registry=https://${TOK}/", key+secret)}, []injection.Manager{npm}, "", Credential{Source: SourceNone}},
	} {
		w := World{Files: c.files, Managers: c.managers, Env: func(name string) bool { return name == "TOK" }}
		c.want.Manager, c.want.Version = c.managers[len(c.managers)-1].Name, c.managers[len(c.managers)-1].Version
		found := false
		for _, s := range Of(w) {
			if s.Scope == c.scope {
				found = true
				if got := s.Credentials[len(c.managers)-1]; !reflect.DeepEqual(got, c.want) {
					t.Errorf("%s: %+v (hides %+v), want %+v (hides %+v)", c.name, got, got.Hides, c.want, c.want.Hides)
				}
			}
		}
		if !found {
			t.Errorf("%s: no scope %q", c.name, c.scope)
		}
		if strings.Contains(fmt.Sprintf("%+v", Of(w)), secret) {
			t.Errorf("%s: tells a secret", c.name)
		}
	}
}

func TestOfTellsRegistries(t *testing.T) {
	w := World{Files: []File{
		file("/w/p/.npmrc", LevelProject, "@b:registry=https://b.example.com"),
		file("/w/.npmrc", LevelWorkspace, "", "@a:registry=https://a.example.com"),
		file("/home/.npmrc", LevelUser, "registry=https://registry.example.com/npm"),
	}}
	want := []Scope{
		{Registry: "https://registry.example.com/npm/", Name: "registry.example.com/npm", File: "/home/.npmrc", Line: 1},
		{Scope: "@b", Registry: "https://b.example.com/", Name: "b.example.com", File: "/w/p/.npmrc", Line: 1},
	}
	if got := Of(w); !reflect.DeepEqual(got, want) {
		t.Errorf("alone: %+v", got)
	}
	w.Member = true
	want[1] = Scope{Scope: "@a", Registry: "https://a.example.com/", Name: "a.example.com", File: "/w/.npmrc", Line: 2}
	if got := Of(w); !reflect.DeepEqual(got, want) {
		t.Errorf("in a workspace: %+v", got)
	}
	if got := Of(World{}); len(got) != 1 || got[0].Registry != registry.Public.String() || got[0].Name != "npm" || got[0].File != "" {
		t.Errorf("nothing: %+v", got)
	}
}

// TestOfIsQuick: a project's file made of keys and scopes alone takes no time to speak of. What grew with the square of
// their number would run into the test's own limit.
func TestOfIsQuick(t *testing.T) {
	var npmrc, yarnrc strings.Builder
	yarnrc.WriteString("npmScopes:\n")
	for i := range 20000 {
		fmt.Fprintf(&npmrc, "@s%d:registry=https://r%d.example.com/\n//r%d.example.com/:_password=x\n", i, i, i)
		fmt.Fprintf(&yarnrc, "  s%d:\n    npmAuthToken: x\n", i)
	}
	w := World{Files: []File{file("/p/.npmrc", LevelProject, npmrc.String()), file("/p/.yarnrc.yml", LevelProject, yarnrc.String())},
		Managers: []injection.Manager{npm, pnpm, pnpm10, yarn, yarn1, {Name: "bun"}, {Name: "deno"}}}
	if got := len(Of(w)); got != MaxScopes {
		t.Errorf("%d scopes", got)
	}
}

func FuzzOf(f *testing.F) {
	f.Add("registry=https://a.example.com\n//a.example.com/:_authToken=${X}\n", "npmScopes:\n  a: b\n", "[install]\nregistry = 'x'\n")
	f.Fuzz(func(t *testing.T, npmrc, yarnrc, bunfig string) {
		w := World{Files: []File{
			file("/p/.npmrc", LevelProject, npmrc), file("/p/.yarnrc.yml", LevelProject, yarnrc), file("/p/bunfig.toml", LevelProject, bunfig),
			file("/p/.yarnrc", LevelProject, npmrc), file("/p/pnpm-workspace.yaml", LevelProject, yarnrc), file("/c/auth.ini", LevelPnpm, npmrc),
		}, Managers: []injection.Manager{npm, pnpm, pnpm10, yarn, yarn1, {Name: "bun"}, {Name: "deno"}, {Name: "?"}}}
		for _, s := range Of(w) {
			if len(s.Credentials) != len(w.Managers) {
				t.Errorf("%d credentials", len(s.Credentials))
			}
		}
	})
}
