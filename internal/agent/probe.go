package agent

import (
	"context"
	"errors"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// askTwice is when a session that was refused before its time is asked about once more.
const askTwice = time.Minute

// retryOffline is how long a registry that does not answer is left alone.
const retryOffline = time.Minute

// probe asks the registry whether it still takes the credential. It is done at adoption, on waking,
// at the end of a session whose end was not told, and when the user asks.
func (c *core) probe(u registry.URL) {
	e := c.sessions[u]
	if e == nil || e.secret.IsZero() || e.probing || c.asleep || c.stopping {
		return
	}
	if !u.Secure() && !u.Loopback() {
		return // never send a credential in the clear; a finding tells of it
	}
	e.probing, e.nextTry = true, time.Time{}
	secret := e.secret
	c.a.spawn(func(ctx context.Context) func() {
		who, err := c.a.ports.Registry.Whoami(ctx, u, secret)
		return func() { c.probed(u, secret, who, err) }
	})
}

func (c *core) probed(u registry.URL, secret token.Secret, who Identity, err error) {
	e := c.sessions[u]
	if e == nil || !e.secret.Equal(secret) {
		if e != nil {
			e.probing = false
			c.probe(u)
		}
		return
	}
	now := c.now()
	e.probing, e.offline = false, false
	c.touch()
	switch {
	case err == nil:
		if e.Refused {
			c.closeNotice(u) // it said that the session is over, which was a mistake
		}
		e.Account, e.Probed, e.Alive, e.Refused, e.RefusedAt = who.Name, now, now, false, time.Time{}
		c.reckon(e, who.Date)
		c.outlived(e, now)
	case errors.Is(err, ErrRefused):
		c.log.Info("Session refused", "registry", u.String())
		c.refused(e, now)
	case errors.Is(err, ErrNoSuchProbe):
		e.Probed = now
	default:
		c.log.Info("Registry out of reach", "registry", u.String(), "error", err)
		e.offline, e.nextTry = true, now.Add(retryOffline)
	}
}

// refused notes that the registry does not take a session any more. Before its time, or where no time is
// known, it is asked once more: a proxy or a stumbling registry says no, too. Only an end that came by itself
// teaches how long sessions live; one that somebody revoked does not.
func (c *core) refused(e *entry, now time.Time) {
	first, early := !e.Refused, e.Ends.IsZero() || e.Ends.After(now)
	if first {
		e.Refused, e.RefusedAt, e.doubted = true, now, early
		if early {
			e.nextTry = now.Add(askTwice)
		}
	}
	confirmed := !first && e.doubted && e.Ends.IsZero()
	if (first && !early || confirmed) && e.Kind == token.KindSession && e.Lifetime != api.LifetimeTold {
		e.Observed = session.Observe(e.Observed, e.Started, e.Alive, e.RefusedAt)
	}
	if !first {
		e.doubted = false
	}
	e.Probed = now
}

// reckon sets a told end right when the registry's clock turns out to differ from ours.
func (c *core) reckon(e *entry, date time.Time) {
	if date.IsZero() {
		return
	}
	offset := session.Offset(date, c.now())
	if e.Lifetime == api.LifetimeTold && offset != e.Offset {
		shift := offset - e.Offset
		e.Ends, e.Started = e.Ends.Add(-shift), e.Started.Add(-shift)
	}
	e.Offset = offset
}

// outlived handles a credential that is alive though its end, learned or assumed, has passed: the
// end is not known any more, and asking every twentieth of its life teaches the true one.
func (c *core) outlived(e *entry, now time.Time) {
	if e.Lifetime == api.LifetimeTold || e.Kind != token.KindSession {
		return
	}
	if !e.Ends.IsZero() && !now.Before(e.Ends) {
		e.Ends, e.Lifetime = time.Time{}, api.LifetimeUnknown
	}
	if e.Ends.IsZero() {
		e.nextTry = now.Add(max(learnAtLeast, min(learnAtMost, now.Sub(e.Started)/20)))
	}
}

// Bounds of the pace at which an unknown lifetime is measured.
const (
	learnAtLeast = 15 * time.Second
	learnAtMost  = 5 * time.Minute
)
