package keyring

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

// mute is a socket that accepts and never says a word.
func mute(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "mute")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
		}
	}()
	return path
}

// anyCall is a bus policy that allows all. Without it, a bus knows its user and answers no call.
const anyCall = `<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>`

// mortalBus is a bus that the test can kill.
func mortalBus(t *testing.T, policy string) (address string, kill func()) {
	t.Helper()
	desktop.Need(t, "dbus-daemon")
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config := filepath.Join(dir, "conf")
	text := fmt.Sprintf(`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=%s/bus</listen>%s</busconfig>`, dir, policy)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file="+config)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(cmd) })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line), func() { end(cmd) }
}

func TestH02_BusThatKnowsItsUserAndAnswersNoCall(t *testing.T) {
	address, _ := mortalBus(t, "")
	c := startChild(t, environment(t.TempDir(), address))
	c.ask("get k", "absent")
}

func TestH02_GuardRunsBeforeTheLibrary(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = environment(t.TempDir(), "", childRole+"=script", "GODEBUG=inittrace=1")
	var trace strings.Builder
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	guard := strings.Index(trace.String(), "init github.com/sandglass-dev/sandglass/internal/adapter/keyring/busguard ")
	for _, later := range []string{"init github.com/godbus/dbus ", "init github.com/99designs/keyring ", "init github.com/sandglass-dev/sandglass/internal/adapter/keyring "} {
		at := strings.Index(trace.String(), later)
		if guard < 0 || at < guard {
			t.Errorf("%q at %d, busguard at %d:\n%s", later, at, guard, &trace)
		}
	}
}

func TestH02_EnvironmentIsGivenBack(t *testing.T) {
	home, silent := t.TempDir(), "unix:path="+mute(t)
	bus := desktop.Bus(t)
	for _, address := range []string{"", silent, bus, "autolaunch:", "tcp:host=127.0.0.1,port=1", silent + ";" + bus, "nonsense"} {
		c := startChild(t, environment(home, address))
		c.ask("env DBUS_SESSION_BUS_ADDRESS", fmt.Sprintf("%q %v", address, address != ""))
		c.stop()
	}
}

func TestH02_SecondAddressCounts(t *testing.T) {
	d := startDaemon(t)
	d.bus = "unix:path=/nonexistent/x;" + d.bus
	c := startChild(t, d.env())
	c.ask("set k "+canary, "ok")
}

func TestH02_BusInRuntimeDirectory(t *testing.T) {
	d := startDaemon(t)
	path := strings.TrimPrefix(strings.Split(d.bus, ",")[0], "unix:path=")
	if err := os.Symlink(path, filepath.Join(d.home, "bus")); err != nil {
		t.Fatal(err)
	}
	c := startChild(t, environment(d.home, ""))
	c.ask("set k "+canary, "ok")
	c.ask("env DBUS_SESSION_BUS_ADDRESS", `"" false`)
}

func TestH01_NoDaemonIsLeftBehind(t *testing.T) {
	desktop.Need(t, "dbus-launch")
	home := t.TempDir()
	for _, address := range []string{"", "autolaunch:"} {
		c := startChild(t, environment(home, address))
		c.ask("get k", "absent")
		c.stop()
	}
	for _, pid := range withHome(t, home) {
		t.Errorf("process %s is left behind", pid)
	}
	// The same search finds a daemon that dbus-launch leaves: without this the test could not fail.
	out, err := func() ([]byte, error) {
		cmd := exec.Command("dbus-launch")
		cmd.Env = environment(home, "")
		return cmd.Output()
	}()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "DBUS_SESSION_BUS_PID="); ok {
			pid, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			defer syscall.Kill(pid, syscall.SIGTERM)
		}
	}
	if len(withHome(t, home)) == 0 {
		t.Error("the search does not find a daemon that was left behind")
	}
}

// withHome lists the processes whose HOME is this one.
func withHome(t *testing.T, home string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	var pids []string
	for _, file := range files {
		env, _ := os.ReadFile(file) // it may have ended
		if strings.Contains("\x00"+string(env), "\x00HOME="+home+"\x00") {
			pids = append(pids, filepath.Base(filepath.Dir(file)))
		}
	}
	return pids
}
