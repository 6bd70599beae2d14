package power

import (
	"context"
	"time"
)

// tickTime is how often the wall clock is looked at where no timer of the system's does it.
const tickTime = 15 * time.Second

// untilTick is the time to the next look. Looks are at whole multiples of the tick by the wall clock, so
// that everyone who looks does so in one wake-up.
func untilTick(now time.Time) time.Duration {
	return now.Round(0).Truncate(tickTime).Add(tickTime).Sub(now.Round(0))
}

// woke tells from a wait that was to last planned, and lasted wall by the wall clock, whether the machine
// slept in between: the wait took half a tick too long. It holds whether the system's timers stand still in
// sleep (macOS) or not (Windows).
func woke(planned, wall time.Duration) bool { return wall-planned > tickTime/2 }

// wasSet tells whether the wall clock was set: it ran apart from the monotonic one. Where that one stands
// still in sleep, this is true after sleep, too.
func wasSet(wall, mono time.Duration) bool { return (wall - mono).Abs() > time.Second }

// due tells whether an alarm has to ring; the zero time never has to.
func due(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// wait is one wait of a tick, measured with both clocks.
type wait struct {
	from    time.Time
	planned time.Duration
}

// over tells what the wait showed at now.
func (w wait) over(now time.Time) (slept, set bool) {
	wall, mono := now.Round(0).Sub(w.from.Round(0)), now.Sub(w.from)
	return woke(w.planned, wall), wasSet(wall, mono)
}

// tick runs the alarm by looks at the wall clock until ctx is over. While none is armed it sleeps.
func (c *Clock) tick(ctx context.Context) {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		now := c.now()
		left, armed := c.left(now)
		w := wait{from: now, planned: left}
		var fired <-chan time.Time
		if armed {
			t.Reset(left)
			fired = t.C
		}
		select {
		case <-ctx.Done():
			return
		case <-c.poke:
		case <-fired:
			if slept, set := w.over(c.now()); slept || set {
				c.ring()
			}
		}
	}
}

// left rings if the alarm is due, and returns how long to wait for the next look.
func (c *Clock) left(now time.Time) (left time.Duration, armed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if wall := now.Round(0); due(c.at, wall) {
		c.at = time.Time{}
		c.ring()
	}
	if c.at.IsZero() {
		return 0, false
	}
	return min(untilTick(now), c.at.Sub(now.Round(0))), true
}
