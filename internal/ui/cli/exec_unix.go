//go:build !windows

package cli

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// replace turns this process into another program. It returns only if that fails.
func replace(path string, argv, env []string) error {
	return fmt.Errorf("run %s: %w", path, syscall.Exec(path, argv, env))
}

// passed are the signals that are for the program that is run.
var passed = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

// fromTerminal reports whether the program got a signal by itself: keys of the terminal send it to all who
// are in front.
func fromTerminal(sig os.Signal) bool {
	return (sig == syscall.SIGINT || sig == syscall.SIGQUIT) && inFront()
}

// inFront reports whether this process is one of those that the terminal listens to.
func inFront() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	front, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && front == unix.Getpgrp()
}

// codeOf is a program's exit code, as shells tell it where a signal ended it.
func codeOf(p *os.ProcessState) int {
	if st, ok := p.Sys().(syscall.WaitStatus); ok && st.Signaled() {
		return 128 + int(st.Signal())
	}
	return p.ExitCode()
}

// loginShell is the shell that a user works in, from $SHELL.
func loginShell(path string) string { return base(path) }
