package clipboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// owner owns X's clipboard by a window that nobody sees, on a connection of its own. When that is closed the
// server takes the clipboard away from the window, and from nobody else.
type owner struct {
	conn   *xgb.Conn
	window xproto.Window
	atoms  map[string]xproto.Atom
	since  xproto.Timestamp
	secret token.Secret
	served chan struct{} // closed when the claim has ended
}

// dropLimit is how long the server may take to let go.
const dropLimit = time.Second

// silence keeps the library from writing to standard error, once in a process.
var silence = sync.OnceFunc(func() { xgb.Logger = log.New(io.Discard, "", 0) })

// take makes the secret what the X clipboard holds. In a Wayland session the program's own windows are Wayland's,
// and compositors ignore the X clipboard of those that have none there.
func take(ctx context.Context, secret token.Secret) (claim, error) {
	if os.Getenv("DISPLAY") == "" || os.Getenv("WAYLAND_DISPLAY") != "" {
		return nil, fmt.Errorf("no X11 session: %w", errors.ErrUnsupported)
	}
	silence()
	type result struct {
		o   *owner
		err error
	}
	done := make(chan result, 1)
	go func() {
		o, err := own(secret)
		done <- result{o, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, r.err
		}
		return r.o, nil
	case <-ctx.Done():
		go func() {
			if r := <-done; r.err == nil {
				r.o.drop()
			}
		}()
		return nil, ctx.Err()
	}
}

// own connects, takes the clipboard and serves it.
func own(secret token.Secret) (*owner, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("connect to the X server: %w", err)
	}
	o := &owner{conn: conn, secret: secret, served: make(chan struct{})}
	if err := o.claim(); err != nil {
		conn.Close()
		return nil, err
	}
	go o.serve()
	return o, nil
}

func (o *owner) claim() (err error) {
	if o.atoms, err = atoms(o.conn); err != nil {
		return err
	}
	screen := xproto.Setup(o.conn).DefaultScreen(o.conn)
	if o.window, err = xproto.NewWindowId(o.conn); err != nil {
		return fmt.Errorf("make a window: %w", err)
	}
	err = xproto.CreateWindowChecked(o.conn, 0, o.window, screen.Root, -1, -1, 1, 1, 0, xproto.WindowClassInputOnly,
		0, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange}).Check()
	if err != nil {
		return fmt.Errorf("make a window: %w", err)
	}
	if o.since, err = o.now(); err != nil {
		return err
	}
	board := o.atoms[nameClipboard]
	if err := xproto.SetSelectionOwnerChecked(o.conn, o.window, board, o.since).Check(); err != nil {
		return fmt.Errorf("take the X clipboard: %w", err)
	}
	is, err := xproto.GetSelectionOwner(o.conn, board).Reply()
	if err != nil {
		return fmt.Errorf("take the X clipboard: %w", err)
	}
	if is.Owner != o.window {
		return errors.New("take the X clipboard: another program was faster")
	}
	return nil
}

// now is the server's time, which an owner must say and which only an event tells.
func (o *owner) now() (xproto.Timestamp, error) {
	stamp := o.atoms[nameStamp]
	if err := xproto.ChangePropertyChecked(o.conn, xproto.PropModeAppend, o.window, stamp, xproto.AtomString, 8, 0, nil).Check(); err != nil {
		return 0, fmt.Errorf("ask for the time of the X server: %w", err)
	}
	for {
		event, err := o.conn.WaitForEvent()
		if event, ok := event.(xproto.PropertyNotifyEvent); ok && event.Atom == stamp {
			return event.Time, nil
		}
		if event == nil && err == nil {
			return 0, errors.New("ask for the time of the X server: the connection ended")
		}
	}
}

// drop ends the connection, and with it the ownership, if it is still ours. A server that hangs keeps no program
// from ending.
func (o *owner) drop() {
	o.conn.Close()
	select {
	case <-o.served:
	case <-time.After(dropLimit):
	}
}
