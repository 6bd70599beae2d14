package session

import (
	"errors"
	"strings"
	"time"
)

// Quiet is a daily span in which nothing is told, by the clock on the wall. The zero value is none.
type Quiet struct{ from, to int } // minutes since midnight

// ErrQuiet is the error of a text that names no such span.
var ErrQuiet = errors.New("not a span of the day such as 22:00-08:00")

// ParseQuiet reads a span such as "22:00-08:00", which goes over midnight, or "12:30-13:30"; "" is none.
func ParseQuiet(text string) (Quiet, error) {
	if text == "" {
		return Quiet{}, nil
	}
	from, to, ok := strings.Cut(text, "-")
	a, errA := time.Parse("15:04", from)
	b, errB := time.Parse("15:04", to)
	if !ok || errA != nil || errB != nil || len(from) != 5 || len(to) != 5 || a.Equal(b) {
		return Quiet{}, ErrQuiet
	}
	return Quiet{minutes(a), minutes(b)}, nil
}

func minutes(t time.Time) int { return t.Hour()*60 + t.Minute() }

// Holds reports whether t lies in the span, in t's own zone.
func (q Quiet) Holds(t time.Time) bool {
	m := minutes(t)
	if q.from <= q.to {
		return q.from <= m && m < q.to
	}
	return m >= q.from || m < q.to
}

// End is when the span is over that holds t, the zero time if none does. It looks at every minute: where
// clocks are set forward the minute of the end may not come at all.
func (q Quiet) End(t time.Time) time.Time {
	if !q.Holds(t) {
		return time.Time{}
	}
	for t = t.Truncate(time.Minute); q.Holds(t); {
		t = t.Add(time.Minute)
	}
	return t
}
