package agent

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
)

// reminded are the notices about access tokens.
func (w *world) reminded() (out []Notice) {
	for _, n := range w.shown() {
		if n.ID == noticeTokens {
			out = append(out, n)
		}
	}
	return out
}

// listOnce has the list read, so that the agent knows what it reminds of.
func listOnce(t *testing.T, w *world, all ...access.Token) (a *Agent, stop func()) {
	t.Helper()
	w.settings.Language = "en"
	w.withTokens(all...)
	a, stop = w.run(t)
	w.signIn(t, a)
	tokensOf(t, a, false)
	return a, stop
}

// TestReminders: 14, 7 and 1 days before its end an access token is told, once each, over the year's end, restarts, and
// long after the session that read the list.
func TestReminders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		<-time.After(time.Until(time.Date(2000, time.December, 15, 10, 0, 0, 0, time.UTC)))
		ends := time.Date(2001, time.January, 5, 10, 0, 0, 0, time.UTC)
		_, stop := listOnce(t, w, granular(1, "ci of acme", ends))
		for i, c := range []struct {
			at   string
			want int
		}{
			{"2000-12-22 09:59:59", 0}, {"2000-12-22 10:00:01", 1}, {"2000-12-29 09:59:59", 1}, {"2000-12-29 10:00:01", 2},
			{"2001-01-04 09:59:59", 2}, {"2001-01-04 10:00:01", 3}, {"2001-01-05 10:00:01", 3}, {"2001-02-05 10:00:00", 3},
		} {
			at, _ := time.Parse(time.DateTime, c.at)
			if <-time.After(time.Until(at)); i%2 == 1 { // and nothing is told twice by a new agent
				stop()
				_, stop = w.run(t)
			}
			synctest.Wait()
			if n := w.reminded(); len(n) != c.want {
				t.Fatalf("at %s: %d told, want %d: %+v", c.at, len(n), c.want, n)
			}
		}
		stop()
		n := w.reminded()
		if n[0].Critical || !n[2].Critical || n[0].Buttons[0].Key != buttonOpen || !strings.Contains(n[0].Body, "ci of acme") || !strings.Contains(n[0].Title, reg.Name()) {
			t.Errorf("told: %+v", n)
		}
	})
}

// TestRemindersAfterALongSleep: a laptop sleeps over two of them. Only the most urgent is told.
func TestRemindersAfterALongSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		_, stop := listOnce(t, w, granular(1, "ci", w.Now().AddDate(0, 0, 20)))
		defer stop()
		w.sleep(19*24*time.Hour + 12*time.Hour)
		if n := w.reminded(); len(n) != 1 || !n[0].Critical {
			t.Fatalf("after the sleep: %+v", n)
		}
		w.jump -= 10 * 24 * time.Hour // and somebody sets the clock back
		w.alarm()
		<-time.After(48 * time.Hour)
		synctest.Wait()
		if n := w.reminded(); len(n) != 1 {
			t.Errorf("after the clock was set back: %+v", n)
		}
	})
}

// TestRemindersInOneNotice: several at once are one notice, and so are those that come while nobody has read the first.
func TestRemindersInOneNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		now := w.Now()
		all := []access.Token{granular(1, "one\u202e", now.AddDate(0, 0, 15)), granular(2, "two", now.AddDate(0, 0, 15)), granular(3, "three", now.AddDate(0, 0, 16))}
		for i := range 8 {
			all = append(all, granular(10+i, "more", now.AddDate(0, 0, 17)))
		}
		_, stop := listOnce(t, w, all...)
		defer stop()
		<-time.After(24*time.Hour + time.Second)
		n := w.reminded()
		if len(n) != 1 || strings.Count(n[0].Body, "\n") != 1 || !strings.HasPrefix(n[0].Title, "2 ") || strings.Contains(n[0].Body, "\u202e") {
			t.Fatalf("two at once: %+v", n)
		}
		<-time.After(24 * time.Hour)
		if n = w.reminded(); len(n) != 2 || !strings.HasPrefix(n[1].Title, "3 ") {
			t.Fatalf("a third: %+v", n)
		}
		w.press <- Pressed{ID: noticeTokens} // it is gone
		<-time.After(24 * time.Hour)
		if n = w.reminded(); len(n) != 3 || !strings.HasPrefix(n[2].Title, "8 ") || strings.Count(n[2].Body, "\n") != maxReminders || !strings.Contains(n[2].Body, "and 2 more") {
			t.Fatalf("after it was read: %+v", n)
		}
	})
}

