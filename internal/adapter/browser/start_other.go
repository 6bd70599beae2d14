//go:build !unix || darwin

package browser

import "runtime"

// possible returns ErrNoBrowser in an SSH session to a Mac: "open" would show the page on a screen
// that the user is not at. Windows tells no such thing.
func possible(getenv func(string) string) error {
	if runtime.GOOS == "darwin" && (getenv("SSH_CONNECTION") != "" || getenv("SSH_TTY") != "") {
		return ErrNoBrowser
	}
	return nil
}

func start(page string) error { return byLibrary(page) }
