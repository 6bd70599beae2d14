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
				got := s.Credentials[len(c.managers)-1]
				if got.Key != "" && got.File == "" {
					t.Errorf("%s: the setting is called %q", c.name, got.Key)
				}
				got.Key = "" // TestKeys tells of it
				if !reflect.DeepEqual(got, c.want) {
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

// TestJ08_LongNames: a scope that no package can have is not told, and a registry's address that is longer than any is
// as one that cannot be read: every folder of it would be looked up for every scope.
func TestJ08_LongNames(t *testing.T) {
	deep := "https://a.example.com/" + strings.Repeat("a/", 9000)
	var npmrc, yaml, toml, yarn1rc strings.Builder
	fmt.Fprintf(&npmrc, "@%s:registry=https://a.example.com/\n", strings.Repeat("w", 1<<20))
	yaml.WriteString("registries:\n")
	toml.WriteString("[install.scopes]\n")
	for i := range 20 {
		fmt.Fprintf(&npmrc, "@a%d:registry=%s\n", i, deep)
		fmt.Fprintf(&yaml, "  '@b%d': %s\n", i, deep)
		fmt.Fprintf(&toml, "c%d = '%s'\n", i, deep)
		fmt.Fprintf(&yarn1rc, "\"@d%d:registry\" \"%s\"\n", i, deep)
	}
	all := []File{file("/p/.npmrc", LevelProject, npmrc.String()), file("/p/pnpm-workspace.yaml", LevelProject, yaml.String()),
		file("/p/bunfig.toml", LevelProject, toml.String()), file("/p/.yarnrc", LevelProject, yarn1rc.String())}
	for _, f := range all {
		w := World{Files: []File{f}, Managers: []injection.Manager{npm, pnpm, pnpm10, yarn, yarn1, {Name: "bun"}}}
		got := Of(w)
		if len(got) < 2 {
			t.Errorf("%s: nothing is told", f.Path)
		}
		for _, s := range got {
			if len(s.Scope) > maxScope || len(s.Registry) > longest {
				t.Fatalf("%s: a scope of %d bytes from an address of %d", f.Path, len(s.Scope), len(s.Registry))
			}
			for _, c := range s.Credentials {
				if len(c.Registry) > longest {
					t.Fatalf("%s: %s would ask an address of %d bytes", f.Path, c.Manager, len(c.Registry))
				}
			}
		}
	}
}

// TestJ08_LongValues: neither a value nor a variable's name nor a key that stands there over and over makes what is
// told longer, or takes its time for every scope anew.
func TestJ08_LongValues(t *testing.T) {
	var scopes strings.Builder
	for i := range MaxScopes {
		fmt.Fprintf(&scopes, "@s%d:registry=https://a.example.com/\n", i)
	}
	for name, text := range map[string]string{
		"a long name":    "//a.example.com/:_authToken=${" + strings.Repeat("V", 3<<20) + "}\n",
		"many variables": "//a.example.com/:_authToken=" + strings.Repeat("${A}", 1<<20) + "\n",
		"a long literal": "//a.example.com/:_authToken=" + strings.Repeat("x", 3<<20) + "\n",
		"many lines":     strings.Repeat("//a.example.com/:_authToken=${A}\n", 80000) + "//a.example.com/:_authToken=${LAST}\n",
	} {
		w := World{Files: []File{file("/p/.npmrc", LevelProject, scopes.String()+text)}, Managers: []injection.Manager{npm, pnpm, pnpm10, yarn1, {Name: "bun"}}}
		for _, s := range Of(w) {
			for _, c := range s.Credentials {
				if len(c.Variable) > maxName {
					t.Fatalf("%s: a variable of %d bytes", name, len(c.Variable))
				}
				if s.Scope == "@s0" && c.Manager == "npm" && (c.Source == SourceNone || name == "many lines" && (c.Variable != "LAST" || c.Hides == nil)) {
					t.Errorf("%s: %+v", name, c)
				}
			}
		}
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
