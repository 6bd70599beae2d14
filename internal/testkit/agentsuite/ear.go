package agentsuite

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// ear is an agent that remembers all that was answered.
type ear struct {
	api.Agent
	mu    sync.Mutex
	heard []string
}

// hear keeps an answer as a face might write it down: as JSON, and as a log would.
func (e *ear) hear(method string, v any, err error) {
	raw, failed := json.Marshal(v)
	told, _ := json.Marshal(err)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, fmt.Sprintf("%s: %s %v %+v %v %s", method, raw, failed, v, err, told))
}

// search looks for secrets in all that was heard.
func (e *ear) search(t *testing.T, secrets []string) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range secrets {
		for _, one := range e.heard {
			if strings.Contains(one, s) {
				t.Errorf("a secret is in an answer: %s", strings.ReplaceAll(one, s, "(secret)"))
			}
		}
	}
}

func (e *ear) Snapshot(ctx context.Context) (api.Snapshot, error) {
	s, err := e.Agent.Snapshot(ctx)
	e.hear("snapshot", s, err)
	return s, err
}

func (e *ear) Watch(ctx context.Context, see func(api.Snapshot) error) error {
	err := e.Agent.Watch(ctx, func(s api.Snapshot) error {
		e.hear("watch", s, nil)
		return see(s)
	})
	e.hear("watch", nil, err)
	return err
}

func (e *ear) Login(ctx context.Context, req api.LoginRequest, report func(api.Login)) error {
	err := e.Agent.Login(ctx, req, func(l api.Login) {
		e.hear("login", l, nil)
		if report != nil {
			report(l)
		}
	})
	e.hear("login", nil, err)
	return err
}

func (e *ear) Logout(ctx context.Context, registry string) error {
	err := e.Agent.Logout(ctx, registry)
	e.hear("logout", nil, err)
	return err
}

// Grant may carry a secret, and shows it to nobody who only prints it.
func (e *ear) Grant(ctx context.Context, req api.GrantRequest) (api.Grant, error) {
	g, err := e.Agent.Grant(ctx, req)
	e.hear("grant", g, err)
	e.hear("grant", fmt.Sprintf("%#v", g), err)
	return g, err
}

func (e *ear) Do(ctx context.Context, a api.Action) error {
	err := e.Agent.Do(ctx, a)
	e.hear("do", nil, err)
	return err
}

func (e *ear) Plan(ctx context.Context, req api.SetupRequest) (api.Plan, error) {
	p, err := e.Agent.Plan(ctx, req)
	e.hear("plan", p, err)
	return p, err
}

func (e *ear) Apply(ctx context.Context, planID string) error {
	err := e.Agent.Apply(ctx, planID)
	e.hear("apply", nil, err)
	return err
}

func (e *ear) Due(ctx context.Context, req api.DueRequest) ([]api.Session, error) {
	s, err := e.Agent.Due(ctx, req)
	e.hear("due", s, err)
	return s, err
}

func (e *ear) Inspect(ctx context.Context, req api.InspectRequest) (api.Inspection, error) {
	i, err := e.Agent.Inspect(ctx, req)
	e.hear("inspect", i, err)
	return i, err
}

func (e *ear) Keep(ctx context.Context, req api.KeepRequest) error {
	err := e.Agent.Keep(ctx, req)
	e.hear("keep", nil, err)
	return err
}

func (e *ear) Prove(ctx context.Context, req api.ProveRequest) (api.Proof, error) {
	p, err := e.Agent.Prove(ctx, req)
	e.hear("prove", p, err)
	return p, err
}

func (e *ear) Diagnose(ctx context.Context, req api.DiagnoseRequest) (api.Diagnosis, error) {
	d, err := e.Agent.Diagnose(ctx, req)
	e.hear("diagnose", d, err)
	return d, err
}

func (e *ear) Scan(ctx context.Context, req api.ScanRequest, report func(api.Progress)) (api.ScanReport, error) {
	s, err := e.Agent.Scan(ctx, req, report)
	e.hear("scan", s, err)
	return s, err
}

func (e *ear) Discover(ctx context.Context, req api.DiscoverRequest, report func(api.Progress)) (api.Discovery, error) {
	d, err := e.Agent.Discover(ctx, req, report)
	e.hear("discover", d, err)
	return d, err
}
