package finding

import (
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
)

// maxLine is how much of a line is looked at. What a reporter writes as JSON may be longer.
const maxLine = 32 << 10

// pattern is compiled when it is first asked for: most commands read no failure at all.
type pattern func() *regexp.Regexp

func lazy(text string) pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// find returns the groups of the first match, or nil.
func (p pattern) find(s string) []string { return p().FindStringSubmatch(s) }

func (p pattern) in(s string) bool { return p().MatchString(s) }

// line is a line of the text without colours and without what was put before it.
type line struct {
	text string
	at   time.Time // by a stamp before it
}

var (
	// escapes: OSC (titles, hyperlinks), CSI (colours, cursor), and those of two bytes.
	escapes = lazy("\x1b\\][^\x07\x1b\n]*(?:\x07|\x1b\\\\)|(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]")
	// torn is a colour whose escape character got lost on the way.
	torn = lazy(`\[(?:\d{1,3};)*\d{1,3}m|␛\[[\d;]*m`)

	stampLong = lazy(`^\[?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?\]?:?(?:\s|$)`)
	// viewed is what a log of a hosted job has before the stamp: job and step.
	viewed     = lazy("^([^\t]{1,80}\t[^\t]{1,80}\t\ufeff?)\\d{4}-\\d\\d-\\d\\dT")
	stampShort = lazy(`^(?:\[\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?\]|\d{1,2}:\d\d:\d\d(?:[.,]\d+)?)\s`)
	quoteMark  = lazy("^\\s*(?:>\\s?)+|^\\s*```[a-z]*\\s*$|^`")
	docker     = lazy(`^#\d+ (?:\d+(?:\.\d+)? )?`)
	compose    = lazy(`^[\w.@/-]{1,60}\s*\|(?: |$)`)
	workflow   = lazy(`^(?:##\[\w+\]|::\w+(?: [^:\n]{0,200})?::)\s?`)
	bracket    = lazy(`^\[([^\]\n]{1,60})\]:?\s`)
	turbo      = lazy(`^@?[\w./-]+[:#][\w:.-]+: `)
	stream     = lazy(`^(?:stderr|stdout|stderr:|stdout:|remote:|lerna ERR!|lerna-lite ERR!)\s*[|:]?\s`)
	ownBracket = lazy(`^(?:E[A-Z0-9_]{2,}|ERR_\w+|WARN|\d/\d)$`)
	foreign    = lazy(`^[\p{L} ]{2,24}\s?[:：]\s*`)
	begins     = lazy(`^(?:error:? |npm (?:ERR!|error) |➤ YN\d|YN\d{4}|\[?ERR_PNPM_|(?:GET|PUT|POST|DELETE) https?:)`)
)

// linesOf cuts a text into lines. A carriage return alone ends one too: what follows was drawn over it.
func linesOf(text string) []line {
	text = escapes().ReplaceAllString(text, "")
	text = torn().ReplaceAllString(text, "")
	var out []line
	for _, raw := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if len(raw) > maxLine {
			raw = strings.ToValidUTF8(raw[:maxLine], "")
		}
		if m := viewed.find(raw); m != nil {
			raw = raw[len(m[1]):]
		}
		raw = strings.Map(printable, raw)
		l := peel(raw)
		l.text = strings.TrimRight(l.text, " \t`")
		out = append(out, l)
	}
	return out
}

// printable drops what draws nothing or turns the direction of writing.
func printable(r rune) rune {
	switch {
	case r == '\t' || unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
		return -1
	}
	return r
}

// peel takes off what CI systems, containers and people put before a line, a few times over.
func peel(s string) line {
	l := line{text: s}
	for range 6 {
		before := l.text
		l.peelOnce()
		if l.text == before {
			break
		}
	}
	return l
}

func (l *line) peelOnce() {
	if m := stampLong.find(l.text); m != nil {
		zone := strings.Replace(m[3], ":", "", 1)
		if zone == "" || zone == "Z" {
			zone = "+0000"
		}
		if at, err := time.Parse("2006-01-02 15:04:05-0700", m[1]+" "+m[2]+zone); err == nil {
			l.at = at.UTC()
		}
		l.text = l.text[len(m[0]):]
	}
	for _, p := range []pattern{stampShort, quoteMark, docker, workflow, stream, compose, turbo} {
		l.text = strings.TrimPrefix(l.text, p().FindString(l.text))
	}
	if m := bracket.find(l.text); m != nil && !ownBracket.in(m[1]) {
		l.text = l.text[len(m[0]):]
	}
	// A word of another language stands before what is plainly a package manager's.
	if p := foreign().FindString(l.text); p != "" && !begins.in(l.text) && begins.in(l.text[len(p):]) {
		l.text = l.text[len(p):]
	}
}
