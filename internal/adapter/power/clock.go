package power

import (
	"context"
	"sync"
	"time"
)

// Clock implements agent.Clock.
type Clock struct {
	alarms chan struct{}
	now    func() time.Time
	poke   chan struct{} // the alarm is new; read by the tick only
	wg     sync.WaitGroup

	mu    sync.Mutex
	at    time.Time // zero: disarmed
	timer timer     // nil: the tick is used
}

// timer is a timer of the system's that runs on the wall clock. moved: the clock was set, or the machine
// woke. After close, wait returns an error.
type timer interface {
	set(at time.Time) (moved bool, err error) // zero disarms
	wait() (moved bool, err error)
	close()
}

func newClock(tm timer) *Clock {
	return &Clock{
		alarms: make(chan struct{}, 1),
		now:    time.Now,
		poke:   make(chan struct{}, 1),
		timer:  tm,
	}
}

// start runs the clock until ctx is over.
func (c *Clock) start(ctx context.Context) *Clock {
	c.wg.Go(func() {
		if c.timer != nil {
			stop := context.AfterFunc(ctx, c.timer.close)
			c.listen(c.timer)
			if stop() { // it failed by itself
				c.abandon()
			}
		}
		c.tick(ctx)
	})
	return c
}

// Wait returns once the clock's goroutine ended, which it does with the context of NewClock.
func (c *Clock) Wait() { c.wg.Wait() }

// Now is wall time without a monotonic reading.
func (c *Clock) Now() time.Time { return c.now().Round(0) }

// Alarms has something once an alarm is due, the clock was set or the machine woke while one was armed.
// Alarms that nobody takes are merged into one.
func (c *Clock) Alarms() <-chan struct{} { return c.alarms }

// WakeAt arms the one alarm, in place of an older one. A time that has passed rings at once; the zero time
// disarms. A ring that is waiting in Alarms already stays there.
func (c *Clock) WakeAt(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t.Round(0)
	if c.timer == nil {
		c.wake()
		return
	}
	if moved, err := c.timer.set(c.at); moved || err != nil {
		c.ring() // the owner looks at its deadlines and arms again
	}
}

// listen waits for the timer until that is closed.
func (c *Clock) listen(tm timer) {
	for {
		moved, err := tm.wait()
		if err != nil {
			return
		}
		c.rang(moved)
	}
}

// rang handles the end of the timer's wait.
func (c *Clock) rang(moved bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		return // disarmed meanwhile
	}
	if moved || c.Now().Before(c.at) { // before: this end was an older alarm's
		_, _ = c.timer.set(c.at) // moved once more: it rings below
	} else {
		c.at = time.Time{}
		_, _ = c.timer.set(c.at)
	}
	c.ring()
}

// abandon gives up a timer that failed; the tick goes on with its alarm.
func (c *Clock) abandon() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timer.close()
	c.timer = nil
	c.wake()
}

func (c *Clock) ring() {
	select {
	case c.alarms <- struct{}{}:
	default:
	}
}

func (c *Clock) wake() {
	select {
	case c.poke <- struct{}{}:
	default:
	}
}
