package tokens

import (
	"cmp"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// origin is how it is known that something is there.
type origin int

// The origins.
const (
	listed  origin = iota // the registry tells of it, or the user does
	session               // it is a session, which no list tells of
	found                 // it is another credential that lies on this machine
)

// entry is a row of the table, with what it is searched and sorted by.
type entry struct {
	origin  origin
	id      string // of its own among all rows
	name    string // it is sorted by these
	reach   string
	place   string
	power   int
	ends    time.Time // zero where nobody told, as used is
	used    time.Time
	text    string           // in small letters: all that can be searched for
	token   *api.AccessToken // of what is listed, else an empty one
	session *api.Session     // of the others, else an empty one
	carried string           // the variables that carry it
}

// maker makes entries. What it needs again and again of the catalogue it has asked for once.
type maker struct {
	p     *i18n.Printer
	comma string
}

func newMaker(p *i18n.Printer) maker { return maker{p, p.T("tokens.comma")} }

// ofToken is the row of an access token. carried is the variable that carries it, "" if none does.
func (m maker) ofToken(t *api.AccessToken, carried string) entry {
	e := entry{origin: listed, id: "token " + cmp.Or(t.ID, t.Name), token: t, session: &api.Session{}, name: t.Name, reach: m.reach(t.Token), power: power[t.Permission], ends: t.Ends, used: t.Used, carried: carried}
	var b strings.Builder
	b.Grow(256)
	for _, s := range [][]string{{t.Name, t.Description, t.Masked, t.ID, t.Note, carried, e.reach}, t.Packages, t.Scopes, t.Orgs, t.Addresses} {
		for _, one := range s {
			b.WriteString(one)
			b.WriteByte('\n')
		}
	}
	e.settle(&b, t.Places)
	switch {
	case e.place != "":
	case t.Note != "":
		e.place = t.Note
	case t.Kept != "":
		e.place = m.p.T("tokens.place.keyring")
	}
	return e
}

// ofSession is the row of a session, or of a credential that lies here.
func (m maker) ofSession(s *api.Session, from origin, kind string) entry {
	e := entry{origin: from, id: "session " + s.Registry, token: &api.AccessToken{}, session: s, name: s.Name, ends: s.Ends, used: s.Used}
	if from == session {
		e.name = m.p.T("tokens.session", i18n.Args{"Registry": s.Name})
	}
	var b strings.Builder
	for _, one := range []string{e.name, s.Registry, s.Account, kind} {
		b.WriteString(one)
		b.WriteByte('\n')
	}
	e.settle(&b, s.Places)
	return e
}

// settle takes in where it stands.
func (e *entry) settle(b *strings.Builder, places []api.Place) {
	for _, p := range places {
		if p.File != "" {
			b.WriteString(desk.ShortPath(p.File))
			b.WriteByte('\n')
		}
		e.place = cmp.Or(e.place, p.File)
	}
	e.text = strings.ToLower(b.String())
}

// own reports whether the user has entered it: no list tells of it.
func (e *entry) own() bool { return e.origin == listed && e.token.Kind == access.Entered }

// revocable reports whether the registry can be asked to end it.
func (e *entry) revocable() bool {
	return e.origin == listed && !e.own() && e.token.ID != "" && e.token.Revoked.IsZero()
}

func (e *entry) places() []api.Place {
	if e.origin == listed {
		return e.token.Places
	}
	return e.session.Places
}

// mark is the mark of that code, nil if it has none.
func (e *entry) mark(code string) *access.Mark {
	for i := range e.token.Marks {
		if e.token.Marks[i].Code == code {
			return &e.token.Marks[i]
		}
	}
	return nil
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
	byMay
	byReach
	byEnd
	byUse
	byPlace
	columns int = iota
)

// names are the columns' texts in the catalogue.
var names = [columns]string{"name", "may", "reach", "ends", "used", "place"}

// power is how much an access token may, in an order.
var power = map[access.Level]int{access.NoAccess: 1, access.ReadOnly: 2, access.StageOnly: 3, access.ReadWrite: 4}

// order compares by the column, and by name where that does not tell. What is not known stands last, either way.
func (c column) order(down bool) func(a, b *entry) int {
	turn := 1
	if down {
		turn = -1
	}
	return func(a, b *entry) int {
		var by int
		switch c {
		case byMay:
			by = cmp.Or(known(a.power > 0, b.power > 0), turn*cmp.Compare(a.power, b.power))
		case byReach:
			by = text(a.reach, b.reach, turn)
		case byEnd:
			by = times(a.ends, b.ends, turn)
		case byUse:
			by = times(a.used, b.used, -turn) // the latest first
		case byPlace:
			by = text(a.place, b.place, turn)
		default:
			by = turn * cmp.Compare(a.name, b.name)
		}
		return cmp.Or(by, cmp.Compare(a.name, b.name), cmp.Compare(a.id, b.id))
	}
}

func text(a, b string, turn int) int { return cmp.Or(known(a != "", b != ""), turn*cmp.Compare(a, b)) }

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
