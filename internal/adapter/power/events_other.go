//go:build !linux

package power

import (
	"context"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// system has nothing to hold here.
type system struct{}

// NewEvents watches for gaps in the wall clock and delivers PowerWake after one; the other events are not
// to be had on this system. It never fails.
func NewEvents(ctx context.Context, _ Options) (*Events, error) {
	e := &Events{out: make(chan agent.PowerEvent, 4)}
	e.wg.Go(func() { e.gaps(ctx, time.Now) })
	return e, nil
}

// Done does nothing here: sleep cannot be held up.
func (e *Events) Done() {}
