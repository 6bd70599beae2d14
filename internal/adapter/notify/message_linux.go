package notify

import (
	"strings"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// bodyAction is the key that the desktop gives to a click on the notice itself.
const bodyAction = "default"

// message is a notice in the words of the desktop's protocol.
type message struct {
	title, body string
	actions     []string // key and label by turns
	hints       map[string]dbus.Variant
	expire      int32 // milliseconds; -1: as the service likes; 0: never
}

// urgency is what every notice is sent with. The next step up, critical, breaks through do-not-disturb
// on all desktops, and no session is worth that.
const urgency = byte(1)

// compose puts a notice into words that the service can show. A critical one stays until somebody acts.
func compose(n agent.Notice, caps map[string]bool, opts Options) message {
	m := message{title: clean(n.Title, maxText), body: clean(n.Body, maxText), actions: []string{}, expire: -1}
	if n.Critical {
		m.expire = 0
	}
	m.hints = map[string]dbus.Variant{
		"urgency":       dbus.MakeVariant(urgency),
		"desktop-entry": dbus.MakeVariant(opts.Desktop),
	}
	switch {
	case len(n.Buttons) == 0:
	case caps["actions"]:
		m.actions = append(m.actions, bodyAction, "") // a label would make it one more button on some desktops
		for _, b := range n.Buttons {
			m.actions = append(m.actions, b.Key, clean(b.Label, maxText))
		}
	case opts.NoButtons != nil:
		m.body = strings.TrimSpace(m.body + "\n" + clean(opts.NoButtons(), maxText))
	}
	if caps["body-markup"] {
		m.body = escape.Replace(m.body)
	}
	return m
}

// escape takes the meaning from what a desktop would read as markup.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
