package desktop

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// The parts of the real desktop that have no place in PATH.
const (
	notifyd = "/usr/lib/*/xfce4/notifyd/xfce4-notifyd"
	xfconfd = "/usr/lib/*/xfce4/xfconf/xfconfd"
)

// panelConfig is a panel at the upper edge with nothing but a tray.
const panelConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
<property name="configver" type="int" value="2"/>
<property name="panels" type="array"><value type="int" value="1"/>
<property name="panel-1" type="empty">
<property name="position" type="string" value="p=6;x=0;y=0"/>
<property name="length" type="uint" value="100"/>
<property name="position-locked" type="bool" value="true"/>
<property name="size" type="uint" value="30"/>
<property name="plugin-ids" type="array"><value type="int" value="1"/></property>
</property>
</property>
<property name="plugins" type="empty">
<property name="plugin-1" type="string" value="systray"><property name="square-icons" type="bool" value="true"/></property>
</property>
</channel>
`

// notifydConfig keeps notices on the screen until somebody acts, fully opaque, without fading.
const notifydConfig = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-notifyd" version="1.0">
<property name="expire-timeout" type="int" value="-1"/>
<property name="expire-timeout-enabled" type="bool" value="false"/>
<property name="initial-opacity" type="double" value="1.0"/>
<property name="do-fadeout" type="bool" value="false"/>
<property name="do-slideout" type="bool" value="false"/>
</channel>
`

// Desktop is a screen in memory with a window manager, a panel and a notification service.
type Desktop struct {
	// Address is the session bus.
	Address string
	env     []string
	conn    *dbus.Conn
}

// Start brings up a desktop and waits until its tray and its notification service are there.
func Start(t testing.TB) *Desktop {
	t.Helper()
	Need(t, "Xvfb", "dbus-daemon", "openbox", "xfce4-panel", "xdotool", "import", notifyd, xfconfd)
	home, err := os.MkdirTemp("", "desktop")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	d := &Desktop{env: homeEnv(home)}
	write(t, filepath.Join(home, ".config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"), panelConfig)
	write(t, filepath.Join(home, ".config/xfce4/xfconf/xfce-perchannel-xml/xfce4-notifyd.xml"), notifydConfig)
	settings, _ := find(xfconfd)
	services := filepath.Join(home, "services")
	write(t, filepath.Join(services, "xfconf.service"), "[D-BUS Service]\nName=org.xfce.Xfconf\nExec="+settings+"\n")
	d.env = append(d.env, "DISPLAY="+screen(t, d.env))
	d.Address = bus(t, d.env, services)
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS="+d.Address)
	d.conn = Connect(t, d.Address)
	run(t, d.env, "openbox")
	run(t, d.env, "xfce4-panel", "--disable-wm-check")
	notes, _ := find(notifyd)
	run(t, d.env, notes)
	WaitName(t, d.conn, watcherName)
	WaitName(t, d.conn, notesName)
	return d
}

// homeEnv is an environment that knows nothing of this machine's user.
func homeEnv(home string) []string {
	env := []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "XDG_CONFIG_HOME=" + home + "/.config",
		"XDG_DATA_HOME=" + home + "/.local/share", "XDG_CACHE_HOME=" + home + "/.cache", "XDG_CURRENT_DESKTOP=XFCE",
		"XDG_SESSION_TYPE=x11", "NO_AT_BRIDGE=1", "LIBGL_ALWAYS_SOFTWARE=1", "GSETTINGS_BACKEND=memory"}
	for _, name := range []string{"PATH", "LANG", "LC_ALL", "TMPDIR"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Screen starts a screen in memory with nothing on it, and returns its display's name. It lives until the test ends.
func Screen(t testing.TB) string {
	t.Helper()
	Need(t, "Xvfb")
	return screen(t, os.Environ())
}

// screen starts a screen on a free display and returns the display's name.
func screen(t testing.TB, env []string) string {
	t.Helper()
	r, w := pipe(t)
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x820x24", "-nolisten", "tcp")
	cmd.Env, cmd.ExtraFiles = env, []*os.File{w}
	said := &log{}
	cmd.Stderr = said
	launch(t, cmd)
	closeAll(w)
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("start a screen: %v\n%s", err, said)
	}
	return ":" + strings.TrimSpace(line)
}

// Env is the environment for programs that shall run on the desktop.
func (d *Desktop) Env() []string { return append([]string(nil), d.env...) }

// Screenshot writes the screen to a PNG file.
func (d *Desktop) Screenshot(t testing.TB, file string) {
	t.Helper()
	d.tool(t, "import", "-window", "root", file)
}

// Click presses the first mouse button at a place on the screen.
func (d *Desktop) Click(t testing.TB, x, y int) {
	t.Helper()
	d.press(t, x, y, 1)
}

// press presses a mouse button, counted from the left, at a place on the screen.
func (d *Desktop) press(t testing.TB, x, y, button int) {
	t.Helper()
	d.tool(t, "xdotool", "mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", strconv.Itoa(button))
}

// Window is where a window lies on the screen.
type Window struct{ X, Y, Width, Height int }

// WaitWindow waits until a program with this window class shows a window, and says where it lies.
func (d *Desktop) WaitWindow(t testing.TB, class string) Window {
	t.Helper()
	var found []Window
	Until(t, "a window of "+class, func() bool {
		found = d.windows(class)
		return len(found) > 0
	})
	return found[0]
}

// windows are the windows of a class that can be seen.
func (d *Desktop) windows(class string) []Window {
	out, err := d.command("xdotool", "search", "--onlyvisible", "--class", class, "getwindowgeometry", "--shell", "%@").Output()
	if err != nil {
		return nil // there are none, or one went away meanwhile
	}
	var found []Window
	for block := range strings.SplitSeq(string(out), "WINDOW=") {
		var id, screen int
		var w Window
		n, _ := fmt.Sscanf(block, "%d\nX=%d\nY=%d\nWIDTH=%d\nHEIGHT=%d\nSCREEN=%d", &id, &w.X, &w.Y, &w.Width, &w.Height, &screen)
		if n >= 5 && w.Width > 1 && w.Height > 1 {
			found = append(found, w)
		}
	}
	return found
}

func (d *Desktop) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = d.env
	return cmd
}

func (d *Desktop) tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := d.command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatal(fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out))
	}
	return string(out)
}

// Shows reports whether a window of this class can be seen.
func (d *Desktop) Shows(class string) bool { return len(d.windows(class)) > 0 }

// Colours is how many colours a window has on the screen: few while nothing is drawn yet.
func (d *Desktop) Colours(t testing.TB, w Window) int {
	t.Helper()
	crop := fmt.Sprintf("%dx%d+%d+%d", w.Width, w.Height, w.X, w.Y)
	return number(t, d.tool(t, "import", "-window", "root", "-crop", crop, "-format", "%k", "info:-"))
}

// Capture is what a window shows on the screen, as far as it lies on it.
func (d *Desktop) Capture(t testing.TB, w Window) *image.RGBA {
	t.Helper()
	out, err := d.command("import", "-window", "root", "png:-").Output()
	if err != nil {
		t.Fatalf("capture the screen: %v", err)
	}
	all, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatalf("read the picture of the screen: %v", err)
	}
	part := image.Rect(w.X, w.Y, w.X+w.Width, w.Y+w.Height).Intersect(all.Bounds())
	shown := image.NewRGBA(part)
	draw.Draw(shown, part, all, part.Min, draw.Src)
	return shown
}

func number(t testing.TB, text string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		t.Fatalf("count colours: %q", text)
	}
	return n
}
