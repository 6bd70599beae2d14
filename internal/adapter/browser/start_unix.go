//go:build unix && !darwin

package browser

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// possible returns ErrNoBrowser where a browser could not be seen: without a display, or in an SSH
// session, where it would open on a screen that the user is not at. $BROWSER overrules both.
func possible(getenv func(string) string) error {
	if getenv("BROWSER") != "" {
		return nil
	}
	if getenv("SSH_CONNECTION") != "" || getenv("SSH_TTY") != "" {
		return ErrNoBrowser
	}
	if getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "" {
		return ErrNoBrowser
	}
	return nil
}

// start runs the programs of $BROWSER in turn until one is content, else the system's own way.
func start(page string) error {
	commands := os.Getenv("BROWSER")
	if commands == "" {
		return missing(byLibrary(page))
	}
	last := error(ErrNoBrowser)
	for command := range strings.SplitSeq(commands, ":") {
		argv := arguments(command, page)
		if len(argv) == 0 {
			continue
		}
		cmd := exec.Command(argv[0], argv[1:]...)
		if output.File != nil {
			cmd.Stdout, cmd.Stderr = output.File, output.File
		}
		if last = missing(cmd.Run()); last == nil {
			return nil
		}
	}
	return last
}

// arguments splits one command of $BROWSER, without a shell: %s stands for the page, which else comes last.
func arguments(command, page string) []string {
	argv := strings.Fields(command)
	placed := false
	for i := 1; i < len(argv); i++ {
		if strings.Contains(argv[i], "%s") {
			argv[i], placed = strings.ReplaceAll(argv[i], "%s", page), true
		}
	}
	if len(argv) > 0 && !placed {
		argv = append(argv, page)
	}
	return argv
}

// reveal shows a folder, or that of a file.
func reveal(path string, folder bool) error {
	if !folder {
		path = filepath.Dir(path)
	}
	return missing(byLibrary(fileURL(path)))
}

// missing turns "no such program" into ErrNoBrowser.
func missing(err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, exec.ErrDot) || errors.Is(err, os.ErrNotExist) {
		return ErrNoBrowser
	}
	return err
}
