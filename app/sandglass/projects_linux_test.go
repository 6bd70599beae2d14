package main

import (
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	pty "github.com/sandglass-dev/sandglass/internal/testkit/terminal"
)

// TestProjectsScanInterrupted: a search shows how far it is on the terminal, and Ctrl-C ends it at once, on both sides,
// and tells what was found until then.
func TestProjectsScanInterrupted(t *testing.T) {
	m := newMachine(t)
	m.fake.Hang = true
	m.fake.Way = []api.Progress{{Done: 3, Found: 1, At: "/src"}, {Done: 1234, Found: 5, At: "/src/" + strings.Repeat("日本/", 60) + "\x1b[2J"}}
	m.env = append(m.env, "TERM=xterm")
	cmd := m.command(t.Context(), "projects", "--scan", t.TempDir())
	screen := pty.Start(t, cmd)
	screen.Await(0, "1234 folders, 5 projects: /src/日本", time.Minute)
	screen.Type("\x03")
	screen.Await(0, "Stopped. Found so far: 5 projects in 1234 folders", time.Minute)
	_ = cmd.Wait()
	if cmd.ProcessState.ExitCode() != 4 {
		t.Errorf("ended with %v\n%s", cmd.ProcessState, screen.Shown())
	}
	if strings.Contains(screen.Shown(), "\x1b[2J") {
		t.Error("a folder's name cleared the screen")
	}
	if !m.fake.Await(t.Context(), func(c fakeagent.Call) bool { return c.Method == "discover" && c.Ended != nil }) {
		t.Error("the agent goes on searching")
	}
}
