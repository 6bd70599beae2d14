package access

import (
	"strings"
	"unicode"
)

// longestShown is how much of a text from outside is passed on, in characters.
const longestShown = 512

// Clean makes a text from outside fit to be shown and to be put into a file: on one line, without what draws nothing or
// turns the text around it, and not too long.
func Clean(text string) string {
	n := 0
	text = strings.Map(func(r rune) rune {
		if n++; n > longestShown {
			return -1
		}
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.TrimSpace(text)
}

func cleanAll(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = Clean(t)
	}
	return out
}
