package agent

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// watching is a world with watched folders that there are.
func watching(t *testing.T, files map[string]string) (w *world, root string) {
	t.Helper()
	w, root = newWorld(), t.TempDir()
	w.settings.Move = true
	w.files[userRC] = placeholderFile
	w.beside = &beside{managers: []injection.Manager{{Name: "npm", Version: "11.6.2"}, {Name: "pnpm", Version: "10.30.0"}}, desktop: map[string]string{}}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		w.files[path] = text
	}
	return w, root
}

func TestProjectsTellWhoWins(t *testing.T) {
	files := map[string]string{
		"app/.npmrc":               "@acme:registry=" + reg.String() + "\n",
		"app/package.json":         "{}",
		"mono/pnpm-workspace.yaml": "packages:\n  - 'packages/*'\n",
		"mono/.npmrc":              "registry=" + reg.String() + "\n",
		"mono/packages/a/.npmrc":   "",
	}
	w, root := watching(t, files)
	synctest.Test(t, func(t *testing.T) {
		w.changes, w.alarms, w.press = make(chan []string, 16), make(chan struct{}, 1), make(chan Pressed, 4)
		w.complete, w.events = make(chan struct{}, 8), make(chan PowerEvent, 4)
		dirs := []string{filepath.Join(root, "mono/packages/a"), filepath.Join(root, "gone"), filepath.Join(root, "app")}
		w.settings.Projects = dirs
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		p := snapshot(t, a).Projects
		if len(p) != 3 || p[0].Dir != dirs[2] || p[1].Dir != dirs[1] || p[2].Dir != dirs[0] {
			t.Fatalf("%+v", p)
		}
		if !p[1].Missing || p[0].Missing || len(p[1].Scopes) != 0 || p[1].Findings == nil {
			t.Errorf("%+v", p[1])
		}
		app := p[0]
		if !slices.Equal(app.Files, []string{filepath.Join(root, "app/.npmrc")}) || len(app.Scopes) != 2 || app.Scopes[1].Scope != "@acme" || app.Scopes[1].Registry != reg.String() {
			t.Fatalf("%+v", app)
		}
		for _, cred := range app.Scopes[1].Credentials {
			if cred.Source != api.SourcePlaceholder || cred.File != userRC || cred.Variable != "NPM_TOKEN" || !cred.Live {
				t.Errorf("%+v", cred)
			}
		}
		if got := p[2].Files; len(got) != 3 || got[0] != filepath.Join(root, "mono/packages/a/.npmrc") || p[2].Scopes[0].Registry != reg.String() {
			t.Errorf("%+v", p[2])
		}
		do(t, a, api.VerbLock)
		if snapshot(t, a).Projects[0].Scopes[1].Credentials[0].Live {
			t.Error("live while locked")
		}
		do(t, a, api.VerbUnlock)
		w.save(filepath.Join(root, "app/.npmrc"), "@acme:registry=https://other.example.com/\n")
		if got := snapshot(t, a).Projects[0].Scopes[1]; got.Registry != "https://other.example.com/" || got.Credentials[0].Live {
			t.Errorf("after an edit: %+v", got)
		}
	})
}

