package discover

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestNew_Refuses(t *testing.T) {
	for _, o := range []Options{
		{}, {Names: []string{""}}, {Names: []string{".."}}, {Names: []string{"a/b"}}, {Names: []string{"a", "a"}},
		{Names: make([]string, 65)}, {Names: configs, Home: "here"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	f := finder(t, Options{})
	for _, roots := range [][]string{nil, {"here"}, {"/proc/self"}, {"/sys"}} {
		if _, _, err := f.Find(t.Context(), roots, nil); err == nil {
			t.Errorf("the roots %q were taken", roots)
		}
	}
}

func TestFind_EveryName(t *testing.T) {
	home := t.TempDir()
	for _, n := range configs {
		plant(t, home, n+".d/"+n)
	}
	plant(t, home, "both/.npmrc", "both/bunfig.toml", "none/npmrc", "none/.npmrc.bak", "none/.NPMRC", "folder/.npmrc/x")
	must(t, os.Symlink("gone", filepath.Join(home, "none", ".env")))
	plant(t, home, "link/")
	must(t, os.Symlink("../nowhere", filepath.Join(home, "link", ".npmrc")))
	r, _, got := find(t, finder(t, Options{}), home)
	expected := []string{"both", "link"}
	for _, n := range configs {
		expected = append(expected, n+".d")
	}
	want(t, got, expected...)
	for _, p := range r.Projects {
		if filepath.Base(p.Dir) == "both" && !slices.Equal(p.Files, []string{".npmrc", "bunfig.toml"}) {
			t.Errorf("files %q", p.Files)
		}
	}
}

func TestFind_Skips(t *testing.T) {
	home := t.TempDir()
	for _, n := range Names {
		plant(t, home, "p/"+n+"/inner/.npmrc")
	}
	for _, n := range Places {
		plant(t, home, n+"/x/.npmrc", "elsewhere/"+n+"x/.npmrc")
	}
	plant(t, home, "p/.npmrc", "p/src/modules/.npmrc", ".config/x/.npmrc", "elsewhere/go/pkg/.npmrc")
	r, _, got := find(t, finder(t, Options{Home: home}), home)
	expected := []string{"p", "p/src/modules", ".config/x", "elsewhere/go/pkg"}
	for _, n := range Places {
		expected = append(expected, "elsewhere/"+n+"x")
	}
	want(t, got, expected...)
	if r.Skipped.Names != len(Names) || r.Skipped.Caches != len(Places) {
		t.Errorf("skipped %+v of %d names and %d places", r.Skipped, len(Names), len(Places))
	}
}

// TestFind_RootsOverlap: what the user chose is read even where it would be skipped, and read once.
func TestFind_RootsOverlap(t *testing.T) {
	home := t.TempDir()
	plant(t, home, "a/.npmrc", "a/b/.npmrc", "node_modules/x/.npmrc", ".cache/y/.npmrc")
	must(t, os.Symlink("a", filepath.Join(home, "also")))
	roots := []string{home, filepath.Join(home, "a", "b"), filepath.Join(home, "also"), filepath.Join(home, "node_modules"), filepath.Join(home, ".cache", "y"), home}
	r, _, got := find(t, finder(t, Options{Home: home}), roots...)
	want(t, got, "a", "a/b", "node_modules/x", ".cache/y")
	if r.Folders != 6 { // home, a, b, node_modules, x, y
		t.Errorf("%d folders were read", r.Folders)
	}
}

func TestFind_FollowsNoLinks(t *testing.T) {
	home, other := t.TempDir(), t.TempDir()
	plant(t, home, "a/b/.npmrc")
	plant(t, other, "far/.npmrc")
	must(t, os.Symlink(home, filepath.Join(home, "a", "loop")))
	must(t, os.Symlink(".", filepath.Join(home, "self")))
	must(t, os.Symlink(other, filepath.Join(home, "away")))
	r, _, got := find(t, finder(t, Options{}), home)
	want(t, got, "a/b")
	if r.Folders != 3 {
		t.Errorf("%d folders were read", r.Folders)
	}
}

func TestFind_RootGone(t *testing.T) {
	home := t.TempDir()
	plant(t, home, "a/.npmrc", "file")
	gone, file := filepath.Join(home, "gone"), filepath.Join(home, "file")
	r, _, got := find(t, finder(t, Options{}), filepath.Join(home, "a"), gone, file)
	want(t, got, ".")
	if r.UnreadCount != 2 || len(r.Unread) != 2 || r.Unread[0].Dir != file || r.Unread[1].Dir != gone {
		t.Errorf("%+v", r.Unread)
	}
}

// TestFind_Deep: a tree that is deeper than folders are opened for, and paths that are too long for programs.
func TestFind_Deep(t *testing.T) {
	home := t.TempDir()
	plant(t, home, strings.Repeat("d/", maxDepth)+".npmrc", strings.Repeat("d/", maxDepth+1)+".npmrc")
	at, err := os.Open(home)
	must(t, err)
	defer at.Close()
	longest := strings.Repeat("n", 250)
	root, err := os.OpenRoot(home)
	must(t, err)
	defer root.Close()
	for range 20 {
		must(t, root.Mkdir(longest, 0o755))
		next, err := root.OpenRoot(longest)
		must(t, err)
		defer next.Close()
		f, err := next.Create(".npmrc")
		must(t, err)
		must(t, f.Close())
		root = next
	}
	r, _, got := find(t, finder(t, Options{}), home)
	if r.Skipped.Deep != 2 || r.UnreadCount != 0 || len(got) != 1+15 {
		t.Errorf("%+v, %d found", r.Skipped, len(got))
	}
}

func TestFind_Cut(t *testing.T) {
	home := t.TempDir()
	for i := range 50 {
		plant(t, home, fmt.Sprintf("p%d/.npmrc", i))
	}
	r, ix, got := find(t, finder(t, Options{MaxFound: 20}), home)
	if !r.Cut || ix != nil || len(got) != 20 || r.Cancelled {
		t.Errorf("%d found, cut %v", len(got), r.Cut)
	}
	if r, ix, _ = find(t, finder(t, Options{MaxFound: 50}), home); r.Cut || ix == nil {
		t.Error("cut although there are no more")
	}
}

func TestFind_Cancelled(t *testing.T) {
	home := t.TempDir()
	plant(t, home, "a/.npmrc")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, ix, err := finder(t, Options{}).Find(ctx, []string{home}, nil)
	must(t, err)
	if !r.Cancelled || ix != nil || r.Folders != 0 {
		t.Errorf("%+v", r)
	}
}

// TestAwait_DeadFileSystem: a thread that does not come back holds up nobody.
func TestAwait_DeadFileSystem(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	never := make(chan struct{})
	if ended := await(ctx, never, func() { n++; cancel() }); ended || n == 0 {
		t.Errorf("a thread that never ends was waited for: %v, %d reports", ended, n)
	}
}

func TestFind_Reports(t *testing.T) {
	home := t.TempDir()
	plant(t, home, "a/.npmrc")
	var last Progress
	r, _, err := finder(t, Options{}).Find(t.Context(), []string{home}, func(p Progress) { last = p })
	must(t, err)
	if last.Folders != r.Folders || last.Found != 1 || last.At == "" {
		t.Errorf("%+v", last)
	}
}

// wide makes a tree of n entries, a project in each 50th folder.
func wide(tb testing.TB, home string, n int) (projects int) {
	for i := 0; n > 0; i++ {
		dir := filepath.Join(home, fmt.Sprintf("g%d", i%40), fmt.Sprintf("d%d", i))
		must(tb, os.MkdirAll(dir, 0o755))
		for k := range 9 {
			must(tb, os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%d", k)), nil, 0o600))
		}
		if i%50 == 0 {
			must(tb, os.WriteFile(filepath.Join(dir, ".npmrc"), nil, 0o600))
			projects++
		}
		n -= 10
	}
	return projects
}

// TestFind_HundredThousand also has one folder that is wider than the kernel tells in one answer, and counts the
// open files.
func TestFind_HundredThousand(t *testing.T) {
	home := t.TempDir()
	n := wide(t, home, 90_000)
	for i := range 10_000 {
		must(t, os.Mkdir(filepath.Join(home, "g0", fmt.Sprintf("empty-folder-with-a-long-name-%d", i)), 0o755))
	}
	plant(t, home, "g0/empty-folder-with-a-long-name-9999/.npmrc")
	before := openFiles(t)
	for _, threads := range []int{1, 2, 8} {
		r, ix, got := find(t, finder(t, Options{Threads: threads}), home)
		if len(got) != n+1 || r.Folders != 9000+40+10_000+1 || ix.Folders() != r.Folders {
			t.Errorf("%d threads: %d found of %d, %d folders", threads, len(got), n+1, r.Folders)
		}
		again, next, err := finder(t, Options{Threads: threads}).Again(t.Context(), ix, []string{home}, nil)
		must(t, err)
		if !reflect.DeepEqual(r, again) || next.Folders() != r.Folders {
			t.Errorf("%d threads: again %d folders, %d found", threads, again.Folders, len(again.Projects))
		}
	}
	if after := openFiles(t); after > before {
		t.Errorf("%d files are left open", after-before)
	}
}

func openFiles(t *testing.T) int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list)
}

// FuzzFind_Names: whatever bytes a name has, it is found as it is, now and from an Index's file.
func FuzzFind_Names(f *testing.F) {
	for _, s := range []string{"a\nb", "\xff\xfe", "日本", " ", "-rf", "a\\040b", "*", "\x1b[31m", "node_modules", ".git ", "..."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !isName(name) || len(name) > 255 {
			return // no folder has such a name
		}
		home := t.TempDir()
		plant(t, home, name+"/in/.npmrc")
		d := finder(t, Options{})
		_, ix, got := find(t, d, home)
		if slices.Contains(Names, name) {
			want(t, got)
			return
		}
		want(t, got, filepath.Join(name, "in"))
		back, err := decode(ix.encode())
		must(t, err)
		r, _, err := d.Again(t.Context(), back, []string{home}, nil)
		must(t, err)
		want(t, dirs(t, home, r), filepath.Join(name, "in"))
	})
}
