// Package hook holds the static files that a shell loads at its start: before each prompt and command
// they look whether the env file has a new generation, in pure shell, by one system call. They hold no
// secret and are the same for every user. The package is pure and light: the command line prints them.
//
// Two things make a hook start a program, `sandglass` by its absolute path from PATH, and both only in a
// shell that somebody types into. Before a package manager runs while a session is over: `sandglass ensure
// -- <command>`, whose standard error is the terminal, which catches an interrupt, and after which the command
// runs whatever came of it. And on entering another project, which is a folder with config files of package
// managers: `sandglass check --hook`, whose exit status counts for nothing.
//
// What that prints keeps package managers in the project from being led astray, until the shell leaves it. A
// line NAME=VALUE is a setting, exported unless the shell has such a variable; a line NAME is a variable that is
// to be empty. No line is ever evaluated. SANDGLASS_SEALED and SANDGLASS_WITHHELD say in the environment which
// they are: a shell that is started there knows by them what to undo elsewhere.
//
// Bash and zsh see the change of folder at the next prompt and before the next package manager, fish at the next
// prompt and at the change itself in a line that runs one, the others at the next prompt alone.
//
// Bash and zsh know a package manager by a function of its name, which sees the arguments as they are. The
// others know it by the text of the line: a function of fish's cannot run in the background, one of
// PowerShell's loses the command's success, and one of nushell's its completions.
package hook

import (
	"embed"
	"fmt"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

//go:embed hook.*sh hook.ps1 hook.nu
var files embed.FS

// names are the hook files by shell, under every name that a shell goes by.
var names = map[string]string{
	"bash": "hook.bash", "zsh": "hook.zsh", "fish": "hook.fish",
	"pwsh": "hook.ps1", "powershell": "hook.ps1", "nu": "hook.nu", "nushell": "hook.nu",
}

// Text returns the hook file of a shell: bash, zsh, fish, pwsh or nu. Errors wrap injection.ErrShell.
func Text(shell string) (string, error) {
	name, ok := names[shell]
	if !ok {
		return "", fmt.Errorf("%w: %q", injection.ErrShell, shell)
	}
	data, err := files.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("read hook of %s: %w", shell, err)
	}
	return string(data), nil
}
