// Package hook holds the static files that a shell loads at its start: before each prompt and command
// they look whether the env file has a new generation, in pure shell, by one system call. They hold no
// secret and are the same for every user. The package is pure and light: the command line prints them.
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
