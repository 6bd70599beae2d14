package agent

import (
	"context"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// everything lists what there is to end: the access tokens of all accounts that are signed in, then their sessions, by
// which the former are ended, then what the keyring has beside. Where only one registry is named, it is that one's.
func (a *Agent) everything(ctx context.Context, only string, p proving) ([]ending, error) {
	type owned struct {
		sessions []signedInTo
		copies   []ending
		asked    registry.URL // for the one-time password that the user has typed
	}
	own, err := ask(ctx, a, func() (owned, error) {
		c := a.core
		o := owned{asked: c.wantsOTP}
		at := func(registry.URL) bool { return true }
		if only != "" {
			u, err := c.loginTarget(only)
			if err != nil {
				return o, err
			}
			at = func(v registry.URL) bool { return v == u }
		}
		for _, e := range c.ordered() {
			if e.Fingerprint != "" && at(e.Registry) {
				o.sessions = append(o.sessions, signedInTo{e.Registry, e.Account, e.secret})
			}
		}
		for _, k := range c.keptOnes() {
			if at(k.Registry) {
				o.copies = append(o.copies, a.copyOf(k))
			}
		}
		return o, nil
	})
	if err != nil {
		return nil, err
	}
	var all []ending
	for _, s := range own.sessions {
		of := p
		if s.u != own.asked { // a code for one registry is shown to no other
			of.otp = token.Secret{}
		}
		tokens, err := a.tokensOf(ctx, s, of)
		if err != nil {
			return nil, err
		}
		all = append(all, tokens...)
	}
	for _, s := range own.sessions {
		all = append(all, a.sessionOf(s))
	}
	return append(all, own.copies...), nil
}

// tokensOf are the access tokens of one account. Where they cannot be listed, one that failed stands for them.
func (a *Agent) tokensOf(ctx context.Context, of signedInTo, p proving) ([]ending, error) {
	s, err := a.sessionFor(ctx, of.u.String())
	var list api.TokenList
	if err == nil {
		list, err = a.Tokens(ctx, api.TokensRequest{Registry: s.u.String(), Fresh: true})
	}
	if err != nil {
		told := a.told(err)
		switch told.Code {
		case api.CodeNoTokens:
			return nil, nil
		case api.CodeCancelled, api.CodeNoAgent:
			return nil, told
		}
		return []ending{{of: of, Revoked: api.Revoked{
			Name: of.u.Name(), Registry: of.u.String(), What: endsToken, State: api.RevokeFailed, Error: told, Breaks: []api.Place{},
		}}}, nil
	}
	var all []ending
	for _, t := range list.Tokens {
		if t.Kind == access.Entered {
			continue // no registry lists it
		}
		e := endingOf(s, t)
		e.State = api.RevokeLeft
		all = append(all, a.endable(e, proving{of: s, id: e.ID, otp: p.otp, tell: p.tell}))
	}
	return all, nil
}

// sessionOf is a session that is to end.
func (a *Agent) sessionOf(s signedInTo) ending {
	u := s.u.String()
	return ending{of: s, Revoked: api.Revoked{ID: u, Name: s.u.Name(), Registry: u, What: endsSession, State: api.RevokeLeft, Breaks: []api.Place{}},
		run: func(ctx context.Context) error { return a.Logout(ctx, u) }}
}

// copyOf is what the keyring has, and is to have no more.
func (a *Agent) copyOf(k *kept) ending {
	e := ending{Revoked: api.Revoked{ID: k.ID, Name: k.Name, Masked: k.Masked, What: endsCopy, State: api.RevokeLeft, Breaks: []api.Place{}}}
	if !k.Registry.IsZero() {
		e.Registry = k.Registry.String()
	}
	id := k.ID
	e.run = func(ctx context.Context) error { return a.discard(context.WithoutCancel(ctx), id) }
	return e
}

// haltUnlisted keeps the sessions and copies of registries that did not answer when their lists were asked for: without
// them nothing could be ended there later.
func (r *revocation) haltUnlisted() {
	for _, e := range r.all {
		if e.run == nil && e.Error != nil && slices.Contains([]string{api.CodeNetwork, api.CodeKeyring}, e.Error.Code) {
			r.halt(e.Registry)
		}
	}
}
