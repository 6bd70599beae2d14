//go:build !windows

package cli

import (
	"fmt"
	"syscall"
)

// replace turns this process into another program. It returns only if that fails.
func replace(path string, argv, env []string) error {
	return fmt.Errorf("run %s: %w", path, syscall.Exec(path, argv, env))
}

// loginShell is the shell that a user works in, from $SHELL.
func loginShell(path string) string { return base(path) }
