//go:build !windows

package dirs

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestC08_RuntimeFolderOnlyIfPrivate(t *testing.T) {
	dir := t.TempDir()
	for mode, used := range map[os.FileMode]bool{0o700: true, 0o755: false, 0o777: false, 0o750: false, 0o500: false} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		got, err := Of(env("HOME", "/home/a", "XDG_RUNTIME_DIR", dir), "linux")
		if err != nil || (got.Runtime == filepath.Join(dir, name)) != used {
			t.Errorf("mode %03o: runtime folder is %s, %v", mode, got.Runtime, err)
		}
	}
}

// TestC04 is what happens under sudo: the variable still names the folder of the user who called.
func TestC04_ForeignRuntimeFolderIsNotUsed(t *testing.T) {
	asRoot(t)
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(dir, 0o700), os.Chown(dir, 65534, 65534)); err != nil {
		t.Fatal(err)
	}
	got, err := Of(env("HOME", "/home/a", "XDG_RUNTIME_DIR", dir), "linux")
	if err != nil || filepath.Dir(got.Runtime) == dir {
		t.Errorf("runtime folder is %s, %v", got.Runtime, err)
	}
	if err := Private(dir); !errors.Is(err, ErrNotPrivate) {
		t.Errorf("Private takes a foreign folder: %v", err)
	}
}

func asRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() == 0 {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("this test needs root, to give a folder away")
	}
	t.Skip("this test needs root, to give a folder away")
}

func TestC01_PrivateUnderEveryUmask(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o077} {
		dir := filepath.Join(t.TempDir(), "run")
		old := syscall.Umask(umask)
		err := Private(dir)
		syscall.Umask(old)
		if info, _ := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("umask %03o: mode %v, %v", umask, info.Mode(), err)
		}
	}
}

func TestC02_OpenFolderIsClosed(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Chmod(dir, 0o777), Private(dir)); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestC10_LinksAndFilesAreRefused(t *testing.T) {
	root := t.TempDir()
	link, file := filepath.Join(root, "link"), filepath.Join(root, "file")
	if err := errors.Join(os.Symlink(t.TempDir(), link), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := Private(link); !errors.Is(err, ErrNotPrivate) {
		t.Errorf("a link: %v", err)
	}
	if err := Private(file); err == nil {
		t.Error("a file is taken for a folder")
	}
}
