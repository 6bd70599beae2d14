package keyring

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

// waitLimit ends a test whose other side hangs.
const waitLimit = 60 * time.Second

// daemon is a real gnome-keyring-daemon on a bus of its own, with a home of its own.
type daemon struct {
	bus  string
	home string
	cmd  *exec.Cmd
}

// startDaemon starts one with its login keyring unlocked.
func startDaemon(t *testing.T) *daemon {
	t.Helper()
	desktop.Need(t, "gnome-keyring-daemon", "dbus-daemon")
	home, err := os.MkdirTemp("", "ring") // t.TempDir is too long for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	d := &daemon{bus: desktop.Bus(t), home: home}
	d.start(t, "--unlock")
	return d
}

// start brings the service up; without --unlock its login keyring stays locked.
func (d *daemon) start(t *testing.T, flags ...string) {
	t.Helper()
	d.cmd = exec.Command("gnome-keyring-daemon", append(flags, "--foreground", "--components=secrets")...)
	d.cmd.Env = d.env()
	d.cmd.Stdin = strings.NewReader("password")
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd := d.cmd
	t.Cleanup(func() { end(cmd) })
	conn := desktop.Connect(t, d.bus)
	desktop.WaitName(t, conn, "org.freedesktop.secrets")
}

// kill ends the service at once.
func (d *daemon) kill() { end(d.cmd) }

func end(cmd *exec.Cmd) {
	if cmd.ProcessState != nil {
		return
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait()
}

func (d *daemon) env(more ...string) []string { return environment(d.home, d.bus, more...) }

// environment is one in which nothing of the machine's session can be seen. No bus: address "".
func environment(home, address string, more ...string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + home, "XDG_DATA_HOME=" + filepath.Join(home, "data"), "LC_ALL=C.UTF-8"}
	if address != "" {
		env = append(env, "DBUS_SESSION_BUS_ADDRESS="+address)
	}
	return append(env, more...)
}

// child is this test binary, obeying line by line.
type child struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.Writer
	out chan string
	err bytes.Buffer
}

// startChild starts a child and waits until its main was reached.
func startChild(t *testing.T, env []string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(os.Args[0]), out: make(chan string, 8)}
	c.cmd.Env = append(env, childRole+"=script")
	c.cmd.Stderr = &c.err
	in, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.in = in
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.out)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.out <- lines.Text()
		}
	}()
	t.Cleanup(c.stop)
	if got := c.answer(); got != "main" {
		t.Fatalf("the child said %q before main", got)
	}
	return c
}

func (c *child) stop() {
	_ = c.cmd.Process.Kill()
	for range c.out {
	}
	_ = c.cmd.Wait()
	if strings.Contains(c.err.String(), "CANARY") {
		c.t.Error("J01: the child wrote a secret to its standard error")
	}
	if c.t.Failed() {
		c.t.Logf("the child's standard error:\n%s", &c.err)
	}
}

// say sends a line; answer waits for what it comes to.
func (c *child) say(format string, args ...any) { _, _ = fmt.Fprintf(c.in, format+"\n", args...) }

func (c *child) answer() string {
	c.t.Helper()
	select {
	case line, ok := <-c.out:
		if !ok {
			return "gone"
		}
		return line
	case <-time.After(waitLimit):
		c.t.Fatal("the child does not answer")
		return ""
	}
}

// ask sends a line and wants one answer.
func (c *child) ask(line, want string) {
	c.t.Helper()
	c.say("%s", line)
	if got := c.answer(); got != want {
		c.t.Errorf("%q came to %q, want %q", line, got, want)
	}
}

// secretTool runs libsecret's own program, as another program of the user's would act.
func (d *daemon) secretTool(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	desktop.Need(t, "secret-tool")
	cmd := exec.Command("secret-tool", args...)
	cmd.Env, cmd.Stdin = d.env(), strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("secret-tool %s: %v: %s", args[0], err, out)
	}
	return string(out)
}
