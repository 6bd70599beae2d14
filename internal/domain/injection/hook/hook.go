// Package hook holds the static files that a shell loads at its start: before each prompt and command
// they look whether the env file has a new generation, in pure shell, by one system call. They hold no
// secret and are the same for every user. The package is pure and light: the command line prints them.
//
// Two things make a hook start a program, `sandglass` by its absolute path from PATH, and both only in a
// shell that somebody types into. Before a package manager runs while a session is over: `sandglass ensure
// -- <command>`, whose standard error is the terminal, which catches an interrupt, and after which the command
// runs whatever came of it. And at the first prompt in a folder below config files of package managers that
// this shell has not asked about: `sandglass check --hook`, whose exit status counts for nothing.
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
