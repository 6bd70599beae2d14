// Package fakeagent is an agent for tests of the faces: it answers what it was told to, and remembers
// what it was asked. It does no I/O and is safe for concurrent use.
package fakeagent

import (
	"context"
	"sync"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Canary is the secret that the fake hands out. It has the shape of npm's, and may appear nowhere
// but where a grant is used.
var Canary = token.NewSecret("npm_" + "C4n4ryC4n4ryC4n4ryC4n4ryC4n4ry" + token.Checksum("C4n4ryC4n4ryC4n4ryC4n4ryC4n4ry"))

// Agent implements api.Agent. Set its fields before use; change state with Set afterwards.
type Agent struct {
	// Errors are given back instead of answers, by method: snapshot, watch, login, logout, grant, do, plan, apply, due, inspect, keep, prove, diagnose, scan, discover, import, tokens, make-token, revoke-tokens, rotate-token.
	Errors map[string]error
	// Steps are reported by Login; it then waits for ctx if Hang is set, as Discover does.
	Steps []api.Login
	Hang  bool
	// Items are handed out by Grant, Changes shown by Plan.
	Items   []api.GrantItem
	Changes []api.PlanEdit
	// Over are the sessions that Due names, Seen is what Inspect finds.
	Over []api.Session
	Seen api.Inspection
	// Proof is what a fresh shell answers.
	Proof api.Proof
	// Diagnosis, Report and Discovery are what Diagnose, Scan and Discover find, after the steps of Way.
	Diagnosis api.Diagnosis
	Report    api.ScanReport
	Discovery api.Discovery
	Way       []api.Progress
	// Found is what Import finds; List, Made, Ended and Turned are what the calls for access tokens answer, after TokenWay.
	Found    api.ImportReport
	List     api.TokenList
	Made     api.NewToken
	Ended    api.RevokeReport
	Turned   api.Rotation
	TokenWay []api.TokenStep

	mu      sync.Mutex
	state   api.Snapshot
	changed chan struct{}
	calls   []Call
	wake    chan struct{}
}

// Call is what the agent was asked.
type Call struct {
	Method string
	Params any
	Peer   api.Peer
	Ended  error // of ctx, for calls that waited
}

var _ api.Agent = (*Agent)(nil)

// New returns an agent with one running npm session of alice, that began an hour before now and ends an hour after it.
func New(now time.Time) *Agent {
	npm := registry.Public.String()
	session := api.Session{
		Registry: npm, Name: registry.Public.Name(), Account: "alice", Kind: token.KindSession, State: api.StateRunning,
		Started: now.Add(-time.Hour), Ends: now.Add(time.Hour), Lifetime: api.LifetimeAssumed, Length: 7200,
		Variables: []string{"SG_TEST"}, Places: []api.Place{{File: "/home/alice/.npmrc", Line: 3, Level: api.LevelUser, Variable: "SG_TEST"}},
	}
	return &Agent{
		Items: []api.GrantItem{{Registry: npm, Key: registry.Public.Key(), Variables: []string{"SG_TEST"}, Secret: Canary, Ends: now.Add(time.Hour)}},
		state: api.Snapshot{
			Schema: api.Schema, Version: 1, At: now, Sessions: []api.Session{session}, Settings: api.DefaultSettings(), Default: npm,
			Agent: api.AgentInfo{Version: "test", PID: 4711, Store: api.StoreKeyring, Started: now},
		},
		changed: make(chan struct{}),
		wake:    make(chan struct{}, 1),
	}
}

// Set changes the state, which watchers see.
func (a *Agent) Set(f func(*api.Snapshot)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(&a.state)
	a.state.Version++
	close(a.changed)
	a.changed = make(chan struct{})
}

// Calls returns what was asked so far.
func (a *Agent) Calls() []Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Call(nil), a.calls...)
}

// Await blocks until a call satisfies ok, or ctx ends.
func (a *Agent) Await(ctx context.Context, ok func(Call) bool) bool {
	for {
		for _, c := range a.Calls() {
			if ok(c) {
				return true
			}
		}
		select {
		case <-a.wake:
		case <-ctx.Done():
			return false
		}
	}
}

func (a *Agent) note(ctx context.Context, method string, params any) error {
	peer, _ := api.PeerFrom(ctx)
	a.record(Call{Method: method, Params: params, Peer: peer})
	if err := a.Errors[method]; err != nil {
		return err
	}
	return nil
}

