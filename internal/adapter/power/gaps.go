package power

import (
	"context"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// gaps looks at the wall clock every 15 s and tells of a wake after each gap, until ctx is over.
func (e *Events) gaps(ctx context.Context, now func() time.Time) {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		from := now()
		w := wait{from: from, planned: untilTick(from)}
		t.Reset(w.planned)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if slept, _ := w.over(now()); slept {
				e.tell(ctx, agent.PowerWake)
			}
		}
	}
}
