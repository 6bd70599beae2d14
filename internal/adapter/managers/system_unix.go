//go:build unix

package managers

import (
	"os"
	"os/exec"
	"syscall"
)

// neutral is the folder in which programs are asked: nobody but the system writes to it, and nothing is above it.
func neutral(func(string) string) string { return "/" }

// extensions are what a program's file may end with.
func extensions(func(string) string) []string { return []string{""} }

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// group lets cmd end with all that it started.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// reap ends what a program left behind that did not end well.
func reap(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // none is left, as a rule
	}
}
