package settings

import (
	"context"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// agent shows a plan for each request, and has the settings of the snapshot on the desk.
type agent struct {
	*fakeagent.Agent
	plan func(api.SetupRequest) (api.Plan, error)
}

func (a *agent) Plan(ctx context.Context, req api.SetupRequest) (api.Plan, error) {
	_, _ = a.Agent.Plan(ctx, req)
	return a.plan(req)
}

func somePlan(req api.SetupRequest) (api.Plan, error) {
	p := api.Plan{ID: "some", Edits: []api.PlanEdit{{File: "/home/alice/.npmrc", Diff: []string{" registry=https://npm.example.com/", "-//npm.example.com/:_authToken=npm_…", "+//npm.example.com/:_authToken=${SG_7Q2K}"}}}}
	p.Mode, p.Desktop = req.Mode != "", req.Desktop != nil
	if req.Mode == "" && req.Desktop == nil && !req.Move && !req.Undo && len(req.Shells) == 0 {
		p.Edits = nil
	}
	return p, nil
}

// page is an open room of settings.
type page struct {
	*windowkit.Page
	room  *Room
	agent *agent
}

// house is a computer on which all is set up.
func house(now time.Time) api.Snapshot {
	s := api.Snapshot{Version: 3, At: now, Settings: api.DefaultSettings()}
	s.Settings.Quiet, s.Settings.Welcomed = "22:00-08:00", true
	s.Agent = api.AgentInfo{Version: "1.2.3", Store: api.StoreKeyring, Notices: true, Startable: true, Autostart: true, Settings: "/home/alice/.config/sandglass/settings.toml", Log: "/home/alice/.local/state/sandglass"}
	s.Sessions = []api.Session{
		{Registry: "https://npm.example.com/", Name: "npm", Account: "alice", State: api.StateRunning, Ends: now.Add(time.Hour)},
		{Registry: "https://art.example.com/api/npm/team/", Name: "Acme Artifactory", Account: "alice.k", State: api.StateRunning, Ends: now.Add(time.Hour), Muted: true},
	}
	s.Settings.Modes = map[string]injection.Mode{"https://art.example.com/api/npm/team/": injection.ModeExec}
	s.Shells = []api.Shell{{Name: "bash", Hooked: true}, {Name: "zsh"}}
	s.Managers = []injection.Manager{{Name: "npm", Version: "11.4.2"}, {Name: "pnpm", Version: "10.12.1"}, {Name: "yarn", Version: "4.9.2"}}
	return s
}

func open(t *testing.T, w windowkit.Way, s api.Snapshot) *page {
	t.Helper()
	a := &agent{fakeagent.New(time.Now()), somePlan}
	a.Set(func(now *api.Snapshot) { *now = s })
	if w.Outside.OpenPath == nil {
		w.Outside = desk.Outside{OpenPath: func(string) error { return nil }}
	}
	pg := &page{Page: windowkit.Open(t, w, a, s), agent: a}
	pg.room = New(pg.Desk)
	pg.Enter(pg.room, "")
	return pg
}

// tapped presses what reads as the key says.
func (pg *page) tapped(t *testing.T, key string) { t.Helper(); pg.Tap(t, pg.Desk.P.T(key)) }

// call is the newest call of a method, waited for.
func (pg *page) call(t *testing.T, method string, n int) any {
	t.Helper()
	var params any
	pg.Until(t, method, func() bool {
		count := 0
		for _, c := range pg.agent.Calls() {
			if c.Method == method {
				count++
				params = c.Params
			}
		}
		if count >= n {
			return true
		}
		select {
		case <-t.Context().Done():
			return true
		default:
			return false
		}
	})
	return params
}
