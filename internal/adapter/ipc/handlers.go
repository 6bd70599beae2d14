package ipc

import (
	"context"
	"encoding/json"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// handler makes one call and returns its result.
type handler func(ctx context.Context, c *call, params json.RawMessage) (any, error)

// handlers has one for each method.
var handlers = map[string]handler{
	methodSnapshot: func(ctx context.Context, c *call, _ json.RawMessage) (any, error) {
		return c.agent.Snapshot(ctx)
	},
	methodWatch: func(ctx context.Context, c *call, _ json.RawMessage) (any, error) {
		return nil, c.agent.Watch(ctx, func(s api.Snapshot) error { return c.event(s) })
	},
	methodLogin: with(func(ctx context.Context, c *call, p wireLogin) (any, error) {
		// A step that cannot be told is no reason to stop: a peer that went away has cancelled ctx already.
		return nil, c.agent.Login(ctx, p.request(), func(l api.Login) { _ = c.event(l) })
	}),
	methodLogout: with(func(ctx context.Context, c *call, p wireName) (any, error) {
		return nil, c.agent.Logout(ctx, p.Name)
	}),
	methodGrant: with(func(ctx context.Context, c *call, p api.GrantRequest) (any, error) {
		g, err := c.agent.Grant(ctx, p)
		return toWireGrant(g), err
	}),
	methodDo: with(func(ctx context.Context, c *call, p api.Action) (any, error) {
		return nil, c.agent.Do(ctx, p)
	}),
	methodPlan: with(func(ctx context.Context, c *call, p api.SetupRequest) (any, error) {
		return c.agent.Plan(ctx, p)
	}),
	methodApply: with(func(ctx context.Context, c *call, p wireName) (any, error) {
		return nil, c.agent.Apply(ctx, p.Name)
	}),
	methodDue: with(func(ctx context.Context, c *call, p api.DueRequest) (any, error) {
		return c.agent.Due(ctx, p)
	}),
	methodInspect: with(func(ctx context.Context, c *call, p api.InspectRequest) (any, error) {
		return c.agent.Inspect(ctx, p)
	}),
	methodKeep: with(func(ctx context.Context, c *call, p wireKeep) (any, error) {
		return nil, c.agent.Keep(ctx, api.KeepRequest{Store: p.Store, Passphrase: token.NewSecret(p.Passphrase)})
	}),
	methodProve: with(func(ctx context.Context, c *call, p api.ProveRequest) (any, error) {
		return c.agent.Prove(ctx, p)
	}),
	methodDiagnose: with(func(ctx context.Context, c *call, p api.DiagnoseRequest) (any, error) {
		return c.agent.Diagnose(ctx, p)
	}),
	methodScan: with(func(ctx context.Context, c *call, p api.ScanRequest) (any, error) {
		return c.agent.Scan(ctx, p, c.progress)
	}),
	methodDiscover: with(func(ctx context.Context, c *call, p api.DiscoverRequest) (any, error) {
		return c.agent.Discover(ctx, p, c.progress)
	}),
	methodImport: with(func(ctx context.Context, c *call, p wireImport) (any, error) {
		return c.agent.Import(ctx, p.request())
	}),
	methodTokens: with(func(ctx context.Context, c *call, p api.TokensRequest) (any, error) {
		return c.agent.Tokens(ctx, p)
	}),
	methodMake: with(func(ctx context.Context, c *call, p wireOrder) (any, error) {
		made, err := c.agent.MakeToken(ctx, p.request(), c.step)
		return wireNew{made, made.Secret.Reveal()}, err
	}),
	methodRevoke: with(func(ctx context.Context, c *call, p wireRevoke) (any, error) {
		return c.agent.RevokeTokens(ctx, p.request(), c.step)
	}),
	methodRotate: with(func(ctx context.Context, c *call, p wireRotate) (any, error) {
		r, err := c.agent.RotateToken(ctx, p.request(), c.step)
		return wireRotation{r, r.Secret.Reveal()}, err
	}),
}

// progress tells a step. One that cannot be told is no reason to stop: a peer that went away has cancelled the call already.
func (c *call) progress(p api.Progress) { _ = c.event(p) }

func (c *call) step(s api.TokenStep) { _ = c.event(s) } // as progress

// with reads the parameters first. What they say is not repeated in the error: they may hold secrets.
func with[P any](f func(context.Context, *call, P) (any, error)) handler {
	return func(ctx context.Context, c *call, raw json.RawMessage) (any, error) {
		var p P
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, internal("read request: parameters make no sense")
		}
		return f(ctx, c, p)
	}
}
