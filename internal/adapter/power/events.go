package power

import (
	"context"
	"sync"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// Options say where to listen. The zero value is right for a user's session.
type Options struct {
	// SystemBus and SessionBus are D-Bus addresses. Empty: those of this process's environment, or the
	// usual ones. A bus is never started.
	SystemBus, SessionBus string
	// Who and Why are shown to the user by systemd-inhibit --list. Empty: "Sandglass" and an English line.
	Who, Why string
}

// Events implements agent.Power.
type Events struct {
	out chan agent.PowerEvent
	wg  sync.WaitGroup
	system
}

// Events delivers what happened, in order. It is never closed.
func (e *Events) Events() <-chan agent.PowerEvent { return e.out }

// Wait returns once the goroutines ended, which they do with the context of NewEvents.
func (e *Events) Wait() { e.wg.Wait() }

// tell hands on an event; it waits for the agent to take it.
func (e *Events) tell(ctx context.Context, ev agent.PowerEvent) {
	select {
	case e.out <- ev:
	case <-ctx.Done():
	}
}
