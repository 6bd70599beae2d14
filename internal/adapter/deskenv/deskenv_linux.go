package deskenv

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// callTime is how long a whole request may take.
const callTime = 3 * time.Second

const (
	busName = "org.freedesktop.DBus"
	manager = "org.freedesktop.systemd1"
)

var errNoSystemd = errors.New("systemd is not on the session bus")

// session is the desktop session whose bus is at an address; it holds nothing.
type session struct{ address func() string }

// New returns the session that the program runs in, as it is at each request.
func New() agent.Desktop { return session{sessionAddress} }

// Set defines the variables, those without a value as empty. A name that no environment can have, or a value
// that no registry issues, is an error, and nothing is changed.
func (s session) Set(ctx context.Context, vars []agent.Variable) error {
	pairs := make(map[string]string, len(vars))
	for _, v := range vars {
		if !isName(v.Name) {
			return fmt.Errorf("set variables of the desktop: %q is no name of a variable", v.Name)
		}
		if v.Value.IsZero() {
			pairs[v.Name] = ""
			continue
		}
		if err := v.Value.Check(); err != nil {
			return fmt.Errorf("set %s for the desktop: %w", v.Name, err)
		}
		pairs[v.Name] = v.Value.Reveal()
	}
	if len(pairs) == 0 {
		return nil
	}
	if err := s.request(ctx, func(c call) error { return both(c.activation(pairs), c.set(pairs)) }); err != nil {
		return fmt.Errorf("set variables of the desktop: %w", err)
	}
	return nil
}

// Unset takes the variables from systemd and empties them on the bus.
func (s session) Unset(ctx context.Context, names []string) error {
	empty := make(map[string]string, len(names))
	for _, name := range names {
		if !isName(name) {
			return fmt.Errorf("unset variables of the desktop: %q is no name of a variable", name)
		}
		empty[name] = ""
	}
	if len(empty) == 0 {
		return nil
	}
	// The bus first: where systemd started it, it hands the empty ones on to systemd.
	if err := s.request(ctx, func(c call) error { return both(c.activation(empty), c.unset(names)) }); err != nil {
		return fmt.Errorf("unset variables of the desktop: %w", err)
	}
	return nil
}

// both is nil if one of two ways worked.
func both(one, other error) error {
	if one == nil || other == nil {
		return nil
	}
	return errors.Join(one, other)
}

// request connects, asks and hangs up.
func (s session) request(ctx context.Context, ask func(call) error) error {
	address := s.address()
	if !local(address) {
		return ErrNoDesktop
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	// The end of the context closes the connection, also under a daemon that takes it and then says nothing.
	conn, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return fmt.Errorf("connect to the session bus: %w: %w", ErrNoDesktop, err)
	}
	defer func() { _ = conn.Close() }() // it may be closed by its context
	return ask(call{ctx, conn})
}

// call is the connection of one request.
type call struct {
	ctx  context.Context
	conn *dbus.Conn
}

func (c call) activation(pairs map[string]string) error {
	err := c.conn.BusObject().CallWithContext(c.ctx, busName+".UpdateActivationEnvironment", 0, pairs).Err
	return told("tell the session bus", err)
}

func (c call) set(pairs map[string]string) error {
	lines := make([]string, 0, len(pairs))
	for name, value := range pairs {
		lines = append(lines, name+"="+value)
	}
	return c.systemd("SetEnvironment", lines)
}

func (c call) unset(names []string) error { return c.systemd("UnsetEnvironment", names) }

// systemd calls the user's systemd if it is there. It is never started: the file that would start it fails.
func (c call) systemd(method string, list []string) error {
	var there bool
	if err := c.conn.BusObject().CallWithContext(c.ctx, busName+".NameHasOwner", 0, manager).Store(&there); err != nil {
		return told("look for systemd", err)
	}
	if !there {
		return errNoSystemd
	}
	o := c.conn.Object(manager, "/org/freedesktop/systemd1")
	return told("tell systemd", o.CallWithContext(c.ctx, manager+".Manager."+method, dbus.FlagNoAutoStart, list).Err)
}

// told says what went wrong by the error's name alone: its text may repeat what was sent.
func told(step string, err error) error {
	var answer dbus.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &answer):
		return fmt.Errorf("%s: it answers %s", step, answer.Name)
	}
	return fmt.Errorf("%s: %w", step, err)
}
