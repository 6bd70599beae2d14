// Package autostart has the desktop start the agent when the user logs in, and no longer.
//
// It writes what the desktop itself reads, for this user alone: on Linux an entry in the autostart folder of the
// user's configuration (Autostart and Desktop Entry specifications), which is read once the graphical session
// stands; on macOS a file in the folder of launch agents, for sessions with a screen; on Windows a value of the
// user's Run key. Each counts from the next login; nothing is started or ended now. What the user or the desktop's
// own settings switched off there is off, and is told so. A file that the user edited stays theirs: only the
// switch in it is turned. Files are replaced whole or not at all. It is safe for concurrent use.
package autostart

import (
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

var _ agent.Autostart = (*Entry)(nil)

// id names the entry, as appID does the window.
const id = "dev.sandglass.Sandglass"

// Errors of an Entry.
var (
	// ErrProgram says that the program's path cannot stand in an entry.
	ErrProgram = errors.New("the path of the program cannot be used: it must be absolute, in UTF-8, and hold no control characters, on Linux neither = nor %")
	// ErrHeld says that the entry is on, and something else in it keeps the desktop from starting the program.
	ErrHeld = errors.New("the entry holds the program back")
	// ErrOpen says that somebody else could put another program in the place of this one.
	ErrOpen = errors.New("other users may write there; move the program to a folder that is yours alone")
	// ErrForm says that a file is not what it should be.
	ErrForm = errors.New("cannot be understood")
)

// Options say what is started.
type Options struct {
	// Program is the absolute path of the program, which is started without arguments.
	Program string
	// Home is the user's home folder.
	Home string
	// Env reads variables, as os.Getenv does.
	Env func(string) string
}

// usable returns ErrProgram where no entry could name the program.
func usable(program string) error {
	if !filepath.IsAbs(program) || !utf8.ValidString(program) || strings.ContainsFunc(program, unicode.IsControl) {
		return ErrProgram
	}
	// The specification forbids the first one. The second one it wants written twice, but GLib, which starts the
	// entries of several desktops, then looks for a program whose name has two.
	if runtime.GOOS == "linux" && strings.ContainsAny(program, "=%") {
		return ErrProgram
	}
	return nil
}
