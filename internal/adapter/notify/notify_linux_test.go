package notify

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

// service returns a Service on a bus.
func service(t *testing.T, address string) *Service {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	s := New(Options{App: "Sandglass", Desktop: "sandglass", NoButtons: func() string { return "Look at the tray." }})
	t.Cleanup(s.Shutdown)
	return s
}

func show(t *testing.T, s *Service, n agent.Notice) {
	t.Helper()
	if err := s.Show(t.Context(), n); err != nil {
		t.Fatal(err)
	}
}

// pressed waits for what the user did.
func pressed(t *testing.T, s *Service, want agent.Pressed) {
	t.Helper()
	select {
	case got := <-s.Pressed():
		if got != want {
			t.Fatalf("pressed %+v, want %+v", got, want)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("never pressed: %+v", want)
	}
}

func TestButtons(t *testing.T) {
	address := desktop.Bus(t)
	server := desktop.NewNoteServer(t, address, 0, "actions", "body")
	s := service(t, address)
	if !s.Available() {
		t.Error("not available")
	}
	show(t, s, ending)
	n := server.Note(t)
	if n.App != "Sandglass" || n.Summary != ending.Title || n.Body != ending.Body || n.Replaces != 0 || n.ExpireMilliseconds != -1 {
		t.Errorf("sent %+v", n)
	}
	if d := cmp.Diff([]string{"default", "", "renew", "Renew", "later", "Later"}, n.Actions); d != "" {
		t.Errorf("actions (-want +got):\n%s", d)
	}
	if n.Hints["desktop-entry"].Value() != "sandglass" || n.Hints["urgency"].Value() != byte(1) {
		t.Errorf("hints %v", n.Hints)
	}
	server.Press(t, n.ID, "later")
	pressed(t, s, agent.Pressed{ID: "ending", Key: "later"})
	pressed(t, s, agent.Pressed{ID: "ending"})
	show(t, s, ending)
	n = server.Note(t)
	server.Press(t, n.ID, "default")
	pressed(t, s, agent.Pressed{ID: "ending", Key: "renew"}) // the body does what the first button does
	pressed(t, s, agent.Pressed{ID: "ending"})
	if n.Replaces != 0 {
		t.Errorf("replaces %d, which is gone", n.Replaces)
	}
}

func TestReplaceAndClose(t *testing.T) {
	address := desktop.Bus(t)
	server := desktop.NewNoteServer(t, address, 0, "actions")
	s := service(t, address)
	other := agent.Notice{ID: "other", Title: "another", Critical: true}
	show(t, s, ending)
	show(t, s, other)
	show(t, s, ending)
	first, second, third := server.Note(t), server.Note(t), server.Note(t)
	if third.Replaces != first.ID || second.Replaces != 0 {
		t.Errorf("%d, %d, then %d replaces %d", first.ID, second.ID, third.ID, third.Replaces)
	}
	if second.Hints["urgency"].Value() != byte(1) || second.ExpireMilliseconds != 0 || len(second.Actions) != 0 {
		t.Errorf("critical notice %+v", second)
	}
	if err := s.Close(t.Context(), "ending"); err != nil {
		t.Fatal(err)
	}
	if got := server.Closed(t); got != first.ID {
		t.Errorf("closed %d, want %d", got, first.ID)
	}
	pressed(t, s, agent.Pressed{ID: "ending"})
	if err := s.Close(t.Context(), "ending"); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

// TestClosedBeforePressed: some services tell the closing first.
func TestClosedBeforePressed(t *testing.T) {
	address := desktop.Bus(t)
	server := desktop.NewNoteServer(t, address, 0, "actions")
	s := service(t, address)
	show(t, s, ending)
	n := server.Note(t)
	server.Dismiss(t, n.ID)
	server.Press(t, n.ID, "renew")
	pressed(t, s, agent.Pressed{ID: "ending"})
	pressed(t, s, agent.Pressed{ID: "ending", Key: "renew"})
}

func TestServiceRestarts(t *testing.T) {
	address := desktop.Bus(t)
	server := desktop.NewNoteServer(t, address, 0, "actions")
	s := service(t, address)
	show(t, s, ending)
	server.Note(t)
	server.Leave()
	pressed(t, s, agent.Pressed{ID: "ending"}) // it took its notices with it
	if s.Available() {
		t.Error("available without a service")
	}
	if err := s.Show(t.Context(), ending); !errors.Is(err, ErrUnavailable) {
		t.Errorf("show: %v", err)
	}
	next := desktop.NewNoteServer(t, address, 40) // this one knows no buttons
	show(t, s, ending)
	n := next.Note(t)
	if n.ID != 41 || n.Replaces != 0 || len(n.Actions) != 0 || !strings.HasSuffix(n.Body, "\nLook at the tray.") {
		t.Errorf("sent %+v", n)
	}
}

// TestStrangers: any program of the session may send signals; only the service is believed.
func TestStrangers(t *testing.T) {
	address := desktop.Bus(t)
	server := desktop.NewNoteServer(t, address, 0, "actions")
	s := service(t, address)
	show(t, s, ending)
	n := server.Note(t)
	stranger := desktop.Connect(t, address)
	for _, to := range []string{"", s.conn.Names()[0]} {
		msg := &dbus.Message{Type: dbus.TypeSignal, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldPath: dbus.MakeVariant(servicePath), dbus.FieldInterface: dbus.MakeVariant(serviceName),
			dbus.FieldMember: dbus.MakeVariant("ActionInvoked"), dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(n.ID, "")),
		}, Body: []any{n.ID, "renew"}}
		if to != "" {
			msg.Headers[dbus.FieldDestination] = dbus.MakeVariant(to)
		}
		if err := stranger.Send(msg, nil).Err; err != nil {
			t.Fatal(err)
		}
	}
	// The bus answers in order: when it has answered the stranger, it has passed on the signals.
	if err := stranger.BusObject().Call("org.freedesktop.DBus.GetId", 0).Err; err != nil {
		t.Fatal(err)
	}
	server.Press(t, n.ID, "later")
	pressed(t, s, agent.Pressed{ID: "ending", Key: "later"}) // the first that is heard
}

