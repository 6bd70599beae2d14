package tokens

import (
	"cmp"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// entry is an access token with what it is searched and sorted by.
type entry struct {
	session api.Session
	kind    string
	text    string // in small letters: all that can be searched for
	place   string
}

func newEntry(s api.Session, kind string) entry {
	e := entry{session: s, kind: kind}
	var b strings.Builder
	b.WriteString(s.Name + "\n" + s.Registry + "\n" + s.Account + "\n" + kind)
	for _, p := range s.Places {
		b.WriteString("\n" + desk.ShortPath(p.File))
	}
	if len(s.Places) > 0 {
		e.place = s.Places[0].File
	}
	e.text = strings.ToLower(b.String())
	return e
}

// searchWords are the words that an entry must have, in small letters.
func searchWords(search string) []string { return strings.Fields(strings.ToLower(search)) }

func (e *entry) has(words []string) bool {
	for _, w := range words {
		if !strings.Contains(e.text, w) {
			return false
		}
	}
	return true
}

// column is a column of the table.
type column int

// The columns, from left to right.
const (
	byName column = iota
	byKind
	byEnd
	byUse
	byPlace
	columns int = iota
)

// names are the columns' texts in the catalogue.
var names = [columns]string{"name", "kind", "ends", "used", "place"}

// order compares by the column, and by name where that does not tell. What is not known stands last, either way.
func (c column) order(down bool) func(a, b *entry) int {
	turn := 1
	if down {
		turn = -1
	}
	return func(a, b *entry) int {
		var by int
		switch c {
		case byKind:
			by = turn * cmp.Compare(a.kind, b.kind)
		case byEnd:
			by = times(a.session.Ends, b.session.Ends, turn)
		case byUse:
			by = times(a.session.Used, b.session.Used, -turn) // the latest first
		case byPlace:
			by = cmp.Or(known(a.place != "", b.place != ""), turn*cmp.Compare(a.place, b.place))
		default:
			by = turn * cmp.Compare(a.session.Name, b.session.Name)
		}
		return cmp.Or(by, cmp.Compare(a.session.Name, b.session.Name), cmp.Compare(a.session.Registry, b.session.Registry))
	}
}

func times(a, b time.Time, turn int) int {
	return cmp.Or(known(!a.IsZero(), !b.IsZero()), turn*a.Compare(b))
}

func known(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// cell is what a column says of an entry: a line, and a smaller one.
type cell struct {
	big, small string
	tone       look.Tone
}

// soon is when an end asks for attention.
const soon = 14 * 24 * time.Hour

// cellsOf are an entry's cells.
func cellsOf(e *entry, p *i18n.Printer, now time.Time) (c [columns]cell) {
	s := e.session
	c[byName] = cell{desk.Plain(s.Name), desk.Plain(s.Account), look.Ink}
	c[byKind] = cell{e.kind, "", look.Ink}
	c[byEnd] = endCell(s, p, now)
	c[byUse] = cell{p.T("tokens.used.never"), "", look.Dim}
	if !s.Used.IsZero() {
		c[byUse] = cell{p.Clock(s.Used, now), "", look.Ink}
	}
	c[byPlace] = placeCell(s, p)
	return c
}

func endCell(s api.Session, p *i18n.Printer, now time.Time) cell {
	left := s.Left(now)
	switch {
	case s.State == api.StateEnded || !s.Ends.IsZero() && left == 0:
		c := cell{p.T("tokens.ends.ended"), "", look.Warn}
		if !s.Ends.IsZero() {
			c.small = p.Clock(s.Ends, now)
		}
		return c
	case s.Ends.IsZero():
		return cell{p.T("tokens.ends.unknown"), "", look.Dim}
	}
	c := cell{p.Clock(s.Ends, now), p.T("tokens.ends.left", i18n.Args{"Left": p.Left(left)}), look.Ink}
	if days := int(left / (24 * time.Hour)); days > 0 {
		c.small = p.N("tokens.ends.in", days)
	}
	if left < soon {
		c.tone = look.Warn
	}
	return c
}

func placeCell(s api.Session, p *i18n.Printer) cell {
	if len(s.Places) == 0 {
		return cell{p.T("tokens.place.none"), "", look.Dim}
	}
	first := s.Places[0]
	c := cell{desk.Plain(desk.ShortPath(first.File)), "", look.Ink}
	more := []string{p.T("tokens.line", i18n.Args{"Line": first.Line})}
	if first.Literal {
		c.tone = look.Warn
		more = append(more, p.T("tokens.place.open"))
	}
	if n := len(s.Places) - 1; n > 0 {
		more = append(more, p.N("tokens.place.more", n))
	}
	c.small = strings.Join(more, " · ")
	return c
}
