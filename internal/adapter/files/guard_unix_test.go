//go:build unix

package files

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

func init() {
	// replace locks path old new; "-" stands for no file.
	helpers["replace"] = func(args []string) error {
		text := func(s string) []byte {
			if s == "-" {
				return nil
			}
			return []byte(s)
		}
		return New(args[0]).Replace(args[1], text(args[2]), text(args[3]))
	}
	helpers["read"] = func(args []string) error {
		_, err := New("").Read(args[0])
		return err
	}
	// umask octal locks path
	helpers["umask"] = func(args []string) error {
		mask, err := strconv.ParseInt(args[0], 8, 32)
		if err != nil {
			return err
		}
		unix.Umask(int(mask))
		return New(args[1]).Replace(args[2], nil, []byte("new"))
	}
}

// nobody runs what follows as the user nobody, in no group of ours.
var nobody = []string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}

func needRoot(t *testing.T) {
	t.Helper()
	need(t, "setpriv")
	if os.Geteuid() != 0 {
		missing(t, "root: run this test as root to see it with other users")
	}
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestC01_NewFilesArePrivate(t *testing.T) {
	for _, mask := range []string{"000", "022", "027", "077"} {
		dir := openDir(t)
		path := filepath.Join(dir, ".npmrc")
		if got := run(helper(t, nil, "umask", mask, filepath.Join(dir, "locks"), path)); got.err != nil {
			t.Fatal(got)
		}
		if m := mode(t, path); m != 0o600 {
			t.Errorf("umask %s: mode %o", mask, m)
		}
		if m := mode(t, filepath.Join(dir, "locks")); m != 0o700 {
			t.Errorf("umask %s: lock directory %o", mask, m)
		}
	}
}

func TestC02_ModeStays(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ".npmrc")
	f := newFiles(t)
	for _, m := range []fs.FileMode{0o600, 0o640, 0o644, 0o664, 0o700, 0o200 | 0o400} {
		write(t, path, "old", m)
		if err := f.Replace(path, []byte("old"), []byte("new")); err != nil {
			t.Fatal(err)
		}
		if got := mode(t, path); got != m {
			t.Errorf("mode %o became %o", m, got)
		}
	}
	write(t, path, "old", 0o400)
	mustFail(t, f.Replace(path, []byte("old"), []byte("new")), ErrWriteProtected)
	mustSay(t, path, "old")
}

func TestC03_FolderOpenToAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ".npmrc")
	write(t, path, "old", 0o600)
	f := newFiles(t)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	mustFail(t, f.Replace(path, []byte("old"), []byte("new")), ErrOpenDir)
	mustFail(t, f.Replace(path, []byte("old"), []byte("new")), agent.ErrUnsafe)
	if err := os.Chmod(dir, 0o777|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if err := f.Replace(path, []byte("old"), []byte("new")); err != nil {
		t.Errorf("sticky folder: %v", err)
	}
}

