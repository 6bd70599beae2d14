//go:build !windows

package ipc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
)

const (
	socketName = "agent.sock"
	lockName   = "agent.lock"
)

// Listen opens the agent's socket in dir (mode 0600 in a folder made 0700). ErrRunning if another
// agent answers there; a socket that a killed agent left behind is replaced. Close removes the socket.
func Listen(dir string) (net.Listener, error) {
	path := filepath.Join(dir, socketName)
	if len(path) >= len(syscall.RawSockaddrUnix{}.Path) {
		return nil, fmt.Errorf("%w (%d bytes): set XDG_RUNTIME_DIR to a shorter folder: %s", ErrPath, len(path), path)
	}
	if err := dirs.Private(dir); err != nil {
		return nil, fmt.Errorf("open runtime folder: %w", err)
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := clear(path); err != nil {
		return nil, err
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	ln.SetUnlinkOnClose(false)
	if err := os.Chmod(path, 0o600); err != nil {
		_ = ln.Close()
		return nil, fmt.Errorf("close socket to others: %w", err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		_ = ln.Close()
		return nil, fmt.Errorf("look at socket: %w", err)
	}
	return &listener{UnixListener: ln, dir: dir, path: path, info: info}, nil
}

// clear makes room for a socket at path, unless an agent listens there: one that is too busy to take
// a call (EAGAIN) lives all the same.
func clear(path string) error {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
	switch {
	case err == nil:
		_ = conn.Close()
		return ErrRunning
	case errors.Is(err, syscall.EAGAIN):
		return ErrRunning
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case !errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("ask for another agent: %w", err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove stale socket: %w", err)
	}
	return nil
}

// listener removes its own socket when it closes, and never the one of an agent that came after it.
type listener struct {
	*net.UnixListener
	dir, path string
	info      os.FileInfo
	once      sync.Once
}

func (l *listener) Close() error {
	l.once.Do(func() {
		unlock, err := lock(l.dir)
		if err != nil {
			return
		}
		defer unlock()
		if now, err := os.Lstat(l.path); err == nil && os.SameFile(now, l.info) {
			_ = os.Remove(l.path)
		}
	})
	return l.UnixListener.Close()
}

// lock takes the lock file of dir, which is never removed: two agents must not lock two files of one
// name. It is held for moments only, so waiting for it is fine.
func lock(dir string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("take lock file: %w", err)
	}
	return func() { _ = f.Close() }, nil
}

func dial(ctx context.Context, dir string) (net.Conn, error) {
	addr := &net.UnixAddr{Name: filepath.Join(dir, socketName), Net: "unix"}
	last := time.Now().Add(connectTime)
	conn, err := net.DialUnix("unix", nil, addr)
	for errors.Is(err, syscall.EAGAIN) && time.Now().Before(last) && ctx.Err() == nil {
		pause(ctx, 20*time.Millisecond)
		conn, err = net.DialUnix("unix", nil, addr)
	}
	if err != nil {
		return nil, err
	}
	// Somebody else's socket gets nothing from us, not even a question.
	if _, err := peerOf(conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}
