package tray

import (
	"strings"
	"time"
	"unicode"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// Item is one entry of the menu.
type Item struct {
	Key       string // the entry's place, the same from one menu to the next
	Label     string // as the user reads it
	Disabled  bool   // a text, not a button
	Separator bool
	Do        Do // what a click means
}

// Do is what a click asks for. One of its fields is set, and Room with api.VerbShow; the zero value asks
// for nothing.
type Do struct {
	Login string        // log in to this registry
	Page  string        // open this login page
	Pause time.Duration // hold back notices so long, counted from the click
	Verb  api.Verb      // a change of state without arguments
	Room  api.Room      // where the window opens
}

// The places of the menu, from top to bottom. Separators lie before keyFindings and keyQuit.
const (
	keyStatus   = "status"
	keySession  = "session." // with a number from 0
	keyMore     = "more"
	keyPage     = "page." // with a number from 0
	keyFindings = "findings"
	keyOpen     = "open"
	keyPause    = "pause"
	keyLock     = "lock"
	keySettings = "settings"
	keyQuit     = "quit"
	keyLine     = "line." // a separator, with a number from 0
	keyIcon     = "icon"  // not in the menu: the icon itself, where a click on it is not one for the menu
)

const (
	maxSessions = 10 // lines before "more"
	maxPages    = 3  // login pages that wait at the same time
	maxName     = 48 // characters of a name
	pauseFor    = time.Hour
)

// clean makes a name from outside fit for a line: no control characters, no marks that turn the
// direction of writing, and not so long that it pushes the time off the screen.
func clean(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName-1]) + "…"
	}
	return name
}
