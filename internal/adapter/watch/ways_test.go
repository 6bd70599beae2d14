//go:build linux

package watch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// place is where one way of saving is tried: home/code/app/.npmrc, either a file or a link to
// home/dotfiles/npmrc.
type place struct {
	*rig
	dir, file string
}

type way struct {
	name   string
	link   bool
	change func(p place)
}

// run starts a real program.
func (p place) run(name string, args ...string) {
	p.t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		missing(p.t, name)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "HOME="+p.home, "npm_config_userconfig="+p.file,
		"npm_config_update_notifier=false", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func (p place) write(path, text string) { p.t.Helper(); write(p.t, path, text) }
func (p place) rename(from, to string)  { p.t.Helper(); must(p.t, os.Rename(from, to)) }
func (p place) remove(path string)      { p.t.Helper(); must(p.t, os.RemoveAll(path)) }
func (p place) mkdir(path string)       { p.t.Helper(); must(p.t, os.MkdirAll(path, 0o755)) }
func (p place) inHome(names ...string) string {
	return filepath.Join(append([]string{p.home}, names...)...)
}

// gone waits until the change so far is known.
func (p place) gone() { p.t.Helper(); p.until(p.file) }

func npmSet(p place) { p.run("npm", "config", "set", "fund=false", "--location=user") }

// vim saves with vim, or with the calls that it makes (backup by rename, new file, backup away) where
// there is none.
func vim(p place) {
	for _, v := range []string{"vim.tiny", "vim.basic", "vim"} {
		if _, err := exec.LookPath(v); err == nil {
			p.run(v, "-Nu", "NONE", "-es", "-c", "%s/1/2/", "-c", "wq", p.file)
			return
		}
	}
	p.t.Log("no vim here: its calls are made by hand")
	p.write(p.file+".swp", "swap")
	p.write(filepath.Join(p.dir, "4913"), "")
	p.remove(filepath.Join(p.dir, "4913"))
	p.rename(p.file, p.file+"~")
	p.write(p.file, "a=2\n")
	p.remove(p.file + "~")
	p.remove(p.file + ".swp")
}

func gitStash(p place) {
	p.run("git", "init", "-q")
	p.run("git", "add", ".npmrc")
	p.run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a")
	p.write(p.file, "a=2\n")
	p.gone()
	p.run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "stash", "-q")
}

func swapParent(p place) {
	code := filepath.Dir(p.dir)
	p.mkdir(code + ".new/app")
	p.write(code+".new/app/.npmrc", "a=2\n")
	p.rename(code, code+".old")
	p.rename(code+".new", code)
}

var ways = []way{
	{"in place", false, func(p place) { p.write(p.file, "a=2\n") }},
	{"temp and rename", false, func(p place) { p.write(p.file+".t", "a=2\n"); p.rename(p.file+".t", p.file) }},
	{"backup and new", false, func(p place) {
		p.rename(p.file, p.file+"~")
		p.write(p.file, "a=2\n")
		p.remove(p.file + "~")
	}},
	{"delete and new", false, func(p place) { p.remove(p.file); p.write(p.file, "a=2\n") }},
	{"real npm config set", false, npmSet},
	{"real sed -i", false, func(p place) { p.run("sed", "-i", "s/1/2/", p.file) }},
	{"vim wq", false, vim},
	{"real git stash", false, gitStash},
	{"folder removed, made later", false, func(p place) {
		p.remove(p.dir)
		p.gone()
		p.mkdir(p.dir)
		p.write(p.file, "a=2\n")
	}},
	{"folder removed, made at once", false, func(p place) {
		p.remove(p.dir)
		p.mkdir(p.dir)
		p.write(p.file, "a=2\n")
	}},
	{"folder moved away and back", false, func(p place) {
		p.rename(p.dir, p.dir+".away")
		p.gone()
		p.write(p.dir+".away/.npmrc", "a=2\n")
		p.rename(p.dir+".away", p.dir)
	}},
	{"folder swapped", false, func(p place) {
		p.mkdir(p.dir + ".new")
		p.write(p.dir+".new/.npmrc", "a=2\n")
		p.rename(p.dir, p.dir+".old")
		p.rename(p.dir+".new", p.dir)
	}},
	{"parent folder swapped", false, swapParent},
	{"link: written through", true, func(p place) { p.write(p.file, "a=2\n") }},
	{"link: real npm config set", true, npmSet},
	{"link: target in place", true, func(p place) { p.write(p.inHome("dotfiles", "npmrc"), "a=2\n") }},
	{"link: target temp and rename", true, func(p place) {
		p.write(p.inHome("dotfiles", "t"), "a=2\n")
		p.rename(p.inHome("dotfiles", "t"), p.inHome("dotfiles", "npmrc"))
	}},
	{"link: pointed elsewhere", true, func(p place) {
		p.write(p.inHome("dotfiles", "other"), "a=2\n")
		p.remove(p.file)
		must(p.t, os.Symlink("../../dotfiles/other", p.file))
	}},
	{"link: replaced by a file", true, func(p place) { p.write(p.file+".t", "a=2\n"); p.rename(p.file+".t", p.file) }},
	// Beyond the measured nineteen.
	{"folder is a link, pointed elsewhere", false, func(p place) {
		p.rename(p.dir, p.dir+".v1")
		must(p.t, os.Symlink("app.v1", p.dir))
		p.mkdir(p.dir + ".v2")
		p.write(p.dir+".v2/.npmrc", "a=2\n")
		must(p.t, os.Symlink("app.v2", p.dir+".t"))
		p.rename(p.dir+".t", p.dir)
	}},
	{"second name of the file", false, func(p place) {
		must(p.t, os.Link(p.file, p.inHome("other-name")))
		p.write(p.file, "a=2\n")
	}},
	{"made unreadable and readable", false, func(p place) {
		p.write(p.file, "a=2\n")
		must(p.t, os.Chmod(p.file, 0))
		must(p.t, os.Chmod(p.file, 0o600))
	}},
}

