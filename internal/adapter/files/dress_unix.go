//go:build unix

package files

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

const accessList = "system.posix_acl_access" // Linux's name; other systems have none of it

// dress gives the temporary file the owner, attributes and mode of the one that it replaces. The mode
// comes last and is never wider than it was.
func dress(temp, was *os.File, private bool) error {
	fd := int(temp.Fd())
	_ = unix.Fremovexattr(fd, accessList) // inherited from the folder; the file's own comes below
	if was == nil || private {
		return chmod(fd, 0o600)
	}
	var old, fresh unix.Stat_t
	if err := unix.Fstat(int(was.Fd()), &old); err != nil {
		return fmt.Errorf("look: %w", err)
	}
	if err := unix.Fstat(fd, &fresh); err != nil {
		return fmt.Errorf("look: %w", err)
	}
	mode := uint32(old.Mode) & 0o777
	if old.Uid != fresh.Uid || old.Gid != fresh.Gid {
		if err := unix.Fchown(fd, int(old.Uid), int(old.Gid)); err != nil {
			if old.Uid != fresh.Uid {
				return fmt.Errorf("keep owner: %w", err)
			}
			// The file falls to another group, which gets no more than everybody.
			mode &= 0o707 | mode<<3&0o070
		}
	}
	copyAttributes(fd, int(was.Fd()))
	return chmod(fd, mode)
}

func chmod(fd int, mode uint32) error {
	if err := unix.Fchmod(fd, mode); err != nil {
		return fmt.Errorf("set mode: %w", err)
	}
	return nil
}

// copyAttributes copies access list, security label and the user's own attributes. What the system
// does not let us copy stays behind: content and mode matter more.
func copyAttributes(to, from int) {
	size, err := unix.Flistxattr(from, nil)
	if err != nil || size <= 0 {
		return
	}
	list := make([]byte, size)
	if size, err = unix.Flistxattr(from, list); err != nil {
		return
	}
	for name := range bytes.SplitSeq(list[:size], []byte{0}) {
		if attr := string(name); attr != "" && !strings.HasPrefix(attr, "com.apple.quarantine") {
			copyAttribute(to, from, attr)
		}
	}
}

func copyAttribute(to, from int, name string) {
	size, err := unix.Fgetxattr(from, name, nil)
	if err != nil {
		return
	}
	value := make([]byte, size)
	if size, err = unix.Fgetxattr(from, name, value); err == nil {
		_ = unix.Fsetxattr(to, name, value[:size], 0)
	}
}
