package agent

import (
	"context"
	"errors"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// What a revocation ends.
const (
	endsToken   = "token"
	endsSession = "session"
	endsCopy    = "copy"
)

// ending is something that a revocation ends.
type ending struct {
	api.Revoked
	of   signedInTo
	kept []string                        // names of what is kept of it
	run  func(ctx context.Context) error // nil for what was ended before, or cannot be
}

// RevokeTokens implements api.Agent.
func (a *Agent) RevokeTokens(ctx context.Context, req api.RevokeRequest, report func(api.TokenStep)) (api.RevokeReport, error) {
	all, err := a.endings(ctx, req, report)
	if err != nil {
		return api.RevokeReport{}, err
	}
	out := api.RevokeReport{Items: []api.Revoked{}, Signs: a.signs(ctx)}
	if req.DryRun || len(out.Signs) > 0 && !req.Checked {
		for _, e := range all {
			if e.State == api.RevokeLeft {
				e.State = api.RevokePlanned
			}
			if out.Items = append(out.Items, e.Revoked); req.DryRun && e.What == endsToken && e.run != nil {
				out.Drafts = append(out.Drafts, a.ports.Tokens.RevokeDraft(RevokeOrder{Registry: e.of.u, ID: e.ID}))
			}
		}
		return out, nil
	}
	r := &revocation{a: a, tell: report, all: all, halted: map[string]bool{}}
	err = r.run(ctx, req)
	for _, e := range r.all {
		out.Items = append(out.Items, e.Revoked)
	}
	return out, err
}

// signs looks for what could wait for a revocation. That it cannot be looked for stops nobody in a hurry.
func (a *Agent) signs(ctx context.Context) []api.Sign {
	if a.ports.Lookout == nil {
		return []api.Sign{}
	}
	found, err := a.ports.Lookout.Signs(ctx)
	if err != nil {
		a.log.Warn("Look for programs that wait for a revocation", "error", err)
	}
	return append([]api.Sign{}, found...)
}

// endings lists what a request is to end.
func (a *Agent) endings(ctx context.Context, req api.RevokeRequest, report teller) ([]ending, error) {
	if req.Panic {
		return a.everything(ctx, req.Registry, proving{otp: req.OTP, tell: report})
	}
	if len(req.IDs) == 0 {
		return nil, &api.Error{Code: api.CodeUsage, Cause: "no access token named"}
	}
	s, err := a.sessionFor(ctx, req.Registry)
	if err != nil {
		return nil, err
	}
	list, err := a.Tokens(ctx, api.TokensRequest{Registry: s.u.String(), Fresh: true})
	if err != nil {
		return nil, err
	}
	before, err := ask(ctx, a, func() ([]jobItem, error) { return a.core.jobItems(s.u.String()), nil })
	if err != nil {
		return nil, err
	}
	var all []ending
	for _, word := range req.IDs {
		e, err := a.endingNamed(s, word, list.Tokens, before)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(other ending) bool { return other.ID == e.ID && other.Masked == e.Masked }) {
			continue
		}
		if e.State == api.RevokeInUse && (slices.Contains(req.Sure, e.ID) || slices.Contains(req.Sure, word)) {
			e.State = api.RevokeLeft
		}
		all = append(all, a.endable(e, proving{of: s, id: e.ID, otp: req.OTP, tell: report}))
	}
	return all, nil
}

// endingNamed finds what a word means: an access token of the list, or one that a revocation which is not over has ended,
// or was about to.
func (a *Agent) endingNamed(s signedInTo, word string, list []api.AccessToken, before []jobItem) (ending, error) {
	plainly := []access.Token{}
	for _, t := range list {
		if t.Kind != access.Entered { // no registry could revoke that
			plainly = append(plainly, t.Token)
		}
	}
	t, err := access.Find(plainly, word)
	if err == nil {
		i := slices.IndexFunc(list, func(l api.AccessToken) bool { return l.ID == t.ID && l.Name == t.Name && l.Masked == t.Masked })
		return endingOf(s, list[i]), nil
	}
	if errors.Is(err, access.ErrNone) {
		gone := []access.Token{}
		for _, it := range before {
			gone = append(gone, access.Token{ID: it.ID, Name: it.Name, Masked: it.Masked})
		}
		if was, found := access.Find(gone, word); found == nil {
			return endingOf(s, api.AccessToken{Token: was}), nil
		}
	}
	return ending{}, noToken(s, word, err)
}

