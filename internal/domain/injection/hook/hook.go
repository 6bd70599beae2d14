// Package hook holds the static files that a shell loads at its start: before each prompt and command
// they look whether the env file has a new generation, in pure shell, by one system call. They hold no
// secret and are the same for every user. The package is pure and light: the command line prints them.
//
// Two things make a hook start a program, `sandglass` by its absolute path from PATH, and both only in a
// shell that somebody types into. Before a package manager runs while a session is over: `sandglass ensure
// -- <command>`, whose standard error is the terminal, which catches an interrupt, and after which the command
// runs whatever came of it. And on entering another project, which is a folder with config files of package
// managers (injection.ConfigNames) in it or above it: `sandglass check --hook`.
//
// It is asked again before a package manager whose project has changed since, because a file came, went, is not
// older than the question, or is a link; and with a folder, if a flag (-C, --prefix, --dir, --cwd) names one. The
// times of files and folders tell that. Bash, zsh and fish hold them against an empty file of the shell's own in
// <runtime>/exec: the folder must be there, and the agent sweeps it. To them a file of an older time that takes
// another one's place (mv, tar) is the same.
//
// Where check has no answer, which is any exit status but 0, all variables that Sandglass named are empty in that
// folder, and the next package manager makes for another question. Without a sandglass in PATH none is asked.
//
// What that prints keeps package managers in the project from being led astray, until the shell leaves it. A
// line NAME=VALUE is a setting, exported unless the shell has such a variable; a line NAME is a variable that is
// to be empty, where SG_ is all that Sandglass named. No line is ever evaluated. SANDGLASS_SEALED and
// SANDGLASS_WITHHELD say in the environment which they are: a shell that is started there knows by them what to
// undo elsewhere.
//
// Bash and zsh see the change of folder at the next prompt and before the next package manager, fish at the next
// prompt and at the change itself in a line that runs one, the others at the next prompt alone. Bash and zsh see
// changed files right before the package manager, the others before the line that runs one: there `git pull; npm ci`
// in one line escapes.
//
// Bash and zsh know a package manager by a function of its name, which sees the arguments as they are. The
// others know it by the text of the line: a function of fish's cannot run in the background, one of
// PowerShell's loses the command's success, and one of nushell's its completions.
package hook

import (
	"embed"
	"fmt"
	"strings"

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
	return filled(name, string(data)), nil
}

// filled puts the names of config files into a hook file: all of them for the word CONFIG_NAMES, and for a
// test of CONFIG_NAME one that tests each of them, which is quicker than a loop.
func filled(name, text string) string {
	or, list := " || ", strings.Join(injection.ConfigNames, " ")
	switch name {
	case "hook.fish":
		or = " -o "
	case "hook.ps1":
		list = "'" + strings.Join(injection.ConfigNames, "', '") + "'"
	}
	const test = "-e $dir/"
	return strings.NewReplacer("CONFIG_NAMES", list, test+"CONFIG_NAME", test+strings.Join(injection.ConfigNames, or+test)).Replace(text)
}
