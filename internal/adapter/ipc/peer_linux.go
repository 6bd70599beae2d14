package ipc

import (
	"os"
	"strconv"
	"syscall"
)

func credentials(fd int) (uid, pid int, err error) {
	c, err := syscall.GetsockoptUcred(fd, syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	if err != nil {
		return 0, 0, err
	}
	return int(c.Uid), int(c.Pid), nil
}

// program is the executable of a process, "" if it has ended or may not be looked at.
func program(pid int) string {
	path, _ := os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe")
	return path
}
