package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
)

// command is a program to run, with all that it gets.
type command struct {
	path      string
	argv, env []string
}

// run runs a program beside this one, on the same terminal, and answers with its exit code as a status.
// What would end this process goes to the program, which decides.
func run(c command) error {
	cmd := &exec.Cmd{Path: c.path, Args: c.argv, Env: c.env, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, passed...)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run %s: %w", c.path, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case sig := <-signals:
			if !fromTerminal(sig) {
				_ = cmd.Process.Signal(sig) // it may have ended
			}
		case err := <-ended:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				return fmt.Errorf("run %s: %w", c.path, err)
			}
			return status(codeOf(cmd.ProcessState))
		}
	}
}
