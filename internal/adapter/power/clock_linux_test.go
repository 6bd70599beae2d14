package power

import (
	"context"
	"errors"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// rings waits for an alarm.
func rings(t *testing.T, c *Clock) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	select {
	case <-c.Alarms():
	case <-ctx.Done():
		t.Fatal("no alarm")
	}
}

func TestClock_RealTimerRingsAtTheTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c, err := NewClock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if c.timer == nil {
		t.Fatal("no timerfd here")
	}
	for _, d := range []time.Duration{-time.Hour, 0, time.Millisecond, 5 * time.Millisecond, 300 * time.Millisecond} {
		at := c.Now().Add(d)
		c.WakeAt(at)
		rings(t, c)
		if c.Now().Before(at) {
			t.Errorf("%v: rang too early", d)
		}
	}
	c.WakeAt(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)) // E10: must not wrap round
	c.WakeAt(time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC))   // nor this
	rings(t, c)
	c.WakeAt(time.Date(1970, 1, 1, 0, 0, 0, 1, time.UTC))
	rings(t, c)
	cancel()
	c.Wait()
	c.WakeAt(time.Now()) // after the end: nothing, and no panic
}

func TestE10_FarFutureDoesNotRing(t *testing.T) {
	tm, err := newTimerfd()
	if err != nil {
		t.Fatal(err)
	}
	defer tm.close()
	for _, at := range []time.Time{{}, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Unix(1<<40, 0), time.Unix(1<<62, 0)} {
		if moved, err := tm.set(at); moved || err != nil {
			t.Errorf("%v: %v %v", at, moved, err)
		}
		var left unix.ItimerSpec
		if err := unix.TimerfdGettime(tm.fd, &left); err != nil {
			t.Fatal(err)
		}
		if at.IsZero() != (left.Value.Sec == 0 && left.Value.Nsec == 0) {
			t.Errorf("%v: %v left", at, left.Value)
		}
	}
}

// played is a system timer whose ends the test decides: the machine's clock must not be set for a test.
type played struct {
	sets chan time.Time
	ends chan bool
}

func (p played) set(at time.Time) (bool, error) { p.sets <- at; return false, nil }
func (p played) close()                         { close(p.ends) }
func (p played) wait() (bool, error) {
	moved, ok := <-p.ends
	if !ok {
		return false, errors.New("closed")
	}
	return moved, nil
}

func TestE03_CancelledBySettingTheClock_Played(t *testing.T) {
	p := played{sets: make(chan time.Time, 8), ends: make(chan bool)}
	ctx, cancel := context.WithCancel(t.Context())
	c := newClock(p).start(ctx)
	at := c.Now().Add(time.Hour)
	c.WakeAt(at)
	if got := <-p.sets; !got.Equal(at) {
		t.Errorf("set to %v", got)
	}
	p.ends <- true // the clock was set
	if got := <-p.sets; !got.Equal(at) {
		t.Errorf("armed again for %v", got)
	}
	rings(t, c)
	p.ends <- false // an older alarm's end, read late: this one is not due
	if got := <-p.sets; !got.Equal(at) {
		t.Errorf("armed again for %v", got)
	}
	rings(t, c)
	c.now = func() time.Time { return at } // read under the lock, in the next end
	p.ends <- false
	if got := <-p.sets; !got.IsZero() {
		t.Errorf("after its end it is armed for %v", got)
	}
	rings(t, c)
	p.ends <- true // with nothing armed
	p.ends <- true
	select {
	case <-c.Alarms():
		t.Error("rang disarmed")
	default:
	}
	cancel()
	c.Wait()
}

// broken is a timer that fails.
type broken struct{}

func (broken) wait() (bool, error)         { return false, unix.EIO }
func (broken) close()                      {}
func (broken) set(time.Time) (bool, error) { return false, nil }

func TestClock_BrokenTimerIsReplacedByTheTick(t *testing.T) {
	c := newClock(broken{}).start(t.Context())
	c.WakeAt(c.Now().Add(20 * time.Millisecond))
	rings(t, c)
}

// BenchmarkAlarm reports how late an alarm rings.
func BenchmarkAlarm(b *testing.B) {
	c, err := NewClock(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	var late time.Duration
	for b.Loop() {
		at := c.Now().Add(2 * time.Millisecond)
		c.WakeAt(at)
		<-c.Alarms()
		late += c.Now().Sub(at)
	}
	b.ReportMetric(float64(late.Microseconds())/float64(b.N), "us-late")
}
