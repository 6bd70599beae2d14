package tray

import (
	"cmp"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
)

// staleAfter is how long an ended session still speaks for the whole: later nobody misses it, unless
// it was used after its end.
const staleAfter = 12 * time.Hour

func life(s api.Session) session.Life { return session.Life{Start: s.Started, End: s.Ends} }

// head is the session that decides what the icon shows: the one that ends first among those in use.
func head(s api.Snapshot, now time.Time) (api.Session, bool) {
	if len(s.Sessions) == 0 {
		return api.Session{}, false
	}
	return slices.MinFunc(s.Sessions, func(a, b api.Session) int {
		if c := cmp.Compare(rank(a, now), rank(b, now)); c != 0 {
			return c
		}
		if c := a.Ends.Compare(b.Ends); c != 0 && !a.Ends.IsZero() && !b.Ends.IsZero() {
			return c
		}
		return cmp.Compare(a.Registry, b.Registry)
	}), true
}

// rank orders sessions by how much they matter to the whole state, the most first.
func rank(s api.Session, now time.Time) int {
	switch s.StateAt(now) {
	case api.StateEnded:
		if s.Muted || stale(s, now) {
			return 6
		}
		return 1
	case api.StateLocked:
		return 3
	case api.StateUnknown:
		return 4
	case api.StateNone:
		return 7
	case api.StateOffline:
		if s.Ends.IsZero() {
			return 4
		}
	}
	if s.Muted {
		return 5
	}
	return 2
}

func stale(s api.Session, now time.Time) bool {
	return !s.Ends.IsZero() && now.Sub(s.Ends) > staleAfter && !s.Used.After(s.Ends)
}

// count is how many sessions of each state there are at now.
func count(s api.Snapshot, now time.Time) map[api.State]int {
	n := map[api.State]int{}
	for _, x := range s.Sessions {
		n[x.StateAt(now)]++
	}
	return n
}
