//go:build !windows

package dirs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// ErrNotPrivate is wrapped by Private's errors about folders that are not the user's own.
var ErrNotPrivate = errors.New("folder does not belong to this user alone")

// Private makes a folder with mode 0700, and its parents. A folder of the user's own that is open to
// others is closed; one that is a link or belongs to somebody else is refused with ErrNotPrivate.
func Private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make private folder: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at private folder: %w", err)
	}
	if !info.IsDir() || !mine(info) {
		return fmt.Errorf("%w: %s", ErrNotPrivate, dir)
	}
	if info.Mode().Perm() != 0o700 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return fmt.Errorf("close private folder: %w", err)
		}
	}
	return nil
}

// own reports whether dir is a folder of this user that nobody else may enter.
func own(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir() && mine(info) && info.Mode().Perm() == 0o700
}

func mine(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}
