package files

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	oldText = "# mine\nregistry=https://registry.example.com/\n"
	linked  = "//registry.example.com/:_authToken=${SG_0123}\n"
)

// newText is long enough to need several blocks.
var newText = strings.Repeat("key=value\n", 2000) + linked

func init() {
	// limit locks path: sets ever larger file size limits. The old text must survive every one that is too small.
	helpers["limit"] = func(args []string) error {
		f := New(args[0])
		for k := 0; k < len(newText); k += 997 {
			if err := limited(f, args[1], uint64(k)); err != nil {
				return fmt.Errorf("limit of %d bytes: %w", k, err)
			}
		}
		return nil
	}
	// full locks dir: dir is a small file system; fills it but for ever more pages.
	helpers["full"] = fillUp
	// once locks path: one replacement on one thread, for strace.
	helpers["once"] = func(args []string) error {
		runtime.LockOSThread()
		return New(args[0]).Replace(args[1], []byte(oldText), []byte(newText))
	}
}

func limited(f *Files, path string, k uint64) error {
	if err := os.WriteFile(path, []byte(oldText), 0o600); err != nil {
		return err
	}
	var was unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: k, Max: was.Max}); err != nil {
		return err
	}
	err := f.Replace(path, []byte(oldText), []byte(newText))
	if again := unix.Setrlimit(unix.RLIMIT_FSIZE, &was); again != nil {
		return again
	}
	if !errors.Is(err, unix.EFBIG) {
		return fmt.Errorf("got %w", err)
	}
	return intact(path)
}

// intact requires the old text and no temporary file.
func intact(path string) error {
	got, err := os.ReadFile(path)
	if err != nil || string(got) != oldText {
		return fmt.Errorf("the file says %.40q, %w", got, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".sandglass.*")); len(left) > 0 {
		return fmt.Errorf("left behind: %v", left)
	}
	return nil
}

func fillUp(args []string) error {
	f, path, ballast := New(args[0]), filepath.Join(args[1], ".npmrc"), filepath.Join(args[1], "ballast")
	tooFull := 0
	for pages := range 12 {
		if err := os.WriteFile(path, []byte(oldText), 0o600); err != nil {
			return err
		}
		var st unix.Statfs_t
		if err := unix.Statfs(args[1], &st); err != nil {
			return err
		}
		if err := os.WriteFile(ballast, make([]byte, (int64(st.Bavail)-int64(pages))*st.Bsize), 0o600); err != nil {
			return err
		}
		err := f.Replace(path, []byte(oldText), []byte(newText))
		if errors.Is(err, unix.ENOSPC) {
			tooFull++
			err = intact(path)
		}
		if err := errors.Join(err, os.Remove(ballast)); err != nil {
			return fmt.Errorf("%d pages: %w", pages, err)
		}
	}
	if tooFull < 3 || tooFull > 10 {
		return fmt.Errorf("the disk was full %d times", tooFull)
	}
	return nil
}

// inMount wraps a command so that it runs where dir is a file system of its own.
func inMount(t *testing.T, dir, options string) []string {
	t.Helper()
	needRoot(t)
	need(t, "unshare", "mount")
	line := "mount -t tmpfs -o " + options + ` tmpfs ` + dir
	if out, err := exec.Command("unshare", "-m", "sh", "-c", line).CombinedOutput(); err != nil {
		missing(t, "mounts of its own: %v %s", err, out)
	}
	return []string{"unshare", "-m", "sh", "-c", line + ` && exec "$0" "$@"`}
}

