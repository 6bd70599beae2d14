package e2e

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/adapter/window"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// buildWindow builds the window program, which needs C and OpenGL.
func buildWindow(t *testing.T) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", filepath.Join(programs, "sandglass-window"), "../../app/sandglass-window")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the window: %v\n%s", err, out)
	}
}

// windowClass is what window managers call the window: its title.
const windowClass = "Sandglass"

// threeSessions are a morning's logins: one running, one about to end, one over.
func threeSessions(now time.Time) []api.Session {
	return []api.Session{
		{Registry: "https://eu.example.com/", Name: "eu.example.com", Account: "alice.k", Kind: token.KindSession, State: api.StateEnded, Started: now.Add(-5 * time.Hour), Ends: now.Add(-3 * time.Hour),
			Lifetime: api.LifetimeTold, Length: 7200, Variables: []string{"SG_2"}},
		{Registry: "https://art.example.com/npm/", Name: "art.example.com/npm", Account: "alice", Kind: token.KindSession, State: api.StateEnding, Started: now.Add(-111 * time.Minute), Ends: now.Add(9*time.Minute + 30*time.Second),
			Lifetime: api.LifetimeTold, Length: 7200, Variables: []string{"SG_1"}, Places: []api.Place{{File: "/home/alice/.npmrc", Line: 7, Variable: "SG_1"}}},
		{Registry: registry.Public.String(), Name: "npm", Account: "alice", Kind: token.KindSession, State: api.StateRunning, Started: now.Add(-48 * time.Minute), Ends: now.Add(72*time.Minute + 30*time.Second),
			Lifetime: api.LifetimeLearned, Length: 7140, Learned: 6, Variables: []string{"NPM_TOKEN"}, Places: []api.Place{{File: "/home/alice/.npmrc", Line: 4, Variable: "NPM_TOKEN"}}},
	}
}

// TestWindow starts the real window on a real screen, presses its first button by the keyboard, and
// lets it end with the agent that started it.
func TestWindow(t *testing.T) {
	buildWindow(t)
	d := desktop.Start(t)
	home := clients.NewHome(t, "http://127.0.0.1:1/")
	dir := filepath.Join(home.Dir, "run", "sandglass")
	ln, err := ipc.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	agent := fakeagent.New(time.Now())
	agent.Set(func(s *api.Snapshot) { s.Sessions = threeSessions(time.Now()) })
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- ipc.Serve(ctx, ln, agent) }()
	env := home.Env(d.Env()...)
	env = append(env, "HOME="+home.Dir, "XDG_RUNTIME_DIR="+filepath.Join(home.Dir, "run"))
	t.Setenv("DISPLAY", ":0") // the launcher looks at its own process's
	launcher := window.New(filepath.Join(programs, "sandglass-window"), env, testLog(t))
	if err := launcher.Show(ctx); err != nil {
		t.Fatal(err)
	}
	w := d.WaitWindow(t, windowClass)
	desktop.Until(t, "the window to draw", func() bool { return d.Colours(t, w) > 400 })
	// A click into the window gives it the keyboard. The header's button comes first, then the cards'.
	d.Shot(t, "window")
	w = d.WaitWindow(t, windowClass) // it has its place now
	d.Click(t, w.X+w.Width/2, w.Y+w.Height/2)
	d.Key(t, "Tab", "Tab", "space")
	login, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	if !agent.Await(login, func(c fakeagent.Call) bool { return c.Method == "login" }) {
		t.Error("the keyboard reached no Renew button")
	}
	launcher.Close()
	desktop.Until(t, "the window to end", func() bool { return !d.Shows(windowClass) })
	cancel()
	if err := <-served; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
