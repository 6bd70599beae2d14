package power

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// events starts Events; both buses are named, so that this machine's own are never asked.
func events(t *testing.T, system, session string) (*Events, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	e, err := NewEvents(ctx, Options{SystemBus: system, SessionBus: session})
	t.Cleanup(func() {
		cancel()
		if e != nil {
			e.Wait()
		}
	})
	return e, err
}

const nowhere = "unix:path=/nonexistent/bus"

func TestEvents_SleepIsHeldUpUntilDone(t *testing.T) {
	d := startDaemon(t)
	l := startLogind(t, d)
	e, err := events(t, d.address, d.address)
	must(t, err)
	lock := l.inhibitor()
	must(t, lock.ours.Close())
	if lock.what != "sleep" || lock.mode != "delay" || lock.who == "" || lock.why == "" {
		t.Errorf("inhibitor %+v", lock)
	}
	e.Done() // not asleep: nothing is let go
	l.sleep(true)
	wants(t, e, agent.PowerSleep)
	select {
	case <-lock.gone:
		t.Fatal("the machine may sleep before the event was handled")
	default:
	}
	e.Done()
	receive(t, lock.gone, "end of the inhibitor")
	l.sleep(false)
	wants(t, e, agent.PowerWake)
	l.inhibitor() // for the next time
}

func TestEvents_SleepIsNotHeldUpForever(t *testing.T) {
	d := startDaemon(t)
	l := startLogind(t, d)
	e, err := events(t, d.address, d.address)
	must(t, err)
	for range 2 {
		lock := l.inhibitor()
		l.sleep(true)
		wants(t, e, agent.PowerSleep)
		must(t, lock.ours.Close())
		receive(t, lock.gone, "end of the inhibitor") // nobody called Done
		l.sleep(false)
		wants(t, e, agent.PowerWake)
	}
}

func TestEvents_EndLetsGo(t *testing.T) {
	d := startDaemon(t)
	l := startLogind(t, d)
	ctx, cancel := context.WithCancel(t.Context())
	e, err := NewEvents(ctx, Options{SystemBus: d.address, SessionBus: nowhere})
	if e == nil || err == nil || !strings.Contains(err.Error(), "session bus") || strings.Contains(err.Error(), "system bus") {
		t.Fatalf("%v, %v", e, err)
	}
	lock := l.inhibitor()
	must(t, lock.ours.Close())
	cancel()
	e.Wait()
	receive(t, lock.gone, "end of the inhibitor")
}

func TestEvents_LoginSessions(t *testing.T) {
	d := startDaemon(t)
	l := startLogind(t, d)
	e, err := events(t, d.address, nowhere)
	if err == nil {
		t.Error("a missing session bus is not told")
	}
	l.session("_31", "Lock")
	l.session("_31", "Lock")
	l.hint("_31", true)        // the same lock, once more
	l.session("_32", "Unlock") // another user's
	l.session("_32", "Lock")
	l.session("_31", "Unlock")
	l.hint("_32", true)
	l.hint("_32", false)
	l.hint("_31", true)
	l.hint("_31", false)
	wants(t, e, agent.PowerLock, agent.PowerUnlock, agent.PowerLock, agent.PowerUnlock)
	l.sleep(false)
	wants(t, e, agent.PowerWake) // and nothing in between
}

func TestEvents_ScreenSavers(t *testing.T) {
	d := startDaemon(t)
	e, err := events(t, nowhere, d.address)
	if err == nil {
		t.Error("a missing system bus is not told")
	}
	for _, name := range saverNames { // each comes up after us
		c := d.connect(t, name)
		path := dbus.ObjectPath("/" + strings.ReplaceAll(name, ".", "/"))
		for _, active := range []bool{false, true, true, false} { // KDE's tells everything twice
			must(t, c.Emit(path, name+".ActiveChanged", active))
		}
		wants(t, e, agent.PowerLock, agent.PowerUnlock)
	}
}

func TestEvents_OneLockFromBothBuses(t *testing.T) {
	sys, ses := startDaemon(t), startDaemon(t)
	l := startLogind(t, sys)
	e, err := events(t, sys.address, ses.address)
	must(t, err)
	c := ses.connect(t, "org.gnome.ScreenSaver")
	l.session("_31", "Lock")
	wants(t, e, agent.PowerLock)
	for _, active := range []bool{true, false} { // the unlocking is the screen saver's alone
		must(t, c.Emit("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", active))
	}
	wants(t, e, agent.PowerUnlock)
}

// TestEvents_StrangersAreNotBelieved sends signals straight to our connection, as any user of the machine can.
func TestEvents_StrangersAreNotBelieved(t *testing.T) {
	d := startDaemon(t)
	l := startLogind(t, d)
	e, err := events(t, d.address, nowhere)
	if e == nil {
		t.Fatal(err)
	}
	l.inhibitor()
	stranger := d.connect(t, "")
	var names []string
	must(t, stranger.BusObject().Call("org.freedesktop.DBus.ListNames", 0).Store(&names))
	sent := 0
	for _, n := range names {
		if !strings.HasPrefix(n, ":") || n == stranger.Names()[0] || n == l.conn.Names()[0] {
			continue
		}
		sent++
		m := &dbus.Message{Type: dbus.TypeSignal, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldPath:        dbus.MakeVariant(dbus.ObjectPath(loginPath)),
			dbus.FieldInterface:   dbus.MakeVariant(loginManager),
			dbus.FieldMember:      dbus.MakeVariant("PrepareForSleep"),
			dbus.FieldDestination: dbus.MakeVariant(n),
			dbus.FieldSignature:   dbus.MakeVariant(dbus.SignatureOf(true)),
		}, Body: []any{true}}
		if call := stranger.Send(m, nil); call.Err != nil {
			t.Fatal(call.Err)
		}
	}
	if sent != 1 {
		t.Errorf("sent to %d connections", sent)
	}
	must(t, stranger.BusObject().Call("org.freedesktop.DBus.GetId", 0).Err) // it is on its way
	l.sleep(false)
	wants(t, e, agent.PowerWake)
}

func TestEvents_NoBusIsQuiet(t *testing.T) {
	e, err := events(t, nowhere, "autolaunch:")
	if e != nil || err == nil {
		t.Errorf("%v, %v", e, err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	if e, err := events(t, nowhere, ""); e != nil || err == nil {
		t.Errorf("%v, %v", e, err)
	}
}

func TestEvents_BusThatGoesIsQuiet(t *testing.T) {
	sys, ses := startDaemon(t), startDaemon(t)
	startLogind(t, sys)
	e, err := events(t, sys.address, ses.address)
	must(t, err)
	sys.stop()
	c := ses.connect(t, "org.gnome.ScreenSaver")
	must(t, c.Emit("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", true))
	wants(t, e, agent.PowerLock)
}

func TestEvents_SilentBusDoesNotHang(t *testing.T) {
	dir, err := os.MkdirTemp("", "sgbus")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "bus")
	l, err := net.Listen("unix", path) // takes connections and never answers
	must(t, err)
	t.Cleanup(func() { l.Close() })
	e, err := events(t, "unix:path="+path, nowhere)
	if e != nil || err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("%v, %v", e, err)
	}
}
