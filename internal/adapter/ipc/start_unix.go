//go:build !windows

package ipc

import (
	"os"
	"os/exec"
	"syscall"
)

// launch starts the agent and returns a channel that closes when it is ready or has ended.
func launch(argv []string) (<-chan struct{}, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := detached(argv)
	cmd.ExtraFiles = []*os.File{w} // becomes descriptor 3
	cmd.Env = append(environment(os.Environ()), readyFD+"=3")
	err = cmd.Start()
	_ = w.Close()
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	go func() { _ = cmd.Wait() }()
	ready := make(chan struct{})
	go func() {
		_, _ = r.Read(make([]byte, 1))
		_ = r.Close()
		close(ready)
	}()
	return ready, nil
}

// detach gives the agent a session of its own: closing the terminal or Ctrl-C there does not reach it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