func TestC17_ReadOnlyFileSystem(t *testing.T) {
	dir := openDir(t)
	disk := filepath.Join(dir, "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	wrap := inMount(t, disk, "size=64k")
	wrap[4] = strings.Replace(wrap[4], " && exec", " && printf old >"+disk+"/f && mount -o remount,ro "+disk+" && exec", 1)
	got := run(helper(t, wrap, "replace", filepath.Join(dir, "locks"), filepath.Join(disk, "f"), "old", "new"))
	if got.err == nil || !strings.Contains(got.text, "read-only file system") {
		t.Errorf("got %+v", got)
	}
}

func TestC18_ImmutableFile(t *testing.T) {
	needRoot(t)
	need(t, "chattr")
	dir := t.TempDir()
	path := filepath.Join(dir, ".npmrc")
	write(t, path, "old", 0o600)
	if out, err := exec.Command("chattr", "+i", path).CombinedOutput(); err != nil {
		missing(t, "immutable files here: %s", out)
	}
	defer func() { _ = exec.Command("chattr", "-i", path).Run() }()
	mustFail(t, newFiles(t).Replace(path, []byte("old"), []byte("new")), unix.EPERM)
	mustSay(t, path, "old")
	mustBeClean(t, dir)
}

func TestC19_DiskFull(t *testing.T) {
	dir := openDir(t)
	disk := filepath.Join(dir, "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := run(helper(t, inMount(t, disk, "size=128k"), "full", filepath.Join(dir, "locks"), disk)); got.err != nil {
		t.Error(got)
	}
}

func TestC20_FileSizeLimit(t *testing.T) {
	dir := openDir(t)
	if got := run(helper(t, nil, "limit", filepath.Join(dir, "locks"), filepath.Join(dir, ".npmrc"))); got.err != nil {
		t.Error(got)
	}
}

func TestC22_NoInodesLeft(t *testing.T) {
	dir := openDir(t)
	disk := filepath.Join(dir, "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	wrap := inMount(t, disk, "size=64k,nr_inodes=2")
	wrap[4] = strings.Replace(wrap[4], " && exec", " && printf old >"+disk+"/f && exec", 1)
	got := run(helper(t, wrap, "replace", filepath.Join(dir, "locks"), filepath.Join(disk, "f"), "old", "new"))
	if got.err == nil || !strings.Contains(got.text, "no space left") {
		t.Errorf("got %+v", got)
	}
}

// writing are the system calls of a replacement that change something or make it last.
const writing = "openat,write,fsync,fchmod,fchown,renameat2,unlinkat,flock,fremovexattr,fsetxattr,mkdirat,close"

// strace runs one replacement under strace with a fault injected, and tells whether it got that far.
func strace(t *testing.T, inject string, more ...string) (path string, got outcome, struck bool) {
	t.Helper()
	dir := openDir(t)
	path = filepath.Join(dir, ".npmrc")
	write(t, path, oldText, 0o600)
	log := filepath.Join(dir, "strace.log")
	wrap := append([]string{"strace", "-f", "-o", log, "-e", "trace=" + writing, "-e", "inject=" + inject}, more...)
	got = run(helper(t, wrap, "once", filepath.Join(dir, "locks"), path))
	seen, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return path, got, strings.Contains(string(seen), "(INJECTED)") || strings.Contains(string(seen), "killed by SIGKILL")
}

func TestC21_EveryCallFails(t *testing.T) {
	need(t, "strace")
	binary(t)
	struck := 0
	for _, call := range []string{"write:error=EIO", "fsync:error=EIO", "fchmod:error=EPERM", "renameat2:error=EIO", "write:error=EDQUOT", "renameat2:error=ENOSYS", "fsync:error=EINVAL:when=2", "flock:error=ENOLCK"} {
		path, got, hit := strace(t, call)
		if !hit {
			t.Errorf("%s was never met", call)
		}
		struck++
		text, err := os.ReadFile(path)
		if err != nil || string(text) != oldText && string(text) != newText {
			t.Errorf("%s: file says %.40q, %v", call, text, err)
		}
		if (string(text) == newText) != (got.err == nil) {
			t.Errorf("%s: told %+v, but the file says %.40q", call, got, text)
		}
		t.Log(call, got)
		mustBeClean(t, filepath.Dir(path))
	}
	t.Logf("%d faults", struck)
}

func TestD09_KilledAtEveryCall(t *testing.T) {
	need(t, "strace")
	binary(t)
	killed, fresh, stale := 0, 0, 0
	for call := range strings.SplitSeq(writing, ",") {
		for n := 1; ; n++ {
			path, got, struck := strace(t, fmt.Sprintf("%s:signal=SIGKILL:when=%d", call, n))
			text, err := os.ReadFile(path)
			if err != nil || string(text) != oldText && string(text) != newText {
				t.Fatalf("killed at %s %d: file says %.40q, %v", call, n, text, err)
			}
			if !struck {
				if got.err != nil {
					t.Fatalf("%s %d: %+v", call, n, got)
				}
				mustSay(t, path, newText)
				break
			}
			killed++
			if string(text) == newText {
				fresh++
			}
			f := newFiles(t)
			stale += f.Sweep(filepath.Dir(path))
			mustBeClean(t, filepath.Dir(path))
			// The lock of a killed process is free, and the work can be done again.
			if err := f.Replace(path, text, []byte(newText)); err != nil {
				t.Fatalf("after a kill at %s %d: %v", call, n, err)
			}
		}
	}
	if fresh == 0 || fresh == killed || stale == 0 {
		t.Errorf("%d kills, %d after the exchange, %d temporary files: the test does not reach what it should", killed, fresh, stale)
	}
	t.Logf("killed %d times: old text %d, new text %d, broken 0; %d temporary files swept", killed, killed-fresh, fresh, stale)
}
