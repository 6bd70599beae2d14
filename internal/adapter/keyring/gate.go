package keyring

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// errBroken stands for a panic inside a keyring library: a stranger's signal on the bus or the bus's
// end can cause one. The panic's text is dropped, since it may quote what was being read.
var errBroken = errors.New("the keyring's library broke off")

// gate lets one call through at a time and gives up on it after a limit.
type gate struct {
	limit time.Duration
	turn  chan struct{} // holds one value while a call runs

	mu    sync.Mutex
	began time.Time // of the running call, zero if none runs
}

func newGate(limit time.Duration) *gate {
	if limit <= 0 {
		limit = DefaultLimit
	}
	return &gate{limit: limit, turn: make(chan struct{}, 1)}
}

// result is what a call came to; take hands its value over.
type result struct {
	take func()
	err  error
}

// run calls f when it is its turn. f returns what to do with its result, which happens only if the
// caller still waits. Waiting for the turn counts towards the limit. A call that does not return
// costs one goroutine: until it does, run fails at once.
func (g *gate) run(ctx context.Context, f func() (func(), error)) error {
	if g.stuck() {
		return fmt.Errorf("%w: an earlier call still waits", agent.ErrKeyringSlow)
	}
	limit := time.NewTimer(g.limit)
	defer limit.Stop()
	select {
	case g.turn <- struct{}{}:
	case <-limit.C:
		return agent.ErrKeyringSlow
	case <-ctx.Done():
		return ctx.Err()
	}
	done := make(chan result, 1)
	g.begin(time.Now())
	go g.call(f, done)
	select {
	case r := <-done:
		if r.err == nil && r.take != nil {
			r.take()
		}
		return r.err
	case <-limit.C:
		return agent.ErrKeyringSlow
	case <-ctx.Done():
		return ctx.Err()
	}
}

// call runs f and gives the turn back, whatever f does. The turn is back before the result is told.
func (g *gate) call(f func() (func(), error), done chan<- result) {
	r := result{err: errBroken}
	defer func() {
		_ = recover()
		g.begin(time.Time{})
		<-g.turn
		done <- r
	}()
	take, err := f()
	r = result{take, err}
}

func (g *gate) begin(at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.began = at
}

// stuck reports whether the running call has passed its limit.
func (g *gate) stuck() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.began.IsZero() && time.Since(g.began) >= g.limit
}
