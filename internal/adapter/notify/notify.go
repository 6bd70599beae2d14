// Package notify shows desktop notifications with buttons, and tells whether a tray host is there and
// on which ground its icons stand.
//
// On Linux it speaks org.freedesktop.Notifications over a D-Bus connection of its own: the shared one
// of godbus belongs to the tray library, which stops listening at the first signal that it does not
// know. The connection is made when it is first needed and again after it broke; a notification
// service that restarts is found again, and the notices that it took with it are told as closed.
// A notice whose ID is already on the screen replaces that one. Where the service shows no buttons,
// the body ends with a line that says where else to press.
//
// On Windows and macOS there are no notices yet: Available is false and Show returns ErrUnavailable.
package notify

import (
	"errors"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// ErrUnavailable says that no notification service answers on this machine.
var ErrUnavailable = errors.New("no notification service answers")

var _ agent.Notices = (*Service)(nil)

// Options say how notices look.
type Options struct {
	// App is the program's name as the user knows it.
	App string
	// Desktop is the name of the program's desktop entry without ".desktop".
	Desktop string
	// Icon is the picture beside the text: a name of the icon theme, or the absolute path of a file.
	Icon string
	// NoButtons is the line that takes the place of the buttons where the service shows none. It is
	// asked for each notice, so that it follows the language. nil: no line.
	NoButtons func() string
}
