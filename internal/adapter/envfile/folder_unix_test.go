//go:build unix

package envfile_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

func TestC01_ClosedToOthersUnderEveryUmask(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o077, 0o277} {
		dir := filepath.Join(t.TempDir(), "sandglass")
		old := syscall.Umask(mask)
		f, err := envfile.New(dir)
		if err == nil {
			err = f.Publish(vars("npm_one"), injection.Due{})
		}
		syscall.Umask(old)
		must(t, err)
		checkModes(t, dir)
	}
}

func checkModes(t *testing.T, dir string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		must(t, err)
		info, err := e.Info()
		must(t, err)
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = fs.ModeDir | 0o700
		}
		if e.Name() == "env.lock" && info.Mode()&^want == 0 {
			return nil // empty; the umask may have closed it even further
		}
		if info.Mode() != want {
			t.Errorf("%s: mode %v, want %v", path, info.Mode(), want)
		}
		return nil
	}))
}

func TestC02_OpenModesAreTightened(t *testing.T) {
	f := newFiles(t)
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	must(t, os.Chmod(f.Dir(), 0o755))
	must(t, os.Chmod(filepath.Join(f.Dir(), "env.sh"), 0o644))
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	settled(t, f.Dir())
	checkModes(t, f.Dir())
}

func TestC03_FolderAboveOpenToEverybody(t *testing.T) {
	for _, above := range []string{"", "deeper"} {
		open := filepath.Join(t.TempDir(), "open")
		must(t, os.MkdirAll(filepath.Join(open, above), 0o700))
		must(t, os.Chmod(open, 0o777))
		dir := filepath.Join(open, above, "sandglass")
		if _, err := envfile.New(dir); !errors.Is(err, envfile.ErrFolder) {
			t.Errorf("mode 0777 above: %v", err)
		}
		must(t, os.Chmod(open, 0o777|os.ModeSticky))
		f, err := envfile.New(dir)
		must(t, err)
		must(t, os.Chmod(open, 0o777))
		if err := f.Publish(vars("npm_one"), injection.Due{}); !errors.Is(err, envfile.ErrFolder) {
			t.Errorf("published below a folder that was opened later: %v", err)
		}
	}
}

func TestC04_FoldersOfOtherUsers(t *testing.T) {
	if os.Geteuid() != 0 {
		clients.Lacking(t, "root, to give folders away,")
	}
	const nobody = 65534
	above := filepath.Join(t.TempDir(), "theirs")
	must(t, os.Mkdir(above, 0o755))
	must(t, os.Chown(above, nobody, nobody))
	if _, err := envfile.New(filepath.Join(above, "sandglass")); !errors.Is(err, envfile.ErrFolder) {
		t.Errorf("folder above belongs to nobody: %v", err)
	}
	own := filepath.Join(t.TempDir(), "sandglass")
	must(t, os.Mkdir(own, 0o700))
	must(t, os.Chown(own, nobody, nobody))
	if _, err := envfile.New(own); !errors.Is(err, envfile.ErrFolder) {
		t.Errorf("folder belongs to nobody: %v", err)
	}
}

func TestC06_NobodyCannotRead(t *testing.T) {
	setpriv, err := exec.LookPath("setpriv")
	if os.Geteuid() != 0 || err != nil {
		clients.Lacking(t, "root with setpriv")
	}
	f := newFiles(t)
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	for dir := f.Dir(); dir != os.TempDir() && dir != "/"; { // so that only our folder stands in the way
		dir = filepath.Dir(dir)
		must(t, os.Chmod(dir, 0o755|map[bool]os.FileMode{true: os.ModeSticky | 0o777}[dir == os.TempDir()]))
	}
	out, err := exec.Command(setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "cat", filepath.Join(f.Dir(), "env.sh")).CombinedOutput()
	if err == nil {
		t.Errorf("nobody read %q", out)
	}
}

func TestC05_AccessListsDoNotWiden(t *testing.T) {
	setfacl, err := exec.LookPath("setfacl")
	if os.Geteuid() != 0 || err != nil {
		clients.Lacking(t, "root with setfacl")
	}
	dir := filepath.Join(t.TempDir(), "sandglass")
	must(t, os.Mkdir(dir, 0o700))
	if out, err := exec.Command(setfacl, "-m", "u:65534:rwx,d:u:65534:rwx", dir).CombinedOutput(); err != nil {
		clients.Lacking(t, "a file system with access lists: "+string(out))
	}
	f, err := envfile.New(dir)
	must(t, err)
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	checkModes(t, dir) // the group bits are the mask of an access list: 0 leaves its entries without effect
}

func TestC16_FolderIsALink(t *testing.T) {
	real, link := t.TempDir(), filepath.Join(t.TempDir(), "sandglass")
	must(t, os.Symlink(real, link))
	if _, err := envfile.New(link); !errors.Is(err, envfile.ErrFolder) {
		t.Errorf("took a link: %v", err)
	}
}

// A runtime folder may vanish at logout and come back: it is made again, and is private again.
func TestC24_FolderVanishes(t *testing.T) {
	f := newFiles(t)
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	must(t, os.RemoveAll(filepath.Dir(f.Dir())))
	must(t, f.Publish(vars("npm_one"), injection.Due{}))
	settled(t, f.Dir())
	checkModes(t, f.Dir())
}
