package power

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

const patience = 20 * time.Second

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>custom</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`

// daemon is a private dbus-daemon.
type daemon struct {
	address string
	stop    func()
}

func startDaemon(t *testing.T) *daemon {
	t.Helper()
	if _, err := exec.LookPath("dbus-daemon"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir, err := os.MkdirTemp("", "sgbus") // short, and without what an address would have to escape
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	conf := filepath.Join(dir, "conf")
	must(t, os.WriteFile(conf, fmt.Appendf(nil, busConfig, filepath.Join(dir, "bus")), 0o600))
	cmd := exec.Command("dbus-daemon", "--config-file="+conf, "--nofork", "--print-address")
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	d := &daemon{}
	stopped := false
	d.stop = func() {
		if !stopped {
			stopped = true
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
	t.Cleanup(d.stop)
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	d.address = strings.TrimSpace(line)
	return d
}

func (d *daemon) connect(t *testing.T, name string) *dbus.Conn {
	t.Helper()
	c, err := dbus.Connect(d.address)
	must(t, err)
	t.Cleanup(func() { c.Close() })
	if name != "" {
		_, err = c.RequestName(name, dbus.NameFlagDoNotQueue)
		must(t, err)
	}
	return c
}

// logind plays systemd-logind.
type logind struct {
	t     *testing.T
	conn  *dbus.Conn
	locks chan inhibitor // each inhibitor that was taken
}

// inhibitor is one lock: gone is closed when its holder let go, and ours was closed. That has to wait until
// the answer was read.
type inhibitor struct {
	what, who, why, mode string
	ours                 *os.File
	gone                 chan struct{}
}

func startLogind(t *testing.T, d *daemon) *logind {
	t.Helper()
	l := &logind{t: t, conn: d.connect(t, ""), locks: make(chan inhibitor, 8)}
	must(t, l.conn.Export(l, loginPath, loginManager))
	for name, uid := range map[string]uint32{"_31": uint32(os.Getuid()), "_32": uint32(os.Getuid() + 1)} {
		must(t, l.conn.Export(session{uid}, dbus.ObjectPath(loginPath+"/session/"+name), properties))
	}
	_, err := l.conn.RequestName(login, dbus.NameFlagDoNotQueue)
	must(t, err)
	return l
}

// Inhibit is logind's method.
func (l *logind) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	i := inhibitor{what, who, why, mode, w, make(chan struct{})}
	go func() {
		defer close(i.gone)
		defer r.Close()
		_, _ = r.Read(make([]byte, 1)) // ends when every copy of w is closed
	}()
	fd := dbus.UnixFD(w.Fd())
	l.locks <- i
	return fd, nil
}

// session plays a login session's properties.
type session struct{ uid uint32 }

// Get is the method of org.freedesktop.DBus.Properties.
func (s session) Get(iface, name string) (dbus.Variant, *dbus.Error) {
	if iface != loginSession || name != "User" {
		return dbus.Variant{}, dbus.MakeFailedError(fmt.Errorf("no property %s", name))
	}
	return dbus.MakeVariant(struct {
		UID  uint32
		Path dbus.ObjectPath
	}{s.uid, "/org/freedesktop/login1/user/_0"}), nil
}

func (l *logind) sleep(start bool) {
	l.t.Helper()
	must(l.t, l.conn.Emit(loginPath, loginManager+".PrepareForSleep", start))
}

func (l *logind) session(name, signal string) {
	l.t.Helper()
	must(l.t, l.conn.Emit(dbus.ObjectPath(loginPath+"/session/"+name), loginSession+"."+signal))
}

func (l *logind) hint(name string, locked bool) {
	l.t.Helper()
	must(l.t, l.conn.Emit(dbus.ObjectPath(loginPath+"/session/"+name), properties+".PropertiesChanged", loginSession,
		map[string]dbus.Variant{"LockedHint": dbus.MakeVariant(locked)}, []string{}))
}

// inhibitor waits for the next lock to be taken.
func (l *logind) inhibitor() inhibitor {
	l.t.Helper()
	i := receive(l.t, l.locks, "inhibitor")
	l.t.Cleanup(func() { i.ours.Close() })
	return i
}

func receive[T any](t *testing.T, ch <-chan T, what string) (v T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	select {
	case v = <-ch:
	case <-ctx.Done():
		t.Fatal("no", what)
	}
	return v
}

// wants waits for these events, in this order.
func wants(t *testing.T, e *Events, events ...agent.PowerEvent) {
	t.Helper()
	for i, want := range events {
		if got := receive(t, e.Events(), "event"); got != want {
			t.Fatalf("event %d is %v, want %v", i, got, want)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