func TestD04_AllWaysToSave(t *testing.T) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			home := t.TempDir()
			p := place{dir: filepath.Join(home, "code", "app"), file: filepath.Join(home, "code", "app", ".npmrc")}
			must(t, os.MkdirAll(p.dir, 0o755))
			if w.link {
				must(t, os.Mkdir(filepath.Join(home, "dotfiles"), 0o755))
				write(t, filepath.Join(home, "dotfiles", "npmrc"), "a=1\n")
				must(t, os.Symlink("../../dotfiles/npmrc", p.file))
			} else {
				write(t, p.file, "a=1\n")
			}
			p.rig = newRig(t, home, p.file)
			w.change(p)
			if got := p.sync(); !slices.Contains(got, p.file) {
				t.Errorf("the change was missed")
			}
			write(t, p.file, "a=3\n") // in place
			if got := p.sync(); !slices.Contains(got, p.file) {
				t.Errorf("deaf after the change")
			}
			if !strings.HasPrefix(w.name, "second name") && p.w.Polling() {
				t.Errorf("polls")
			}
		})
	}
}

func TestD03_Unlink(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, ".npmrc")
	write(t, file, "a=1\n")
	r := newRig(t, home, file)
	must(t, os.Remove(file))
	if got := r.sync(); !slices.Equal(got, []string{file}) {
		t.Errorf("after the removal: %v", got)
	}
	write(t, file, "a=1\n")
	if got := r.sync(); !slices.Equal(got, []string{file}) {
		t.Errorf("after it came back: %v", got)
	}
}

func TestD07_FoldersMadeLater(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, "a", "b", "c", ".npmrc")
	r := newRig(t, home, file)
	for range 5 {
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		write(t, file, "a=1\n")
		if got := r.sync(); !slices.Contains(got, file) {
			t.Fatal("the new file was missed")
		}
		must(t, os.RemoveAll(filepath.Join(home, "a")))
		if got := r.sync(); !slices.Contains(got, file) {
			t.Fatal("its going was missed")
		}
	}
}

func TestD07_HomeRemovedAndMadeAgain(t *testing.T) {
	base := t.TempDir()
	home := filepath.Join(base, "home")
	must(t, os.Mkdir(home, 0o755))
	w, err := New(Options{Home: home, Poll: settleTime})
	must(t, err)
	file := filepath.Join(home, ".npmrc")
	write(t, file, "a=1\n")
	r := runRig(t, w, home, file)
	must(t, os.RemoveAll(home))
	r.until(file)
	if !w.Polling() {
		t.Error("nothing tells of a new home, and yet it does not poll")
	}
	must(t, os.Mkdir(home, 0o755))
	write(t, file, "a=2\n")
	r.until(file)
	write(t, file, "a=3\n")
	if got := r.sync(); !slices.Contains(got, file) {
		t.Error("deaf in the new home")
	}
	if w.Polling() {
		t.Error("still polls")
	}
}

// TestD07_NoWatchesLeftBehind swaps folders and keeps the old ones: their watches must not pile up.
func TestD07_NoWatchesLeftBehind(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, "a", "b")
	file := filepath.Join(dir, ".npmrc")
	must(t, os.MkdirAll(dir, 0o755))
	r := newRig(t, home, file)
	for i := range 50 {
		must(t, os.Rename(filepath.Join(home, "a"), filepath.Join(home, fmt.Sprint("old", i))))
		must(t, os.MkdirAll(dir, 0o755))
		write(t, file, fmt.Sprint(i))
		if got := r.sync(); !slices.Contains(got, file) {
			t.Fatal("missed")
		}
	}
	if n := kernelWatches(t); n != 3 {
		t.Errorf("the kernel holds %d watches, want those of home, a and b", n)
	}
	r.w.Track([]string{r.fence})
	r.sync()
	if n := kernelWatches(t); n != 1 {
		t.Errorf("the kernel holds %d watches, want that of home", n)
	}
}

// kernelWatches counts this process's inotify watches.
func kernelWatches(t *testing.T) (n int) {
	t.Helper()
	infos, err := filepath.Glob("/proc/self/fdinfo/*")
	must(t, err)
	for _, path := range infos {
		text, _ := os.ReadFile(path) // the glob's own descriptor is gone
		n += strings.Count(string(text), "inotify wd:")
	}
	return n
}
