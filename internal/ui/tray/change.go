package tray

import (
	"time"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// IconSpec is the sandglass of a snapshot at now. Size and colours are the caller's.
func IconSpec(s api.Snapshot, now time.Time) icon.Spec {
	first, ok := head(s, now)
	switch {
	case s.Locked:
		return icon.Spec{State: icon.Locked}
	case !ok:
		return icon.Spec{State: icon.Idle}
	}
	switch first.StateAt(now) {
	case api.StateRunning:
		return icon.Spec{State: icon.Running, Share: quantised(first.Share(now))}
	case api.StateEnding:
		return icon.Spec{State: icon.Ending, Share: quantised(first.Share(now))}
	case api.StateEnded:
		return icon.Spec{State: icon.Ended}
	case api.StateUnknown:
		return icon.Spec{State: icon.Unknown}
	case api.StateOffline:
		return icon.Spec{State: icon.Offline}
	case api.StateLocked:
		return icon.Spec{State: icon.Locked}
	}
	return icon.Spec{State: icon.Idle}
}

// quantised is the share that is drawn, so that equal pictures have equal specs.
func quantised(share float64) float64 { return icon.LevelShare(icon.Level(share)) }

// NextChange is the first moment after now at which Menu, Tooltip or IconSpec says something else
// though the snapshot stays the same; zero if none will. Minutes count for the session that decides
// the icon; the others' lines follow on the same beat, so that labels change once a minute at most.
func NextChange(s api.Snapshot, now time.Time) time.Time {
	var next time.Time
	at := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	at(s.Paused)
	for _, x := range s.Sessions {
		if !x.Ends.IsZero() {
			at(midnight(now)) // a time of another day is told with its date
			at(x.Ends)
			at(life(x).LastQuarter())
			at(x.Ends.Add(staleAfter + time.Second))
		}
	}
	if beat, ok := beating(s, now); ok {
		at(nextWord(beat, now))
		at(nextLevel(beat, now))
	}
	return next
}

// beating is the session on whose beat labels change: the first to end of those that still run.
func beating(s api.Snapshot, now time.Time) (api.Session, bool) {
	var found api.Session
	for _, x := range s.Sessions {
		if x.Left(now) > 0 && (found.Ends.IsZero() || x.Ends.Before(found.Ends)) {
			found = x
		}
	}
	return found, !found.Ends.IsZero()
}

// nextWord is when the time left reads differently: each minute, each day beyond two days.
func nextWord(x api.Session, now time.Time) time.Time {
	left, step := x.Left(now), time.Minute
	if left > 48*time.Hour {
		step = 24 * time.Hour
	}
	return now.Add((left-1)%step + 1)
}

// nextLevel is when the sand is drawn a step lower.
func nextLevel(x api.Session, now time.Time) time.Time {
	whole := x.Ends.Sub(x.Started)
	level := icon.Level(x.Share(now))
	if whole <= 0 || level <= 1 {
		return time.Time{}
	}
	bound := time.Duration(icon.LevelShare(level-1) * float64(whole))
	return x.Ends.Add(-bound)
}

// midnight is when the day after now begins.
func midnight(now time.Time) time.Time {
	y, m, d := now.Local().Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, time.Local)
}
