package shellrc_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/accounting"
)

// TestA14_EnteringAFolderWithConfigIsChecked: the prompt behind the change asks sandglass at each entering of a
// folder that holds a config file, also above the current one, and never for the user's own home.
func TestA14_EnteringAFolderWithConfigIsChecked(t *testing.T) {
	names := []string{".npmrc", ".yarnrc.yml", ".yarnrc", "bunfig.toml", "pnpm-workspace.yaml", ".env.yarn"}
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w := newWorld(t)
			w.standins(t)
			publish(t, w.files(t), "npm_one")
			put(t, filepath.Join(w.home, ".npmrc")) // the user's own
			outside := t.TempDir()
			put(t, filepath.Join(outside, "x // y", "deep", "er", "readme"))
			put(t, filepath.Join(outside, "x // y", ".npmrc"))
			for _, name := range names {
				put(t, filepath.Join(w.home, name+" d", name))
			}
			s := w.shell(t, sh)
			enter := func(dir string) string {
				t.Helper()
				s.run("cd '" + dir + "'") // the prompt behind it asks
				s.value("HOME")
				return w.asked(t)
			}
			must(t, os.Mkdir(filepath.Join(w.home, "plain"), 0o700))
			for _, dir := range []string{w.home, filepath.Join(w.home, "plain"), "/"} {
				if got := enter(dir); got != "" {
					t.Errorf("%s: asked %q", dir, got)
				}
			}
			for _, name := range names {
				dir := filepath.Join(w.home, name+" d")
				if got, want := enter(dir), `["check" "--hook"] in `+dir+"\n"; got != want {
					t.Errorf("%s: asked %q, want %q", dir, got, want)
				}
				if !strings.Contains(string(s.all), "WARNING<"+dir+">") {
					t.Errorf("what was said of %s did not show", dir)
				}
			}
			deep := filepath.Join(outside, "x // y", "deep", "er")
			if got := enter(deep); !strings.HasSuffix(got, " in "+deep+"\n") {
				t.Errorf("below a folder with config: asked %q", got)
			}
			for _, dir := range []string{filepath.Dir(deep), deep, outside} {
				if got := enter(dir); got != "" {
					t.Errorf("%s: asked %q without entering a project", dir, got)
				}
			}
			if got := enter(deep); !strings.HasSuffix(got, " in "+deep+"\n") {
				t.Errorf("coming back: asked %q", got)
			}
		})
	}
}

// TestEnteringAFolderStartsNoProcess where there is nothing to ask, and one where there is. No other prompt does,
// not even one that loads the env file anew.
func TestEnteringAFolderStartsNoProcess(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w := newWorld(t)
			w.standins(t)
			w.empty(t)
			f := w.files(t)
			publish(t, f, "npm_one")
			put(t, filepath.Join(w.home, "project", ".npmrc"))
			put(t, filepath.Join(w.home, "project", "sub", "readme"))
			put(t, filepath.Join(w.home, "plain", "readme"))
			s := w.shell(t, sh)
			if sh.name == "fish" {
				s.line("function fish_prompt; echo '$ '; end; function fish_title; end")
			}
			s.value("HOME")
			tree := accounting.Follow(t, s.pid)
			s.run("cd plain")
			s.run("cd /")
			s.run("cd '" + w.home + "/project'")
			s.value("HOME")
			s.run("cd sub")
			publish(t, f, "npm_two")
			s.value("HOME")
			if got := s.value("SG_TEST"); got != "npm_two" {
				t.Errorf("got %q", got)
			}
			s.run("cd ../..")
			s.run("cd project")
			s.value("HOME")
			if got := strings.Join(tree.Programs(), " "); got != "sandglass sandglass" {
				t.Errorf("started %q", got)
			}
		})
	}
}

// TestShellThatOpensInAProject asks at its first prompt; a script in it does not.
func TestShellThatOpensInAProject(t *testing.T) {
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			w := newWorld(t)
			w.standins(t)
			publish(t, w.files(t), "npm_one")
			project := filepath.Join(w.home, "project")
			put(t, filepath.Join(project, ".npmrc"))
			w.dir = project
			s := w.shell(t, sh)
			s.value("HOME")
			if got, want := w.asked(t), `["check" "--hook"] in `+project+"\n"; got != want {
				t.Errorf("asked %q, want %q", got, want)
			}
		})
	}
}

func put(t testing.TB, path string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.WriteFile(path, nil, 0o600))
}
