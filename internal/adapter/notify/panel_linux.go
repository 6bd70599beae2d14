package notify

import (
	"context"
	"os"
	"strings"

	"github.com/godbus/dbus/v5"
)

// DarkPanel reports whether tray icons stand on a dark ground: always in GNOME, else where the user
// prefers dark colours, as the desktop's portal tells. False where nobody says.
func DarkPanel(ctx context.Context) bool {
	if strings.Contains(os.Getenv("XDG_CURRENT_DESKTOP"), "GNOME") {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	conn, err := sessionBus(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer conn.Close()
	var v dbus.Variant
	err = conn.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop").CallWithContext(ctx,
		"org.freedesktop.portal.Settings.Read", 0, "org.freedesktop.appearance", "color-scheme").Store(&v)
	for inner, ok := v.Value().(dbus.Variant); ok; inner, ok = v.Value().(dbus.Variant) {
		v = inner // the portal wraps the answer once more
	}
	scheme, _ := v.Value().(uint32)
	return err == nil && scheme == 1
}
