package notify

import (
	"strings"
	"unicode"
)

// maxText is the most characters of a title or body: a desktop draws no more, and a registry may send
// any number.
const maxText = 600

// clean makes a text one that may stand in a notice, with so many characters at the most. It takes out
// what would change how the rest is shown: control characters but the line feed, and the marks that turn
// the direction of writing or take no room.
func clean(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
