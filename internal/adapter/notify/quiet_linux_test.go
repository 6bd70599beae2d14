package notify

import (
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

// popup is the window class of the real service's notices.
const popup = "Xfce4-notifyd"

// disturb turns do-not-disturb of the real desktop off or on, and waits until its service knows. Xfconf answers before it
// tells of a change; once the bus has told us, the service has it before whatever we say next.
func disturb(t *testing.T, c *dbus.Conn, may bool) {
	t.Helper()
	told := make(chan *dbus.Signal, 16)
	c.Signal(told)
	defer c.RemoveSignal(told)
	if err := c.AddMatchSignal(dbus.WithMatchInterface("org.xfce.Xfconf"), dbus.WithMatchMember("PropertyChanged")); err != nil {
		t.Fatal(err)
	}
	err := c.Object("org.xfce.Xfconf", "/org/xfce/Xfconf").Call("org.xfce.Xfconf.SetProperty", 0,
		"xfce4-notifyd", "/do-not-disturb", dbus.MakeVariant(!may)).Err
	if err != nil {
		t.Fatal(err)
	}
	desktop.Until(t, "the change to be told", func() bool {
		select {
		case s := <-told:
			return len(s.Body) > 1 && s.Body[0] == "xfce4-notifyd" && s.Body[1] == "/do-not-disturb"
		default:
			return false
		}
	})
	// The service reads its messages in order: when it has answered this, it has read of the change.
	if err := c.Object(serviceName, servicePath).Call(serviceName+".GetServerInformation", 0).Err; err != nil {
		t.Fatal(err)
	}
}

// TestRealDoNotDisturb: who asked a real desktop for quiet sees no notice, not even a critical one, which
// other programs' critical ones are. SANDGLASS_SHOTS names a folder for pictures.
func TestRealDoNotDisturb(t *testing.T) {
	d := desktop.Start(t)
	s := service(t, d.Address)
	c := desktop.Connect(t, d.Address)
	ended := ending
	ended.ID, ended.Critical = "ended", true

	disturb(t, c, false)
	show(t, s, ended)
	var loud uint32
	err := c.Object(serviceName, servicePath).Call(serviceName+".Notify", 0, "another", uint32(0), "", "urgent", "", []string{},
		map[string]dbus.Variant{"urgency": dbus.MakeVariant(byte(2))}, int32(0)).Store(&loud)
	if err != nil {
		t.Fatal(err)
	}
	// It shows notices in the order that they come in: ours would be there before this one.
	d.WaitNote(t)
	d.Shot(t, "notice-quiet")
	if err := c.Object(serviceName, servicePath).Call(serviceName+".CloseNotification", 0, loud).Err; err != nil {
		t.Fatal(err)
	}
	desktop.Until(t, "a screen without notices: ours must not be there", func() bool { return !d.Shows(popup) })

	disturb(t, c, true)
	show(t, s, ended)
	d.WaitNote(t)
	d.Shot(t, "notice-loud")
	looks := 0
	desktop.Until(t, "the button to be pressed", func() bool {
		if looks++; looks%25 == 1 && d.Shows(popup) { // a click just when the window comes up is lost
			d.PressNote(t, 0, len(ended.Buttons))
		}
		return len(s.Pressed()) > 0
	})
	pressed(t, s, agent.Pressed{ID: "ended", Key: "renew"})
	pressed(t, s, agent.Pressed{ID: "ended"})
}
