// Package clipboard puts a secret where the user can paste it once or twice, and takes it away again.
//
// What it puts there carries the marks that ask clipboard histories and clouds to leave it alone: they are free to
// do otherwise. It is taken away half a minute later, and when the program says so, and only while it is still what
// the clipboard holds. What anybody copied since is never touched: the system says whose it is, in one step with the
// clearing. While it is there every program of the user's can read it.
//
// It works on X11, on Windows, and on macOS where built with cgo. Elsewhere, and in a Wayland session, where a
// client without a window may not own the clipboard, Put returns an error that wraps errors.ErrUnsupported. A
// Clipboard is safe for concurrent use.
package clipboard

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Keep is how long a secret stays.
const Keep = 30 * time.Second

// claim is what was put on the clipboard. Its only method empties the clipboard if it still holds that, and
// forgets the secret in any case. It may be called more than once.
type claim interface{ drop() }

// Clipboard puts secrets on the clipboard. Make one with New.
type Clipboard struct {
	take  func(context.Context, token.Secret) (claim, error)
	after func(time.Duration, func()) *time.Timer

	mu    sync.Mutex
	claim claim
	timer *time.Timer
}

// New makes a clipboard. It connects to nothing before the first Put.
func New() *Clipboard { return &Clipboard{take: take, after: time.AfterFunc} }

// Put puts a secret on the clipboard, for as long as Keep says.
func (c *Clipboard) Put(ctx context.Context, secret token.Secret) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	next, err := c.take(ctx, secret)
	if err != nil {
		return fmt.Errorf("put on the clipboard: %w", err)
	}
	c.clear() // what it held is no longer there, but is not forgotten yet
	c.claim = next
	c.timer = c.after(Keep, func() { c.expire(next) })
	return nil
}

// Clear takes the secret away at once, if it is still there. Call it when the program ends.
func (c *Clipboard) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
}

// expire ends a claim, unless a newer one took its place while its time ran out.
func (c *Clipboard) expire(old claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.claim == old {
		c.clear()
	}
}

func (c *Clipboard) clear() {
	if c.claim == nil {
		return
	}
	c.timer.Stop()
	c.claim.drop()
	c.claim, c.timer = nil, nil
}
