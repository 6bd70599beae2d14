package tray

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// TestNextChange: between two changes nothing changes, and at each one something does or may.
func TestNextChange(t *testing.T) {
	s := api.Snapshot{
		Sessions: []api.Session{running("npm", "alice", 119*time.Minute+17*time.Second), running("acme", "", 3*time.Hour+time.Second)},
		Paused:   noon.Add(25*time.Minute + 3*time.Second),
	}
	p := i18n.New("en")
	changes := 0
	now := noon
	for next := NextChange(s, now); !next.IsZero() && next.Before(noon.Add(4*time.Hour)); next = NextChange(s, now) {
		before := next.Add(-time.Millisecond)
		if IconSpec(s, now) != IconSpec(s, before) || Tooltip(s, p, now) != Tooltip(s, p, before) {
			t.Fatalf("something changed between %v and %v", now, next)
		}
		now = next
		if changes++; changes > 400 {
			t.Fatal("changes without end")
		}
	}
	if IconSpec(s, now).State != icon.Ended {
		t.Errorf("the last change, at %v, is not the end", now)
	}
	if changes < 180 || changes > 200 {
		t.Errorf("%d changes in three hours", changes)
	}
}

func TestNothingChangesByItself(t *testing.T) {
	s := api.Snapshot{Sessions: []api.Session{with(running("npm", "", time.Hour), state(api.StateUnknown))}}
	if next := NextChange(s, noon); !next.IsZero() {
		t.Errorf("a change at %v", next)
	}
}

// paper is a screen that remembers.
type paper struct {
	mu       sync.Mutex
	pictures []icon.Spec
	times    []time.Time // of entries
	entries  map[string]string
	opened   bool
}

func (p *paper) tip(string, string) {}

func (p *paper) open() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.opened
}

func (p *paper) opens(open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened = open
}

func (p *paper) picture(spec icon.Spec) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.pictures); n == 0 || p.pictures[n-1] != spec {
		p.pictures = append(p.pictures, spec)
	}
}

func (p *paper) entry(item Item) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.entries[item.Key] = item.Label
	if item.Key == keySession+"0" {
		p.times = append(p.times, time.Now())
	}
}

func (p *paper) hide(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.entries, key)
}

// label is what stands at a place.
func (p *paper) label(key string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.entries[key]
}

// last is the last picture, and how many there were.
func (p *paper) last() (icon.Spec, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pictures[len(p.pictures)-1], len(p.pictures)
}

// TestTwoHours: the icon follows the sand to the end though nothing happens, at the right moments,
// and a line changes once a minute.
func TestTwoHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		fake := fakeagent.New(start.Add(time.Hour)) // its session began an hour before
		l := newLoop(fake, Options{}, mustSnapshot(t, fake))
		p := &paper{entries: map[string]string{}}
		l.on = p
		p.picture(l.spec)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- l.run(ctx) }()
		for i, want := range []struct {
			at    time.Duration
			state icon.State
			level int
		}{
			{0, icon.Running, 5}, {18*time.Minute + 1, icon.Running, 4}, {36*time.Minute + 1, icon.Running, 3},
			{54*time.Minute + 1, icon.Running, 2}, {72*time.Minute + 1, icon.Running, 1},
			{90*time.Minute + 1, icon.Ending, 1}, {120*time.Minute + 1, icon.Ended, 0},
		} {
			<-time.After(time.Until(start.Add(want.at + time.Millisecond)))
			synctest.Wait()
			got, n := p.last()
			if got.State != want.state || icon.Level(got.Share) != want.level || n != i+1 {
				t.Errorf("after %v: state %d, level %d, picture %d", want.at, got.State, icon.Level(got.Share), n)
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		for i := 1; i < len(p.times); i++ {
			if d := p.times[i].Sub(p.times[i-1]); d < 59*time.Second && p.times[i].Before(start.Add(2*time.Hour)) {
				t.Errorf("the line changed after %v", d)
			}
		}
		if n := len(p.times); n < 118 || n > 124 {
			t.Errorf("the line changed %d times in two hours", n)
		}
	})
}

// TestE02_SleepThroughTheEnd: a timer that stood still does not keep the icon from the truth for more
// than half a minute, since every wake-up looks at the wall clock.
func TestE02_SleepThroughTheEnd(t *testing.T) {
	s := api.Snapshot{Sessions: []api.Session{running("npm", "", time.Hour)}}
	l := newLoop(nil, Options{}, s)
	if w := l.wait(noon); w > longestWait || w <= 0 {
		t.Errorf("sleeps %v while a session counts down", w)
	}
	l.snapshot.Sessions = nil
	if w := l.wait(noon); w != 0 {
		t.Errorf("wakes after %v for nothing", w)
	}
}

// TestOpenMenuIsLeftAlone: no label moves under the pointer, but the icon follows.
func TestOpenMenuIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := fakeagent.New(time.Now())
		l, p := onPaper(t, fake)
		before := p.label(keyLock)
		l.opened <- struct{}{}
		synctest.Wait()
		fake.Set(func(s *api.Snapshot) { s.Locked = true })
		synctest.Wait()
		if got := p.label(keyLock); got != before {
			t.Errorf("the open menu changed to %q", got)
		}
		if got, _ := p.last(); got.State != icon.Locked {
			t.Errorf("the icon stayed in state %d", got.State)
		}
		<-time.After(stillFor + time.Second)
		synctest.Wait()
		if got := p.label(keyLock); got != "Unlock" {
			t.Errorf("later it says %q", got)
		}
	})
}

// TestOpenMenuIsAskedFor: where the system says whether the menu is open, entries wait until it is closed, and
// follow soon after.
func TestOpenMenuIsAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := fakeagent.New(time.Now())
		_, p := onPaper(t, fake)
		p.opens(true)
		fake.Set(func(s *api.Snapshot) { s.Locked = true })
		<-time.After(time.Minute)
		synctest.Wait()
		if got := p.label(keyLock); got != "Lock" {
			t.Errorf("the open menu changed to %q", got)
		}
		p.opens(false)
		<-time.After(stillAgain + time.Second)
		synctest.Wait()
		if got := p.label(keyLock); got != "Unlock" {
			t.Errorf("later it says %q", got)
		}
	})
}

// onPaper is a loop that has drawn once. It ends with the test.
func onPaper(t *testing.T, fake *fakeagent.Agent) (*loop, *paper) {
	t.Helper()
	l := newLoop(fake, Options{}, mustSnapshot(t, fake))
	p := &paper{entries: map[string]string{}}
	l.on = p
	go l.run(t.Context())
	synctest.Wait()
	return l, p
}

func mustSnapshot(t *testing.T, a api.Agent) api.Snapshot {
	t.Helper()
	s, err := a.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Settings.Language = "en"
	return s
}
