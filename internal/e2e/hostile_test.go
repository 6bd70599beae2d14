package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/hostile"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/recorder"
)

// managers are the clients that install in hostile folders, and how each is told to.
var managers = []struct {
	name string
	args []string
}{
	{"npm10", []string{"install", "--ignore-scripts"}},
	{"npm11", []string{"install", "--ignore-scripts"}},
	{"npm12", []string{"install", "--ignore-scripts"}},
	{"pnpm10", []string{"install", "--ignore-scripts"}},
	{"pnpm11", []string{"install", "--ignore-scripts"}},
	{"pnpm12", []string{"install", "--ignore-scripts"}},
	{"yarn1", []string{"install", "--ignore-scripts", "--non-interactive", "--network-timeout", "2000"}},
	{"yarn4", []string{"install", "--no-immutable"}},
	{"bun", []string{"install", "--ignore-scripts"}},
	{"deno", []string{"install"}},
}

// canary is the credential that must not get out.
const canary = "npm_CanaryCanaryCanaryCanaryCanary012345"

// victim is somebody's machine for one install in a folder from a stranger.
type victim struct {
	home     *clients.Home
	own      *recorder.Recorder // the registry, and the proxy, that the user trusts
	attacker *recorder.Recorder
	variable string // that holds the credential
	env      []string
	known    registry.URL // the user's registry
	mode     mode
	direct   bool // without the user's proxy in the environment, which would beat a project's env file
}

// project are the files of a hostile folder, by name. The second registry is the user's.
type project func(v *victim) map[string]string

// mode is how the user keeps the session.
type mode int

const (
	control mode = iota // in NPM_TOKEN, as everybody is told to do it
	guarded             // in the variable that Sandglass made up
	sealed              // that, and what the hook gives package managers in a folder that it warned of
	modes
)

// newVictim makes a machine whose user has a session at their registry. With far, that is one elsewhere, by
// https.
func newVictim(t *testing.T, c clients.Client, m mode, far bool) *victim {
	v := &victim{own: recorder.Start(t), attacker: recorder.Start(t), variable: "NPM_TOKEN", mode: m}
	if m != control {
		v.variable = injection.RandomName(rand.Reader)
	}
	url, key := v.own.URL, v.own.Key()
	if far {
		url, key = "https://"+farHost+"/", "//"+farHost+"/"
	}
	v.known, _ = registry.Parse(url)
	v.env = append(v.env, v.variable+"="+canary)
	v.home = clients.NewHome(t, url, c)
	v.keep(t, url, key)
	return v
}

const farHost = "registry.example.com"

// keep writes the user's own files: the session is for key.
func (v *victim) keep(t *testing.T, url, key string) {
	t.Helper()
	v.home.Write(t, ".npmrc", fmt.Sprintf("registry=%s\n%s:_authToken=${%s}\n", url, key, v.variable), 0o600)
	v.home.Write(t, ".yarnrc.yml", fmt.Sprintf(`npmRegistryServer: %q
unsafeHttpWhitelist: ["127.0.0.1"]
enableTelemetry: false
nodeLinker: node-modules
npmRegistries:
  %q:
    npmAlwaysAuth: true
    npmAuthToken: "${%s-}"
`, url, strings.TrimSuffix(key, "/"), v.variable), 0o600)
}

