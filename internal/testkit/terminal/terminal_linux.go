// Package terminal gives tests a real program on a real pseudo-terminal: what is typed into it and
// what shows on it. A Terminal ends with its test.
package terminal

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Terminal is a program on a pseudo-terminal.
type Terminal struct {
	t      testing.TB
	master *os.File
	cmd    *exec.Cmd

	mu    sync.Mutex
	shown bytes.Buffer
	grew  chan struct{} // has room for one: something was shown
	ended chan struct{}
	runs  int
}

// Start runs a command on a fresh terminal.
func Start(t testing.TB, cmd *exec.Cmd) *Terminal {
	t.Helper()
	master, slave, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty = true, true
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	term := &Terminal{t: t, master: master, cmd: cmd, grew: make(chan struct{}, 1), ended: make(chan struct{})}
	go term.read()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = master.Close()
		<-term.ended
	})
	return term
}

func open() (master, slave *os.File, err error) {
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(master.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 200})
	}
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		_ = master.Close()
		return nil, nil, err
	}
	return master, slave, nil
}

func (x *Terminal) read() {
	defer close(x.ended)
	buf := make([]byte, 4096)
	for {
		n, err := x.master.Read(buf)
		x.mu.Lock()
		x.shown.Write(buf[:n])
		x.mu.Unlock()
		if bytes.Contains(buf[:n], []byte("\x1b[6n")) { // nushell asks where the cursor is, and waits for it
			_, _ = x.master.WriteString("\x1b[1;1R")
		}
		select {
		case x.grew <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// Shown is all that was shown so far.
func (x *Terminal) Shown() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.shown.String()
}

// Type types text as it is.
func (x *Terminal) Type(text string) {
	x.t.Helper()
	if _, err := x.master.WriteString(text); err != nil {
		x.t.Fatal(err)
	}
}

// Await waits until pattern shows behind the first from bytes, and returns its groups.
func (x *Terminal) Await(from int, pattern string, limit time.Duration) []string {
	x.t.Helper()
	re, late := regexp.MustCompile(pattern), time.After(limit)
	for {
		if m := re.FindStringSubmatch(x.Shown()[from:]); m != nil {
			return m
		}
		select {
		case <-x.grew:
		case <-x.ended:
			if re.MatchString(x.Shown()[from:]) {
				continue
			}
			x.t.Fatalf("the program ended; it never showed %q:\n%s", pattern, x.Shown()[from:])
		case <-late:
			x.t.Fatalf("%q never showed:\n%s", pattern, x.Shown()[from:])
		}
	}
}

// Run types a command into the shell that runs here, and returns what it printed and its exit status.
// The command's words come back marked, so that prompts and echoes do not matter.
func (x *Terminal) Run(command string, limit time.Duration) (out string, status string) {
	x.t.Helper()
	x.runs++
	from := len(x.Shown())
	// The mark is put together by the shell: the echo of what is typed does not look like it.
	x.Type(fmt.Sprintf("echo be''gin%d; %s; echo en''d%d=$?\n", x.runs, command, x.runs))
	m := x.Await(from, fmt.Sprintf(`(?s)begin%d\r?\n(.*)end%d=(\d+)`, x.runs, x.runs), limit)
	return strings.ReplaceAll(m[1], "\r\n", "\n"), m[2]
}
