//go:build unix

package envfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// openFolder makes dir if need be and opens it once it is known to be the user's alone: what is done
// through the returned root happens in the folder that was checked, whatever the path means by then.
func openFolder(dir string) (*os.Root, error) {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of env files: %w", err)
	}
	if err := checkAbove(parent); err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make folder of env files: %w", err)
	}
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is not a folder, or a link", ErrFolder, dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder of env files: %w", err)
	}
	if err := claim(root, dir); err != nil {
		root.Close()
		return nil, err
	}
	return root, nil
}

// claim checks that the opened folder belongs to the user and closes it to others.
func claim(root *os.Root, dir string) error {
	info, err := root.Stat(".")
	if err != nil {
		return fmt.Errorf("look at folder of env files: %w", err)
	}
	if owner(info) != os.Geteuid() {
		return fmt.Errorf("%w: %s belongs to user %d", ErrFolder, dir, owner(info))
	}
	if info.Mode().Perm() == 0o700 {
		return nil
	}
	if err := root.Chmod(".", 0o700); err != nil {
		return fmt.Errorf("close folder of env files: %w", err)
	}
	return nil
}

// checkAbove refuses a folder that somebody else could exchange for their own, and with it the text that
// the user's shells run: every folder up to the root must belong to the user or to root, and
// where everybody may write, only with the sticky bit.
func checkAbove(dir string) error {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return fmt.Errorf("resolve folder of env files: %w", err)
	}
	for {
		info, err := os.Lstat(real)
		if err != nil {
			return fmt.Errorf("look at folder above env files: %w", err)
		}
		if uid := owner(info); uid != 0 && uid != os.Geteuid() {
			return fmt.Errorf("%w: %s belongs to user %d", ErrFolder, real, uid)
		}
		if info.Mode().Perm()&0o002 != 0 && info.Mode()&fs.ModeSticky == 0 {
			return fmt.Errorf("%w: everybody may write to %s", ErrFolder, real)
		}
		up := filepath.Dir(real)
		if up == real {
			return nil
		}
		real = up
	}
}

// owner is the user who owns a file, -1 if the system does not tell.
func owner(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid)
	}
	return -1
}

// private reports whether a file is a plain one of the user's, closed to others.
func private(info fs.FileInfo) bool {
	return info.Mode() == 0o600 && owner(info) == os.Geteuid()
}

// acquire waits for the lock. Writers hold it for less than a millisecond, so one that does for two seconds is stuck.
func acquire(lock *os.File) error {
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case err != syscall.EWOULDBLOCK && err != syscall.EINTR:
			return fmt.Errorf("lock env files: %w", err)
		case time.Now().After(end):
			return ErrBusy
		}
	}
}
