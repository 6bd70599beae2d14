//go:build linux

// Package vault gives tests a real keyring: gnome-keyring on a private bus, unlocked, with a home of
// its own. It ends with the test, by its process id.
package vault

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

// Start puts an unlocked keyring on the bus at address.
func Start(t testing.TB, address string) {
	t.Helper()
	desktop.Need(t, "gnome-keyring-daemon")
	home := t.TempDir()
	cmd := exec.Command("gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground")
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_DATA_HOME="+home, "DBUS_SESSION_BUS_ADDRESS="+address)
	cmd.Stdin = strings.NewReader("the test's password")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	conn := desktop.Connect(t, address)
	desktop.WaitName(t, conn, "org.freedesktop.secrets")
	// The unlocked collection appears a moment after the name.
	desktop.Until(t, "the login collection of the keyring", func() bool {
		v, err := conn.Object("org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login").GetProperty("org.freedesktop.Secret.Collection.Locked")
		return err == nil && v.Value() == false
	})
}
