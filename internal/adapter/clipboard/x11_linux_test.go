package clipboard

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

// secret is made for this test.
var secret = token.NewSecret("npm_" + strings.Repeat("cl1pB0ard", 4))

// onScreen points the environment at a screen of the test's own.
func onScreen(t *testing.T) {
	t.Helper()
	t.Setenv("DISPLAY", desktop.Screen(t))
	t.Setenv("WAYLAND_DISPLAY", "")
}

// alarms are what a clipboard under test has set; the test says when the time is over.
type alarms chan func()

func newClipboard(t *testing.T) (*Clipboard, alarms) {
	t.Helper()
	set := make(alarms, 8)
	c := New()
	c.after = func(d time.Duration, f func()) *time.Timer {
		if d != Keep {
			t.Errorf("a secret stays %v", d)
		}
		set <- f
		return time.AfterFunc(time.Hour, f)
	}
	t.Cleanup(c.Clear)
	return c, set
}

func put(t *testing.T, c *Clipboard, s token.Secret) {
	t.Helper()
	if err := c.Put(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// client is another program on the screen.
type client struct {
	t      *testing.T
	conn   *xgb.Conn
	window xproto.Window
}

func newClient(t *testing.T) *client {
	t.Helper()
	silence()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	window, err := xproto.NewWindowId(conn)
	if err != nil {
		t.Fatal(err)
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	if err := xproto.CreateWindowChecked(conn, 0, window, root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check(); err != nil {
		t.Fatal(err)
	}
	return &client{t, conn, window}
}

func (c *client) atom(name string) xproto.Atom {
	c.t.Helper()
	reply, err := xproto.InternAtom(c.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		c.t.Fatal(err)
	}
	return reply.Atom
}

// paste asks for a selection as a target, and returns what was given and as which type; ok is false where the
// owner declined, or where there is none.
func (c *client) paste(selection, target string) (data []byte, kind xproto.Atom, ok bool) {
	c.t.Helper()
	property := c.atom("SANDGLASS_TEST")
	xproto.ConvertSelection(c.conn, c.window, c.atom(selection), c.atom(target), property, xproto.TimeCurrentTime)
	for {
		event, problem := c.conn.WaitForEvent()
		if event == nil {
			c.t.Fatalf("paste %s: %v", target, problem)
		}
		told, is := event.(xproto.SelectionNotifyEvent)
		if !is {
			continue
		}
		if told.Property == xproto.AtomNone {
			return nil, 0, false
		}
		got, err := xproto.GetProperty(c.conn, true, c.window, property, xproto.GetPropertyTypeAny, 0, 1<<16).Reply()
		if err != nil {
			c.t.Fatal(err)
		}
		return got.Value, got.Type, true
	}
}

// copies takes the clipboard, as any other program does.
func (c *client) copies() {
	c.t.Helper()
	if err := xproto.SetSelectionOwnerChecked(c.conn, c.window, c.atom(nameClipboard), xproto.TimeCurrentTime).Check(); err != nil {
		c.t.Fatal(err)
	}
}

// owner is whose the clipboard is.
func (c *client) owner() xproto.Window {
	c.t.Helper()
	reply, err := xproto.GetSelectionOwner(c.conn, c.atom(nameClipboard)).Reply()
	if err != nil {
		c.t.Fatal(err)
	}
	return reply.Owner
}

func (c *client) empty() bool { return c.owner() == xproto.WindowNone }

func TestPaste(t *testing.T) {
	onScreen(t)
	c, _ := newClipboard(t)
	other := newClient(t)
	put(t, c, secret)
	for target, kind := range map[string]string{
		"UTF8_STRING": "UTF8_STRING", "STRING": "STRING", "text/plain": "text/plain", "text/plain;charset=utf-8": "text/plain;charset=utf-8", "TEXT": "UTF8_STRING",
	} {
		got, as, ok := other.paste(nameClipboard, target)
		if !ok || string(got) != secret.Reveal() || as != other.atom(kind) {
			t.Errorf("%s: %v, %d bytes, of type %d", target, ok, len(got), as)
		}
	}
	if got, _, ok := other.paste(nameClipboard, nameHint); !ok || string(got) != "secret" {
		t.Errorf("the hint for histories is %q, %v", got, ok)
	}
	if got, as, ok := other.paste(nameClipboard, nameStamp); !ok || len(got) != 4 || as != xproto.AtomInteger {
		t.Errorf("the time is %x of type %d, %v", got, as, ok)
	}
	if _, _, ok := other.paste(nameClipboard, "image/png"); ok {
		t.Error("it gave a picture")
	}
	targets, as, ok := other.paste(nameClipboard, nameTargets)
	var names []xproto.Atom
	for ; len(targets) >= 4; targets = targets[4:] {
		names = append(names, xproto.Atom(binary.LittleEndian.Uint32(targets)))
	}
	for _, name := range []string{"UTF8_STRING", "STRING", "text/plain", nameHint, nameTargets} {
		if !slices.Contains(names, other.atom(name)) {
			t.Errorf("%s is not among the targets", name)
		}
	}
	if !ok || as != xproto.AtomAtom {
		t.Errorf("targets: %v, of type %d", ok, as)
	}
	if _, _, ok := other.paste("PRIMARY", "UTF8_STRING"); ok {
		t.Error("the secret is what a press of the middle button pastes")
	}
}

// TestClearedAfterItsTime: the secret is gone from the clipboard, and from the window that gave it.
func TestClearedAfterItsTime(t *testing.T) {
	onScreen(t)
	c, set := newClipboard(t)
	other := newClient(t)
	put(t, c, secret)
	if other.empty() {
		t.Fatal("nobody owns the clipboard")
	}
	(<-set)()
	desktop.Until(t, "an empty clipboard", other.empty)
	if _, _, ok := other.paste(nameClipboard, "UTF8_STRING"); ok {
		t.Error("it can be pasted")
	}
	put(t, c, secret)
	c.Clear()
	desktop.Until(t, "an empty clipboard", other.empty)
}

// TestAnothersCopyStays: what was copied since is nobody's to clear, neither after the time nor at the end.
func TestAnothersCopyStays(t *testing.T) {
	onScreen(t)
	c, set := newClipboard(t)
	other := newClient(t)
	for _, end := range []func(){func() { (<-set)() }, c.Clear, func() { put(t, c, secret); other.copies(); c.Clear() }} {
		put(t, c, secret)
		ours, ok := c.claim.(*owner)
		if !ok {
			t.Fatal("no claim")
		}
		other.copies()
		select {
		case <-ours.served: // it has let go by itself
		case <-time.After(20 * time.Second):
			t.Fatal("the claim goes on though another program owns the clipboard")
		}
		if !ours.secret.IsZero() {
			t.Error("it remembers the secret")
		}
		end()
		if other.owner() != other.window {
			t.Error("another program's copy was cleared")
		}
	}
}

// TestNewerStays: a second copy is not cleared by the time of the first.
func TestNewerStays(t *testing.T) {
	onScreen(t)
	c, set := newClipboard(t)
	other := newClient(t)
	put(t, c, secret)
	first := <-set
	put(t, c, token.NewSecret("second"))
	first()
	if got, _, ok := other.paste(nameClipboard, "UTF8_STRING"); !ok || string(got) != "second" {
		t.Errorf("it holds %d bytes, %v", len(got), ok)
	}
}

// TestAskerGone: one who asks and goes away before the answer harms nobody.
func TestAskerGone(t *testing.T) {
	onScreen(t)
	c, _ := newClipboard(t)
	put(t, c, secret)
	for range 20 {
		gone := newClient(t)
		xproto.ConvertSelection(gone.conn, gone.window, gone.atom(nameClipboard), gone.atom("UTF8_STRING"), gone.atom("X"), xproto.TimeCurrentTime)
		gone.conn.Close()
	}
	if got, _, ok := newClient(t).paste(nameClipboard, "UTF8_STRING"); !ok || string(got) != secret.Reveal() {
		t.Errorf("later: %d bytes, %v", len(got), ok)
	}
}

// TestNoX11: where there is no X session, or a Wayland one, somebody else must do it.
func TestNoX11(t *testing.T) {
	for _, env := range [][2]string{{"", ""}, {"", "wayland-0"}, {":0", "wayland-0"}} {
		t.Setenv("DISPLAY", env[0])
		t.Setenv("WAYLAND_DISPLAY", env[1])
		if err := New().Put(t.Context(), secret); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%q: %v", env, err)
		}
	}
	t.Setenv("DISPLAY", ":64000")
	t.Setenv("WAYLAND_DISPLAY", "")
	err := New().Put(t.Context(), secret)
	if err == nil || errors.Is(err, errors.ErrUnsupported) || strings.Contains(err.Error(), secret.Reveal()) {
		t.Errorf("no such display: %v", err)
	}
}
