//go:build !windows

package ipc

import (
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// peerOf tells which process is at the other end. It is an error if that is not one of this user's.
func peerOf(conn net.Conn) (api.Peer, error) {
	uc, ok := conn.(*net.UnixConn)
	if !ok {
		return api.Peer{}, errors.New("ask who calls: not a unix socket")
	}
	raw, err := uc.SyscallConn()
	if err != nil {
		return api.Peer{}, fmt.Errorf("ask who calls: %w", err)
	}
	var uid, pid int
	var credErr error
	if err := raw.Control(func(fd uintptr) { uid, pid, credErr = credentials(int(fd)) }); err != nil {
		return api.Peer{}, fmt.Errorf("ask who calls: %w", err)
	}
	if credErr != nil {
		return api.Peer{}, fmt.Errorf("ask who calls: %w", credErr)
	}
	if uid != os.Geteuid() {
		return api.Peer{}, fmt.Errorf("caller has user id %d, not %d", uid, os.Geteuid())
	}
	return api.Peer{PID: pid}, nil
}
