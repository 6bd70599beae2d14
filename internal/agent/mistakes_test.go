package agent

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// TestRevocationTeachesNothing: a session revoked before its time says nothing of how long sessions live.
func TestRevocationTeachesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		a, stop := w.run(t)
		defer stop()
		old := w.issue()
		w.save(userRC, rewritten(old))
		<-time.After(30 * time.Minute)
		do(t, a, api.VerbProbe)
		<-time.After(time.Minute)
		fresh := w.issue() // before the deletion: the fake numbers by len(issued)
		w.set(func() { delete(w.issued, old) })
		do(t, a, api.VerbProbe)
		w.save(userRC, rewritten(fresh))
		if s := only(t, a); s.Lifetime != api.LifetimeAssumed || s.Learned != 0 || s.Left(w.Now()) != 2*time.Hour {
			t.Errorf("%s, learned %d, %v left", s.Lifetime, s.Learned, s.Left(w.Now()))
		}
	})
}

// TestOneSessionTeachesOnce: asking again about a session that is over adds no second observation.
func TestOneSessionTeachesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.life, w.policy = time.Hour, 0
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		for only(t, a).State != api.StateEnded {
			<-time.After(10 * time.Second)
			synctest.Wait()
		}
		for range 3 {
			do(t, a, api.VerbProbe)
		}
		if s := only(t, a); s.Learned != 1 {
			t.Errorf("one session taught %d lifetimes", s.Learned)
		}
	})
}

// TestOneRefusalWithoutAKnownEnd: the same as TestOneRefusalIsNotTheEnd where no policy is known.
func TestOneRefusalWithoutAKnownEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.policy = 0
		a, stop := w.run(t)
		defer stop()
		var no atomic.Bool
		a.ports.Registry = stumbling{w, &no}
		w.save(userRC, rewritten(w.issue()))
		<-time.After(30 * time.Minute)
		no.Store(true)
		do(t, a, api.VerbProbe)
		no.Store(false)
		<-time.After(30 * time.Minute)
		synctest.Wait()
		if s := only(t, a); s.State == api.StateEnded || s.Learned != 0 {
			t.Errorf("%s, learned %d", s.State, s.Learned)
		}
	})
}

type closing struct {
	Notices
	n *atomic.Int32
}

func (c closing) Close(context.Context, string) error { c.n.Add(1); return nil }

// TestEndedNoticeOutlivesTheMistake: one refusal shows a critical "ended"; taken again, it goes.
func TestEndedNoticeOutlivesTheMistake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		a, stop := w.run(t)
		defer stop()
		var no atomic.Bool
		var closed atomic.Int32
		a.ports.Registry = stumbling{w, &no}
		a.ports.Notices = closing{a.ports.Notices, &closed}
		w.save(userRC, rewritten(w.issue()))
		<-time.After(30 * time.Minute)
		synctest.Wait()
		closed.Store(0)
		no.Store(true)
		do(t, a, api.VerbProbe)
		no.Store(false)
		<-time.After(askTwice + time.Second)
		synctest.Wait()
		if n := w.shown(); len(n) != 0 && n[len(n)-1].Critical && closed.Load() == 0 && only(t, a).State == api.StateRunning {
			t.Errorf("%q stays on the screen while the session runs", n[len(n)-1].Title)
		}
	})
}

// TestPlanShowsAllThatMoveWrites: comments that Move brings back are in the plan.
func TestPlanShowsAllThatMoveWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		p, err := a.Plan(t.Context(), api.SetupRequest{Move: true})
		if err != nil {
			t.Fatal(err)
		}
		diff := strings.Join(p.Edits[0].Diff, "\n")
		if err := a.Apply(t.Context(), p.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := w.text(userRC); strings.Contains(got, "; my registries") && !strings.Contains(diff, "; my registries") {
			t.Errorf("shown:\n%s\nwritten:\n%s", diff, got)
		}
	})
}

// TestLockIsDoneWhenItReturns: the env file is empty when Lock has answered.
func TestLockIsDoneWhenItReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		late := 0
		for range 200 {
			_ = a.Do(t.Context(), api.Action{Verb: api.VerbLock})
			if w.shell("NPM_TOKEN") != "" || !snapshot(t, a).Locked {
				late++
			}
			do(t, a, api.VerbUnlock)
		}
		if late > 0 {
			t.Errorf("%d of 200 times Lock answered before it had emptied the env file", late)
		}
	})
}
