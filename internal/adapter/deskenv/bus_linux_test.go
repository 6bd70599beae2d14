package deskenv

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
<type>session</type>
<listen>unix:path=%[1]s/bus</listen>
<auth>EXTERNAL</auth>
<servicedir>%[1]s/services</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>%[2]s</policy>
</busconfig>`

// denied lets the bus refuse the environment.
const denied = `<deny send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus" send_member="UpdateActivationEnvironment"/>`

// testBus is a real bus that starts a probe: a service that writes its environment down.
type testBus struct {
	dir, address string
	conn         *dbus.Conn
}

func startBus(t *testing.T, policy string) *testBus {
	t.Helper()
	desktop.Need(t, "dbus-daemon")
	dir, err := os.MkdirTemp("", "desk") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	put("bus.conf", fmt.Sprintf(busConfig, dir, policy))
	put("probe", "#!/bin/sh\nenv -0 >"+dir+"/seen.new\nmv "+dir+"/seen.new "+dir+"/seen\nexit 1\n")
	put("services/com.example.Probe.service", "[D-BUS Service]\nName=com.example.Probe\nExec="+dir+"/probe\n")
	// As on every machine with systemd: a file that says the name can be started, and a start that fails.
	put("services/"+manager+".service", "[D-BUS Service]\nName="+manager+"\nExec=/bin/sh -c ': >"+dir+"/started; exit 1'\n")
	cmd := exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file="+dir+"/bus.conf")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	b := &testBus{dir: dir, address: strings.TrimSpace(line)}
	b.conn = desktop.Connect(t, b.address)
	return b
}

func (b *testBus) session() session {
	return session{func() string { return b.address }}
}

// probe lets the bus start a service, and returns the environment that it got.
func (b *testBus) probe(t *testing.T) map[string]string {
	t.Helper()
	seen := filepath.Join(b.dir, "seen")
	_ = os.Remove(seen)
	// It fails, for the probe takes no name.
	_ = b.conn.BusObject().Call(busName+".StartServiceByName", 0, "com.example.Probe", uint32(0)).Err
	desktop.Until(t, "the probe", func() bool { _, err := os.Stat(seen); return err == nil })
	text, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for line := range strings.SplitSeq(string(text), "\x00") {
		if name, value, ok := strings.Cut(line, "="); ok {
			env[name] = value
		}
	}
	return env
}

// systemdStandIn takes systemd's place on the bus, and keeps an environment as it does.
type systemdStandIn struct {
	mu     sync.Mutex
	env    map[string]string
	refuse *dbus.Error
}

func startSystemd(t *testing.T, b *testBus, refuse *dbus.Error) *systemdStandIn {
	t.Helper()
	s := &systemdStandIn{env: map[string]string{}, refuse: refuse}
	conn := desktop.Connect(t, b.address)
	if err := conn.Export(s, "/org/freedesktop/systemd1", manager+".Manager"); err != nil {
		t.Fatal(err)
	}
	if r, err := conn.RequestName(manager, dbus.NameFlagDoNotQueue); err != nil || r != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(r, err)
	}
	return s
}

// SetEnvironment is part of the protocol.
func (s *systemdStandIn) SetEnvironment(lines []string) *dbus.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		s.env[name] = value
	}
	return nil
}

// UnsetEnvironment is part of the protocol.
func (s *systemdStandIn) UnsetEnvironment(names []string) *dbus.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	for _, name := range names {
		delete(s.env, name)
	}
	return nil
}

func (s *systemdStandIn) get(name string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.env[name]
	return v, ok
}
