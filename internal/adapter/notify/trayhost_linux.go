package notify

import (
	"context"

	"github.com/godbus/dbus/v5"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	ownerSignal = "org.freedesktop.DBus.NameOwnerChanged"
)

// TrayHost reports whether this desktop shows tray icons now.
func TrayHost(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	conn, err := sessionBus(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer conn.Close()
	return hosted(ctx, conn)
}

// FollowTrayHost calls see with whether this desktop shows tray icons, at once and at every change,
// until ctx ends. Without a session bus it says no, once.
func FollowTrayHost(ctx context.Context, see func(shown bool)) {
	conn, err := sessionBus(dbus.WithContext(ctx), dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		see(false)
		return
	}
	defer conn.Close()
	signals := make(chan *dbus.Signal, 8)
	conn.Signal(signals)
	if err := conn.AddMatchSignal(ownerChanges(watcherName)...); err != nil {
		see(false)
		return
	}
	last := hosted(ctx, conn)
	see(last)
	for {
		select {
		case <-ctx.Done():
			return
		case sig, ok := <-signals:
			if !ok {
				return
			}
			if name, _, ok := ownerOf(sig); !ok || name != watcherName {
				continue
			}
			if now := hosted(ctx, conn); now != last {
				last = now
				see(now)
			}
		}
	}
}

// hosted asks the bus for a watcher and the watcher for a host. A watcher that does not answer the
// question counts as one that shows icons: some have no such property.
func hosted(ctx context.Context, conn *dbus.Conn) bool {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	var there bool
	err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, watcherName).Store(&there)
	if err != nil || !there {
		return false
	}
	var v dbus.Variant
	err = conn.Object(watcherName, watcherPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0,
		watcherName, "IsStatusNotifierHostRegistered").Store(&v)
	shows, ok := v.Value().(bool)
	return err != nil || !ok || shows
}

// ownerChanges matches the bus' own word on who owns name.
func ownerChanges(name string) []dbus.MatchOption {
	return []dbus.MatchOption{
		dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, name),
	}
}

// ownerOf reads the name and its new owner from a NameOwnerChanged signal of the bus.
func ownerOf(sig *dbus.Signal) (name, owner string, ok bool) {
	if sig.Name != ownerSignal || sig.Sender != "org.freedesktop.DBus" || len(sig.Body) < 3 {
		return "", "", false
	}
	name, ok1 := sig.Body[0].(string)
	owner, ok2 := sig.Body[2].(string)
	return name, owner, ok1 && ok2
}
