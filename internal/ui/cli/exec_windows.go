package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
)

// replace runs another program in place of this one, which waits and takes over its exit code: Windows
// cannot turn one process into another. Ctrl-C goes to the program, which decides.
func replace(path string, argv, env []string) error {
	cmd := &exec.Cmd{Path: path, Args: argv, Env: env, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	signal.Ignore(os.Interrupt)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return status(0)
	case errors.As(err, &exit):
		return status(exit.ExitCode())
	}
	return fmt.Errorf("run %s: %w", path, err)
}

// loginShell is the shell that a user works in. $SHELL is set by Git Bash only.
func loginShell(path string) string {
	if path == "" {
		return "pwsh"
	}
	return base(path)
}
