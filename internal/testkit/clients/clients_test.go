package clients_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// recorder is a test whose failures are only noted.
type recorder struct {
	testing.TB
	cleanups []func()
	failures []string
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(form string, a ...any) {
	r.failures = append(r.failures, fmt.Sprintf(form, a...))
}

func run(t *testing.T, c clients.Client, h *clients.Home, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := c.Command(ctx, h.Work(), h.Env(), args...).CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("%s took too long", c.Name)
	}
	return fmt.Sprintf("%s(%v)", out, err)
}

// TestVersions runs every client, so that a package that installed but does not run is found here.
func TestVersions(t *testing.T) {
	for name, want := range map[string]string{
		"npm10": "10.", "npm11": "11.", "npm12": "12.", "pnpm10": "10.", "pnpm11": "11.", "pnpm12": "12.",
		"yarn1": "1.", "yarn4": "4.", "bun": "1.", "deno": "deno 2.9.6", "nu": "0.",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := clients.Need(t, name)
			h := clients.NewHome(t, "http://127.0.0.1:9/", c)
			if got := run(t, c, h, "--version"); !strings.HasPrefix(got, want) {
				t.Errorf("got version %q, want %s", got, want)
			}
		})
	}
}

// TestNothingLeavesTheMachine asks each client for a package of a registry elsewhere: the test that
// does so must fail, and the address must never be reached.
func TestNothingLeavesTheMachine(t *testing.T) {
	for name, args := range map[string][]string{
		"npm12":  {"view", "some-sand"},
		"pnpm10": {"view", "some-sand"},
		"pnpm12": {"add", "some-sand"},
		"yarn1":  {"add", "some-sand", "--network-timeout", "1000"},
		"bun":    {"add", "some-sand"},
		"deno":   {"add", "npm:some-sand"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := clients.Need(t, name)
			r := &recorder{TB: t}
			h := clients.NewHome(r, "http://registry.example.com/", c)
			h.Write(t, "work/package.json", `{"name":"consumer","private":true}`, 0o644)
			out := run(t, c, h, args...)
			for _, f := range r.cleanups {
				f()
			}
			if len(r.failures) == 0 || !strings.Contains(r.failures[0], "registry.example.com") {
				t.Errorf("a request that strayed was not told: %q\n%s", r.failures, out)
			}
		})
	}
}

// TestLauncherPassesEveryName: a client started by name in a home sees what the real one sees, a variable
// whose name is no word included. Behind a shim of /bin/sh it does not.
func TestLauncherPassesEveryName(t *testing.T) {
	const variable = "npm_config_//registry.example.com/:_authToken=x"
	c := clients.Need(t, "npm12")
	h := clients.NewHome(t, "http://127.0.0.1:9/", c)
	sees := func() bool {
		cmd := exec.Command(filepath.Join(h.Bin, "npm"), "exec", "--call", "env")
		cmd.Dir, cmd.Env = h.Work(), h.Env("npm_config_script_shell=/bin/bash", variable)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("npm exec: %v\n%s", err, out)
		}
		return strings.Contains(string(out), variable)
	}
	if !sees() {
		t.Error("the launcher drops the variable")
	}
	if shell, err := os.Readlink("/bin/sh"); err != nil || shell != "dash" {
		clients.Lacking(t, "dash as /bin/sh")
	}
	h.Shim(t, c)
	if sees() {
		t.Error("the shim passes the variable")
	}
}

// TestPnpm10DroppedFile shows that pnpm 10, which drops a whole .npmrc over one unset variable,
// still asks the registry of the test after that.
func TestPnpm10DroppedFile(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.URL.Path)
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	c := clients.Need(t, "pnpm10")
	h := clients.NewHome(t, server.URL+"/", c)
	h.Write(t, "work/package.json", `{"name":"consumer","private":true,"dependencies":{"some-sand":"1"}}`, 0o644)
	h.Write(t, ".npmrc", "registry="+server.URL+"/\n//127.0.0.1/:_authToken=${NOT_SET}\n", 0o600)
	out := run(t, c, h, "install")
	mu.Lock()
	defer mu.Unlock()
	if len(asked) == 0 || asked[0] != "/some-sand" {
		t.Errorf("asked %q\n%s", asked, out)
	}
}
