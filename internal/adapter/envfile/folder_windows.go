package envfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// openFolder makes dir if need be, gives it to the user and the system alone, and opens it.
func openFolder(dir string) (*os.Root, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of env files: %w", err)
	}
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is not a folder, or a link", ErrFolder, dir)
	}
	if err := closeToOthers(dir); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFolder, dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder of env files: %w", err)
	}
	return root, nil
}

// closeToOthers replaces the access list: the user and the system, inherited by the files in it and
// inheriting nothing.
func closeToOthers(dir string) error {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	sd, err := windows.SecurityDescriptorFromString("D:P(A;OICI;FA;;;" + user.User.Sid.String() + ")(A;OICI;FA;;;SY)")
	if err != nil {
		return err
	}
	list, _, err := sd.DACL()
	if err != nil {
		return err
	}
	const what = windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION
	return windows.SetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, what, nil, nil, list, nil)
}

// private reports whether a file is a plain one: the folder's access list covers it.
func private(info fs.FileInfo) bool { return info.Mode().IsRegular() }

// acquire waits for the lock. Writers hold it for milliseconds, so one that does for two seconds is stuck.
func acquire(lock *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		err := windows.LockFileEx(windows.Handle(lock.Fd()), flags, 0, 1, 0, new(windows.Overlapped))
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, windows.ERROR_LOCK_VIOLATION) && !errors.Is(err, windows.ERROR_IO_PENDING):
			return fmt.Errorf("lock env files: %w", err)
		case time.Now().After(end):
			return ErrBusy
		}
	}
}