// TestRemindersHeldBack: in the quiet hours, while notices are paused and for a registry that is muted nothing is told. It
// is told afterwards.
func TestRemindersHeldBack(t *testing.T) {
	for name, hold := range map[string]func(t *testing.T, w *world, a *Agent) (letGo func()){
		"quiet hours": func(t *testing.T, w *world, a *Agent) func() {
			return func() {}
		},
		"paused": func(t *testing.T, w *world, a *Agent) func() {
			act(t, a, api.Action{Verb: api.VerbPause, Until: w.Now().Add(30 * time.Hour)})
			return func() {}
		},
		"muted": func(t *testing.T, w *world, a *Agent) func() {
			act(t, a, api.Action{Verb: api.VerbMute, Registry: reg.String()})
			return func() { act(t, a, api.Action{Verb: api.VerbUnmute, Registry: reg.String()}) }
		},
		"off": func(t *testing.T, w *world, a *Agent) func() {
			s := w.settings
			s.Notices = false
			act(t, a, api.Action{Verb: api.VerbSet, Settings: &s})
			return func() { s.Notices = true; act(t, a, api.Action{Verb: api.VerbSet, Settings: &s}) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				if name == "quiet hours" {
					w.quiet(23*time.Hour, 30*time.Hour)
				}
				a, stop := listOnce(t, w, granular(1, "ci", w.Now().AddDate(0, 0, 15)))
				defer stop()
				letGo := hold(t, w, a)
				<-time.After(29 * time.Hour)
				if n := w.reminded(); len(n) != 0 {
					t.Fatalf("told: %+v", n)
				}
				letGo()
				<-time.After(time.Hour + time.Minute)
				synctest.Wait()
				if n := w.reminded(); len(n) != 1 {
					t.Errorf("afterwards: %+v", n)
				}
			})
		})
	}
}

// TestRemindersOpenTheRoom: the notice's button brings up the access tokens.
func TestRemindersOpenTheRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := listOnce(t, w, granular(1, "ci", w.Now().AddDate(0, 0, 10)))
		defer stop()
		window := &contractWindow{}
		a.post(func() { a.ports.Window = window })
		synctest.Wait()
		if n := w.reminded(); len(n) != 1 {
			t.Fatalf("told at once: %+v", n)
		}
		w.press <- Pressed{ID: noticeTokens, Key: buttonOpen}
		synctest.Wait()
		window.Lock()
		defer window.Unlock()
		if len(window.rooms) != 1 || window.rooms[0] != api.RoomTokens {
			t.Errorf("shown: %v", window.rooms)
		}
	})
}

// TestRemindersNobodySaw: the notification service does not answer. What it would not show is shown later.
func TestRemindersNobodySaw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.noticeErr = errors.New("no service")
		_, stop := listOnce(t, w, granular(1, "ci", w.Now().AddDate(0, 0, 10)))
		defer stop()
		synctest.Wait()
		if n := w.reminded(); len(n) != 0 {
			t.Fatalf("shown: %+v", n)
		}
		w.set(func() { w.noticeErr = nil })
		<-time.After(retryNotice + time.Second)
		synctest.Wait()
		if n := w.reminded(); len(n) != 1 {
			t.Errorf("shown: %+v", n)
		}
	})
}

// TestRenewedEndIsToldAnew: the list tells another end of the same access token.
func TestRenewedEndIsToldAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := listOnce(t, w, granular(1, "ci", w.Now().AddDate(0, 0, 10)))
		defer stop()
		w.set(func() { w.tokens.lists[reg] = []access.Token{granular(1, "ci", w.Now().AddDate(0, 0, 40))} })
		tokensOf(t, a, true)
		<-time.After(26*24*time.Hour + time.Second)
		synctest.Wait()
		if n := w.reminded(); len(n) != 2 {
			t.Errorf("shown: %+v", n)
		}
	})
}

// TestReminderGoesWithItsToken: what was told of is revoked. The notice goes, and nothing is told of it again.
func TestReminderGoesWithItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := listOnce(t, w, granular(1, "ci", w.Now().AddDate(0, 0, 10)))
		defer stop()
		w.set(func() { w.tokens.lists[reg] = nil })
		tokensOf(t, a, true)
		<-time.After(20 * 24 * time.Hour)
		synctest.Wait()
		if n := w.reminded(); len(n) != 1 || !slices.Contains(w.closed, noticeTokens) {
			t.Errorf("shown: %+v, closed: %v", n, w.closed)
		}
		if s := snapshot(t, a); len(s.Soon) != 0 {
			t.Errorf("soon: %+v", s.Soon)
		}
	})
}

// TestForgottenRegistryIsNotRemindedOf: who has a registry forgotten hears no more of it.
func TestForgottenRegistryIsNotRemindedOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := listOnce(t, w, granular(1, "ci", w.Now().AddDate(0, 0, 20)))
		defer stop()
		act(t, a, api.Action{Verb: api.VerbForget, Registry: reg.String()})
		<-time.After(20 * 24 * time.Hour)
		synctest.Wait()
		if n, s := w.reminded(), snapshot(t, a); len(n) != 0 || len(s.Soon) != 0 {
			t.Errorf("shown: %+v, soon: %+v", n, s.Soon)
		}
	})
}
