package hostile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

func parse(t *testing.T, raw string) registry.URL {
	t.Helper()
	u, err := registry.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// scan looks through one file of a user who knows registry.example.com.
func scan(t *testing.T, name, text string) string {
	t.Helper()
	var out []string
	for _, d := range Scan(Project{Files: map[string][]byte{name: []byte(text)}, Known: []registry.URL{parse(t, "https://registry.example.com/npm/")}}) {
		if d.File != name {
			t.Errorf("file is %q", d.File)
		}
		out = append(out, fmt.Sprintf("%d %s %s %s %s %s", d.Line, d.Code, d.Severity, d.Key, d.Host, d.Variable))
	}
	return strings.Join(out, "\n")
}

func TestHonestProjects(t *testing.T) {
	public := registry.Public.String()
	for i, c := range []struct{ file, text string }{
		{".npmrc", "engine-strict=true\nsave-exact=true\nnode-linker=hoisted\nauto-install-peers=true\nlegacy-peer-deps=true\nfund=false\nloglevel=error\n"},
		{".npmrc", "@acme:registry=https://registry.example.com/npm/\nregistry=" + public + "\n//registry.example.com/npm/:_authToken=${NPM_TOKEN}\n"},
		{".npmrc", "//" + registry.Public.Host() + "/:_authToken=${NPM_TOKEN}\n"},
		{".npmrc", "cache=${HOME}/.cache/npm\nscript-shell=bash\nnode-options=--max-old-space-size=4096\nstrict-ssl=true\nproxy=null\nhttps-proxy=\n; userconfig=x\n"},
		{".npmrc", "disturl=https://electronjs.org/headers\nsharp_binary_host=https://mirror.example.com/sharp\n"},
		{".npmrc", ""},
		{".yarnrc.yml", "nodeLinker: node-modules\nenableTelemetry: false\nnpmRegistryServer: https://registry.example.com/npm/\nnpmAuthToken: \"${NPM_TOKEN-}\"\n"},
		{".yarnrc.yml", "npmScopes:\n  acme:\n    npmRegistryServer: https://registry.example.com/npm\n    npmAuthToken: ${T}\n"},
		{".yarnrc", "# yarn\nlastUpdateCheck 1\n\"registry\" \"https://registry.example.com/npm/\"\n"},
		{"pnpm-workspace.yaml", "packages:\n  - 'packages/*'\ncatalog:\n  react: ^19\nonlyBuiltDependencies: [esbuild]\nnodeLinker: hoisted\n"},
		{"bunfig.toml", "[install]\nexact = true\nregistry = \"https://registry.example.com/npm/\"\n[test]\npreload = \"./x.ts\"\n"},
		{".env", "DATABASE_URL=postgres://u:p@db/x\nNPM_TOKEN=x\nPORT=3000\n"},
		{"package.json", `{"name":"x","publishConfig":{"access":"public","registry":"` + public + `"}}`},
		{"package-lock.json", `{"packages":{"node_modules/a":{"resolved":"` + public + `a/-/a-1.0.0.tgz"}}}`},
		{"yarn.lock", "a@1:\n  resolved \"https://" + mirror.Host() + "/a/-/a-1.0.0.tgz#abc\"\n"},
		{"pnpm-lock.yaml", "resolution: {integrity: sha512-x, tarball: https://registry.example.com/npm/a/-/a-1.0.0.tgz}\n"},
	} {
		if got := scan(t, c.file, c.text); got != "" {
			t.Errorf("%d: %s\n%s", i, c.file, got)
		}
	}
}

func TestDangers(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{".npmrc", "registry=https://evil.example.com/", "1 hostile-registry low registry evil.example.com "},
		{".npmrc", "\n@a:registry=https://evil.example.com:8443/x/", "2 hostile-registry low @a:registry evil.example.com:8443 "},
		{".npmrc", "//evil.example.com/:_authToken=${NPM_TOKEN}", "1 hostile-variable high //evil.example.com/:_authToken evil.example.com NPM_TOKEN"},
		{".npmrc", "//evil.example.com/:_authToken=$NPM_TOKEN", "1 hostile-variable high //evil.example.com/:_authToken evil.example.com NPM_TOKEN"},
		{".npmrc", "[x]\n//evil.example.com/:_password=${A:-b}", "2 hostile-variable high //evil.example.com/:_password evil.example.com A"},
		{".npmrc", "_auth=${X?}", "1 hostile-variable high _auth  X"},
		{".npmrc", "user-agent=${X}", "1 hostile-variable high user-agent  X"},
		{".npmrc", "registry=https://${X}.evil.example.com/${Y}", "1 hostile-variable high registry ${x}.evil.example.com X\n1 hostile-variable high registry ${x}.evil.example.com Y\n1 hostile-address high registry ${x}.evil.example.com "},
		{".npmrc", "userconfig = ./x", "1 hostile-userconfig high userconfig  "},
		{".npmrc", "\"user\\u0063onfig\"=./x", "1 hostile-userconfig high userconfig  "},
		{".npmrc", "prefix=x\nglobalconfig=y", "1 hostile-globalconfig high prefix  \n2 hostile-globalconfig high globalconfig  "},
		{".npmrc", "https-proxy=http://me:pw@evil.example.com:1/", "1 hostile-proxy high https-proxy evil.example.com:1 "},
		{".npmrc", "strict-ssl=false\nca[]=x\ncafile=y", "1 hostile-tls high strict-ssl  \n2 hostile-tls high ca  \n3 hostile-tls high cafile  "},
		{".npmrc", "//evil.example.com/:tokenHelper=/x", "1 hostile-helper high //evil.example.com/:tokenHelper evil.example.com "},
		{".npmrc", "git=./git\nnode-options=--require ./x.js", "1 hostile-program high git  \n2 hostile-program high node-options  "},
		{".npmrc", "${NPM_TOKEN}=x", "1 hostile-unreadable high   NPM_TOKEN"},
		{".yarnrc", "yarn-path ./y.js\nhttps-proxy \"http://evil.example.com\"", "1 hostile-yarn-path low yarn-path  \n2 hostile-proxy high https-proxy evil.example.com "},
		{".yarnrc", "--install.strict-ssl false\n--*.registry \"https://evil.example.com\"", "1 hostile-tls high strict-ssl  \n2 hostile-registry low registry evil.example.com "},
		{"package.json", "{\"publishConfig\":{\"strict-ssl\":false}}", "1 hostile-tls high strict-ssl  "},
		{".yarnrc.yml", "npmRegistryServer: https://evil.example.com\nnpmAuthToken: ${A-}", "1 hostile-registry low npmRegistryServer evil.example.com \n2 hostile-variable high npmAuthToken  A"},
		{".yarnrc.yml", "npmScopes: {a: {npmRegistryServer: 'https://evil.example.com'}}\nnpmAuthToken: ${A-}", "1 hostile-registry low npmRegistryServer evil.example.com \n2 hostile-variable high npmAuthToken  A"},
		{".yarnrc.yml", "npmRegistries:\n  //evil.example.com:\n    npmAuthIdent: ${A}", "3 hostile-variable high npmAuthIdent evil.example.com A"},
		{".yarnrc.yml", "enableStrictSsl: false\nhttpsProxy: http://evil.example.com\nyarnPath: x.cjs\nhttpsCaFilePath: x", "1 hostile-tls high enableStrictSsl  \n2 hostile-proxy high httpsProxy evil.example.com \n3 hostile-yarn-path low yarnPath  \n4 hostile-tls high httpsCaFilePath  "},
		{".yarnrc.yml", "a: !!binary ${X}", "0 hostile-unreadable high   "},
		{"pnpm-workspace.yaml", "registries:\n  default: https://evil.example.com/${A}/\nstrictSsl: false\nhttpsProxy: http://evil.example.com", "2 hostile-variable high registries.default evil.example.com A\n3 hostile-tls high strictSsl  \n4 hostile-proxy high httpsProxy evil.example.com "},
		{"bunfig.toml", "[install.registry]\nurl='https://evil.example.com'\ntoken='$A'", "2 hostile-registry low url evil.example.com \n3 hostile-variable high token evil.example.com A"},
		{"bunfig.toml", "[install.scopes]\na='https://$A.evil.example.com'", "2 hostile-variable high a $a.evil.example.com A\n2 hostile-address high a $a.evil.example.com "},
		{"bunfig.toml", "install.cafile='x'\n[", "0 hostile-unreadable high   \n1 hostile-tls high cafile  "},
		{".env", "export NPM_CONFIG_REGISTRY='http://evil.example.com/'\nHTTPS_PROXY=x", "1 hostile-env high NPM_CONFIG_REGISTRY evil.example.com \n2 hostile-env high HTTPS_PROXY  "},
		{".env.yarn", "YARN_NPM_REGISTRY_SERVER=x\nNODE_TLS_REJECT_UNAUTHORIZED=0", "1 hostile-env high YARN_NPM_REGISTRY_SERVER  \n2 hostile-env high NODE_TLS_REJECT_UNAUTHORIZED  "},
		{"package.json", "{\n\"publishConfig\":{\"registry\":\"https://evil.example.com/\"}}", "2 hostile-registry low registry evil.example.com "},
	} {
		if got := scan(t, c.file, c.text); got != c.want {
			t.Errorf("%s %q:\ngot  %s\nwant %s", c.file, c.text, got, c.want)
		}
	}
}

