package desktop

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Entry is one entry of a tray menu, as a host sees it.
type Entry struct {
	ID        int32
	Label     string
	Disabled  bool
	Hidden    bool
	Separator bool
	Children  []Entry
}

// layout is an entry on the wire.
type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

func (l layout) entry() (Entry, error) {
	flag := func(name string) (value, there bool) {
		v, ok := l.Props[name].Value().(bool)
		return v, ok
	}
	e := Entry{ID: l.ID}
	e.Label, _ = l.Props["label"].Value().(string)
	if v, ok := flag("enabled"); ok {
		e.Disabled = !v
	}
	if v, ok := flag("visible"); ok {
		e.Hidden = !v
	}
	e.Separator = l.Props["type"].Value() == "separator"
	for _, c := range l.Children {
		var child layout
		if err := dbus.Store([]any{c.Value()}, &child); err != nil {
			return e, err
		}
		ce, err := child.entry()
		if err != nil {
			return e, err
		}
		e.Children = append(e.Children, ce)
	}
	return e, nil
}

// Labels are the labels that a user sees, from top to bottom; "-" is a separator.
func (e Entry) Labels() []string {
	var out []string
	for _, c := range e.Children {
		switch {
		case c.Hidden:
		case c.Separator:
			out = append(out, "-")
		default:
			out = append(out, c.Label)
		}
	}
	return out
}

// Find returns the visible entry whose label holds text.
func (e Entry) Find(text string) (Entry, bool) {
	for _, c := range e.Children {
		if !c.Hidden && !c.Separator && strings.Contains(c.Label, text) {
			return c, true
		}
	}
	return Entry{}, false
}

// Menu reads the whole menu.
func (it Item) Menu(t testing.TB) Entry {
	t.Helper()
	e, err := it.menu()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (it Item) menu() (Entry, error) {
	object, err := it.menuObject()
	if err != nil {
		return Entry{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var revision uint32
	var l layout
	err = object.CallWithContext(ctx, menuName+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &l)
	if err != nil {
		return Entry{}, err
	}
	return l.entry()
}

func (it Item) menuObject() (dbus.BusObject, error) {
	v, err := it.property(itemName, it.path, "Menu")
	if err != nil {
		return nil, err
	}
	path, ok := v.Value().(dbus.ObjectPath)
	if !ok {
		return nil, fmt.Errorf("the item's menu is %v", v)
	}
	return it.host.conn.Object(it.sender, path), nil
}

// MenuWhen reads the menu, again after every change, until an entry's label holds text.
func (it Item) MenuWhen(t testing.TB, text string) Entry {
	t.Helper()
	for {
		e := it.Menu(t)
		if _, ok := e.Find(text); ok {
			return e
		}
		if !it.change("") {
			t.Fatalf("no entry %q in\n%s", text, strings.Join(e.Labels(), "\n"))
		}
	}
}

// Click presses the entry whose label begins with text, once there is one.
func (it Item) Click(t testing.TB, text string) {
	t.Helper()
	for _, c := range it.MenuWhen(t, text).Children {
		if !c.Hidden && !c.Disabled && strings.HasPrefix(c.Label, text) {
			it.Event(t, c.ID, "clicked")
			return
		}
	}
	t.Fatalf("no entry that can be clicked begins with %q", text)
}

// Open tells the program that the user opened the menu.
func (it Item) Open(t testing.TB) {
	t.Helper()
	it.Event(t, 0, "opened")
}

// Event tells the program what the user did to an entry; 0 is the menu itself.
func (it Item) Event(t testing.TB, id int32, what string) {
	t.Helper()
	object, err := it.menuObject()
	if err != nil {
		t.Fatal(err)
	}
	if err := object.Call(menuName+".Event", 0, id, what, dbus.MakeVariant(int32(0)), uint32(0)).Err; err != nil {
		t.Fatal(err)
	}
}
