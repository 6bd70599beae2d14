//go:build unix

package chromium

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup lets the program and its children be ended together.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) } // ESRCH: all have ended
