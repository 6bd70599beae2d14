package session

import "time"

// Tell is what to say about a session now.
type Tell int

// The things to say.
const (
	Nothing   Tell = iota
	TellSoon       // it ends within minutes
	TellEnded      // it is over
)

// Ladder is what has been said of one session so far, and what the user asked for. The zero value is
// a session of which nothing was said.
type Ladder struct {
	Said    Tell      // the last thing said about this end
	End     time.Time // the end that it was said about: a renewed session begins anew
	Snoozed time.Time // say it again at this time
}

// usedWithin is how recent a use must be for a person to care about the end.
const usedWithin = time.Hour

// Next says what to tell at now, and the ladder after it was told. A session that nobody used within
// an hour before its end is left in peace: the icon says enough until it is used again.
func (l Ladder) Next(life Life, used, now time.Time) (Tell, Ladder) {
	if life.End.IsZero() {
		return Nothing, l
	}
	if !l.End.Equal(life.End) {
		l = Ladder{End: life.End}
	}
	want := Nothing
	switch {
	case life.Stage(now) == Ended:
		want = TellEnded
	case !now.Before(life.NoticeAt()):
		want = TellSoon
	}
	if !l.Snoozed.IsZero() {
		if now.Before(l.Snoozed) {
			return Nothing, l
		}
		l.Snoozed, l.Said = time.Time{}, Nothing
	}
	if want <= l.Said || !inUse(used, life.End, now) {
		return Nothing, l
	}
	l.Said = want
	return want, l
}

// inUse reports whether a person would miss the session: it was used within the hour before its end,
// or after it.
func inUse(used, end, now time.Time) bool {
	last := end
	if now.Before(last) {
		last = now
	}
	return !used.IsZero() && last.Sub(used) <= usedWithin
}