func TestC04_FolderOfAnotherUser(t *testing.T) {
	needRoot(t)
	dir := openDir(t)
	locks := filepath.Join(dir, "locks")
	theirs := filepath.Join(dir, "theirs")
	if err := errors.Join(os.Mkdir(locks, 0o700), os.Chown(locks, 65534, 65534), os.Mkdir(theirs, 0o777), os.Chown(theirs, 1, 1), os.Chmod(theirs, 0o777|fs.ModeSticky)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(theirs, ".npmrc")
	got := run(helper(t, nobody, "replace", locks, path, "-", "new"))
	if got.err == nil || !strings.Contains(got.text, ErrForeignDir.Error()) {
		t.Errorf("got %+v", got)
	}
	// C13: nor by way of a link into it.
	own := filepath.Join(dir, "own")
	if err := errors.Join(os.Mkdir(own, 0o700), os.Symlink(path, filepath.Join(own, ".npmrc")), os.Chown(own, 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	got = run(helper(t, nobody, "replace", locks, filepath.Join(own, ".npmrc"), "-", "new"))
	if got.err == nil || !strings.Contains(got.text, ErrForeignDir.Error()) {
		t.Errorf("by a link: %+v", got)
	}
	if in, _ := os.ReadDir(theirs); len(in) > 0 {
		t.Errorf("something was written: %v", in)
	}
}

func TestC05_AccessLists(t *testing.T) {
	needRoot(t)
	need(t, "setfacl", "getfacl")
	dir := openDir(t)
	sh := func(line string) string {
		out, err := exec.Command("sh", "-c", "cd "+dir+" && "+line).CombinedOutput()
		if err != nil {
			missing(t, "access lists here: %s %s", err, out)
		}
		return string(out)
	}
	sh("setfacl -d -m u:nobody:rw,g::rw .")
	path := filepath.Join(dir, ".npmrc")
	f := newFiles(t)
	if err := f.Replace(path, nil, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if acl := sh("getfacl -c .npmrc"); strings.Contains(acl, "nobody") {
		t.Errorf("a new file took the folder's list:\n%s", acl)
	}
	if got := run(helper(t, nobody, "read", path)); got.err == nil {
		t.Error("nobody reads a new file")
	}
	sh("setfacl -m u:daemon:r .npmrc")
	before := sh("getfacl -c .npmrc")
	if err := f.Replace(path, []byte("new"), []byte("newer")); err != nil {
		t.Fatal(err)
	}
	if after := sh("getfacl -c .npmrc"); after != before || !strings.Contains(after, "daemon") {
		t.Errorf("the file's own list changed:\n%s%s", before, after)
	}
}

func TestC06_OthersCannotRead(t *testing.T) {
	needRoot(t)
	dir := openDir(t)
	path := filepath.Join(dir, ".npmrc")
	f := newFiles(t)
	if err := f.Replace(path, nil, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if got := run(helper(t, nobody, "read", path)); got.err == nil || !strings.Contains(got.text, "permission denied") {
		t.Errorf("got %+v", got)
	}
	write(t, filepath.Join(dir, "control"), "x", 0o644)
	if got := run(helper(t, nobody, "read", filepath.Join(dir, "control"))); got.err != nil {
		t.Errorf("the control fails, so the test proves nothing: %+v", got)
	}
}

func TestC15_NoRegularFile(t *testing.T) {
	dir := t.TempDir()
	fifo, sub, sock := filepath.Join(dir, "fifo"), filepath.Join(dir, "dir"), filepath.Join(dir, "sock")
	if err := errors.Join(unix.Mkfifo(fifo, 0o600), os.Mkdir(sub, 0o700)); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f := newFiles(t)
	for _, path := range []string{fifo, sub, sock, "/dev/null", "/dev/zero"} {
		_, err := f.Read(path)
		mustFail(t, err, ErrNotRegular)
		if strings.HasPrefix(path, "/dev/") {
			link := filepath.Join(dir, filepath.Base(path))
			if err := os.Symlink(path, link); err != nil {
				t.Fatal(err)
			}
			path = link
		}
		mustFail(t, f.Replace(path, nil, []byte("new")), ErrNotRegular)
		mustFail(t, f.Replace(path, []byte{}, []byte("new")), ErrNotRegular)
	}
	mustBeClean(t, dir)
}

func TestC16_FolderIsSwapped(t *testing.T) {
	root := t.TempDir()
	dir, evil := filepath.Join(root, "home"), filepath.Join(root, "evil")
	for p := stepChecked; p <= stepSwapping; p++ {
		if err := errors.Join(os.RemoveAll(dir), os.RemoveAll(dir+".was"), os.RemoveAll(evil), os.Mkdir(dir, 0o700), os.Mkdir(evil, 0o700)); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, ".npmrc")
		write(t, path, "old", 0o600)
		write(t, filepath.Join(evil, ".npmrc"), "old", 0o644)
		f := newFiles(t)
		f.at = func(now step) {
			if now == p {
				if err := errors.Join(os.Rename(dir, dir+".was"), os.Symlink(evil, dir)); err != nil {
					t.Error(err)
				}
			}
		}
		if err := f.Replace(path, []byte("old"), []byte("secret")); err != nil {
			t.Fatal(err)
		}
		mustSay(t, filepath.Join(dir+".was", ".npmrc"), "secret")
		mustSay(t, filepath.Join(evil, ".npmrc"), "old")
		mustBeClean(t, evil)
		mustBeClean(t, dir+".was")
	}
}

func TestC26_OwnerAndAttributesStay(t *testing.T) {
	needRoot(t)
	dir := t.TempDir()
	path := filepath.Join(dir, ".npmrc")
	write(t, path, "old", 0o640)
	if err := os.Chown(path, 65534, 1); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setxattr(path, "user.note", []byte("mine"), 0); err != nil {
		missing(t, "attributes here: %v", err)
	}
	if err := newFiles(t).Replace(path, []byte("old"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	st := info.Sys().(*syscall.Stat_t)
	value := make([]byte, 16)
	n, err := unix.Getxattr(path, "user.note", value)
	if got := fmt.Sprintf("%d %d %o %s %v", st.Uid, st.Gid, info.Mode().Perm(), value[:max(n, 0)], err); got != "65534 1 640 mine <nil>" {
		t.Errorf("got %s", got)
	}
}

// A group that cannot be kept gets no more than everybody.
func TestC26_LostGroup(t *testing.T) {
	needRoot(t)
	dir := openDir(t)
	path := filepath.Join(dir, ".npmrc")
	write(t, path, "old", 0o664)
	if err := errors.Join(os.Chown(path, 65534, 1), os.Chown(dir, 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	if got := run(helper(t, nobody, "replace", filepath.Join(dir, "locks"), path, "old", "new")); got.err != nil {
		t.Fatal(got)
	}
	if m := mode(t, path); m != 0o644 {
		t.Errorf("mode %o", m)
	}
}
