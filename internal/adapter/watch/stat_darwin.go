package watch

import (
	"os"
	"syscall"
)

// nonblock keeps open from waiting for the other end of a pipe.
const nonblock = syscall.O_NONBLOCK

// changeTime is the inode's time of change in ns, which no program can set back.
func changeTime(i os.FileInfo) int64 {
	if st, ok := i.Sys().(*syscall.Stat_t); ok {
		return st.Ctimespec.Nano()
	}
	return 0
}

// linked does not matter here: every file is polled.
func linked(os.FileInfo) bool { return false }
