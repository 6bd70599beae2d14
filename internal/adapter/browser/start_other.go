//go:build !unix || darwin

package browser

import (
	"os/exec"
	"path/filepath"
	"runtime"
)

// possible returns ErrNoBrowser in an SSH session to a Mac: "open" would show the page on a screen
// that the user is not at. Windows tells no such thing.
func possible(getenv func(string) string) error {
	if runtime.GOOS == "darwin" && (getenv("SSH_CONNECTION") != "" || getenv("SSH_TTY") != "") {
		return ErrNoBrowser
	}
	return nil
}

func start(page string) error { return byLibrary(page) }

// reveal shows a folder, or that of a file. On a Mac a folder can be a program, too: it is shown in the one above.
func reveal(path string, folder bool) error {
	if runtime.GOOS == "darwin" {
		return exec.Command("open", "-R", path).Run()
	}
	if !folder {
		path = filepath.Dir(path)
	}
	return byLibrary(fileURL(path))
}
