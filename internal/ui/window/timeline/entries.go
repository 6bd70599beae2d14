package timeline

import (
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// What lasts two days and more belongs to the days, and asks for attention two weeks before its end.
const (
	long = 48 * time.Hour
	soon = 14 * 24 * time.Hour
)

// Entries are the credentials whose end is known.
func Entries(all []api.Session, now time.Time, plain func(string) string) []Entry {
	var out []Entry
	for _, s := range all {
		if s.Ends.IsZero() || s.State == api.StateNone {
			continue
		}
		e := Entry{ID: s.Registry, Name: plain(s.Name), Account: plain(s.Account), Kind: s.Kind, Ends: s.Ends.In(now.Location())}
		e.Long = s.Kind != token.KindSession && (s.Started.IsZero() || s.Ends.Sub(s.Started) >= long)
		e.Ending = s.StateAt(now) == api.StateEnding
		if e.Long {
			e.Ending = s.Ends.Sub(now) <= soon
		}
		out = append(out, e)
	}
	return out
}

// words are the texts of a chart.
type words struct{ *i18n.Printer }

func (w words) hour(t time.Time) string { return t.Format(w.T("unit.clock.layout.time")) }

func (w words) month(t time.Time, year bool) string {
	if year {
		return t.Format(w.T("sessions.ends.layout.year"))
	}
	return t.Format(w.T("sessions.ends.layout.month"))
}

// who is what an entry is.
func (w words) who(e Entry) string {
	args := i18n.Args{"Name": e.Name, "Account": e.Account, "Kind": w.T("sessions.kind." + string(e.Kind))}
	if e.Account == "" {
		return w.T("sessions.ends.who.noaccount", args)
	}
	return w.T("sessions.ends.who", args)
}

// when is the exact date of an entry's end, and how long that is away.
func (w words) when(e Entry, now time.Time) string {
	args := i18n.Args{"Date": e.Ends.Format(w.T("sessions.ends.layout.date")), "Left": w.Left(e.Ends.Sub(now))}
	if !e.Ends.After(now) {
		return w.T("sessions.ends.over", args)
	}
	return w.T("sessions.ends.at", args)
}

// line is all that there is to tell of an entry.
func (w words) line(e Entry, now time.Time) string {
	return w.T("sessions.ends.line", i18n.Args{"Who": w.who(e), "When": w.when(e, now)})
}

// reach says what the chart shows.
func (w words) reach(all []Entry, now time.Time) string {
	var short, far bool
	for _, e := range all {
		short, far = short || !e.Long, far || e.Long
	}
	_, span := hourSpan(all, now)
	hours, days := w.N("sessions.ends.hours", int(span/time.Hour)), w.N("sessions.ends.days", Days)
	switch {
	case short && far:
		return w.T("sessions.ends.both", i18n.Args{"Hours": hours, "Days": days})
	case far:
		return days
	}
	return hours
}
