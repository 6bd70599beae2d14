package discover

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// inChild tells whether this is the run of the test that runChild started, and which folder it is about.
func inChild(t *testing.T) (dir string, child bool) {
	t.Helper()
	const variable = "SANDGLASS_DISCOVER_CHILD"
	if dir = os.Getenv(variable); dir != "" {
		return dir, true
	}
	dir = t.TempDir()
	return dir, false
}

// runChild runs the test once more in name spaces of its own. There it may mount, as one who is called root; else
// it is nobody, who has no power over files of root's.
func runChild(t *testing.T, dir string, mounts bool) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "SANDGLASS_DISCOVER_CHILD="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS}
	if mounts {
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		clients.Lacking(t, "a kernel that makes name spaces")
	}
	if err != nil {
		t.Errorf("in the child: %v\n%s", err, out)
	}
}

// TestFind_Unreadable: a folder that cannot be read, or not be searched, is told of and ends nothing. Once it can be
// read, Again finds what is in it.
func TestFind_Unreadable(t *testing.T) {
	dir, child := inChild(t)
	shut := filepath.Join(dir, "b")
	if !child {
		plant(t, dir, "a/.npmrc", "b/c/.npmrc", "z/.npmrc")
		must(t, os.Chmod(shut, 0))
		t.Cleanup(func() { _ = os.Chmod(shut, 0o755) })
		runChild(t, dir, false)
		return
	}
	f := finder(t, Options{})
	r, ix, got := find(t, f, dir)
	want(t, got, "a", "z")
	if r.UnreadCount != 1 || len(r.Unread) != 1 || r.Unread[0].Dir != shut || !errors.Is(r.Unread[0].Err, fs.ErrPermission) {
		t.Fatalf("%+v", r.Unread)
	}
	must(t, os.Chmod(shut, 0o400)) // names can be read, and no more
	r, ix, err := f.Again(t.Context(), ix, []string{dir}, nil)
	must(t, err)
	want(t, dirs(t, dir, r), "a", "z")
	if len(r.Unread) != 1 || r.Unread[0].Dir != filepath.Join(shut, "c") {
		t.Errorf("%+v", r.Unread)
	}
	must(t, os.Chmod(shut, 0o755))
	r, _, err = f.Again(t.Context(), ix, []string{dir}, nil)
	must(t, err)
	want(t, dirs(t, dir, r), "a", "b/c", "z")
}

// TestFind_OtherMounts: another file system, and a bind mount of the same one, are not entered unless they were
// chosen; Again sees them come and go.
func TestFind_OtherMounts(t *testing.T) {
	dir, child := inChild(t)
	if !child {
		plant(t, dir, "a/.npmrc", "tmp/below/.npmrc", "bind/", "white space\n/x/")
		runChild(t, dir, true)
		return
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	f := finder(t, Options{})
	_, plain, got := find(t, f, dir)
	want(t, got, "a", "tmp/below")
	must(t, unix.Mount("none", at("tmp"), "tmpfs", 0, ""))
	must(t, unix.Mount("none", at("white space\n"), "tmpfs", 0, ""))
	must(t, unix.Mount(at("a"), at("bind"), "", unix.MS_BIND, ""))
	plant(t, dir, "tmp/p/.npmrc", "white space\n/q/.npmrc")
	full, mounted, got := find(t, f, dir)
	want(t, got, "a")
	if full.Skipped.Mounts != 3 {
		t.Errorf("%+v", full.Skipped)
	}
	again, _, err := f.Again(t.Context(), plain, []string{dir}, nil)
	must(t, err)
	want(t, dirs(t, dir, again), "a")
	_, _, got = find(t, f, dir, at("tmp"))
	want(t, got, "a", "tmp/p")
	// Without the table of mounts the folders themselves tell.
	w := f.newWalk(plan{tops: []string{dir}})
	w.places, w.queue[0].place = nil, nil
	w.work()
	if r := w.result(); r.Skipped.Mounts != 3 || len(r.Projects) != 1 {
		t.Errorf("%+v", r)
	}
	must(t, unix.Unmount(at("tmp"), unix.MNT_DETACH))
	again, _, err = f.Again(t.Context(), mounted, []string{dir}, nil)
	must(t, err)
	want(t, dirs(t, dir, again), "a", "tmp/below")
}

// TestFind_SwappedForLink: a folder that becomes a link after its name was read, or after it was asked for, is not
// followed, and nor is one on the way to a folder that changed.
func TestFind_SwappedForLink(t *testing.T) {
	home, other := t.TempDir(), t.TempDir()
	plant(t, home, "a/b/c/")
	plant(t, other, "b/c/.npmrc", ".npmrc")
	root, err := openAt(unix.AT_FDCWD, home, openFlags)
	must(t, err)
	b := newBase(root)
	defer b.drop()
	for _, rel := range []string{"a", "a/b/c"} {
		at := task{n: &node{name: "x"}, base: b, rel: rel}
		h, err := at.open()
		must(t, err)
		h.close()
	}
	must(t, os.Rename(filepath.Join(home, "a"), filepath.Join(home, "old")))
	must(t, os.Symlink(other, filepath.Join(home, "a")))
	before := openFiles(t)
	for _, rel := range []string{"a", "a/b/c"} {
		at := task{n: &node{name: "x"}, base: b, rel: rel}
		if _, err := at.open(); !isSwapped(err) {
			t.Errorf("%s was opened: %v", rel, err)
		}
	}
	if openFiles(t) != before {
		t.Error("files are left open")
	}
	if _, err := (task{n: &node{}, base: b, rel: "a"}).look(); !isSwapped(err) {
		t.Errorf("the link was taken for a folder: %v", err)
	}
}

// TestFind_SwappedMeanwhile swaps a folder for a link, and back, all the time.
func TestFind_SwappedMeanwhile(t *testing.T) {
	home, other := t.TempDir(), t.TempDir()
	plant(t, home, "p/a/in/.npmrc", "p/z/.npmrc")
	plant(t, other, "bait/.npmrc", "in/bait/.npmrc")
	at, aside := filepath.Join(home, "p", "a"), filepath.Join(t.TempDir(), "aside")
	must(t, os.Symlink(other, aside))
	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for !stop.Load() {
			_ = unix.Renameat2(unix.AT_FDCWD, at, unix.AT_FDCWD, aside, unix.RENAME_EXCHANGE)
		}
	}()
	f := finder(t, Options{})
	var ix *Index
	for range 300 {
		r, next, err := f.Again(t.Context(), ix, []string{home}, nil)
		must(t, err)
		for _, d := range dirs(t, home, r) {
			if d != "p/a/in" && d != "p/z" {
				t.Errorf("found %s", d)
			}
		}
		ix = next
	}
	stop.Store(true)
	<-done
}