// noToken says that a word names no access token, or several. What may be a secret is not repeated.
func noToken(s signedInTo, word string, err error) *api.Error {
	args := s.args()
	args["Name"] = ""
	if !holdsSecret(word) {
		args["Name"] = plain(word)
	}
	if errors.Is(err, access.ErrSeveral) {
		args["Several"] = "yes"
	}
	return &api.Error{Code: api.CodeNoToken, Args: args, Cause: err.Error()}
}

// endingOf is an access token that is to end. One that this machine uses is in use until the user is sure.
func endingOf(s signedInTo, t api.AccessToken) ending {
	e := ending{of: s, Revoked: api.Revoked{
		ID: t.ID, Name: t.Name, Masked: t.Masked, Registry: s.u.String(), What: endsToken, State: api.RevokeLeft, Breaks: append([]api.Place{}, t.Places...),
	}}
	if t.Kept != "" {
		e.kept = []string{t.Kept}
	}
	if t.InUse || len(t.Places) > 0 {
		e.State = api.RevokeInUse
	}
	return e
}

// endable says how an access token is ended. Without an id that cannot be done: its registry would say that there is none.
func (a *Agent) endable(e ending, p proving) ending {
	if e.ID == "" {
		e.State = api.RevokeFailed
		e.Error = &api.Error{Code: api.CodeNoToken, Args: p.of.args(), Cause: "the registry tells no id of it"}
		return e
	}
	e.run = a.revoking(e, p)
	return e
}

// revoking ends an access token at its registry, and then what is kept of it here. One that is gone already is ended.
func (a *Agent) revoking(e ending, p proving) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		_, err := proved(ctx, a, p, func(otp token.Secret) (struct{}, error) {
			on, done := a.through(ctx)
			defer done()
			return struct{}{}, a.ports.Tokens.Revoke(on, RevokeOrder{Registry: p.of.u, Session: p.of.secret, OTP: otp, ID: e.ID})
		})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return a.tokenError(p.of, err)
		}
		if err := a.dropToken(context.WithoutCancel(ctx), p.of.u, e); err != nil {
			return err
		}
		return nil
	}
}

// dropToken forgets what is kept of an access token that was revoked.
func (a *Agent) dropToken(ctx context.Context, u registry.URL, e ending) error {
	names, err := ask(ctx, a, func() ([]string, error) {
		a.core.tokenGone(u, e.ID)
		names := slices.Clone(e.kept)
		for id, k := range a.core.vault {
			if k.Token == e.ID && k.Registry == u && !slices.Contains(names, id) {
				names = append(names, id)
			}
		}
		for id, j := range a.core.jobs { // with it goes what was to be done about it
			if j.New == e.ID && j.Registry == u.String() && (j.Lost || j.What == api.ChangeRotate) && !j.busy {
				delete(a.core.jobs, id)
				a.core.touch()
			}
		}
		return names, nil
	})
	if err != nil {
		return err
	}
	for _, id := range names {
		if err := a.discard(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// tokenGone takes an access token off the list that is remembered.
func (c *core) tokenGone(u registry.URL, id string) {
	c.listOver(u)
	if b := c.books[u]; b != nil {
		b.list = slices.DeleteFunc(slices.Clone(b.list), func(t access.Token) bool { return t.ID == id })
		if i := slices.IndexFunc(b.Tokens, func(l tokenLine) bool { return l.ID == id }); i >= 0 {
			b.Tokens = slices.Delete(b.Tokens, i, i+1)
			c.touch()
		}
	}
}
