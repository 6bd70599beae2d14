//go:build unix && !linux

package discover

import (
	"os"
	"syscall"
)

// device is the file system that a folder lies on.
func device(i os.FileInfo) uint64 {
	if st, ok := i.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Dev)
	}
	return 0
}
