package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// use notes a use as the shells' hooks do: they touch one empty file.
func (w *world) use() {
	w.set(func() { w.files[w.Dir()+"/used"], w.modified[w.Dir()+"/used"] = "", w.Now() })
}

// TestToldWhereNoHookNotesUses: without a hook nobody knows whether a session is in use. Its end is told all
// the same, ten minutes before and when it is there, in one notice that is replaced.
func TestToldWhereNoHookNotesUses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		_, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		<-time.After(110*time.Minute - time.Second)
		if n := w.shown(); len(n) != 0 {
			t.Fatalf("told too early: %+v", n)
		}
		<-time.After(2 * time.Second)
		if n := w.shown(); len(n) != 1 || n[0].Critical || n[0].Buttons[0].Key != buttonRenew {
			t.Fatalf("ten minutes before the end: %+v", n)
		}
		<-time.After(2 * time.Hour)
		if n := w.shown(); len(n) != 2 || !n[1].Critical || n[1].ID != n[0].ID {
			t.Errorf("after the end: %+v", n)
		}
	})
}

// TestToldToWhoUsesIt: a session that a shell used within the hour before is announced ten minutes before
// its end. One that lay idle for longer ends without a word.
func TestToldToWhoUsesIt(t *testing.T) {
	for _, tt := range []struct {
		name   string
		usedAt time.Duration // after the login
		want   int           // notices ten minutes before the end of two hours
	}{
		{"used 40 minutes before", 70 * time.Minute, 1},
		{"used an hour before", 50 * time.Minute, 1},
		{"idle for more than an hour", 49 * time.Minute, 0},
		{"idle since just after the login", time.Minute, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.settings.Move = true
				w.files[userRC] = placeholderFile
				_, stop := w.run(t)
				defer stop()
				w.save(userRC, rewritten(w.issue()))
				<-time.After(tt.usedAt)
				w.use()
				<-time.After(110*time.Minute - tt.usedAt)
				synctest.Wait()
				if n := w.shown(); len(n) != tt.want {
					t.Errorf("ten minutes before the end: %+v", n)
				}
				<-time.After(3 * time.Hour)
				if n := w.shown(); tt.want == 0 && len(n) != 0 {
					t.Errorf("told of a session that nobody missed: %+v", n)
				}
			})
		})
	}
}

// TestLaterComesBack: "Later" on the notice of an ended session brings it back in five minutes, once.
func TestLaterComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		_, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		<-time.After(121 * time.Minute)
		before := len(w.shown())
		w.press <- Pressed{ID: reg.String(), Key: buttonLater}
		<-time.After(snoozeFor - time.Second)
		if len(w.shown()) != before {
			t.Fatal("told again before the five minutes were over")
		}
		<-time.After(2 * time.Second)
		if n := w.shown(); len(n) != before+1 || !n[before].Critical || n[before].ID != reg.String() {
			t.Fatalf("after five minutes: %+v", n[before:])
		}
		<-time.After(time.Hour)
		if n := w.shown(); len(n) != before+1 {
			t.Errorf("told %d times after one Later", len(n)-before)
		}
	})
}

// mute is a notification service that shows nothing for a while.
type mute struct {
	Notices
	off *atomic.Bool
}

func (m mute) Show(ctx context.Context, n Notice) error {
	if m.off.Load() {
		return errors.New("no notification service")
	}
	return m.Notices.Show(ctx, n)
}

// TestNoticeThatCouldNotBeShown: the desktop's notification service starts late. The notice is shown when it
// is there, before the session's end, and only once.
func TestNoticeThatCouldNotBeShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.life, w.policy = time.Hour, time.Hour
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		var off atomic.Bool
		off.Store(true)
		a.ports.Notices = mute{a.ports.Notices, &off}
		w.save(userRC, rewritten(w.issue()))
		<-time.After(51*time.Minute + 30*time.Second)
		off.Store(false)
		if len(w.shown()) != 0 {
			t.Fatal("shown without a service")
		}
		<-time.After(retryNotice)
		if n := w.shown(); len(n) != 1 || n[0].Critical || n[0].ID != reg.String() {
			t.Errorf("once the service is there: %+v", n)
		}
		<-time.After(7 * time.Minute)
		if n := w.shown(); len(n) != 1 {
			t.Errorf("told %d times before the end", len(n))
		}
	})
}

// TestE02_OneNoticeAfterASleep: four sessions end during one sleep, and one notice says so. Later puts all of them off,
// and what opens the window reads all of them.
func TestE02_OneNoticeAfterASleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		_, stop := w.run(t)
		defer stop()
		text := ""
		for i := range 4 {
			jwt := makeJWT(w.Now().Add(time.Duration(i)*time.Second), w.Now().Add(2*time.Hour+time.Duration(i)*time.Second))
			w.set(func() { w.issued[jwt] = time.Now().Add(2 * time.Hour) })
			text += fmt.Sprintf("//r%d.example.com/:_authToken=%s\n", i, jwt)
		}
		w.save(userRC, text)
		<-time.After(30 * time.Minute)
		before := len(w.shown())
		w.sleep(3 * time.Hour)
		<-time.After(2 * time.Minute)
		n := w.shown()[before:]
		if len(n) != 1 || n[0].ID != noticeSeveral || !n[0].Critical || n[0].Buttons[0].Key != buttonOpen {
			t.Fatalf("after the sleep: %+v", n)
		}
		for i := range 4 {
			if !strings.Contains(n[0].Body, fmt.Sprintf("r%d.example.com: ended", i)) {
				t.Errorf("the notice says %q", n[0].Body)
			}
		}
		w.press <- Pressed{ID: "https://r0.example.com/"} // its own notice, which was taken off the screen
		w.press <- Pressed{ID: noticeSeveral, Key: buttonLater}
		<-time.After(snoozeFor + time.Second)
		if n = w.shown()[before:]; len(n) != 2 || n[1].ID != noticeSeveral || strings.Count(n[1].Body, "\n") != 3 {
			t.Errorf("after Later: %+v", n[1:])
		}
		w.press <- Pressed{ID: noticeSeveral, Key: buttonOpen}
		<-time.After(time.Hour)
		if n = w.shown()[before:]; len(n) != 2 {
			t.Errorf("told again: %+v", n[2:])
		}
	})
}

// TestMutedSaysNothing: a registry whose notices are muted ends without a word.
func TestMutedSaysNothing(t *testing.T) {
	for _, muted := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			w.settings.Move = true
			w.files[userRC] = placeholderFile
			a, stop := w.run(t)
			defer stop()
			w.save(userRC, rewritten(w.issue()))
			synctest.Wait()
			if muted {
				if err := a.Do(t.Context(), api.Action{Verb: api.VerbMute, Registry: only(t, a).Registry}); err != nil {
					t.Fatal(err)
				}
			}
			<-time.After(3 * time.Hour)
			if told := len(w.shown()) > 0; told == muted {
				t.Errorf("muted %v, told %v", muted, told)
			}
		})
	}
}
