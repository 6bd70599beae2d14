package cli

import "os"

// replace runs another program in place of this one, which waits and takes over its exit code: Windows
// cannot turn one process into another.
func replace(path string, argv, env []string) error {
	return run(command{path: path, argv: argv, env: env})
}

// passed are the signals that are for the program that is run.
var passed = []os.Signal{os.Interrupt}

// fromTerminal reports whether the program got a signal by itself: Ctrl-C goes to all of a console.
func fromTerminal(os.Signal) bool { return true }

// codeOf is a program's exit code.
func codeOf(p *os.ProcessState) int { return p.ExitCode() }

// loginShell is the shell that a user works in. $SHELL is set by Git Bash only.
func loginShell(path string) string {
	if path == "" {
		return "pwsh"
	}
	return base(path)
}

// inFront reports whether somebody can answer: Windows' consoles know no background.
func inFront() bool { return true }
