package desktop

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	itemName    = "org.kde.StatusNotifierItem"
	menuName    = "com.canonical.dbusmenu"
)

// Host is a tray host that shows nothing and tells everything.
type Host struct {
	conn    *dbus.Conn
	items   chan Item
	changes chan *dbus.Signal
}

// Item is a program's icon in the tray.
type Item struct {
	sender string
	path   dbus.ObjectPath
	host   *Host
}

// Picture is an icon as the program sent it.
type Picture struct {
	Width, Height int
	ARGB          []byte
}

type watcher struct{ h *Host }

// RegisterStatusNotifierItem is called by the tray program.
func (w watcher) RegisterStatusNotifierItem(sender dbus.Sender, service string) *dbus.Error {
	it := Item{sender: string(sender), path: "/StatusNotifierItem", host: w.h}
	if strings.HasPrefix(service, "/") {
		it.path = dbus.ObjectPath(service)
	}
	w.h.items <- it
	return nil
}

// NewHost takes the tray host's place on a bus.
func NewHost(t testing.TB, address string) *Host {
	t.Helper()
	c := Connect(t, address)
	h := &Host{conn: c, items: make(chan Item, 16), changes: make(chan *dbus.Signal, 1024)}
	if err := c.Export(watcher{h}, "/StatusNotifierWatcher", watcherName); err != nil {
		t.Fatal(err)
	}
	_, err := prop.Export(c, "/StatusNotifierWatcher", prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: true},
		"ProtocolVersion":                {Value: int32(0)},
		"RegisteredStatusNotifierItems":  {Value: []string{}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, iface := range []string{itemName, menuName} {
		if err := c.AddMatchSignal(dbus.WithMatchInterface(iface)); err != nil {
			t.Fatal(err)
		}
	}
	c.Signal(h.changes)
	own(t, c, watcherName)
	return h
}

// Leave ends the host, as when the panel is restarted.
func (h *Host) Leave() { closeAll(h.conn) }

// Item waits for the next program that registers.
func (h *Host) Item(t testing.TB) Item {
	t.Helper()
	select {
	case it := <-h.items:
		return it
	case <-time.After(limit):
		t.Fatal("no tray item was registered")
		return Item{}
	}
}

// Change waits for a signal of the item's icon or menu, such as "NewIcon" or "LayoutUpdated".
func (it Item) Change(t testing.TB, name string) {
	t.Helper()
	if !it.change(name) {
		t.Fatalf("no signal %s", name)
	}
}

// change waits for any signal of the item, or for one of a name.
func (it Item) change(name string) bool {
	end := time.After(limit)
	for {
		select {
		case sig := <-it.host.changes:
			if sig != nil && sig.Sender == it.sender && (name == "" || strings.HasSuffix(sig.Name, "."+name)) {
				return true
			}
		case <-end:
			return false
		}
	}
}

// Property reads a property of the item, such as "Title".
func (it Item) Property(t testing.TB, name string) any {
	t.Helper()
	v, err := it.property(itemName, it.path, name)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return v.Value()
}

func (it Item) property(iface string, path dbus.ObjectPath, name string) (dbus.Variant, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var v dbus.Variant
	err := it.host.conn.Object(it.sender, path).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, iface, name).Store(&v)
	return v, err
}

// Activate does what a desktop does for a left click on an item that is more than a menu.
func (it Item) Activate(t testing.TB) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	return it.host.conn.Object(it.sender, it.path).CallWithContext(ctx, itemName+".Activate", 0, int32(0), int32(0)).Err
}

// Tooltip is the item's tooltip.
func (it Item) Tooltip(t testing.TB) string {
	t.Helper()
	var tip struct {
		Name        string
		Icons       []Picture
		Title, Text string
	}
	if err := dbus.Store([]any{it.Property(t, "ToolTip")}, &tip); err != nil {
		t.Fatal(err)
	}
	return tip.Title
}

// Picture is the item's icon.
func (it Item) Picture(t testing.TB) Picture {
	t.Helper()
	var all []Picture
	if err := dbus.Store([]any{it.Property(t, "IconPixmap")}, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("the item has no picture")
	}
	return all[0]
}

// PictureWhen waits until the item's icon is as wanted.
func (it Item) PictureWhen(t testing.TB, what string, ok func(Picture) bool) Picture {
	t.Helper()
	for {
		if p := it.Picture(t); ok(p) {
			return p
		}
		if !it.change("NewIcon") {
			t.Fatalf("the icon never became as wanted: %s", what)
		}
	}
}