// TestScopesOf: a project's own scope counts where its packages come from, and only if it is one.
func TestScopesOf(t *testing.T) {
	const acme, other = "https://acme.example.com/", "https://other.example.com/"
	scopes := []api.Scope{{Registry: reg.String()}, {Scope: "@acme", Registry: acme}}
	for _, tt := range []struct{ own, registry, want string }{
		{"@acme", acme, "@acme"}, {"@acme", reg.String(), ""}, {"@me", reg.String(), "@me"}, {"@me", acme, "@acme"}, {"", reg.String(), ""}, {"@me", other, ""},
	} {
		p := api.Project{Scopes: scopes, OwnScope: tt.own}
		if got := strings.Join(p.ScopesOf(tt.registry), " "); got != tt.want {
			t.Errorf("%+v: %q", tt, got)
		}
	}
	for name, want := range map[string]string{"@me/site": "@me", "plain": "", "@me": "", "@Me\u001b/site": "", "@a/b/c": ""} {
		if got := (manifest{Name: name}).ownScope(); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}

// TestA00_ProjectFindings: what Inspect finds in a folder is told of its project, too.
func TestA00_ProjectFindings(t *testing.T) {
	w, root := watching(t, map[string]string{"app/.npmrc": "//registry.example.com/:_authToken=${NPM_TOKEN}\nregistry=http://evil.example.com/\n"})
	synctest.Test(t, func(t *testing.T) {
		w.changes, w.alarms, w.press = make(chan []string, 16), make(chan struct{}, 1), make(chan Pressed, 4)
		w.complete, w.events = make(chan struct{}, 8), make(chan PowerEvent, 4)
		dir := filepath.Join(root, "app")
		w.settings.Projects = []string{dir}
		a, stop := w.run(t)
		defer stop()
		seen, err := a.Inspect(t.Context(), api.InspectRequest{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, f := range seen.Findings {
			want = append(want, fmt.Sprint(f.Code, f.Line))
		}
		for _, f := range snapshot(t, a).Projects[0].Findings {
			got = append(got, fmt.Sprint(f.Code, f.Line))
		}
		if !slices.Equal(want, got) || len(got) == 0 {
			t.Errorf("of the project %q, of the folder %q", got, want)
		}
	})
}

func TestWorkspacePackages(t *testing.T) {
	for _, tt := range []struct {
		name, text, rel string
		want            bool
	}{
		{"package.json", `{"workspaces":["packages/*"]}`, "packages/a", true},
		{"package.json", `{"workspaces":{"packages":["./packages/*/"]}}`, "packages/a", true},
		{"package.json", `{"workspaces":["packages/*"]}`, "packages/a/b", false},
		{"package.json", `{"workspaces":["packages/**"]}`, "packages/a/b", true},
		{"package.json", `{"workspaces":"x"}`, "x", false},
		{"package.json", `{}`, "x", false},
		{"package.json", `{`, "x", false},
		{"pnpm-workspace.yaml", "packages:\n  - tools\n  - 'apps/*'\n", "apps/web", true},
		{"pnpm-workspace.yaml", "packages:\n  - tools\n", "tool", false},
		{"pnpm-workspace.yaml", ":", "x", false},
	} {
		got := slices.ContainsFunc(packagesOf(tt.name, []byte(tt.text)), func(glob string) bool { return within(glob, tt.rel) })
		if got != tt.want {
			t.Errorf("%s %s: %s is a package: %v", tt.name, tt.text, tt.rel, got)
		}
	}
}

// BenchmarkSnapshotOf500Projects is what a snapshot costs where no file changed.
func BenchmarkSnapshotOf500Projects(b *testing.B) {
	w := newWorld()
	a := New(Ports{Registry: w, Keyring: fakeKeyring{w}, Files: w, Watcher: w, Env: w, Clock: w, Store: fakeStore{w}, Settings: fakeSettings{w}, Shells: w}, Options{Random: func() string { return "SG_0" }, Project: func(d string) string { return d + "/.npmrc" }})
	known := a.core.knowledge()
	var dirs []string
	root := b.TempDir()
	for i := range 500 {
		dir := filepath.Join(root, fmt.Sprint("p", i))
		if err := os.Mkdir(dir, 0o700); err != nil {
			b.Fatal(err)
		}
		dirs = append(dirs, dir)
		w.files[filepath.Join(dir, ".npmrc")] = "@acme:registry=" + reg.String() + "\n"
	}
	b.Run("first survey", func(b *testing.B) {
		for b.Loop() {
			a.projects.all = nil
			a.core.projects = a.survey(known, dirs)
		}
	})
	b.Run("survey without a change", func(b *testing.B) {
		for b.Loop() {
			a.core.projects = a.survey(known, dirs)
		}
	})
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			_ = a.core.view()
		}
	})
	b.Run("snapshot after a session changed", func(b *testing.B) {
		for b.Loop() {
			a.core.shownProjects = nil
			_ = a.core.view()
		}
	})
}
