package power

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

func TestE02_WokeAndSet(t *testing.T) {
	for _, c := range []struct {
		name                string
		planned, wall, mono time.Duration
		woke, set           bool
	}{
		{"nothing happened", tickTime, tickTime, tickTime, false, false},
		{"a busy machine", tickTime, tickTime + time.Second, tickTime + time.Second, false, false},
		{"slept 3 h, timers stood still", tickTime, 3 * time.Hour, tickTime, true, true},
		{"slept 3 h, timers went on", tickTime, 3 * time.Hour, 3 * time.Hour, true, false},
		{"slept in a short wait", time.Second, time.Minute, time.Second, true, true},
		{"set a year ahead", tickTime, 365 * 24 * time.Hour, tickTime, true, true},
		{"set a year back", tickTime, -365 * 24 * time.Hour, tickTime, false, true},
		{"set 3 s back", tickTime, tickTime - 3*time.Second, tickTime, false, true},
		{"slewed by NTP", tickTime, tickTime + 10*time.Millisecond, tickTime, false, false},
	} {
		if got := woke(c.planned, c.wall); got != c.woke {
			t.Errorf("%s: woke is %v", c.name, got)
		}
		if got := wasSet(c.wall, c.mono); got != c.set {
			t.Errorf("%s: set is %v", c.name, got)
		}
	}
}

func TestUntilTick_SameMomentForAll(t *testing.T) {
	base := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	for _, after := range []time.Duration{0, 1, time.Second, 14999 * time.Millisecond} {
		now := base.Add(after)
		if got := now.Add(untilTick(now)); !got.Equal(base.Add(tickTime)) {
			t.Errorf("after %v the next look is at %v", after, got)
		}
	}
}

// ticking starts a clock without a system timer, in a bubble; ahead is what the wall clock was moved by.
func ticking(t *testing.T) (c *Clock, ahead *atomic.Int64) {
	ahead = new(atomic.Int64)
	c = newClock(nil)
	c.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	c.start(t.Context())
	return c, ahead
}

func TestTick_RingsAtTheTimeAndOnlyThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := ticking(t)
		start := time.Now()
		c.WakeAt(start.Add(time.Hour))
		c.WakeAt(start.Add(2*time.Hour + 7*time.Second)) // in place of the first
		<-c.Alarms()
		if late := time.Since(start) - (2*time.Hour + 7*time.Second); late != 0 {
			t.Errorf("late by %v", late)
		}
		silent(t, c, 24*time.Hour)
		c.WakeAt(start) // long over
		<-c.Alarms()
		c.WakeAt(time.Now().Add(time.Minute))
		c.WakeAt(time.Time{})
		silent(t, c, time.Hour)
	})
}

// silent fails if an alarm rings within d.
func silent(t *testing.T, c *Clock, d time.Duration) {
	t.Helper()
	select {
	case <-c.Alarms():
		t.Error("rang without need")
	case <-time.After(d):
	}
}

func TestE02_TickNoticesSleepWithinATick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, ahead := ticking(t)
		c.WakeAt(time.Now().Add(2 * time.Hour))
		<-time.After(time.Minute + time.Second)
		synctest.Wait()
		ahead.Store(int64(3 * time.Hour)) // as after sleep
		start := time.Now()
		<-c.Alarms()
		if took := time.Since(start); took > tickTime {
			t.Errorf("noticed after %v", took)
		}
	})
}

func TestE03_TickRingsWhenTheClockIsSetAndStaysArmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, ahead := ticking(t)
		end := time.Now().Add(2 * time.Hour)
		c.WakeAt(end)
		<-time.After(time.Second)
		synctest.Wait()
		ahead.Store(int64(time.Hour))
		<-c.Alarms() // a jump, not yet the end
		if !c.Now().Before(end) {
			t.Fatal("that was the end")
		}
		<-c.Alarms()
		if c.Now().Before(end) || c.Now().Sub(end) > time.Second {
			t.Errorf("rang at %v, not at %v", c.Now(), end)
		}
	})
}

func TestTick_AlarmsAreMerged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := ticking(t)
		for range 3 {
			c.WakeAt(time.Now().Add(time.Minute))
			<-time.After(2 * time.Minute)
		}
		<-c.Alarms()
		silent(t, c, time.Hour)
	})
}

func TestE02_GapsTellOfAWakeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		e := &Events{out: make(chan agent.PowerEvent, 4)}
		go e.gaps(t.Context(), func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
		select {
		case ev := <-e.Events():
			t.Fatal("without a gap:", ev)
		case <-time.After(time.Hour):
		}
		ahead.Store(int64(3 * time.Hour))
		start := time.Now()
		if ev := <-e.Events(); ev != agent.PowerWake || time.Since(start) > tickTime {
			t.Errorf("%v after %v", ev, time.Since(start))
		}
		select {
		case ev := <-e.Events():
			t.Error("a second time:", ev)
		case <-time.After(time.Hour):
		}
	})
}

func TestClock_NowHasNoMonotonicReading(t *testing.T) {
	c := newClock(nil)
	if now := c.Now(); now != now.Round(0) {
		t.Error(now)
	}
}
