//go:build linux

package main

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	pty "github.com/sandglass-dev/sandglass/internal/testkit/terminal"
)

// waiting is a machine whose session is over and whose login waits for somebody.
func waiting(t *testing.T) *machine {
	m := newMachine(t)
	m.env = append(m.env, "CI=", "TERM=xterm")
	for _, state := range []string{"over", "login", "hangs", "ended"} {
		states[state](m.fake)
	}
	m.fake.Steps = m.fake.Steps[:2]
	return m
}

// snoozed is until when the agent was told not to be asked for, the zero time if it was not.
func (m *machine) snoozed() time.Time {
	for _, c := range m.fake.Calls() {
		if a, ok := c.Params.(api.Action); ok && a.Verb == api.VerbSnooze && a.Registry == m.fake.Items[0].Registry {
			return a.Until
		}
	}
	return time.Time{}
}

// TestEnsureLeavesOnCtrlC: the hook's shell relies on the exit code, and the next command is not held up again.
func TestEnsureLeavesOnCtrlC(t *testing.T) {
	m := waiting(t)
	cmd := m.command(t.Context(), "ensure", "--", "npm", "install")
	screen := pty.Start(t, cmd)
	screen.Await(0, `runs the command without it\. \(1 s\)`, time.Minute) // it counts
	screen.Type("\x03")
	screen.Await(0, "npm runs without it", time.Minute)
	_ = cmd.Wait()
	if st, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || st.Signaled() || st.ExitStatus() != 4 {
		t.Errorf("ended with %v\n%s", cmd.ProcessState, screen.Shown())
	}
	if left := time.Until(m.snoozed()); left < 9*time.Minute || left > 10*time.Minute {
		t.Errorf("snoozed for %v", left)
	}
	if !m.fake.Await(t.Context(), func(c fakeagent.Call) bool { return c.Method == "login" && c.Ended != nil }) {
		t.Error("the login goes on")
	}
	if strings.Contains(screen.Shown(), "Error") {
		t.Errorf("%s", screen.Shown())
	}
}

// TestExecRenewalCancelled: Ctrl-C while exec waits for a login ends exec, and runs nothing.
func TestExecRenewalCancelled(t *testing.T) {
	m := waiting(t)
	cmd := m.command(t.Context(), "exec", "--", "echo", "it ran")
	screen := pty.Start(t, cmd)
	screen.Await(0, "Ctrl-C cancels the command", time.Minute)
	screen.Type("\x03")
	screen.Await(0, "Cancelled", time.Minute)
	_ = cmd.Wait()
	if cmd.ProcessState.ExitCode() != 4 || strings.Contains(screen.Shown(), "it ran") || !m.snoozed().IsZero() {
		t.Errorf("ended with %v\n%s", cmd.ProcessState, screen.Shown())
	}
}
