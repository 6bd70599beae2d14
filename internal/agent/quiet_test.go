package agent

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// quiet sets quiet hours from and to so long after now.
func (w *world) quiet(from, to time.Duration) {
	w.settings.Quiet = w.Now().Add(from).Format("15:04") + "-" + w.Now().Add(to).Format("15:04")
}

// TestQuietHours: a session ends in the quiet hours. Nothing is told then, and once they are over only what is
// still true: that it has ended, not that it is about to.
func TestQuietHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		w.quiet(time.Hour, 9*time.Hour)
		_, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		<-time.After(9*time.Hour - time.Second)
		if n := w.shown(); len(n) != 0 {
			t.Fatalf("told in the quiet hours: %+v", n)
		}
		<-time.After(2 * time.Second)
		if n := w.shown(); len(n) != 1 || !n[0].Critical {
			t.Errorf("once they are over: %+v", n)
		}
	})
}

// TestQuietHoursAndARenewal: what is no longer true when the quiet hours are over is not told at all.
func TestQuietHoursAndARenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		w.quiet(time.Hour, 4*time.Hour)
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		<-time.After(3 * time.Hour)
		w.renew(t, a)
		<-time.After(90 * time.Minute)
		if n := w.shown(); len(n) != 0 {
			t.Errorf("told of a session that was renewed: %+v", n)
		}
	})
}

// TestQuietHoursHoldTheOfferBack: the first literal is seen in the quiet hours. Whether it may be moved is asked
// afterwards, if it still stands there then.
func TestQuietHoursHoldTheOfferBack(t *testing.T) {
	for name, stays := range map[string]bool{"it stays": true, "it goes": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.quiet(0, time.Hour)
				_, stop := w.run(t)
				defer stop()
				text := rewritten(w.issue())
				w.save(userRC, text)
				if n := w.shown(); len(n) != 0 {
					t.Fatalf("asked in the quiet hours: %+v", n)
				}
				if w.save(userRC, "# mine\n"+text); !stays {
					w.save(userRC, "")
				}
				<-time.After(time.Hour + time.Second)
				switch n := w.shown(); {
				case !stays && len(n) != 0:
					t.Errorf("asked of a line that is gone: %+v", n)
				case stays && (len(n) != 1 || n[0].ID != "move"):
					t.Errorf("once they are over: %+v", n)
				}
			})
		})
	}
}

// TestQuietHoursAndTheHelper: pnpm asks for a session that is over. In the quiet hours that is not told by a
// notice of its own; that the session is over is told afterwards.
func TestQuietHoursAndTheHelper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		w.quiet(time.Hour, 4*time.Hour)
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		<-time.After(3 * time.Hour)
		if _, err := a.Grant(t.Context(), api.GrantRequest{Use: api.UseHelper, Registry: reg.String(), Program: "pnpm"}); err == nil {
			t.Fatal("a session that is over was given")
		}
		synctest.Wait()
		if n := w.shown(); len(n) != 0 {
			t.Fatalf("told in the quiet hours: %+v", n)
		}
		<-time.After(61 * time.Minute)
		if n := w.shown(); len(n) != 1 || !n[0].Critical || !strings.Contains(n[0].Title, reg.Name()) {
			t.Errorf("once they are over: %+v", n)
		}
	})
}
