package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// terminal opens a pseudo terminal: what the test writes is typed, what it reads is shown.
func terminal(t *testing.T) (keys, screen *os.File) {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keys.Close() })
	if err := unix.IoctlSetPointerInt(int(keys.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(keys.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	screen, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	return keys, screen
}

// until reads the screen up to a text.
func until(t *testing.T, r *bufio.Reader, text string) string {
	t.Helper()
	var seen bytes.Buffer
	for !strings.Contains(seen.String(), text) {
		c, err := r.ReadByte()
		if err != nil {
			t.Fatalf("%v after %q", err, seen.String())
		}
		seen.WriteByte(c)
	}
	return seen.String()
}

// TestJ01_PasswordIsNotEchoed types at a real terminal, each answer after its prompt.
func TestJ01_PasswordIsNotEchoed(t *testing.T) {
	m := newMachine(t)
	keys, screen := terminal(t)
	cmd := m.command(t.Context(), "login", "--couch", "npm")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(keys)
	until(t, out, "User name: ")
	fmt.Fprint(keys, "alice\n")
	until(t, out, "Password: ")
	fmt.Fprint(keys, "correct horse\n")
	if shown := until(t, out, "Signed in"); strings.Contains(shown, "horse") {
		t.Errorf("the password is shown: %q", shown)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	req, _ := m.fake.Calls()[1].Params.(api.LoginRequest)
	if req.Couch == nil || req.Couch.Name != "alice" || req.Couch.Password.Reveal() != "correct horse" {
		t.Errorf("the agent was asked %v", req)
	}
}

// TestInterruptAtPrompt: Ctrl-C at the password prompt ends the command, and the terminal echoes again.
func TestInterruptAtPrompt(t *testing.T) {
	m := newMachine(t)
	keys, screen := terminal(t)
	cmd := m.command(t.Context(), "login", "--couch", "npm")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out := bufio.NewReader(keys)
	until(t, out, "User name: ")
	fmt.Fprint(keys, "alice\n")
	until(t, out, "Password: ")
	fmt.Fprint(keys, "\x03")
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 4 {
		t.Errorf("ended with %v", err)
	}
	mode, err := unix.IoctlGetTermios(int(screen.Fd()), unix.TCGETS)
	if err != nil || mode.Lflag&unix.ECHO == 0 {
		t.Errorf("the terminal does not echo any more: %v", err)
	}
}
