//go:build !windows

package shellrc

import (
	"os/exec"
	"syscall"
)

// systemHanded are variables that only this system has.
var systemHanded []string

func foldName(name string) string { return name }

// alone gives a command a session of its own: no terminal can be asked, and all of it is killed together.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
