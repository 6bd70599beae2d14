package keyring

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

var canaryRead = "secret " + token.NewSecret(canary).Fingerprint()

func TestH00_ContractOnGnomeKeyring(t *testing.T) {
	d := startDaemon(t)
	cmd := exec.Command(os.Args[0], "-test.run", "^TestContract$/^system$", "-test.v")
	cmd.Env = d.env(childSuite + "=1")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "--- PASS") < 9 {
		t.Errorf("the contract on gnome-keyring: %v\n%s", err, out)
	}
}

func TestH01_AbsentBus(t *testing.T) {
	c := startChild(t, environment(t.TempDir(), ""))
	for _, line := range []string{"get k", "set k " + canary, "delete k"} {
		c.ask(line, "absent")
	}
}

func TestH01_BusWithoutKeyring(t *testing.T) {
	c := startChild(t, environment(t.TempDir(), desktop.Bus(t)))
	for _, line := range []string{"get k", "set k " + canary, "delete k"} {
		c.ask(line, "absent")
	}
}

func TestH01_KeyringComesLater(t *testing.T) {
	d := startDaemon(t)
	d.kill()
	c := startChild(t, d.env())
	c.ask("get k", "absent")
	d.start(t, "--unlock")
	c.ask("set k "+canary, "ok")
	c.ask("get k", canaryRead)
}

func TestH02_DeadBus(t *testing.T) {
	c := startChild(t, environment(t.TempDir(), "unix:path="+mute(t)))
	c.ask("get k", "absent")
	c.ask("set k "+canary, "absent")
}

// lockedDaemon holds the canary under "k" and is locked, and nobody can be asked to unlock it.
func lockedDaemon(t *testing.T) *daemon {
	t.Helper()
	d := startDaemon(t)
	c := startChild(t, d.env())
	c.ask("set k "+canary, "ok")
	c.stop()
	d.kill()
	d.start(t)
	return d
}

func TestH03_H04_H07_LockedWithoutPrompter(t *testing.T) {
	c := startChild(t, lockedDaemon(t).env())
	for _, line := range []string{"get k", "set k npm_other", "delete k", "get k"} {
		c.ask(line, "locked")
	}
}

func TestH07_NoLoginKeyring(t *testing.T) {
	desktop.Need(t, "gnome-keyring-daemon")
	d := &daemon{bus: desktop.Bus(t), home: t.TempDir()}
	d.start(t)
	c := startChild(t, d.env())
	c.ask("get k", "not found")
	c.ask("set k "+canary, "locked")
}

func TestH06_ServiceKilledBetweenCalls(t *testing.T) {
	d := startDaemon(t)
	c := startChild(t, d.env())
	c.ask("set k "+canary, "ok")
	d.kill()
	c.ask("get k", "absent")
	d.start(t, "--unlock")
	c.ask("get k", canaryRead)
}

func TestH06_ServiceLeavesMidCall(t *testing.T) {
	bus := desktop.Bus(t)
	service := slowService(t, bus)
	c := startChild(t, environment(t.TempDir(), bus, childLimit+"=1m"))
	c.say("get k")
	<-service.called
	_ = service.conn.Close()
	if got := c.answer(); got != "absent" {
		t.Errorf("the call came to %q, want absent", got)
	}
}

func TestH06_BusKilledMidCall(t *testing.T) {
	bus, kill := mortalBus(t, anyCall)
	service := slowService(t, bus)
	c := startChild(t, environment(t.TempDir(), bus, childLimit+"=1m"))
	c.say("get k")
	<-service.called
	kill()
	if got := c.answer(); got != "absent" {
		t.Errorf("the call came to %q, want absent", got)
	}
	c.ask("get k", "absent")
}

func TestH05_ServiceThatNeverAnswers(t *testing.T) {
	bus := desktop.Bus(t)
	service := slowService(t, bus)
	c := startChild(t, environment(t.TempDir(), bus, childLimit+"=200ms"))
	for range 3 {
		c.ask("get k", "slow")
		c.ask("set k "+canary, "slow")
	}
	if n := len(service.called); n != 1 {
		t.Errorf("six calls reached the hung service %d times, want 1", n)
	}
	_ = service.conn.Close()
	desktop.Until(t, "the hung call's end opens the gate", func() bool { c.say("get k"); return c.answer() == "absent" })
}

