package keyring

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

func nothing() (func(), error) { return nil, nil }

func TestH03_HungCallFailsInThreeSecondsAndCostsOneGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, user := newGate(0), make(chan struct{})
		start, before := time.Now(), runtime.NumGoroutine()
		err := g.run(t.Context(), func() (func(), error) { <-user; return nil, nil })
		if !errors.Is(err, agent.ErrKeyringSlow) || time.Since(start) != 3*time.Second {
			t.Fatalf("hung call: %v after %v, want ErrKeyringSlow after 3s", err, time.Since(start))
		}
		for range 100 {
			if err := g.run(t.Context(), nothing); !errors.Is(err, agent.ErrKeyringSlow) {
				t.Fatalf("call behind a hung one: %v, want ErrKeyringSlow", err)
			}
		}
		if time.Since(start) != 3*time.Second {
			t.Errorf("calls behind a hung one took %v", time.Since(start)-3*time.Second)
		}
		if n := runtime.NumGoroutine() - before; n != 1 {
			t.Errorf("a hung call and 100 behind it cost %d goroutines, want 1", n)
		}
		close(user) // ten minutes later the user answers
		synctest.Wait()
		if err := g.run(t.Context(), nothing); err != nil {
			t.Errorf("after the hung call ended: %v", err)
		}
	})
}

func TestH05_SlowCallsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(0)
		slow := func() (func(), error) { <-time.After(2 * time.Second); return nil, nil }
		errs := make(chan error, 2)
		for range 2 {
			go func() { errs <- g.run(context.Background(), slow) }()
		}
		first, second := <-errs, <-errs
		if first != nil || !errors.Is(second, agent.ErrKeyringSlow) {
			t.Errorf("two calls of 2s: %v and %v, want the first in time and the second slow", first, second)
		}
		<-time.After(DefaultLimit) // the second one ends
		if err := g.run(t.Context(), nothing); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestGateLateResultIsNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, user, taken := newGate(0), make(chan struct{}), false
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := g.run(ctx, func() (func(), error) { <-user; return func() { taken = true }, nil })
		close(user)
		synctest.Wait()
		if !errors.Is(err, context.DeadlineExceeded) || taken {
			t.Errorf("cancelled call: %v, its value taken: %v", err, taken)
		}
	})
}

func TestH06_PanicInLibraryIsAnError(t *testing.T) {
	g := newGate(0)
	err := g.run(t.Context(), func() (func(), error) { panic("npm_secretInPanic") })
	if !errors.Is(err, errBroken) {
		t.Errorf("panic: %v", err)
	}
	if err := g.run(t.Context(), nothing); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}
