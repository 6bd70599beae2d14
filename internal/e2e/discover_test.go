package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// git runs git for the user, and says what it is to know of them.
func (u *user) git(dir string, args ...string) {
	u.t.Helper()
	cmd := u.command(u.t.Context(), "git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		u.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

// found are the projects that the agent has found below a folder, by what they are called there.
func (u *user) found(below string) (names []string) {
	u.t.Helper()
	for _, p := range u.status().Projects {
		if rel, err := filepath.Rel(below, p.Dir); err == nil && p.Found {
			names = append(names, rel)
		}
	}
	return names
}

// TestDiscover: projects are found below a folder, and from then on those that are cloned there come, and those that
// are deleted go, without anybody asking; a restart knows them, too.
func TestDiscover(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		clients.Lacking(t, "git")
	}
	home := clients.NewHome(t, "http://127.0.0.1:9/", clients.Need(t, "npm12"))
	src := filepath.Join(home.Dir, "src")
	for name, text := range map[string]string{
		"src/shop/.npmrc": "@acme:registry=https://registry.example.com/npm/\n", "src/team/docs/.yarnrc.yml": "enableTelemetry: false\n",
		"src/shop/node_modules/left/.npmrc": "", "src/plain/package.json": "{}", "origin/.npmrc": "engine-strict=true\n", "origin/packages/a/bunfig.toml": "",
	} {
		home.Write(t, name, text, 0o644)
	}
	u := newUser(t, home)
	u.git(filepath.Join(home.Dir, "origin"), "init", "-q")
	u.git(filepath.Join(home.Dir, "origin"), "add", ".")
	u.git(filepath.Join(home.Dir, "origin"), "commit", "-qm", "a")
	agent := u.agent("--no-tray")

	var d api.Discovery
	if err := json.Unmarshal([]byte(u.sandglass("projects", "--scan", src, "--json")), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Projects) != 2 || d.Projects[0].Dir != filepath.Join(src, "shop") || d.Projects[1].Dir != filepath.Join(src, "team/docs") || d.Projects[0].Watched {
		t.Errorf("found %+v", d)
	}
	if got := u.found(src); len(got) != 0 {
		t.Errorf("shown without being asked to: %q", got)
	}

	if out := u.sandglass("projects", "--scan", src, "--watch", "--yes"); !strings.Contains(out, filepath.Join(src, "shop")) || strings.Contains(out, "node_modules") {
		t.Errorf("said:\n%s", out)
	}
	shows := func(when string, want ...string) {
		t.Helper()
		u.await("the projects "+when, func() bool { return slices.Equal(u.found(src), want) })
	}
	shows("at first", "shop", "team/docs")
	u.git(src, "clone", "-q", "../origin", "cloned")
	shows("after a clone", "cloned", "cloned/packages/a", "shop", "team/docs")
	if err := os.RemoveAll(filepath.Join(src, "team")); err != nil {
		t.Fatal(err)
	}
	shows("after one was deleted", "cloned", "cloned/packages/a", "shop")
	if err := os.Rename(filepath.Join(src, "cloned"), filepath.Join(src, "renamed")); err != nil {
		t.Fatal(err)
	}
	shows("after one got another name", "renamed", "renamed/packages/a", "shop")
	if out := u.sandglass("projects"); !strings.Contains(out, filepath.Join(src, "renamed/packages/a")) || !strings.Contains(out, "registry.example.com") {
		t.Errorf("the list says:\n%s", out)
	}

	if err := agent.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := agent.Wait(); err != nil {
		t.Fatal(err)
	}
	home.Write(t, "src/late/.npmrc", "", 0o644)
	u.agent("--no-tray")
	shows("after a restart", "late", "renamed", "renamed/packages/a", "shop")
	u.sandglass("projects", "--forget", src)
	shows("when the root is forgotten")
}

// TestProjectsTellWhatNpmSends: where a folder's packages are asked for, and from which line the secret is that goes
// along, is what a real npm does there.
func TestProjectsTellWhatNpmSends(t *testing.T) {
	for _, k := range constellations {
		if k.name != "project beats user" && k.name != "scope in project" {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			c := clients.Need(t, "npm12")
			s := k.stage(t, c)
			u := newUser(t, s.home)
			u.agent("--no-tray")
			var out struct{ Project api.Project }
			dir := filepath.Join(s.home.Dir, k.folder())
			if err := json.Unmarshal([]byte(u.sandglass("projects", dir, "--json")), &out); err != nil {
				t.Fatal(err)
			}
			said := s.install(t, c, k.folder(), []string{"install", "--ignore-scripts"})
			for scope, pkg := range wantedPackages {
				want, got := s.told(t, out.Project, scope), s.observed(pkg)
				if len(got) != 1 || got[0] != want || want.secret == "none" {
					t.Errorf("%s: told %s, measured %v\n%s", pkg, want, got, tail(said))
				}
			}
		})
	}
}

// told is what a project says that npm sends for a scope: the secret is what stands in the line that it names.
func (s *scene) told(t *testing.T, p api.Project, scope string) sent {
	t.Helper()
	i := max(0, slices.IndexFunc(p.Scopes, func(one api.Scope) bool { return one.Scope == scope }))
	creds := p.Scopes[i].Credentials
	j := slices.IndexFunc(creds, func(c api.Credential) bool { return strings.HasPrefix(c.Manager, "npm ") })
	if j < 0 {
		t.Fatalf("nothing is told of npm: %+v", p)
	}
	out := sent{strings.TrimSuffix(p.Scopes[i].Registry, "/"), "none"}
	if creds[j].Registry != "" {
		out.registry = strings.TrimSuffix(creds[j].Registry, "/")
	}
	if creds[j].File != "" {
		text, err := os.ReadFile(creds[j].File)
		if err != nil {
			t.Fatal(err)
		}
		out.secret = plainSecret(strings.Split(string(text), "\n")[creds[j].Line-1])
	}
	return out
}
