package tokens

import (
	"strconv"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// cell is what a column says of an entry: a line, a smaller one, and what asks for attention.
type cell struct {
	big, small string
	tone       look.Tone
	badges     []badge
}

// badge is a mark in a few words.
type badge struct {
	text    string
	serious bool
}

// soon is when an end asks for attention.
const soon = 14 * 24 * time.Hour

// cellsOf are an entry's cells.
func cellsOf(e *entry, p *i18n.Printer, now time.Time) (c [columns]cell) {
	if e.origin == listed {
		t := e.token
		c[byName] = cell{big: desk.Plain(t.Name), small: desk.Plain(t.Masked)}
		if e.own() {
			c[byName].small = p.T("tokens.own")
			c[byMay], c[byReach] = cell{big: p.T("tokens.may.unknown"), tone: look.Dim}, cell{big: p.T("tokens.unlisted"), tone: look.Dim}
		} else {
			c[byMay] = cell{big: mayWords(t.Token, p), tone: look.Ink, badges: badges(e, p, now, access.MarkClassic, access.MarkRevoked, access.MarkBypass, access.MarkUnused, access.MarkNotUsed)}
			c[byReach] = cell{big: desk.Plain(e.reach), small: fromWords(e, p), tone: look.Ink, badges: badges(e, p, now, access.MarkWide, access.MarkAnyAddr)}
		}
	} else {
		c[byName] = cell{big: desk.Plain(e.name), small: desk.Plain(e.session.Account)}
		c[byMay] = cell{big: p.T("tokens.may.account"), tone: look.Dim}
		c[byReach] = cell{big: p.T("tokens.unlisted"), tone: look.Dim}
		if e.origin == found {
			c[byMay] = cell{big: p.T("tokens.kind." + string(e.session.Kind)), tone: look.Ink}
		}
	}
	c[byName].tone = look.Ink
	c[byEnd] = endCell(e, p, now)
	c[byUse] = cell{big: p.T("tokens.used.never"), tone: look.Dim}
	if used := e.used; !used.IsZero() {
		c[byUse] = cell{big: pastWords(used, p, now), tone: look.Ink}
	}
	c[byPlace] = placeCell(e, p)
	return c
}

// badges are those of an entry's marks, in this order.
func badges(e *entry, p *i18n.Printer, now time.Time, codes ...string) (all []badge) {
	for _, code := range codes {
		m := e.mark(code)
		if m == nil {
			continue
		}
		b := badge{p.T("tokens.badge." + code), m.Serious || code == access.MarkWide}
		if days := int(now.Sub(e.token.Used) / (24 * time.Hour)); code == access.MarkUnused && !e.token.Used.IsZero() {
			b.text = p.N("tokens.badge.unused.days", days)
		}
		all = append(all, b)
	}
	return all
}

// mayWords say what an access token may.
func mayWords(t access.Token, p *i18n.Printer) string {
	level := t.Permission
	if (level == access.NotTold || level == access.NoAccess) && power[t.OrgPermission] > power[access.NoAccess] {
		return p.T("tokens.may.org." + string(t.OrgPermission))
	}
	if level == access.NotTold {
		return p.T("tokens.may.unknown")
	}
	return p.T("tokens.may." + string(level))
}

// fewReach is how many packages and scopes are named; more are counted.
const fewReach = 2

// reachWords say what an access token is for.
func (m maker) reach(t access.Token) string {
	p := m.p
	if t.All {
		return p.T("tokens.reach.all")
	}
	var all []string
	for _, s := range t.Scopes {
		all = append(all, s+"/*")
	}
	if n := len(t.Packages); n > fewReach {
		all = append(all, p.N("tokens.reach.packages", n))
	} else {
		all = append(all, t.Packages...)
	}
	if n := len(t.Orgs); n > 0 && len(all) == 0 {
		all = append(all, p.T("tokens.reach.orgs", i18n.Args{"Orgs": strings.Join(t.Orgs, m.comma)}))
	}
	if n := len(t.Scopes); n > fewReach+1 {
		all = append(all[:fewReach], p.N("tokens.reach.more", len(all)-fewReach))
	}
	return strings.Join(all, m.comma)
}

func addressWords(t access.Token, p *i18n.Printer) string {
	if len(t.Addresses) == 0 {
		return p.T("tokens.address.any")
	}
	return strings.Join(t.Addresses, p.T("tokens.comma"))
}

// fromWords say from where it works, unless a badge does.
func fromWords(e *entry, p *i18n.Printer) string {
	if e.mark(access.MarkAnyAddr) != nil {
		return ""
	}
	return desk.Plain(addressWords(e.token.Token, p))
}

// dayWords are a date without its time.
func dayWords(t time.Time, p *i18n.Printer, now time.Time) string {
	t = t.In(now.Location())
	if off := t.Sub(now); t.Year() != now.Year() && (off > 300*24*time.Hour || off < 0) {
		return t.Format(p.T("tokens.layout.year"))
	}
	return t.Format(p.T("tokens.layout.date"))
}

// pastWords say when something was.
func pastWords(t time.Time, p *i18n.Printer, now time.Time) string {
	t = t.In(now.Location())
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	switch days := int(midnight(now).Sub(midnight(t)) / (24 * time.Hour)); {
	case days == 0:
		return p.T("tokens.today", i18n.Args{"Time": t.Format(p.T("unit.clock.layout.time"))})
	case days == 1:
		return p.T("tokens.yesterday")
	case days > 1 && days < 14:
		return p.N("tokens.days.ago", days)
	}
	return dayWords(t, p, now)
}

func endCell(e *entry, p *i18n.Printer, now time.Time) cell {
	ends := e.ends
	over := e.origin == listed && e.token.Dead(now) || e.origin != listed && e.session.StateAt(now) == api.StateEnded
	left := ends.Sub(now)
	switch {
	case over && ends.IsZero():
		return cell{big: p.T("tokens.ends.ended"), tone: look.Warn}
	case over || !ends.IsZero() && left <= 0:
		return cell{big: p.T("tokens.ends.ended"), small: dayWords(ends, p, now), tone: look.Warn}
	case ends.IsZero() && e.mark(access.MarkNever) != nil:
		return cell{big: p.T("tokens.ends.never"), tone: look.Warn}
	case ends.IsZero():
		return cell{big: p.T("tokens.ends.unknown"), tone: look.Dim}
	}
	c := cell{big: dayWords(ends, p, now), small: p.N("tokens.ends.in", int(left/(24*time.Hour))), tone: look.Ink, badges: badges(e, p, now, access.MarkLong)}
	if left < 48*time.Hour {
		c.big, c.small = p.Clock(ends, now), p.T("tokens.ends.left", i18n.Args{"Left": p.Left(left)})
	}
	if e.origin != session && (left < soon || e.mark(access.MarkEnds) != nil) {
		c.tone = look.Warn
	}
	return c
}

// placeCell says where it was found, the most dangerous place first.
func placeCell(e *entry, p *i18n.Printer) cell {
	places := e.places()
	for _, at := range places {
		if at.Literal {
			return cell{big: spotWords(at, p), small: withMore(p.T("tokens.place.open"), len(places)-1, p), tone: look.Warn}
		}
	}
	switch t := e.token; {
	case e.origin == listed && (t.Kept != "" || t.InUse):
		c := cell{big: p.T("tokens.place.keyring"), tone: look.Ink}
		if e.carried != "" {
			c.small = p.T("tokens.place.variable", i18n.Args{"Variable": desk.Plain(e.carried)})
		}
		return c
	case len(places) > 0:
		return cell{big: spotWords(places[0], p), small: withMore("", len(places)-1, p), tone: look.Ink}
	case t.Note != "":
		return cell{big: desk.Plain(t.Note), small: p.T("tokens.place.noted"), tone: look.Ink}
	case e.origin != listed:
		return cell{big: p.T("tokens.place.keyring"), tone: look.Ink}
	}
	return cell{big: p.T("tokens.place.none"), tone: look.Dim}
}

func spotWords(at api.Place, p *i18n.Printer) string {
	if at.File == "" {
		return p.T("tokens.place.variable", i18n.Args{"Variable": desk.Plain(at.Variable)})
	}
	return p.T("tokens.place.at", i18n.Args{"File": desk.Plain(desk.ShortPath(at.File)), "Line": strconv.Itoa(at.Line)})
}

// withMore adds how many other places there are.
func withMore(words string, n int, p *i18n.Printer) string {
	if n <= 0 {
		return words
	}
	more := p.N("tokens.place.more", n)
	if words == "" {
		return more
	}
	return words + " · " + more
}
