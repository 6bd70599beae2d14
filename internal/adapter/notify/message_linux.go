package notify

import (
	"strings"
	"unicode"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// bodyAction is the key that the desktop gives to a click on the notice itself.
const bodyAction = "default"

// maxText is the most characters of a title or body: a desktop draws no more, and a registry may send
// any number.
const maxText = 600

// message is a notice in the words of the desktop's protocol.
type message struct {
	title, body string
	actions     []string // key and label by turns
	hints       map[string]dbus.Variant
	expire      int32 // milliseconds; -1: as the service likes; 0: never
}

// compose puts a notice into words that the service can show.
func compose(n agent.Notice, caps map[string]bool, opts Options) message {
	m := message{title: clean(n.Title), body: clean(n.Body), actions: []string{}, expire: -1}
	urgency := byte(1)
	if n.Critical {
		urgency, m.expire = 2, 0
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
			m.actions = append(m.actions, b.Key, clean(b.Label))
		}
	case opts.NoButtons != nil:
		m.body = strings.TrimSpace(m.body + "\n" + clean(opts.NoButtons()))
	}
	if caps["body-markup"] {
		m.body = escape.Replace(m.body)
	}
	return m
}

// escape takes the meaning from what a desktop would read as markup.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// clean takes out what would change how the rest of a text is shown: control characters but the line
// feed, and the marks that turn the direction of writing or take no room.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText]) + "…"
	}
	return text
}
