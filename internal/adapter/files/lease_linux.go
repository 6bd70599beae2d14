package files

import (
	"errors"

	"golang.org/x/sys/unix"
)

// beingWritten reports whether somebody has the file open for writing, even if not a byte has come
// yet: the kernel grants no read lease on such a file. Where there are no leases it says no.
func beingWritten(fd int) bool {
	_, err := unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_RDLCK)
	if err == nil {
		_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, unix.F_UNLCK)
	}
	return errors.Is(err, unix.EAGAIN)
}
