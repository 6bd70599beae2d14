package cli

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// starter is the agent, started by the first call that finds none. One that has answered and then goes was told to:
// it is not brought back.
type starter struct {
	api.Agent
	start func(ctx context.Context, tray bool) error
	once  sync.Once
	err   error
	met   atomic.Bool // an agent has answered
}

// again calls f, and once more after starting an agent if none ran.
func (s *starter) again(ctx context.Context, f func() error) error {
	err := f()
	if !isCode(err, api.CodeNoAgent) {
		s.met.Store(true)
	}
	if !isCode(err, api.CodeNoAgent) || s.start == nil || s.met.Load() {
		return err
	}
	s.once.Do(func() { s.err = s.start(ctx, false) })
	if s.err != nil {
		return s.err
	}
	return f()
}

// isCode reports whether err is an *api.Error with that code.
func isCode(err error, code string) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Code == code
}

// Snapshot implements api.Agent.
func (s *starter) Snapshot(ctx context.Context) (out api.Snapshot, err error) {
	err = s.again(ctx, func() (err error) { out, err = s.Agent.Snapshot(ctx); return err })
	return out, err
}

// Watch implements api.Agent.
func (s *starter) Watch(ctx context.Context, see func(api.Snapshot) error) error {
	return s.again(ctx, func() error {
		return s.Agent.Watch(ctx, func(now api.Snapshot) error {
			s.met.Store(true)
			return see(now)
		})
	})
}

// Login implements api.Agent.
func (s *starter) Login(ctx context.Context, req api.LoginRequest, report func(api.Login)) error {
	return s.again(ctx, func() error {
		return s.Agent.Login(ctx, req, func(l api.Login) {
			s.met.Store(true)
			if report != nil {
				report(l)
			}
		})
	})
}

// Logout implements api.Agent.
func (s *starter) Logout(ctx context.Context, registry string) error {
	return s.again(ctx, func() error { return s.Agent.Logout(ctx, registry) })
}

// Grant implements api.Agent.
func (s *starter) Grant(ctx context.Context, req api.GrantRequest) (out api.Grant, err error) {
	err = s.again(ctx, func() (err error) { out, err = s.Agent.Grant(ctx, req); return err })
	return out, err
}

// Do implements api.Agent.
func (s *starter) Do(ctx context.Context, a api.Action) error {
	return s.again(ctx, func() error { return s.Agent.Do(ctx, a) })
}

// Plan implements api.Agent.
func (s *starter) Plan(ctx context.Context, req api.SetupRequest) (out api.Plan, err error) {
	err = s.again(ctx, func() (err error) { out, err = s.Agent.Plan(ctx, req); return err })
	return out, err
}

// Due implements api.Agent. It starts no agent: without one nothing is known to be over.
func (s *starter) Due(ctx context.Context, req api.DueRequest) ([]api.Session, error) {
	return s.Agent.Due(ctx, req)
}

// Inspect implements api.Agent. It starts no agent: a shell asks at every change of folder.
func (s *starter) Inspect(ctx context.Context, req api.InspectRequest) (api.Inspection, error) {
	return s.Agent.Inspect(ctx, req)
}

// Apply implements api.Agent.
func (s *starter) Apply(ctx context.Context, planID string) error {
	return s.again(ctx, func() error { return s.Agent.Apply(ctx, planID) })
}

// Keep implements api.Agent.
func (s *starter) Keep(ctx context.Context, req api.KeepRequest) error {
	return s.again(ctx, func() error { return s.Agent.Keep(ctx, req) })
}

// Prove implements api.Agent.
func (s *starter) Prove(ctx context.Context, req api.ProveRequest) (out api.Proof, err error) {
	err = s.again(ctx, func() (err error) { out, err = s.Agent.Prove(ctx, req); return err })
	return out, err
}
