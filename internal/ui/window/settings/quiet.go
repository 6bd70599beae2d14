package settings

import (
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/session"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// quietSpan makes the settings' span of two times of day; both empty is none. wrong says what is wrong with them.
func quietSpan(p *i18n.Printer, from, to string) (span, wrong string) {
	from, to = clean(from), clean(to)
	for _, text := range []string{from, to} {
		if _, err := time.Parse("15:04", text); text != "" && err != nil {
			return "", p.T("settings.quiet.bad", i18n.Args{"Time": desk.Plain(text)})
		}
	}
	switch {
	case from == "" && to == "":
		return "", ""
	case from == "" || to == "":
		return "", p.T("settings.quiet.half")
	case from == to:
		return "", p.T("settings.quiet.same")
	}
	span = from + "-" + to
	if _, err := session.ParseQuiet(span); err != nil {
		return "", p.T("settings.quiet.bad", i18n.Args{"Time": desk.Plain(span)})
	}
	return span, ""
}

// clean takes a time as people type it: 8:00 is 08:00, and Japanese keyboards make wide digits.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '：':
			return ':'
		}
		return r
	}, strings.TrimSpace(text))
	if len(text) == len("8:00") && text[1] == ':' {
		return "0" + text
	}
	return text
}

// parts are the two ends of a span.
func parts(span string) (from, to string, ok bool) { return strings.Cut(span, "-") }