// TestH05_OutOfAHungKeyring: the keyring waits for somebody who does not come. The encrypted file opens all the same.
func TestH05_OutOfAHungKeyring(t *testing.T) {
	bus := desktop.Bus(t)
	slowService(t, bus)
	c := startChild(t, environment(t.TempDir(), bus, childLimit+"=3s"))
	c.ask("get k", "slow")
	c.ask("open file correct horse", "file")
	c.ask("set k "+canary, "ok")
	c.ask("get k", canaryRead)
	c.ask("open keyring", "slow")
	c.ask("get k", canaryRead)
}

func TestChangeOnGnomeKeyring(t *testing.T) {
	d := startDaemon(t)
	c := startChild(t, d.env(childLimit+"=30s"))
	c.ask("set k "+canary, "ok")
	c.ask("open file correct horse", "file")
	c.ask("get k", "not found")
	c.ask("set k npm_other", "ok")
	c.ask("open keyring", "keyring")
	c.ask("get k", canaryRead)
	c.ask("open file wrong", "locked")
	c.ask("get k", canaryRead)
	c.ask("delete k", "ok")
	c.ask("open file", "file")
	c.ask("get k", "secret "+token.NewSecret("npm_other").Fingerprint())
}

func TestH01_H04_NoChangeToAKeyringThatDoesNotAnswer(t *testing.T) {
	c := startChild(t, environment(t.TempDir(), ""))
	c.ask("open file correct horse", "file")
	c.ask("open keyring", "absent")
	c.ask("set k "+canary, "ok")
	locked := startChild(t, lockedDaemon(t).env())
	locked.ask("open file correct horse", "file")
	locked.ask("open keyring", "locked")
}

func TestH12_ItemChangedByOthers(t *testing.T) {
	d := startDaemon(t)
	c := startChild(t, d.env())
	c.ask("set k "+canary, "ok")
	if out := d.secretTool(t, "", "lookup", "profile", "sandglass:k"); !strings.Contains(out, "Data") {
		t.Errorf("secret-tool sees %d bytes that are no item", len(out))
	}
	d.secretTool(t, "", "clear", "profile", "sandglass:k")
	c.ask("get k", "not found")
	for _, text := range []string{"npm_CANARYtyped", `{"Key":1}`, `{"Key":"k","Data":"bm90IEpTT04="}`, ""} {
		d.secretTool(t, text, "store", "--label=changed", "profile", "sandglass:k")
		c.ask("get k", "damaged") // H14
	}
	c.ask("set k "+canary, "ok")
	c.ask("get k", canaryRead)
}

func TestH13_TwoItemsOfOneName(t *testing.T) {
	d := startDaemon(t)
	c := startChild(t, d.env())
	c.ask("set k npm_old", "ok")
	d.secretTool(t, "planted", "store", "--label=twin", "profile", "sandglass:k", "other", "x")
	c.ask("set k "+canary, "ok")
	c.ask("get k", canaryRead)
	d.secretTool(t, "planted", "store", "--label=twin", "profile", "sandglass:k", "other", "x")
	c.ask("delete k", "ok")
	c.ask("get k", "not found")
}

func TestH17_ThousandReadsOpenNothing(t *testing.T) {
	c := startChild(t, startDaemon(t).env())
	c.ask("set k "+canary, "ok")
	c.ask("many k", "grew 0")
}

// hungService is a Secret Service that takes calls and never answers.
type hungService struct {
	conn   *dbus.Conn
	called chan struct{}
	gone   chan struct{}
}

func slowService(t *testing.T, address string) *hungService {
	t.Helper()
	s := &hungService{conn: desktop.Connect(t, address), called: make(chan struct{}, 16), gone: make(chan struct{})}
	t.Cleanup(func() { close(s.gone) })
	if err := s.conn.Export(s, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.conn.RequestName("org.freedesktop.secrets", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return s
}

// ReadAlias answers, as a service does whose prompt is what hangs.
func (s *hungService) ReadAlias(string) (dbus.ObjectPath, *dbus.Error) {
	return "/org/freedesktop/secrets/collection/login", nil
}

// OpenSession never answers.
func (s *hungService) OpenSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	s.called <- struct{}{}
	<-s.gone
	return dbus.Variant{}, "/", nil
}
