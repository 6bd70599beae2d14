package dirs

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// ErrNotPrivate is wrapped by Private's errors about folders that are not the user's own.
var ErrNotPrivate = errors.New("folder does not belong to this user alone")

// Private makes a folder that only this user and the system may enter, and its parents.
func Private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make private folder: %w", err)
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("ask who the user is: %w", err)
	}
	// P: nothing is inherited from the parent. OICI: files inside get the same.
	sd, err := windows.SecurityDescriptorFromString("D:P(A;OICI;FA;;;" + user.User.Sid.String() + ")(A;OICI;FA;;;SY)")
	if err != nil {
		return fmt.Errorf("describe private folder: %w", err)
	}
	acl, _, err := sd.DACL()
	if err != nil {
		return fmt.Errorf("describe private folder: %w", err)
	}
	info := windows.SECURITY_INFORMATION(windows.DACL_SECURITY_INFORMATION | windows.PROTECTED_DACL_SECURITY_INFORMATION)
	if err := windows.SetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, info, nil, nil, acl, nil); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrNotPrivate, dir, err)
	}
	return nil
}

// own is never asked on Windows, which has no XDG_RUNTIME_DIR.
func own(string) bool { return false }