// TestJ07_MarkupIsText: names of packages and registries mean nothing to the desktop.
func TestJ07_MarkupIsText(t *testing.T) {
	n := agent.Notice{ID: "x", Title: "<b>npm</b>", Body: "a & b <img src='x'> \u202eevil\x1b[2J\n" + strings.Repeat("x", 10_000)}
	plain := compose(n, map[string]bool{}, Options{})
	marked := compose(n, map[string]bool{"body-markup": true}, Options{})
	if plain.title != n.Title || marked.title != n.Title {
		t.Errorf("titles %q, %q", plain.title, marked.title)
	}
	if !strings.HasPrefix(plain.body, "a & b <img src='x'> evil[2J\nxxx") || len([]rune(plain.body)) > maxText+1 {
		t.Errorf("body %.80q, %d characters", plain.body, len(plain.body))
	}
	if !strings.HasPrefix(marked.body, "a &amp; b &lt;img src='x'&gt; evil[2J\n") {
		t.Errorf("body with markup %.80q", marked.body)
	}
}

func TestNoService(t *testing.T) {
	s := service(t, desktop.Bus(t))
	if s.Available() {
		t.Error("available without a service")
	}
	if err := s.Show(t.Context(), ending); !errors.Is(err, ErrUnavailable) {
		t.Errorf("show: %v", err)
	}
}

func TestNoBus(t *testing.T) {
	s := service(t, "unix:path=/nonexistent")
	if s.Available() || TrayHost(t.Context()) {
		t.Error("available without a bus")
	}
	if err := s.Show(t.Context(), ending); !errors.Is(err, ErrUnavailable) {
		t.Errorf("show: %v", err)
	}
}

func TestAfterShutdown(t *testing.T) {
	address := desktop.Bus(t)
	desktop.NewNoteServer(t, address, 0, "actions")
	s := service(t, address)
	show(t, s, ending)
	s.Shutdown()
	s.Shutdown()
	if err := s.Show(t.Context(), ending); !errors.Is(err, ErrUnavailable) {
		t.Errorf("show: %v", err)
	}
}

func TestTrayHost(t *testing.T) {
	address := desktop.Bus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	if TrayHost(t.Context()) {
		t.Error("a host on an empty bus")
	}
	seen := make(chan bool, 8)
	go FollowTrayHost(t.Context(), func(shown bool) { seen <- shown })
	next := func() bool {
		select {
		case v := <-seen:
			return v
		case <-time.After(20 * time.Second):
			t.Fatal("no news of a host")
			return false
		}
	}
	got := []bool{next()}
	host := desktop.NewHost(t, address)
	got = append(got, next())
	if !TrayHost(t.Context()) {
		t.Error("no host though there is one")
	}
	host.Leave()
	if got = append(got, next()); !slices.Equal(got, []bool{false, true, false}) {
		t.Errorf("seen %v", got)
	}
}

// TestRealDesktop: on a real desktop the notice is seen and its buttons can be pressed.
// SANDGLASS_SHOTS names a folder for a picture of it.
func TestRealDesktop(t *testing.T) {
	d := desktop.Start(t)
	s := service(t, d.Address)
	show(t, s, ending)
	d.WaitNote(t)
	d.Shot(t, "notice")
	d.PressNote(t, 0, len(ending.Buttons))
	pressed(t, s, agent.Pressed{ID: "ending", Key: "renew"})
	pressed(t, s, agent.Pressed{ID: "ending"})
	show(t, s, agent.Notice{ID: "markup", Title: "<b>npm</b> & co", Body: "<i>ends</i> & <a href='x'>more</a>", Buttons: ending.Buttons})
	d.WaitNote(t)
	d.Shot(t, "notice-markup")
	d.PressNote(t, 1, len(ending.Buttons))
	pressed(t, s, agent.Pressed{ID: "markup", Key: "later"})
	pressed(t, s, agent.Pressed{ID: "markup"})
}

// portal answers for the desktop's taste.
type portal struct{ scheme uint32 }

// Read is part of the portal's protocol, whose answer is wrapped twice.
func (p portal) Read(string, string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant(dbus.MakeVariant(p.scheme)), nil
}

func TestDarkPanel(t *testing.T) {
	address := desktop.Bus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	t.Setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
	if !DarkPanel(t.Context()) {
		t.Error("GNOME's bar is dark")
	}
	t.Setenv("XDG_CURRENT_DESKTOP", "KDE")
	if DarkPanel(t.Context()) {
		t.Error("dark though nobody says so")
	}
	c := desktop.Connect(t, address)
	if _, err := c.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range []uint32{0, 1, 2} {
		if err := c.Export(portal{scheme}, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Settings"); err != nil {
			t.Fatal(err)
		}
		if got := DarkPanel(t.Context()); got != (scheme == 1) {
			t.Errorf("scheme %d: dark %v", scheme, got)
		}
	}
}
