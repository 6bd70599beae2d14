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

// TestWindowSetsUp is the first run by the keyboard alone, with a choice of the user's own: one shell less in the
// third step, and that is what is applied.
func TestWindowSetsUp(t *testing.T) {
	buildWindow(t)
	d := desktop.Start(t)
	agent := twoShells{fakeagent.New(time.Now())}
	agent.Set(func(s *api.Snapshot) { s.Sessions[0].Places = nil })
	w := openWindow(t, d, agent)
	asked := func(what string, ok func(fakeagent.Call) bool, keys ...string) {
		t.Helper()
		desktop.Until(t, what, func() bool {
			if slices.ContainsFunc(agent.Calls(), ok) {
				return true
			}
			if len(keys) > 0 {
				d.Key(t, keys...) // once more where the window was still at the answer before
			}
			return false
		})
	}
	shells := func(want ...string) func(fakeagent.Call) bool {
		return func(c fakeagent.Call) bool {
			req, ok := c.Params.(api.SetupRequest)
			return ok && slices.Equal(req.Shells, want)
		}
	}
	asked("the first plan", shells("bash", "zsh"))
	d.Key(t, "Return", "Return")     // what was found, and where secrets are kept
	d.Click(t, w.X+w.Width/2, w.Y+8) // on nothing: the next Tab goes to the first that can be chosen
	d.Key(t, "Tab", "space")         // the first shell
	d.Shot(t, "setup")
	asked("a choice", shells("zsh"))
	const rooms = 6
	d.Key(t, slices.Repeat([]string{"shift+Tab"}, rooms+1)...) // backwards: the rooms, then Apply
	asked("apply", func(c fakeagent.Call) bool { return c.Method == "apply" }, "Return")
	d.Shot(t, "setup-done")
	welcomed := func(c fakeagent.Call) bool {
		a, ok := c.Params.(api.Action)
		return ok && a.Settings != nil && a.Settings.Welcomed
	}
	asked("the end of the first run", welcomed, "Return") // the login that is there, and the proof
	d.Shot(t, "setup-end")
}
