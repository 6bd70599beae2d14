package appearance

import (
	"context"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

// portal answers for the desktop.
type portal struct {
	settings map[string]map[string]dbus.Variant
	asked    chan []string
	silent   chan struct{} // not nil: the answer waits for its end
}

// ReadAll is part of the portal's protocol.
func (p portal) ReadAll(names []string) (map[string]map[string]dbus.Variant, *dbus.Error) {
	p.asked <- names
	if p.silent != nil {
		<-p.silent
	}
	return p.settings, nil
}

func TestReducedMotion(t *testing.T) {
	address := desktop.Bus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	if ReducedMotion(t.Context()) {
		t.Error("reduced though nobody says so")
	}
	c := desktop.Connect(t, address)
	if _, err := c.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	answers := func(p portal) {
		t.Helper()
		if err := c.Export(p, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings"); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		name, where, key string
		value            any
		want             bool
	}{
		{"nothing", "org.example", "x", true, false},
		{"no preference", common, "reduced-motion", uint32(0), false},
		{"reduced", common, "reduced-motion", uint32(1), true},
		{"of a wrong type", common, "reduced-motion", "1", false},
		{"GNOME's animations on", gnome, "enable-animations", true, false},
		{"GNOME's animations off", gnome, "enable-animations", false, true},
		{"Plasma's usual speed", plasma, "AnimationDurationFactor", "0.5", false},
		{"Plasma's at once", plasma, "AnimationDurationFactor", "0", true},
		{"Plasma's at once as a number", plasma, "AnimationDurationFactor", 0.0, true},
	} {
		asked := make(chan []string, 1)
		answers(portal{settings: map[string]map[string]dbus.Variant{x.where: {x.key: dbus.MakeVariant(x.value)}}, asked: asked})
		if got := ReducedMotion(t.Context()); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
		if names := <-asked; len(names) != 3 {
			t.Errorf("%s: asked for %q", x.name, names)
		}
	}
	// A portal that hangs is not waited for.
	p := portal{asked: make(chan []string, 1), silent: make(chan struct{})}
	defer close(p.silent)
	answers(p)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-p.asked; cancel() }()
	if ReducedMotion(ctx) {
		t.Error("reduced though the portal is silent")
	}
}

// TestNoBus: without a bus there is an answer, too, and none is started.
func TestNoBus(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	for _, address := range []string{"", "unix:path=/nonexistent", "nonsense"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		if ReducedMotion(t.Context()) {
			t.Errorf("%q: reduced", address)
		}
	}
}
