package watch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// below is a folder as Track takes it.
func below(dir string) string { return dir + string(filepath.Separator) }

func TestFolderEntries(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, "src")
	must(t, os.Mkdir(dir, 0o755))
	write(t, filepath.Join(dir, "old"), "a=1")
	r := newRig(t, home, below(dir))
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, step := range []struct {
		name string
		do   func()
		want bool
	}{
		{"a file is written", func() { write(t, at("old"), "a=2") }, false},
		{"a file comes", func() { write(t, at("new"), "") }, true},
		{"a folder comes", func() { must(t, os.Mkdir(at("app"), 0o755)) }, true},
		{"something comes deeper", func() { write(t, at("app/.npmrc"), "") }, false},
		{"a folder gets another name", func() { must(t, os.Rename(at("app"), at("shop"))) }, true},
		{"a folder goes", func() { must(t, os.RemoveAll(at("shop"))) }, true},
		{"something comes beside", func() { write(t, filepath.Join(home, "beside"), "") }, false},
		{"it goes itself", func() { must(t, os.RemoveAll(dir)) }, true},
		{"it comes back", func() { must(t, os.Mkdir(dir, 0o755)) }, true},
		{"a file comes again", func() { write(t, at("new"), "") }, true},
	} {
		step.do()
		if got := r.sync(); slices.Contains(got, below(dir)) != step.want {
			t.Errorf("%s: named %v", step.name, got)
		}
	}
}

// TestFolderAndFile: a folder and what lies in it are tracked beside each other, and each is told by itself.
func TestFolderAndFile(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, "src")
	must(t, os.Mkdir(dir, 0o755))
	file := filepath.Join(dir, ".npmrc")
	r := newRig(t, home, below(dir), file)
	write(t, file, "a=1")
	if got := r.sync(); !slices.Contains(got, below(dir)) || !slices.Contains(got, file) {
		t.Errorf("a new file: %v", got)
	}
	write(t, file, "a=2")
	if got := r.sync(); slices.Contains(got, below(dir)) || !slices.Contains(got, file) {
		t.Errorf("a changed file: %v", got)
	}
	r.w.Track([]string{file, r.fence})
	write(t, filepath.Join(dir, "other"), "")
	if got := r.sync(); len(got) != 0 {
		t.Errorf("no longer tracked: %v", got)
	}
}

// TestFolderBehindLink: what a link leads to now is what counts.
func TestFolderBehindLink(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"a", "b"} {
		must(t, os.Mkdir(filepath.Join(home, name), 0o755))
	}
	link := filepath.Join(home, "link")
	if err := os.Symlink("a", link); err != nil {
		missing(t, "symbolic links")
	}
	r := newRig(t, home, below(link))
	write(t, filepath.Join(home, "a", "x"), "")
	if got := r.sync(); !slices.Equal(got, []string{below(link)}) {
		t.Errorf("in the first: %v", got)
	}
	must(t, os.Symlink("b", link+".new"))
	must(t, os.Rename(link+".new", link))
	if got := r.sync(); !slices.Equal(got, []string{below(link)}) {
		t.Errorf("the link changed: %v", got)
	}
	write(t, filepath.Join(home, "b", "x"), "")
	if got := r.sync(); !slices.Equal(got, []string{below(link)}) {
		t.Errorf("in the second: %v", got)
	}
	write(t, filepath.Join(home, "a", "y"), "")
	if got := r.sync(); len(got) != 0 {
		t.Errorf("in the first, afterwards: %v", got)
	}
}

// TestFolderPolled: where there are no notices a folder is looked at, too, and that alone is not called polling.
func TestFolderPolled(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, "src")
	must(t, os.Mkdir(dir, 0o755))
	w, err := New(Options{Home: home, Poll: settleTime})
	must(t, err)
	w.open = func() (notices, error) { return nil, errUnsupported }
	r := runRig(t, w, home, below(dir))
	write(t, filepath.Join(dir, "new"), "")
	r.until(below(dir))
	r.w.Track([]string{below(dir)})
	write(t, filepath.Join(dir, "newer"), "")
	r.until(below(dir))
	if r.w.Polling() {
		t.Error("a folder alone counts as polling")
	}
}
