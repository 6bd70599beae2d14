package ipc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"

	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
)

// Listen opens the agent's pipe. Only this user and the system may use it, and nobody from another
// machine. ErrRunning if another agent, or somebody who squats on the name, has it: the first
// instance of a pipe belongs to one process. The pipe ends with its process.
func Listen(dir string) (net.Listener, error) {
	if err := dirs.Private(dir); err != nil {
		return nil, fmt.Errorf("open runtime folder: %w", err)
	}
	sid, err := userSID()
	if err != nil {
		return nil, err
	}
	ln, err := winio.ListenPipe(pipeName(sid, dir), &winio.PipeConfig{
		SecurityDescriptor: "D:P(A;;GA;;;" + sid + ")(A;;GA;;;SY)",
		InputBufferSize:    64 << 10,
		OutputBufferSize:   64 << 10,
	})
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return nil, ErrRunning
	}
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return ln, nil
}

func dial(ctx context.Context, dir string) (net.Conn, error) {
	sid, err := userSID()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	conn, err := winio.DialPipeContext(ctx, pipeName(sid, dir))
	if err != nil {
		return nil, err
	}
	if err := ownedBy(conn, sid); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// pipeName has the runtime folder in it, shortened to a digest: pipes have no folders, and a demo
// beside the real agent must not meet it.
func pipeName(sid, dir string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(filepath.Clean(dir))))
	return `\\.\pipe\sandglass-` + sid + "-" + hex.EncodeToString(sum[:4])
}

func userSID() (string, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return "", fmt.Errorf("ask who the user is: %w", err)
	}
	return user.User.Sid.String(), nil
}

// ownedBy refuses a pipe that another user has opened under our name.
func ownedBy(conn net.Conn, sid string) error {
	h, ok := conn.(interface{ Fd() uintptr })
	if !ok {
		return errors.New("ask who answers: not a pipe")
	}
	var pid uint32
	if err := windows.GetNamedPipeServerProcessId(windows.Handle(h.Fd()), &pid); err != nil {
		return fmt.Errorf("ask who answers: %w", err)
	}
	proc, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return fmt.Errorf("ask who answers: %w", err)
	}
	defer windows.CloseHandle(proc)
	var tok windows.Token
	if err := windows.OpenProcessToken(proc, windows.TOKEN_QUERY, &tok); err != nil {
		return fmt.Errorf("ask who answers: %w", err)
	}
	defer tok.Close()
	user, err := tok.GetTokenUser()
	if err != nil {
		return fmt.Errorf("ask who answers: %w", err)
	}
	if user.User.Sid.String() != sid {
		return errors.New("the pipe belongs to another user")
	}
	return nil
}
