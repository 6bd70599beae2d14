package appearance

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/godbus/dbus/v5"
)

// callLimit bounds a question to the desktop: a portal that does not answer must not keep a window from opening.
const callLimit = time.Second

// Where desktops keep it: the common setting, GNOME's and those that follow it, and Plasma's.
const (
	common = "org.freedesktop.appearance"
	gnome  = "org.gnome.desktop.interface"
	plasma = "org.kde.kdeglobals.KDE"
)

// ReducedMotion reports whether the user asked the desktop for less motion, as its portal tells.
func ReducedMotion(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	conn, err := session(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	var settings map[string]map[string]dbus.Variant
	err = conn.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop").CallWithContext(ctx,
		"org.freedesktop.portal.Settings.ReadAll", 0, []string{common, gnome, plasma}).Store(&settings)
	return err == nil && still(settings)
}

// still reports whether one of the settings asks for no motion.
func still(settings map[string]map[string]dbus.Variant) bool {
	if n, ok := settings[common]["reduced-motion"].Value().(uint32); ok && n == 1 {
		return true
	}
	if on, ok := settings[gnome]["enable-animations"].Value().(bool); ok && !on {
		return true
	}
	switch v := settings[plasma]["AnimationDurationFactor"].Value().(type) {
	case float64:
		return v == 0
	case string:
		factor, err := strconv.ParseFloat(v, 64)
		return err == nil && factor == 0
	}
	return false
}

// session is a connection of its own to the session bus that runs. The library's usual one starts a bus where
// there is none, and leaves it running.
func session(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	if err := conn.Auth(nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if err := conn.Hello(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}