func TestAskOld(t *testing.T) {
	dir := t.TempDir()
	plant(t, dir, "a/")
	at := task{n: &node{name: filepath.Join(dir, "a")}}
	now, err := at.look()
	must(t, err)
	old, err := askOld(unix.AT_FDCWD, at.n.name, unix.AT_SYMLINK_NOFOLLOW)
	must(t, err)
	if now != old {
		t.Errorf("%+v, by the old call %+v", now, old)
	}
}

func TestHandle_Kind(t *testing.T) {
	dir := t.TempDir()
	plant(t, dir, "d/", "f")
	must(t, os.Symlink("d", filepath.Join(dir, "l")))
	must(t, unix.Mkfifo(filepath.Join(dir, "p"), 0o600))
	h, err := openAt(unix.AT_FDCWD, dir, openFlags)
	must(t, err)
	defer h.close()
	for name, kind := range map[string]byte{"d": unix.DT_DIR, "f": unix.DT_REG, "l": unix.DT_LNK, "p": unix.DT_UNKNOWN, "gone": unix.DT_UNKNOWN} {
		if got := h.kind(name); got != kind {
			t.Errorf("%s is %d, want %d", name, got, kind)
		}
	}
}

func TestUnescape(t *testing.T) {
	if got := unescape(`/a\040b\011c\012d\134040`); got != "/a b\tc\nd\\040" {
		t.Errorf("%q", got)
	}
}

// TestFind_CancelledInTheMiddle ends a scan when it has read some folders, with all its threads at work.
func TestFind_CancelledInTheMiddle(t *testing.T) {
	home := t.TempDir()
	wide(t, home, 20_000)
	before := openFiles(t)
	f := finder(t, Options{})
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		w := f.newWalk(plan{tops: []string{home}})
		context.AfterFunc(ctx, func() { w.stop.Store(true) })
		done := make(chan struct{})
		go func() { defer close(done); w.work() }()
		for w.folders.Load() < 10 {
			runtime.Gosched()
		}
		cancel()
		<-done
		if r := w.result(); r.Folders < 10 || r.Folders > 2000 || !w.missed.Load() && r.Folders < 2000 {
			t.Errorf("%d folders", r.Folders)
		}
	}
	if after := openFiles(t); after > before {
		t.Errorf("%d files are left open", after-before)
	}
}

// TestFind_MountsAreNotAsked: of a place where the table of mounts has another file system, which may be dead,
// nothing is asked.
func TestFind_MountsAreNotAsked(t *testing.T) {
	home := t.TempDir()
	plant(t, home, "a/.npmrc", "net/far/.npmrc")
	w := finder(t, Options{}).newWalk(plan{tops: []string{home}})
	w.places.add(filepath.Join(home, "net"), mounted)
	w.work()
	if r := w.result(); r.Skipped.Mounts != 1 || len(r.Projects) != 1 || r.Folders != 2 {
		t.Errorf("%+v", r)
	}
}
