package agent

import (
	"context"
	"errors"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// leaving is a session on its way out.
type leaving struct {
	u           registry.URL
	secret      token.Secret
	fingerprint string
}

// Logout implements api.Agent.
func (a *Agent) Logout(ctx context.Context, raw string) error {
	l, err := ask(ctx, a, func() (leaving, error) { return a.core.leaving(raw) })
	if err != nil {
		return err
	}
	args := map[string]string{"Registry": l.u.Name(), "URL": l.u.String()}
	if l.secret.IsZero() {
		// Locked, or never fetched: what cannot be shown to the registry cannot be revoked there.
		if l.secret, err = a.fromKeyring(ctx, keyName(l.u)); err != nil && !errors.Is(err, ErrNotFound) {
			return &api.Error{Code: api.CodeKeyring, Args: args, Cause: err.Error()}
		}
	}
	revoked := a.revoke(ctx, l)
	dropped := make(chan error, 1)
	_, err = ask(context.WithoutCancel(ctx), a, func() (struct{}, error) {
		if !a.core.signedOut(l.u, l.fingerprint) {
			dropped <- nil // somebody has logged in again meanwhile: the keyring holds the new session
			return struct{}{}, nil
		}
		a.core.askKeyring(func(ctx context.Context) func() {
			dropped <- a.ports.Keyring.Delete(ctx, keyName(l.u))
			return nil
		})
		return struct{}{}, nil
	})
	if err != nil {
		return err
	}
	select {
	case gone := <-dropped:
		gone = errors.Join(gone, a.dropTwin(context.WithoutCancel(ctx), l.fingerprint, revoked == nil))
		if cause := errors.Join(revoked, gone); cause != nil {
			return &api.Error{Code: api.CodePartly, Args: args, Cause: cause.Error()}
		}
		return nil
	case <-a.ended:
		return errNoAgent
	}
}

// fromKeyring reads what the keyring has, when it is its turn.
func (a *Agent) fromKeyring(ctx context.Context, key string) (token.Secret, error) {
	type answer struct {
		secret token.Secret
		err    error
	}
	got := make(chan answer, 1)
	if _, err := ask(ctx, a, func() (struct{}, error) {
		a.core.askKeyring(func(ctx context.Context) func() {
			s, err := a.ports.Keyring.Get(ctx, key)
			got <- answer{s, err}
			return nil
		})
		return struct{}{}, nil
	}); err != nil {
		return token.Secret{}, err
	}
	select {
	case r := <-got:
		return r.secret, r.err
	case <-ctx.Done():
		return token.Secret{}, ctx.Err()
	case <-a.ended:
		return token.Secret{}, errNoAgent
	}
}

func (c *core) leaving(raw string) (leaving, error) {
	u, err := c.known(raw)
	if err != nil {
		return leaving{}, err
	}
	e := c.sessions[u]
	if e.Fingerprint == "" {
		return leaving{}, &api.Error{Code: api.CodeNone, Args: map[string]string{"Registry": u.Name(), "URL": u.String()}}
	}
	return leaving{u, e.secret, e.Fingerprint}, nil
}

// Why a logout was not whole.
var (
	errStillTaken = errors.New("the registry said yes, and still takes the session until its end")
	errNotRevoked = errors.New("the session's secret is not here any more: it lives at the registry until its end")
)

// revoke ends a session at its registry and looks whether that is so.
func (a *Agent) revoke(ctx context.Context, l leaving) error {
	if l.secret.IsZero() {
		return errNotRevoked
	}
	if err := a.ports.Registry.Logout(ctx, l.u, l.secret); err != nil && !errors.Is(err, ErrRefused) {
		return err
	}
	if _, err := a.ports.Registry.Whoami(ctx, l.u, l.secret); err == nil {
		return errStillTaken
	}
	return nil
}

// signedOut forgets the session with this fingerprint; its names stay defined, as empty. It reports false
// if another one is there by now.
func (c *core) signedOut(u registry.URL, fingerprint string) bool {
	e := c.sessions[u]
	if e == nil || e.Fingerprint != fingerprint {
		return false
	}
	e.supersede(c.now())
	e.forget()
	e.Fingerprint, e.Account, e.kept, e.lost, e.Refused = "", "", false, false, false
	e.Started, e.Ends, e.RefusedAt, e.Lifetime = time.Time{}, time.Time{}, time.Time{}, ""
	e.nextTry, e.keepAt = time.Time{}, time.Time{}
	c.closeNotice(u)
	c.touch()
	return true
}

// known parses a registry that must have a session here; "" means the most pressing one.
func (c *core) known(raw string) (registry.URL, error) {
	u, err := c.loginTarget(raw)
	if err != nil {
		return u, err
	}
	if c.sessions[u] == nil {
		return u, &api.Error{Code: api.CodeUnknown, Args: map[string]string{"Registry": u.Name(), "URL": u.String()}}
	}
	return u, nil
}
