package agent

import (
	"context"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// credential is a secret on its way in.
type credential struct {
	secret token.Secret
	kind   token.Kind
	since  time.Time // when it was issued, by this machine's clock
	date   time.Time // the registry's clock then, zero if not told
}

// length is how long a session of u lasts, 0 if that is not known.
func (c *core) length(u registry.URL) time.Duration {
	if e := c.sessions[u]; e != nil && len(e.Observed) > 0 {
		return session.Median(e.Observed)
	}
	return c.a.opts.Policies[u]
}

// adopt makes a credential the session of u. The order is the promise: keyring, then env file, and
// only then the placeholder, so that at no moment a shell finds neither.
func (c *core) adopt(u registry.URL, in credential) {
	e := c.entryFor(u)
	now := c.now()
	e.Offset = session.Offset(in.date, now)
	evidence := session.Evidence{Start: in.since, Offset: e.Offset}
	if t, ok := token.JWTTimes(in.secret); ok {
		evidence.Told = t.Expires
		if e.Offset == 0 && !t.Issued.IsZero() && in.since.Sub(t.Issued).Abs() > time.Minute && in.since.Equal(now) {
			// A fresh login tells the registry's clock even where its answer did not pass through us.
			e.Offset = session.Offset(t.Issued, now)
			evidence.Offset = e.Offset
		}
		if !t.Issued.IsZero() {
			evidence.Start = t.Issued.Add(-evidence.Offset)
		}
	} else if in.kind == token.KindSession {
		evidence.Observed, evidence.Policy = e.Observed, c.a.opts.Policies[u]
	}
	ends, source := session.End(evidence)
	c.dropPlans()
	e.supersede(now)
	e.Kind, e.Fingerprint, e.Started = in.kind, in.secret.Fingerprint(), evidence.Start
	e.Ends, e.Lifetime, e.Refused, e.RefusedAt, e.lost = ends, lifetimes[source], false, time.Time{}, false
	e.Probed, e.Alive, e.Used, e.offline, e.nextTry = time.Time{}, time.Time{}, now, false, time.Time{}
	c.log.Info("Session adopted", "registry", u.String(), "kind", e.Kind, "lifetime", e.Lifetime, "ends", e.Ends)
	c.hold(e, in.secret)
	c.touch()
	c.staleAt = now.Add(staleYoung)
	c.closeNotice(u)
	c.overtake(u)
	c.probe(u)
	c.listAgain(u)
}

// keepPast is how many earlier sessions of a registry are remembered by their fingerprints.
const keepPast = 12

// supersede remembers the session that a new one takes the place of.
func (e *entry) supersede(now time.Time) {
	if e.Fingerprint == "" {
		return
	}
	if e.Before = now; e.over(now) {
		e.Before = e.life().End
	}
	if !slices.Contains(e.Past, e.Fingerprint) {
		e.Past = append(e.Past, e.Fingerprint)
		e.Past = e.Past[max(0, len(e.Past)-keepPast):]
	}
}

// lifetimes names the sources for the faces.
var lifetimes = map[session.Source]api.Lifetime{
	session.Told: api.LifetimeTold, session.Learned: api.LifetimeLearned,
	session.Assumed: api.LifetimeAssumed, session.NotKnown: api.LifetimeUnknown,
}

// hold keeps a secret: in memory at once, in the keyring as soon as it answers, then in the env file
// and last, where the user agreed, in place of literals.
func (c *core) hold(e *entry, s token.Secret) {
	u := e.Registry
	e.secret, e.kept, e.Held = s, false, true
	c.askKeyring(func(ctx context.Context) func() {
		err := c.a.ports.Keyring.Set(ctx, keyName(u), s)
		return func() {
			c.keyringSaid(err)
			if err != nil {
				c.log.Warn("Write keyring", "registry", u.String(), "error", err)
			}
			e, c.dirty = c.sessions[u], true
			if e == nil || !e.secret.Equal(s) {
				return
			}
			e.kept, e.keepAt = err == nil, time.Time{}
			if !e.kept {
				e.keepAt = c.now().Add(retryKeyring)
			}
			c.publishEnv()
		}
	})
}

// askKeyring runs f beside the loop as spawn does, after every earlier call of askKeyring: a removal must not
// overtake the write that it follows, nor a write the removal, and nobody may look into a store that is being filled.
func (c *core) askKeyring(f func(ctx context.Context) func()) {
	before, done := c.keyringOp, make(chan struct{})
	c.keyringOp = done
	c.a.spawn(func(ctx context.Context) func() {
		defer close(done)
		if before != nil {
			<-before
		}
		return f(ctx)
	})
}

// referred reports whether a user's file has a line for e's registry, literal or placeholder.
func (c *core) referred(e *entry) bool {
	for _, p := range c.places(e) {
		if p.Level != api.LevelProject {
			return true
		}
	}
	return false
}