// install lets the client install in the folder and returns what it said.
func (v *victim) install(t *testing.T, c clients.Client, args []string, files map[string]string) string {
	t.Helper()
	for name, text := range files {
		v.home.Write(t, "work/"+name, text, 0o755)
	}
	if _, ok := files["package.json"]; !ok {
		v.home.Write(t, "work/package.json", `{"name":"x","version":"1.0.0","dependencies":{"plain-sand":"1.0.0","@acme/private":"1.0.0"}}`, 0o644)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	proxy := strings.TrimSuffix(v.own.URL, "/")
	env := v.home.Env("YARN_HTTP_RETRY=0", "YARN_ENABLE_SCRIPTS=0", "BUN_CONFIG_HTTP_RETRY_COUNT=0",
		"http_proxy="+proxy, "https_proxy="+proxy, "HTTP_PROXY="+proxy, "HTTPS_PROXY="+proxy)
	if v.direct {
		env = slices.DeleteFunc(env, func(e string) bool {
			name, _, _ := strings.Cut(strings.ToLower(e), "=")
			return name == "http_proxy" || name == "https_proxy"
		})
	}
	env = append(env, v.env...)
	if v.mode == sealed {
		u := hostile.User{Own: hostile.Own{Yarn1: c.Name == "yarn1"}, Names: []string{v.variable}, Pnpm10: c.Name == "pnpm10"}
		seal, withhold := hostile.Protect(scanned(files, v.known), u)
		for _, p := range seal {
			env = append(env, p.Name+"="+p.Value)
		}
		for _, name := range withhold {
			env = append(env, name+"=")
		}
	}
	for i := range env {
		if strings.HasPrefix(env[i], "npm_config_globalconfig=") {
			env[i] = "UNUSED=" // a user has none, and it would keep the project's out
		}
	}
	cmd := c.Command(ctx, v.home.Work(), env, args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	return fmt.Sprintf("%s%v", out, err)
}

// cell is what one client did in one folder, by mode.
type cell [modes]string

const (
	leaked = "leak"
	tight  = "-"
)

var table = struct {
	sync.Mutex
	cells map[string]cell // by case and client
	flags map[string]bool // the cases that the scanner rates high
}{cells: map[string]cell{}, flags: map[string]bool{}}

// hostileCase is one folder.
type hostileCase struct {
	id, what string
	far      bool // and tried sealed too
	files    project
}

// inSpite are the leaks that no name of a variable can stop: the project does not ask for the credential,
// it puts itself between the client and the user's registry. The scanner must rate such a folder high.
var inSpite = map[mode][]string{
	guarded: {"A05 npm10", "A08 npm10", "A08 npm11", "A08 npm12", "A08 pnpm10", "A08 pnpm11", "A08 pnpm12", "A08 yarn1", "A08 yarn4"},
}

// run installs with every client, without and with Sandglass.
func (h hostileCase) run(t *testing.T) {
	for _, m := range managers {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c := clients.Need(t, m.name)
			var o cell
			flagged := false
			for _, mode := range []mode{control, guarded, sealed} {
				if mode == sealed && !h.far {
					continue
				}
				v := newVictim(t, c, mode, h.far)
				files := h.files(v)
				said := v.install(t, c, m.args, files)
				leaks := v.attacker.Canary(canary)
				o[mode] = tight
				if len(leaks) > 0 {
					o[mode] = leaked
				}
				t.Logf("mode %d: %d leaks in %d requests, %d at home", mode, len(leaks), len(v.attacker.Requests()), len(v.own.Requests()))
				if mode != control && len(leaks) > 0 && !slices.Contains(inSpite[mode], h.id+" "+m.name) {
					t.Errorf("%s gave the credential away: %s %s\n%s", m.name, leaks[0].Method, leaks[0].Host, tail(said))
				}
				flagged = hostile.Worst(scanned(files, v.known)) == hostile.High
			}
			table.Lock()
			defer table.Unlock()
			table.cells[h.id+" "+m.name], table.flags[h.id] = o, flagged
		})
	}
}

// scanned is what the scanner finds in a folder.
func scanned(files map[string]string, known ...registry.URL) []hostile.Danger {
	p := hostile.Project{Files: map[string][]byte{}, Known: known}
	for name, text := range files {
		p.Files[name] = []byte(text)
	}
	return hostile.Scan(p)
}

func tail(s string) string {
	if len(s) > 600 {
		return s[:300] + "\n...\n" + s[len(s)-300:]
	}
	return s
}
