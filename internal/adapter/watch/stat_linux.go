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
		return st.Ctim.Nano()
	}
	return 0
}

// linked tells whether the file has a second name: a write through that one is told to nobody who
// watches this one's folder. Nor is the making of a second name: it is found at the next look.
func linked(i os.FileInfo) bool {
	st, ok := i.Sys().(*syscall.Stat_t)
	return ok && i.Mode().IsRegular() && st.Nlink > 1
}
