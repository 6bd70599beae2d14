// Package notify shows desktop notifications with buttons, and tells whether a tray host is there and
// on which ground its icons stand.
//
// A notice whose ID is already on the screen replaces that one. Every system's do-not-disturb is followed:
// a critical notice asks to stay, never to break through. Texts come from registries and files: what
// would change how the rest is shown is taken out, and none of it is read as markup.
//
// On Linux it speaks org.freedesktop.Notifications over a D-Bus connection of its own: the shared one
// of godbus belongs to the tray library, which stops listening at the first signal that it does not
// know. The connection is made when it is first needed and again after it broke; a notification
// service that restarts is found again, and the notices that it took with it are told as closed.
// Where the service shows no buttons, the body ends with a line that says where else to press.
//
// On Windows a notice is a toast, and there is one at a time, for the library that shows them gives
// none a name to be replaced by. What a button gives back is a random word that only this process knows.
// Its way through PowerShell is never taken: that would read what a text holds as a script. A toast
// that is wiped away is not told as gone.
//
// On macOS it is a request to UNUserNotificationCenter, which answers only programs in a signed bundle:
// the agent as a bare program has no notices there. The user is asked for leave at the first notice.
//
// Where there are none, Available is false and Show returns ErrUnavailable; the tray says it then.
// The parts for Windows and macOS were built and type-checked, and what they share with others tested; they
// have not been run there.
package notify

import (
	"errors"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// ErrUnavailable says that no notification service answers on this machine.
var ErrUnavailable = errors.New("no notification service answers")

// callLimit ends a call to a service that hangs.
const callLimit = 5 * time.Second

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
