package setup

import (
	"context"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
)

// planner is an agent whose plans and proofs a test decides.
type planner struct {
	*fakeagent.Agent
	plan  func(api.SetupRequest) (api.Plan, error)
	prove func(api.ProveRequest) (api.Proof, error)
}

func (p *planner) Plan(ctx context.Context, req api.SetupRequest) (api.Plan, error) {
	_, _ = p.Agent.Plan(ctx, req)
	return p.plan(req)
}

func (p *planner) Prove(ctx context.Context, req api.ProveRequest) (api.Proof, error) {
	_, _ = p.Agent.Prove(ctx, req)
	return p.prove(req)
}

func answers(req api.ProveRequest) (api.Proof, error) {
	return api.Proof{Shell: req.Shell, Command: "npm whoami", Account: "alice", OK: true}, nil
}

// page is an open first run.
type page struct {
	*windowkit.Page
	room  *Room
	agent *planner
}

func open(t *testing.T, w windowkit.Way, s api.Snapshot, about string) *page {
	t.Helper()
	agent := &planner{fakeagent.New(time.Now()), somePlan, answers}
	pg := &page{Page: windowkit.Open(t, w, agent, s), agent: agent}
	pg.room = New(pg.Desk)
	pg.room.reach.pause = 0
	pg.Enter(pg.room, about)
	pg.Until(t, "the plan", pg.ready)
	return pg
}

func (pg *page) ready() bool {
	return pg.room.reach.stage == stagePlan && !pg.room.reach.busy || pg.room.reach.stage == stageFailed
}

// called are the calls of one method.
func (pg *page) called(method string) (all []any) {
	for _, c := range pg.agent.Calls() {
		if c.Method == method {
			all = append(all, c.Params)
		}
	}
	return all
}

// freshMorning is a computer with one login in plain text, where nothing was set up.
func freshMorning(now time.Time) api.Snapshot {
	s := api.Snapshot{Version: 1, At: now, Settings: api.DefaultSettings(), Default: registry.Public.String(), Agent: api.AgentInfo{Version: "test", Store: api.StoreKeyring},
		Shells: []api.Shell{{Name: "bash"}, {Name: "zsh"}, {Name: "fish"}}}
	s.Sessions = []api.Session{
		{Registry: "https://npm.example.com/", Name: "npm", Account: "alice", State: api.StateRunning, Started: now.Add(-40 * time.Minute), Ends: now.Add(80 * time.Minute),
			Variables: []string{"SG_7Q2K"}, Places: []api.Place{{File: "/home/alice/.npmrc", Line: 4, Level: api.LevelUser, Literal: true}}},
		{Registry: "https://art.example.com/", Name: "Acme Artifactory", Account: "alice", State: api.StateEnding, Started: now.Add(-2 * time.Hour), Ends: now.Add(9 * time.Minute), Variables: []string{"SG_ART"}},
	}
	s.Files = []api.WatchedFile{{Path: "/home/alice/.npmrc", Level: api.LevelUser, Exists: true}, {Path: "/home/alice/.yarnrc.yml", Level: api.LevelYarn, Exists: true}, {Path: "/home/alice/rc", Level: api.LevelPnpm}}
	return s
}

// nobody is a computer on which nobody is logged in anywhere.
func nobody(now time.Time) api.Snapshot {
	s := freshMorning(now)
	s.Sessions = nil
	return s
}

func somePlan(req api.SetupRequest) (api.Plan, error) {
	npm, art := "https://npm.example.com/", "https://art.example.com/"
	p := api.Plan{ID: "none", Shells: []string{"bash", "zsh", "fish"}, Managers: []injection.Manager{
		{Name: "npm", Version: "11.4.2"}, {Name: "pnpm", Version: "10.12.1"}, {Name: "yarn", Version: "4.9.2"}}, Reach: []injection.Reach{
		{Manager: "npm", Version: "11.4.2", Registry: npm, Way: injection.WayUserLine}, {Manager: "pnpm", Version: "10.12.1", Registry: npm, Way: injection.WayUserLine},
		{Manager: "yarn", Version: "4.9.2", Registry: npm, Way: injection.WayYarnLine}, {Manager: "npm", Version: "11.4.2", Registry: art, Way: injection.WayUserLine}}}
	hook := api.PlanEdit{File: "/home/alice/.config/sandglass/hook.zsh", Create: true}
	for range 132 {
		hook.Diff = append(hook.Diff, "+# a line of the hook")
	}
	rc := api.PlanEdit{File: "/home/alice/.zshrc", Diff: []string{`+[ -r "$HOME/.config/sandglass/hook.zsh" ] && . "$HOME/.config/sandglass/hook.zsh" # sandglass`}}
	npmrc := api.PlanEdit{File: "/home/alice/.npmrc", Diff: []string{" registry=https://npm.example.com/", " @acme:registry=https://art.example.com/", "-//npm.example.com/:_authToken=npm_…", "+//npm.example.com/:_authToken=${SG_7Q2K}", " save-exact=true"}}
	switch {
	case req.Undo:
		p.ID, p.Edits = "undo", []api.PlanEdit{{File: hook.File, Delete: true, Diff: []string{"-# a line of the hook"}}}
	case len(req.Shells) > 0 || req.Move:
		p.ID, p.Edits, p.Move = "all", []api.PlanEdit{hook, rc, npmrc}, true
	}
	if req.Mode == injection.ModeExec {
		p.ID, p.Mode = "exec", true
		p.Reach[0].Way, p.Reach[2].Way, p.Reach[3].Way = injection.WayExec, injection.WayYarnLine, injection.WayExec
		p.Warnings = []api.Finding{{Code: api.FindingExecOnly, Severity: api.SeverityWarning, Args: map[string]string{"Managers": "npm"}}, {Code: api.FindingHelperOld, Severity: api.SeverityWarning}}
	}
	return p, nil
}
