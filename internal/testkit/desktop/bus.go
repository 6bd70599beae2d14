package desktop

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// busConfig is a session bus of which the machine's services know nothing.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
<type>session</type>
<listen>unix:path=%s</listen>
<auth>EXTERNAL</auth>
%s
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`

// Bus starts a private session bus and returns its address. It lives until the test ends.
func Bus(t testing.TB) string {
	t.Helper()
	return bus(t, os.Environ(), "")
}

// bus starts a bus that can start the services in a folder, if one is named.
func bus(t testing.TB, env []string, services string) string {
	t.Helper()
	Need(t, "dbus-daemon")
	// Not t.TempDir: its names are too long for a socket, and may hold signs with a meaning in an address.
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if services != "" {
		services = "<servicedir>" + services + "</servicedir>"
	}
	config := filepath.Join(dir, "bus.conf")
	text := fmt.Sprintf(busConfig, filepath.Join(dir, "bus"), services)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file="+config)
	cmd.Env = env
	cmd.Stderr = os.Stderr
	r, w := pipe(t)
	cmd.Stdout = w
	launch(t, cmd)
	closeAll(w)
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// Connect opens a connection to a bus. It is closed with the test.
func Connect(t testing.TB, address string) *dbus.Conn {
	t.Helper()
	c, err := dbus.Connect(address, dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll(c) })
	return c
}

// own takes a name on the bus.
func own(t testing.TB, c *dbus.Conn, name string) {
	t.Helper()
	r, err := c.RequestName(name, dbus.NameFlagDoNotQueue)
	if err != nil || r != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("take the name %s: answer %d, %v", name, r, err)
	}
}

// WaitName waits until somebody owns a name on the bus.
func WaitName(t testing.TB, c *dbus.Conn, name string) {
	t.Helper()
	Until(t, name+" on the bus", func() bool {
		var there bool
		err := c.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&there)
		return err == nil && there
	})
}
