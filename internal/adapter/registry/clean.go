package registry

import (
	"strings"
	"unicode"
)

const (
	maxText = 200 // runes of a registry's text that are shown
	hidden  = "[secret]"
)

// clean makes a text that a registry sent fit to be shown in a terminal, a notice or a log: one line of
// at most 200 runes without control, formatting, bidirectional or invisible characters, and without
// any of the texts in hide, even where they were broken up by such characters.
func clean(s string, hide []string) string {
	for _, h := range hide {
		s = strings.ReplaceAll(s, h, hidden)
	}
	s = squash(s)
	for _, h := range hide {
		if h = squash(h); h != "" {
			s = strings.ReplaceAll(s, h, hidden)
		}
	}
	if r := []rune(s); len(r) > maxText {
		return string(r[:maxText-1]) + "…"
	}
	return s
}

func squash(s string) string { return strings.Join(strings.Fields(strings.Map(visible, s)), " ") }

// visible keeps what has a glyph, turns white space into a space, and drops the rest.
func visible(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\r', unicode.Is(unicode.Zs, r), r == '\u2028', r == '\u2029':
		return ' '
	case r == unicode.ReplacementChar, !unicode.IsGraphic(r), unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), unicode.Is(unicode.Variation_Selector, r):
		return -1
	}
	return r
}
