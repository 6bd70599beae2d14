package power

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

var errNoBus = errors.New("there is none")

func systemAddress() string {
	if a := os.Getenv("DBUS_SYSTEM_BUS_ADDRESS"); a != "" {
		return a
	}
	return "unix:path=/run/dbus/system_bus_socket"
}

// sessionAddress is the running session bus, "" if there is none. The library's own search would start one.
func sessionAddress() string {
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" {
		return a
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		if path := filepath.Join(dir, "bus"); exists(path) {
			return "unix:path=" + dbus.EscapeBusAddressValue(path)
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// bus is a connection of our own with a queue of its signals.
type bus struct {
	conn    *dbus.Conn
	cancel  context.CancelFunc
	signals chan *dbus.Signal
}

// listen connects to a bus and asks for signals. The queue is closed when the bus goes.
func listen(ctx context.Context, address string, rules [][]dbus.MatchOption) (*bus, error) {
	if address == "" || strings.HasPrefix(address, "autolaunch:") {
		return nil, errNoBus
	}
	ctx, cancel := context.WithCancelCause(ctx)
	// A daemon that takes the connection and then says nothing must not hold us up.
	limit, done := context.WithTimeoutCause(ctx, busTime, errors.New("it does not answer"))
	defer done()
	stop := context.AfterFunc(limit, func() { cancel(context.Cause(limit)) })
	b := &bus{cancel: func() { cancel(nil) }, signals: make(chan *dbus.Signal, 16)}
	err := b.connect(ctx, address, rules)
	stop()
	if err != nil {
		if context.Cause(ctx) != nil {
			err = context.Cause(ctx)
		}
		b.cancel()
		return nil, err
	}
	return b, nil
}

func (b *bus) connect(ctx context.Context, address string, rules [][]dbus.MatchOption) (err error) {
	b.conn, err = dbus.Connect(address, dbus.WithContext(ctx),
		dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		return err
	}
	b.conn.Signal(b.signals)
	for _, r := range rules {
		if err := b.conn.AddMatchSignalContext(ctx, r...); err != nil {
			return err
		}
	}
	return nil
}

// incoming is the queue, nil for no bus.
func (b *bus) incoming() <-chan *dbus.Signal {
	if b == nil {
		return nil
	}
	return b.signals
}

func (b *bus) close() {
	if b == nil {
		return
	}
	_ = b.conn.Close()
	b.cancel()
}

// from tells whether a signal was sent by the owner of a well-known name: anyone may send one straight to
// our connection, past the rules.
func (b *bus) from(ctx context.Context, s *dbus.Signal, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	var owner string
	err := b.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetNameOwner", 0, name).Store(&owner)
	return err == nil && owner == s.Sender
}
