package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// rooted is a world in a bubble with projects below a root, and a Finder.
func rooted(t *testing.T, files map[string]string, test func(t *testing.T, w *world, root string)) {
	w, root := watching(t, files)
	synctest.Test(t, func(t *testing.T) {
		w.changes, w.alarms, w.press = make(chan []string, 16), make(chan struct{}, 1), make(chan Pressed, 4)
		w.complete, w.events = make(chan struct{}, 8), make(chan PowerEvent, 4)
		w.finder = &fakeFinder{world: w}
		test(t, w, root)
	})
}

// dirsOf are the projects of a snapshot, with a sign before those that were found.
func dirsOf(t *testing.T, a *Agent, root string) (dirs []string) {
	t.Helper()
	for _, p := range snapshot(t, a).Projects {
		rel, err := filepath.Rel(root, p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		if p.Found {
			rel = "+" + rel
		}
		dirs = append(dirs, rel)
	}
	return dirs
}

// put makes a project's folder, and tells of the folder that it came into.
func (w *world) put(t *testing.T, dir string, in ...string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	w.set(func() { w.files[filepath.Join(dir, ".npmrc")] = "" })
	for _, folder := range in {
		w.changes <- []string{entriesOf(folder)}
	}
	synctest.Wait()
}

func TestRootsAreKeptUpWith(t *testing.T) {
	files := map[string]string{"src/app/.npmrc": "@acme:registry=" + reg.String() + "\n", "src/team/shop/bunfig.toml": "", "elsewhere/.npmrc": ""}
	rooted(t, files, func(t *testing.T, w *world, root string) {
		src := filepath.Join(root, "src")
		w.settings.Roots, w.settings.Projects = []string{src}, []string{filepath.Join(src, "app")}
		a, stop := w.run(t)
		defer stop()
		want := func(when string, dirs ...string) {
			t.Helper()
			if got := dirsOf(t, a, root); !slices.Equal(got, dirs) {
				t.Errorf("%s: %q, want %q", when, got, dirs)
			}
		}
		want("at the start", "src/app", "+src/team/shop")
		if got := w.tracks(); !slices.Contains(got, entriesOf(src)) || !slices.Contains(got, filepath.Join(src, "team/shop/.npmrc")) {
			t.Errorf("watched: %q", got)
		}
		w.finder.asked()

		for i := range 5 { // a clone changes many folders many times
			w.put(t, filepath.Join(src, "new"), src, filepath.Join(src, fmt.Sprint("f", i)))
		}
		want("before the pause is over", "src/app", "+src/team/shop")
		time.Sleep(2 * time.Second) // of the bubble
		synctest.Wait()
		want("after a clone", "src/app", "+src/new", "+src/team/shop")
		if calls := w.finder.asked(); len(calls) != 1 {
			t.Errorf("looked %q for one clone", calls)
		}
		w.set(func() { delete(w.files, filepath.Join(src, "team/shop/bunfig.toml")) })
		if err := os.RemoveAll(filepath.Join(src, "team/shop")); err != nil {
			t.Fatal(err)
		}
		do(t, a, api.VerbRescan)
		want("after a rescan", "src/app", "+src/new")

		w.save(filepath.Join(src, "new/.npmrc"), "registry="+reg.String()+"\n")
		if p := snapshot(t, a).Projects[1]; p.Scopes[0].Registry != reg.String() {
			t.Errorf("after an edit: %+v", p)
		}
		w.settings.Roots = nil
		w.changes <- []string{"/settings.toml"}
		synctest.Wait()
		want("without roots", "src/app")
		if got := w.tracks(); slices.Contains(got, entriesOf(src)) {
			t.Errorf("still watched: %q", got)
		}
	})
}

// TestNoRootsCostNothing: without roots nothing is searched, not even by a rescan, and nobody is asked again after
// roots were taken away.
func TestNoRootsCostNothing(t *testing.T) {
	rooted(t, map[string]string{"src/app/.npmrc": ""}, func(t *testing.T, w *world, root string) {
		a, stop := w.run(t)
		defer stop()
		do(t, a, api.VerbRescan)
		if calls := w.finder.asked(); len(calls) != 0 {
			t.Errorf("asked %q", calls)
		}
		w.settings.Roots = []string{root}
		w.changes <- []string{"/settings.toml"}
		synctest.Wait()
		w.settings.Roots = nil
		w.changes <- []string{"/settings.toml"}
		synctest.Wait()
		if calls := w.finder.asked(); !slices.Equal(calls, []string{"again " + root, "again "}) {
			t.Errorf("asked %q", calls)
		}
		do(t, a, api.VerbRescan)
		if calls := w.finder.asked(); len(calls) != 0 {
			t.Errorf("asked %q", calls)
		}
	})
}

// TestA00_FoundProjectsChooseNothing: a cloned repository names a registry and a variable, and neither becomes the
// user's, nor what a login or a verdict goes by.
func TestA00_FoundProjectsChooseNothing(t *testing.T) {
	evil := "https://evil.example.com/"
	files := map[string]string{"src/app/.npmrc": "registry=" + evil + "\n//registry.example.com/:_authToken=${EVIL}\n//evil.example.com/:_authToken=${EVIL}\n"}
	rooted(t, files, func(t *testing.T, w *world, root string) {
		w.settings.Roots = []string{root}
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		s := snapshot(t, a)
		if len(s.Projects) != 1 || !s.Projects[0].Found || len(s.Projects[0].Findings) == 0 {
			t.Fatalf("projects %+v", s.Projects)
		}
		if len(s.Sessions) != 1 || slices.Contains(s.Sessions[0].Variables, "EVIL") || s.Default == evil {
			t.Errorf("sessions %+v, default %s", s.Sessions, s.Default)
		}
		for _, f := range s.Files {
			if f.Level == api.LevelProject {
				t.Errorf("a found project's file is one of the watched: %+v", f)
			}
		}
		if len(a.core.projects) != 0 {
			t.Error("verdicts go by what was found")
		}
	})
}

// TestManyFound: 300 are shown, and the others counted.
func TestManyFound(t *testing.T) {
	files := map[string]string{".npmrc": ""}
	for i := range 310 {
		files[fmt.Sprintf("src/p%03d/.npmrc", i)] = ""
	}
	rooted(t, files, func(t *testing.T, w *world, root string) {
		w.home = root // whose own .npmrc makes it no project
		w.settings.Roots = []string{root}
		a, stop := w.run(t)
		defer stop()
		if s := snapshot(t, a); len(s.Projects) != 300 || s.MoreProjects != 10 || s.Projects[0].Dir != filepath.Join(root, "src/p000") {
			t.Errorf("%d projects, %d more, the first %s", len(s.Projects), s.MoreProjects, s.Projects[0].Dir)
		}
	})
}

// TestRootsThatMakeNoSense: what was found before goes, and the next settings are tried.
func TestRootsThatMakeNoSense(t *testing.T) {
	rooted(t, map[string]string{"src/app/.npmrc": ""}, func(t *testing.T, w *world, root string) {
		w.settings.Roots = []string{root}
		a, stop := w.run(t)
		defer stop()
		w.finder.err = errors.New("the kernel makes up what is there")
		do(t, a, api.VerbRescan)
		if got := dirsOf(t, a, root); len(got) != 0 {
			t.Errorf("shown %q", got)
		}
		w.finder.err = nil
		do(t, a, api.VerbRescan)
		if got := dirsOf(t, a, root); len(got) != 1 {
			t.Errorf("shown %q", got)
		}
	})
}

func TestDiscover(t *testing.T) {
	rooted(t, map[string]string{"src/app/.npmrc": "", "src/b/.yarnrc.yml": "", "lone/.npmrc": "", "other/c/.npmrc": "", ".npmrc": ""}, func(t *testing.T, w *world, root string) {
		w.home = root
		w.settings.Roots, w.settings.Projects = []string{filepath.Join(root, "src")}, []string{filepath.Join(root, "lone")}
		a, stop := w.run(t)
		defer stop()
		var told []api.Progress
		d, err := a.Discover(t.Context(), api.DiscoverRequest{Roots: []string{root + "/./"}}, func(p api.Progress) { told = append(told, p) })
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range d.Projects {
			rel, _ := filepath.Rel(root, p.Dir)
			got = append(got, fmt.Sprint(rel, p.Files, p.Watched))
		}
		if want := []string{"lone[.npmrc] true", "other/c[.npmrc] false", "src/app[.npmrc] true", "src/b[.yarnrc.yml] true"}; !slices.Equal(got, want) {
			t.Errorf("found %q, want %q", got, want)
		}
		if len(told) != 1 || told[0].At != root+"/[1mapp" || told[0].Found != 5 || d.Folders != 50 || !slices.Equal(d.Unread, []string{"/locked"}) {
			t.Errorf("told %+v, found %+v", told, d)
		}
		if d, err = a.Discover(t.Context(), api.DiscoverRequest{}, nil); err != nil || len(d.Projects) != 2 {
			t.Errorf("of the settings: %+v, %v", d, err)
		}
		for _, c := range []struct {
			req  api.DiscoverRequest
			code string
		}{
			{api.DiscoverRequest{Roots: []string{"src"}}, api.CodeUsage},
			{api.DiscoverRequest{Roots: []string{filepath.Join(root, "gone")}}, api.CodeFolder},
			{api.DiscoverRequest{Roots: []string{root, "/"}}, api.CodeWhole},
			{api.DiscoverRequest{Roots: []string{root, "/tmp/.."}}, api.CodeWhole},
		} {
			_, err := a.Discover(t.Context(), c.req, nil)
			var told *api.Error
			if !errors.As(err, &told) || told.Code != c.code {
				t.Errorf("%v: %v", c.req.Roots, err)
			}
		}
		if _, err = a.Discover(t.Context(), api.DiscoverRequest{Roots: []string{"/"}, Whole: true}, nil); err != nil {
			t.Error("the whole disk, as was said:", err)
		}
	})
}

// TestDiscoverCancelled: what was found until then comes along.
func TestDiscoverCancelled(t *testing.T) {
	rooted(t, map[string]string{"src/app/.npmrc": ""}, func(t *testing.T, w *world, root string) {
		a, stop := w.run(t)
		defer stop()
		w.finder.hold = make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		d, err := a.Discover(ctx, api.DiscoverRequest{Roots: []string{root}}, func(api.Progress) { cancel() })
		var told *api.Error
		if !errors.As(err, &told) || told.Code != api.CodeCancelled || len(d.Projects) != 1 {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

// TestInspectScopes: of a folder that nobody watches it is told what counts there, as of a watched one.
func TestInspectScopes(t *testing.T) {
	rooted(t, map[string]string{"app/.npmrc": "@acme:registry=" + reg.String() + "\n", "bare/x": ""}, func(t *testing.T, w *world, root string) {
		dir := filepath.Join(root, "app")
		w.settings.Projects = []string{dir}
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		seen, err := a.Inspect(t.Context(), api.InspectRequest{Dir: dir, Scopes: true})
		if err != nil || seen.Project == nil {
			t.Fatal(err)
		}
		if want := snapshot(t, a).Projects[0]; fmt.Sprintf("%+v", *seen.Project) != fmt.Sprintf("%+v", want) {
			t.Errorf("inspected %+v\nwatched %+v", *seen.Project, want)
		}
		seen, err = a.Inspect(t.Context(), api.InspectRequest{Dir: filepath.Join(root, "bare"), Scopes: true})
		if err != nil || seen.Project == nil || len(seen.Project.Files) != 0 || len(seen.Project.Scopes) != 1 || seen.Dir != filepath.Join(root, "bare") {
			t.Errorf("of a bare folder: %+v, %v", seen, err)
		}
		seen, err = a.Inspect(t.Context(), api.InspectRequest{Dir: filepath.Join(root, "gone"), Scopes: true})
		if err != nil || seen.Project == nil || !seen.Project.Missing {
			t.Errorf("of none: %+v, %v", seen, err)
		}
		if seen, _ = a.Inspect(t.Context(), api.InspectRequest{Dir: dir}); seen.Project != nil {
			t.Error("told what nobody asked")
		}
	})
}
