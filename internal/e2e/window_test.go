package e2e

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/adapter/window"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// buildWindow builds the window program, which needs C and OpenGL.
func buildWindow(t testing.TB) {
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

// openWindow starts the real window on a real screen, before this agent. Its end is part of the test.
func openWindow(t testing.TB, d *desktop.Desktop, agent api.Agent, more ...string) desktop.Window {
	t.Helper()
	home := clients.NewHome(t, "http://127.0.0.1:1/")
	ln, err := ipc.Listen(filepath.Join(home.Dir, "run", "sandglass"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- ipc.Serve(ctx, ln, agent) }()
	env := home.Env(d.Env()...)
	env = append(env, "HOME="+home.Dir, "XDG_RUNTIME_DIR="+filepath.Join(home.Dir, "run"))
	env = append(env, more...)
	t.Setenv("DISPLAY", ":0") // the launcher looks at its own process's
	launcher := window.New(filepath.Join(programs, "sandglass-window"), env, testLog(t))
	t.Cleanup(func() {
		launcher.Close()
		desktop.Until(t, "the window to end", func() bool { return !d.Shows(windowClass) })
		cancel()
		if err := <-served; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	if err := launcher.Show(ctx, ""); err != nil {
		t.Fatal(err)
	}
	w := d.WaitWindow(t, windowClass)
	desktop.Until(t, "the window to draw", func() bool { return d.Colours(t, w) > 400 })
	return d.WaitWindow(t, windowClass) // it has its place now
}

// TestWindow starts the real window on a real screen, presses its first button by the keyboard, and
// lets it end with the agent that started it.
func TestWindow(t *testing.T) {
	buildWindow(t)
	d := desktop.Start(t)
	agent := fakeagent.New(time.Now())
	agent.Set(func(s *api.Snapshot) { s.Sessions, s.Settings.Welcomed = threeSessions(time.Now()), true })
	w := openWindow(t, d, agent)
	// A click into the window gives it the keyboard. The header's search and button come first, then the cards'.
	d.Shot(t, "window")
	d.Click(t, w.X+w.Width/2, w.Y+w.Height/2)
	d.Key(t, "Tab", "Tab", "Tab", "space")
	login, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	if !agent.Await(login, func(c fakeagent.Call) bool { return c.Method == "login" }) {
		t.Error("the keyboard reached no Renew button")
	}
}

// twoShells is an agent on a computer with two shells.
type twoShells struct{ *fakeagent.Agent }

func (a twoShells) Plan(ctx context.Context, req api.SetupRequest) (api.Plan, error) {
	p, err := a.Agent.Plan(ctx, req)
	p.Shells = []string{"bash", "zsh"}
	p.Reach = []injection.Reach{{Manager: "npm", Version: "12.0.1", Registry: registry.Public.String(), Way: injection.WayUserLine}}
	for _, shell := range req.Shells {
		p.Edits = append(p.Edits, api.PlanEdit{File: "/home/alice/." + shell + "rc", Diff: []string{"+. ~/.config/sandglass/hook." + shell}})
	}
	return p, err
}

// TestWindowSetsUp is the first run by the keyboard alone: one shell less, Apply, and on to the sessions.
func TestWindowSetsUp(t *testing.T) {
	buildWindow(t)
	d := desktop.Start(t)
	agent := twoShells{fakeagent.New(time.Now())}
	agent.Set(func(s *api.Snapshot) { s.Sessions[0].Places = nil })
	w := openWindow(t, d, agent)
	limit, stop := context.WithTimeout(t.Context(), 40*time.Second)
	defer stop()
	await := func(what string, ok func(fakeagent.Call) bool) {
		t.Helper()
		if !agent.Await(limit, ok) {
			d.Shot(t, "setup-lost")
			t.Fatalf("%s: the agent was asked %+v", what, agent.Calls())
		}
	}
	shells := func(want ...string) func(fakeagent.Call) bool {
		return func(c fakeagent.Call) bool {
			req, ok := c.Params.(api.SetupRequest)
			return ok && slices.Equal(req.Shells, want)
		}
	}
	await("the first plan", shells("bash", "zsh"))
	d.Click(t, w.X+w.Width*3/4, w.Y+w.Height*3/4) // on nothing: it gives the window the keyboard
	d.Key(t, "Tab", "space")                      // the first shell
	await("a choice", shells("zsh"))
	d.Shot(t, "setup")
	d.Key(t, "shift+Tab", "shift+Tab", "shift+Tab", "Return") // backwards: the rooms, then Apply
	await("apply", func(c fakeagent.Call) bool { return c.Method == "apply" })
	d.Shot(t, "setup-done")
}