// A15: only a known registry's own host gets a credential, so another host is told quietly, and a known host
// by another way loudly.
func TestA15_Lockfiles(t *testing.T) {
	const evil = "https://evil.example.com/a/-/a-1.0.0.tgz"
	for _, c := range []struct{ file, text string }{
		{"package-lock.json", "{\n\"resolved\": \"" + evil + "\"}"},
		{"yarn.lock", "a@1:\n  resolved \"" + evil + "#0\"\n"},
		{"yarn.lock", "\"a@npm:1\":\n  resolution: \"a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fevil.example.com%2Fa.tgz\"\n"},
		{"pnpm-lock.yaml", "packages:\n    resolution: {tarball: " + evil + "}\n"},
		{"bun.lock", "{\n  \"a\": [\"a@1.0.0\", \"" + evil + "\", {}]}"},
	} {
		want := "2 hostile-lockfile low  evil.example.com "
		if got := scan(t, c.file, c.text); got != want {
			t.Errorf("%s: got %s", c.file, got)
		}
		text := strings.NewReplacer("evil.example.com", "registry.example.com", "https", "http").Replace(c.text)
		if got := scan(t, c.file, text); got != "2 hostile-lookalike high  registry.example.com " {
			t.Errorf("%s: got %s", c.file, got)
		}
	}
}

