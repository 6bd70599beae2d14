package desktop

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// noteClass is the window class of the notification service.
const noteClass = "Xfce4-notifyd"

// Where the notification service puts its buttons: in a row at the right, the last one outermost, all
// as wide as their labels' widest, which is this for labels of up to eight letters.
const (
	buttonWidth  = 85
	buttonGap    = 7
	buttonMargin = 14
	buttonHeight = 34
)

// WaitNote waits until a notice is on the screen.
func (d *Desktop) WaitNote(t testing.TB) Window {
	t.Helper()
	return d.WaitWindow(t, noteClass)
}

// PressNote presses a button of the notice on the screen: number i of n, from 0. Labels must be short.
func (d *Desktop) PressNote(t testing.TB, i, n int) {
	t.Helper()
	w := d.WaitNote(t)
	x := w.X + w.Width - buttonMargin - buttonWidth/2 - (n-1-i)*(buttonWidth+buttonGap)
	d.Click(t, x, w.Y+w.Height-buttonMargin-buttonHeight/2)
}

// Key presses keys of the keyboard one after the other, such as "Down" and "Return".
func (d *Desktop) Key(t testing.TB, names ...string) {
	t.Helper()
	d.tool(t, "xdotool", append([]string{"key", "--delay", "60"}, names...)...)
}

// trayIcon is the middle of the panel's first icon.
const trayIcon = 15

// ClickTray waits until the panel draws its first icon, and presses it.
func (d *Desktop) ClickTray(t testing.TB) {
	t.Helper()
	d.waitTray(t)
	d.Click(t, trayIcon, trayIcon)
}

// Away moves the pointer where it shows nothing.
func (d *Desktop) Away(t testing.TB) {
	t.Helper()
	d.tool(t, "xdotool", "mousemove", "1270", "5")
}

func (d *Desktop) waitTray(t testing.TB) {
	t.Helper()
	Until(t, "the icon in the panel", func() bool { return d.Colours(t, Window{0, 0, 2 * trayIcon, 2 * trayIcon}) > 8 })
}

// OpenTray waits until the panel draws its first icon, and opens that icon's menu with the other button.
func (d *Desktop) OpenTray(t testing.TB) {
	t.Helper()
	d.waitTray(t)
	d.press(t, trayIcon, trayIcon, 3)
	looks := 0
	Until(t, "a menu of the panel", func() bool {
		// The panel ignores a click that comes before it has read the menu, and says nothing about that.
		if looks++; looks%25 == 0 {
			d.press(t, trayIcon, trayIcon, 3)
		}
		return slices.ContainsFunc(d.windows(panelClass), func(w Window) bool { return w.Height > menuHeight })
	})
}

// panelClass is the window class of the panel's tray and of the menus that it shows.
const panelClass = "Wrapper-2.0"

// menuHeight is more than the height of the panel or of a tooltip.
const menuHeight = 60

// Shot writes the screen to <name>.png in the folder that SANDGLASS_SHOTS names, for people to look at.
// Without the variable it does nothing.
func (d *Desktop) Shot(t testing.TB, name string) {
	t.Helper()
	dir := os.Getenv("SANDGLASS_SHOTS")
	if dir == "" {
		return
	}
	d.Screenshot(t, filepath.Join(dir, name+".png"))
}
