package ipc

import (
	"fmt"
	"net"

	"golang.org/x/sys/windows"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// peerOf tells which process is at the other end. The pipe's ACL has let in none but this user's.
func peerOf(conn net.Conn) (api.Peer, error) {
	h, ok := conn.(interface{ Fd() uintptr })
	if !ok {
		return api.Peer{}, nil
	}
	var pid uint32
	if err := windows.GetNamedPipeClientProcessId(windows.Handle(h.Fd()), &pid); err != nil {
		return api.Peer{}, fmt.Errorf("ask who calls: %w", err)
	}
	return api.Peer{PID: int(pid)}, nil
}

// program is the executable of a process, "" if it has ended or may not be looked at.
func program(pid int) string {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return ""
	}
	defer windows.CloseHandle(h)
	buf := make([]uint16, windows.MAX_LONG_PATH)
	n := uint32(len(buf))
	if windows.QueryFullProcessImageName(h, 0, &buf[0], &n) != nil {
		return ""
	}
	return windows.UTF16ToString(buf[:n])
}
