package notify

import (
	"sync"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// outlet is the way from the desktop to the agent.
type outlet struct {
	pressed chan agent.Pressed
	done    chan struct{}
	once    sync.Once
}

func newOutlet() *outlet {
	return &outlet{pressed: make(chan agent.Pressed, 16), done: make(chan struct{})}
}

// Pressed tells of pressed buttons and, with an empty Key, of notices that are gone. A pressed notice
// is usually told as gone right after.
func (o *outlet) Pressed() <-chan agent.Pressed { return o.pressed }

// tell hands presses on. It waits for the reader, but not once the outlet is shut.
func (o *outlet) tell(pressed []agent.Pressed) {
	for _, p := range pressed {
		select {
		case o.pressed <- p:
		case <-o.done:
			return
		}
	}
}

// shut ends all that waits for the reader.
func (o *outlet) shut() { o.once.Do(func() { close(o.done) }) }
