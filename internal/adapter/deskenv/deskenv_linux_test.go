package deskenv

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// every is a value with every character that a credential may have.
const every = "ABCXYZabcxyz0123456789._~+/=:-"

func variable(name, value string) agent.Variable {
	return agent.Variable{Name: name, Value: token.NewSecret(value)}
}

// TestB12_BusAndSystemd gives a value to a program that a real bus starts, and to systemd, byte for byte;
// and takes it away again.
func TestB12_BusAndSystemd(t *testing.T) {
	b := startBus(t, "")
	sd := startSystemd(t, b, nil)
	s, long := b.session(), strings.Repeat("x", token.MaxLength)
	if err := s.Set(t.Context(), []agent.Variable{variable("SANDGLASS_A", every), {Name: "SANDGLASS_B"}, variable("SANDGLASS_C", long)}); err != nil {
		t.Fatal(err)
	}
	env := b.probe(t)
	for name, want := range map[string]string{"SANDGLASS_A": every, "SANDGLASS_B": "", "SANDGLASS_C": long} {
		if got, ok := env[name]; !ok || got != want {
			t.Errorf("the bus gave %s=%q %v", name, got, ok)
		}
		if got, ok := sd.get(name); !ok || got != want {
			t.Errorf("systemd has %s=%q %v", name, got, ok)
		}
	}
	for range 2 {
		if err := s.Unset(t.Context(), []string{"SANDGLASS_A", "SANDGLASS_C"}); err != nil {
			t.Fatal(err)
		}
	}
	env = b.probe(t)
	for _, name := range []string{"SANDGLASS_A", "SANDGLASS_C"} {
		if env[name] != "" {
			t.Errorf("the bus still gives %s", name)
		}
		if _, ok := sd.get(name); ok {
			t.Errorf("systemd still has %s", name)
		}
	}
}

// TestOneWayIsEnough works with either of the two, and starts no systemd where there is none.
func TestOneWayIsEnough(t *testing.T) {
	vars := []agent.Variable{variable("SANDGLASS_A", "one")}
	t.Run("no systemd", func(t *testing.T) {
		b := startBus(t, "")
		if err := b.session().Set(t.Context(), vars); err != nil {
			t.Fatal(err)
		}
		if got := b.probe(t)["SANDGLASS_A"]; got != "one" {
			t.Errorf("the bus gave %q", got)
		}
		if _, err := os.Stat(filepath.Join(b.dir, "started")); err == nil {
			t.Error("systemd was started")
		}
	})
	t.Run("bus refuses", func(t *testing.T) {
		b := startBus(t, denied)
		sd := startSystemd(t, b, nil)
		if err := b.session().Set(t.Context(), vars); err != nil {
			t.Fatal(err)
		}
		if got, _ := sd.get("SANDGLASS_A"); got != "one" || b.probe(t)["SANDGLASS_A"] != "" {
			t.Errorf("systemd has %q", got)
		}
	})
	t.Run("none", func(t *testing.T) {
		b := startBus(t, denied)
		for _, err := range []error{b.session().Set(t.Context(), vars), b.session().Unset(t.Context(), []string{"SANDGLASS_A"})} {
			if !errors.Is(err, errNoSystemd) {
				t.Errorf("got %v", err)
			}
		}
	})
}

// TestJ01_ErrorsHoldNoValue refuses with texts that repeat what was sent.
func TestJ01_ErrorsHoldNoValue(t *testing.T) {
	b := startBus(t, denied)
	startSystemd(t, b, dbus.NewError("com.example.Refused", []any{"bad assignment SANDGLASS_A=canary"}))
	err := b.session().Set(t.Context(), []agent.Variable{variable("SANDGLASS_A", "canary")})
	if err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "com.example.Refused") {
		t.Errorf("got %v", err)
	}
}

// TestB18_BadInput changes nothing.
func TestB18_BadInput(t *testing.T) {
	b := startBus(t, "")
	s := b.session()
	for _, name := range []string{"", "1A", "A=B", "A B", "npm_config_//registry.example.com/:_authToken", "Ä", "A\n", "A\x00"} {
		if err := s.Set(t.Context(), []agent.Variable{variable("SANDGLASS_A", "one"), variable(name, "x")}); err == nil {
			t.Errorf("%q was taken", name)
		}
		if err := s.Unset(t.Context(), []string{name}); err == nil {
			t.Errorf("%q was taken away", name)
		}
	}
	for value, want := range map[string]error{
		"a\nLD_PRELOAD=x": token.ErrCharset, "a b": token.ErrCharset, "$(id)": token.ErrCharset, "a\x00": token.ErrCharset,
		strings.Repeat("x", token.MaxLength+1): token.ErrTooLong,
	} {
		err := s.Set(t.Context(), []agent.Variable{variable("SANDGLASS_A", "one"), variable("SANDGLASS_B", value)})
		if !errors.Is(err, want) {
			t.Errorf("%.20q: %v", value, err)
		}
	}
	if env := b.probe(t); env["SANDGLASS_A"] != "" {
		t.Error("half of it was set")
	}
}

// TestH01_NoBus says so, on addresses of no bus, and never goes to one of another machine.
func TestH01_NoBus(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	called := make(chan struct{})
	go func() {
		if c, err := l.Accept(); err == nil {
			_ = c.Close()
			close(called)
		}
	}()
	tcp := fmt.Sprintf("tcp:host=127.0.0.1,port=%d", l.Addr().(*net.TCPAddr).Port)
	gone := "unix:path=" + filepath.Join(t.TempDir(), "bus")
	for _, address := range []string{"", "autolaunch:", "nonsense", gone, tcp, gone + ";" + tcp, "unixexec:path=/bin/true"} {
		s := session{func() string { return address }}
		if err := s.Set(t.Context(), []agent.Variable{variable("SANDGLASS_A", "x")}); !errors.Is(err, ErrNoDesktop) {
			t.Errorf("%q: %v", address, err)
		}
		if err := s.Set(t.Context(), nil); err != nil {
			t.Errorf("nothing to do: %v", err)
		}
	}
	select {
	case <-called:
		t.Error("another machine's bus was called")
	default:
	}
}

// TestH02_SilentBus comes back from a bus that takes the connection and says nothing.
func TestH02_SilentBus(t *testing.T) {
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := net.Listen("unix", filepath.Join(dir, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if c, err := l.Accept(); err == nil {
			defer c.Close()
			cancel()
			_, _ = c.Read(make([]byte, 1<<16))
			<-t.Context().Done()
		}
	}()
	s := session{func() string { return "unix:path=" + filepath.Join(dir, "bus") }}
	if err := s.Set(ctx, []agent.Variable{variable("SANDGLASS_A", "x")}); !errors.Is(err, ErrNoDesktop) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestNew takes the address from the environment, as it is at each request.
func TestNew(t *testing.T) {
	b, d := startBus(t, ""), New()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	if err := d.Set(t.Context(), []agent.Variable{variable("SANDGLASS_A", "x")}); !errors.Is(err, ErrNoDesktop) {
		t.Errorf("got %v", err)
	}
	t.Setenv("XDG_RUNTIME_DIR", b.dir)
	if err := d.Set(t.Context(), []agent.Variable{variable("SANDGLASS_A", "x")}); err != nil || b.probe(t)["SANDGLASS_A"] != "x" {
		t.Errorf("got %v", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", b.address)
	if err := d.Unset(t.Context(), []string{"SANDGLASS_A"}); err != nil || b.probe(t)["SANDGLASS_A"] != "" {
		t.Errorf("got %v", err)
	}
}
