// Package session holds the rules of time: when a session ends and how that is known, which stage it
// is in, when to say something about it. Everything is a pure function of wall-clock times: sleep,
// clock changes and restarts only move now, and nothing here waits.
package session

import (
	"slices"
	"time"
)

// PublicLifetime is how long a login to npm's public registry lasts since December 2025.
const PublicLifetime = 2 * time.Hour

// noticeLead is how long before the end a person is told.
const noticeLead = 10 * time.Minute

// Stage is where a session stands.
type Stage int

// The stages, in order.
const (
	Unknown Stage = iota // alive, with no known end
	Running
	Ending // inside the last quarter of its life
	Ended
)

// Life is a session's span of wall-clock time. A zero End is not known.
type Life struct{ Start, End time.Time }

// Length is the whole life, 0 if its end is not known.
func (l Life) Length() time.Duration {
	if l.End.IsZero() || l.Start.IsZero() {
		return 0
	}
	return max(0, l.End.Sub(l.Start))
}

// Stage tells where the session stands at now.
func (l Life) Stage(now time.Time) Stage {
	switch {
	case l.End.IsZero():
		return Unknown
	case !now.Before(l.End):
		return Ended
	case !now.Before(l.LastQuarter()):
		return Ending
	}
	return Running
}

// LastQuarter is when the last quarter of the life begins.
func (l Life) LastQuarter() time.Time { return l.End.Add(-l.Length() / 4) }

// NoticeAt is when a person is told of the coming end: ten minutes before it, and never before the
// last quarter, so that short sessions do not begin with a warning. Zero if the end is not known.
func (l Life) NoticeAt() time.Time {
	if l.End.IsZero() {
		return time.Time{}
	}
	return l.End.Add(-min(noticeLead, l.Length()/4))
}

// NextChange is the first moment after now at which Stage or the need for a notice changes, zero if
// none will.
func (l Life) NextChange(now time.Time) time.Time {
	if l.End.IsZero() {
		return time.Time{}
	}
	var next time.Time
	for _, t := range []time.Time{l.LastQuarter(), l.NoticeAt(), l.End} {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}

// Source is how an end is known, best first.
type Source int

// The sources.
const (
	NotKnown Source = iota
	Assumed         // the registry's published policy
	Learned         // measured here on earlier sessions
	Told            // the credential or the registry said it
)

// Evidence is all that is known of a session's end.
type Evidence struct {
	Start    time.Time       // when the session began, by this machine's clock
	Told     time.Time       // the end that the credential names, by the registry's clock
	Offset   time.Duration   // the registry's clock minus this machine's
	Observed []time.Duration // how long earlier sessions lived
	Policy   time.Duration   // how long the registry says that sessions live, 0 if it says nothing
}

// End weighs the evidence: told beats learned beats assumed. The end is by this machine's clock.
func End(e Evidence) (time.Time, Source) {
	switch {
	case !e.Told.IsZero():
		return e.Told.Add(-e.Offset), Told
	case len(e.Observed) > 0 && !e.Start.IsZero():
		return e.Start.Add(Median(e.Observed)), Learned
	case e.Policy > 0 && !e.Start.IsZero():
		return e.Start.Add(e.Policy), Assumed
	}
	return time.Time{}, NotKnown
}

// Median returns the middle of the observations, 0 for none.
func Median(observed []time.Duration) time.Duration {
	if len(observed) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(observed))
	return sorted[len(sorted)/2]
}

// keepObservations is how many lifetimes are remembered: enough for a steady median, few enough that
// a changed policy is learned within some days.
const keepObservations = 9

// Observe adds the lifetime of a session that was seen alive at lastAlive and refused at refused.
// The true end lies between the two; a gap wider than a tenth of the life teaches nothing.
func Observe(observed []time.Duration, start, lastAlive, refused time.Time) []time.Duration {
	lived := refused.Sub(start)
	if start.IsZero() || lastAlive.Before(start) || lived <= 0 || refused.Sub(lastAlive) > lived/10 {
		return observed
	}
	observed = append(slices.Clone(observed), lastAlive.Sub(start)+refused.Sub(lastAlive)/2)
	return observed[max(0, len(observed)-keepObservations):]
}

// tolerance is how far two clocks may differ before it matters: the Date header has whole seconds,
// and answers take a while.
const tolerance = time.Minute

// Offset returns the registry's clock minus this machine's, from an answer's Date and the time at
// which it came, or 0 where they agree within a minute or the registry told no date.
func Offset(date, received time.Time) time.Duration {
	if date.IsZero() {
		return 0
	}
	if d := date.Sub(received); d > tolerance || d < -tolerance {
		return d.Round(time.Second)
	}
	return 0
}