func (a *Agent) record(c Call) {
	a.mu.Lock()
	a.calls = append(a.calls, c)
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// Snapshot implements api.Agent.
func (a *Agent) Snapshot(ctx context.Context) (api.Snapshot, error) {
	if err := a.note(ctx, "snapshot", nil); err != nil {
		return api.Snapshot{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state, nil
}

// Watch implements api.Agent.
func (a *Agent) Watch(ctx context.Context, see func(api.Snapshot) error) error {
	if err := a.note(ctx, "watch", nil); err != nil {
		return err
	}
	for {
		a.mu.Lock()
		now, next := a.state, a.changed
		a.mu.Unlock()
		if err := see(now); err != nil {
			return err
		}
		select {
		case <-next:
		case <-ctx.Done():
			a.record(Call{Method: "watch", Ended: ctx.Err()})
			return &api.Error{Code: api.CodeCancelled}
		}
	}
}

// Login implements api.Agent.
func (a *Agent) Login(ctx context.Context, req api.LoginRequest, report func(api.Login)) error {
	err := a.note(ctx, "login", req)
	for _, s := range a.Steps {
		if report != nil {
			report(s)
		}
	}
	if a.Hang {
		<-ctx.Done()
		a.record(Call{Method: "login", Ended: ctx.Err()})
		return &api.Error{Code: api.CodeCancelled}
	}
	return err
}

// Logout implements api.Agent.
func (a *Agent) Logout(ctx context.Context, address string) error {
	return a.note(ctx, "logout", address)
}

// Grant implements api.Agent.
func (a *Agent) Grant(ctx context.Context, req api.GrantRequest) (api.Grant, error) {
	if err := a.note(ctx, "grant", req); err != nil {
		return api.Grant{}, err
	}
	return api.Grant{Items: a.Items}, nil
}

// Do implements api.Agent.
func (a *Agent) Do(ctx context.Context, action api.Action) error { return a.note(ctx, "do", action) }

// Plan implements api.Agent.
func (a *Agent) Plan(ctx context.Context, req api.SetupRequest) (api.Plan, error) {
	if err := a.note(ctx, "plan", req); err != nil {
		return api.Plan{}, err
	}
	return api.Plan{ID: "plan-1", Edits: a.Changes}, nil
}

// Due implements api.Agent.
func (a *Agent) Due(ctx context.Context, req api.DueRequest) ([]api.Session, error) {
	return a.Over, a.note(ctx, "due", req)
}

// Inspect implements api.Agent.
func (a *Agent) Inspect(ctx context.Context, req api.InspectRequest) (api.Inspection, error) {
	return a.Seen, a.note(ctx, "inspect", req)
}

// Apply implements api.Agent.
func (a *Agent) Apply(ctx context.Context, planID string) error { return a.note(ctx, "apply", planID) }

// Keep implements api.Agent.
func (a *Agent) Keep(ctx context.Context, req api.KeepRequest) error { return a.note(ctx, "keep", req) }

// Prove implements api.Agent.
func (a *Agent) Prove(ctx context.Context, req api.ProveRequest) (api.Proof, error) {
	return a.Proof, a.note(ctx, "prove", req)
}

// Diagnose implements api.Agent.
func (a *Agent) Diagnose(ctx context.Context, req api.DiagnoseRequest) (api.Diagnosis, error) {
	return a.Diagnosis, a.note(ctx, "diagnose", req)
}

// Scan implements api.Agent.
func (a *Agent) Scan(ctx context.Context, req api.ScanRequest, report func(api.Progress)) (api.ScanReport, error) {
	a.walk(report)
	return a.Report, a.note(ctx, "scan", req)
}

// Discover implements api.Agent.
func (a *Agent) Discover(ctx context.Context, req api.DiscoverRequest, report func(api.Progress)) (api.Discovery, error) {
	a.walk(report)
	err := a.note(ctx, "discover", req)
	if a.Hang {
		<-ctx.Done()
		a.record(Call{Method: "discover", Ended: ctx.Err()})
		return a.Discovery, &api.Error{Code: api.CodeCancelled}
	}
	return a.Discovery, err
}

// Import implements api.Agent.
func (a *Agent) Import(ctx context.Context, req api.ImportRequest) (api.ImportReport, error) {
	return a.Found, a.note(ctx, "import", req)
}

// Tokens implements api.Agent.
func (a *Agent) Tokens(ctx context.Context, req api.TokensRequest) (api.TokenList, error) {
	return a.List, a.note(ctx, "tokens", req)
}

// MakeToken implements api.Agent.
func (a *Agent) MakeToken(ctx context.Context, req api.TokenOrder, report func(api.TokenStep)) (api.NewToken, error) {
	a.tell(report)
	return a.Made, a.note(ctx, "make-token", req)
}

// RevokeTokens implements api.Agent.
func (a *Agent) RevokeTokens(ctx context.Context, req api.RevokeRequest, report func(api.TokenStep)) (api.RevokeReport, error) {
	a.tell(report)
	return a.Ended, a.note(ctx, "revoke-tokens", req)
}

// RotateToken implements api.Agent.
func (a *Agent) RotateToken(ctx context.Context, req api.RotateRequest, report func(api.TokenStep)) (api.Rotation, error) {
	a.tell(report)
	return a.Turned, a.note(ctx, "rotate-token", req)
}

func (a *Agent) tell(report func(api.TokenStep)) {
	for _, s := range a.TokenWay {
		if report != nil {
			report(s)
		}
	}
}

func (a *Agent) walk(report func(api.Progress)) {
	for _, p := range a.Way {
		if report != nil {
			report(p)
		}
	}
}