// spellings are addresses beside https://registry.example.com/npm/, by the number of their threat.
var spellings = []struct{ id, address, want string }{
	{"A16", "https://registry.example.com/npm2/", "hostile-registry low"},
	{"A16", "https://registry.example.com/", "hostile-registry low"},
	{"A17", "https://registry.example.com/npm/../b/", "hostile-address high"},
	{"A17", "https://registry.example.com/npm/./", "hostile-address high"},
	{"A17", "https://registry.example.com//npm/", "hostile-address high"},
	{"A18", "https://registry.example.com/npm/%2e%2E/b/", "hostile-address high"},
	{"A18", "https://registry.example.com/npm%2fb/", "hostile-address high"},
	{"A18", "https:\\\\registry.example.com/npm/", "hostile-address high"},
	{"A19", "https://registry.example.com:8443/npm/", "hostile-lookalike high"},
	{"A19", "https://registry.example.com:443/npm/", ""},
	{"A20", "https://REGISTRY.example.com./npm", ""},
	{"A20", "https://ｒegistry.example.com/npm/", "hostile-address high"},
	{"A20", "https://xn--egistry-9f4d.example.com/npm/", "hostile-registry low"},
	{"A20", "https://registry.example.com.evil.example.org/npm/", "hostile-registry low"},
	{"A21", "https://registry.example.com@evil.example.com/npm/", "hostile-address high evil.example.com"},
	{"A22", "https://[fe80::1%25eth0]/npm/", "hostile-address high"},
	{"A22", "https://[fe80::1]/npm/", "hostile-registry low"},
	{"A23", "http://registry.example.com/npm/", "hostile-lookalike high"},
	{"A23", "//registry.example.com/npm/", "hostile-address high"},
}

// What is not exactly a known registry is never silent, whatever its spelling.
func spelled(t *testing.T, id string) {
	t.Helper()
	for _, c := range spellings {
		if c.id != id {
			continue
		}
		got := strings.Replace(scan(t, ".npmrc", "registry="+c.address), " registry ", " ", 1)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.address, got, c.want)
		}
	}
}

func TestA16_PathPrefix(t *testing.T)   { spelled(t, "A16") }
func TestA17_DotDot(t *testing.T)       { spelled(t, "A17") }
func TestA18_Encoded(t *testing.T)      { spelled(t, "A18") }
func TestA19_Port(t *testing.T)         { spelled(t, "A19") }
func TestA20_HostSpelling(t *testing.T) { spelled(t, "A20") }
func TestA21_UserInfo(t *testing.T)     { spelled(t, "A21") }
func TestA22_IPv6Zone(t *testing.T)     { spelled(t, "A22") }
func TestA23_Scheme(t *testing.T)       { spelled(t, "A23") }

// A danger is shown to people: it holds no secret and nothing that moves the text round it.
func TestJ01_NoSecretInADanger(t *testing.T) {
	const canary = "npm_abcdefghijklmnopqrstuvwxyz0123456789"
	for _, text := range []string{
		"//evil.example.com/:_authToken=" + canary + "${X}", "registry=https://u:" + canary + "@evil.example.com/${X}",
		canary + "=${X}://", "https-proxy=http://" + canary + "@evil.example.com", "//" + canary + "@evil.example.com/:_auth=${X}",
		"//evil.example.com/:" + canary + "=${X}", "registry=https://evil.example.com/" + canary,
	} {
		if got := scan(t, ".npmrc", text); strings.Contains(got, canary) {
			t.Errorf("%q: %s", text, got)
		}
	}
	if got := scan(t, ".npmrc", "registry=https://\u202eevil\x1b[31m.example.com/"+strings.Repeat("x", 300)); strings.ContainsAny(got, "\u202e\x1b") {
		t.Errorf("got %q", got)
	}
}

func TestSeal(t *testing.T) {
	text := func(own Own) string { return fmt.Sprint(Seal(own)) }
	if got := text(Own{}); !strings.Contains(got, "{npm_config_strict_ssl true}") || !strings.Contains(got, "{npm_config_proxy null}") {
		t.Error(got)
	}
	if got := text(Own{Yarn1: true}); !strings.Contains(got, "{npm_config_proxy false}") {
		t.Error(got)
	}
	got := text(Own{LaxSSL: true, HTTPSProxy: "http://proxy.example.com:3128", Proxy: "http://u:p@proxy.example.com"})
	if strings.Contains(got, "ssl") || strings.Contains(got, "YARN") || strings.Contains(got, "{npm_config_proxy") || !strings.Contains(got, "{npm_config_https_proxy http://proxy.example.com:3128}") {
		t.Error(got)
	}
}
