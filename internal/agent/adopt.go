package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
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
	e.supersede()
	e.Kind, e.Fingerprint, e.Started = in.kind, in.secret.Fingerprint(), evidence.Start
	e.Ends, e.Lifetime, e.Refused, e.RefusedAt, e.lost = ends, lifetimes[source], false, time.Time{}, false
	e.Probed, e.Alive, e.Used, e.offline, e.nextTry = time.Time{}, time.Time{}, now, false, time.Time{}
	c.log.Info("Session adopted", "registry", u.String(), "kind", e.Kind, "lifetime", e.Lifetime, "ends", e.Ends)
	c.hold(e, in.secret)
	c.touch()
	c.closeNotice(u)
	c.overtake(u)
	c.probe(u)
}

// keepPast is how many earlier sessions of a registry are remembered by their fingerprints.
const keepPast = 12

// supersede remembers the session that a new one takes the place of.
func (e *entry) supersede() {
	if e.Fingerprint != "" && !slices.Contains(e.Past, e.Fingerprint) {
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
	c.writeKeyring(func(ctx context.Context) func() {
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

// writeKeyring runs f beside the loop as spawn does, after every earlier call of writeKeyring: a removal
// must not overtake the write that it follows, nor a write the removal.
func (c *core) writeKeyring(f func(ctx context.Context) func()) {
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

// variable is the name that stands for e's credential in f: the one that stood there before, else ours.
func (f *file) variable(e *entry) string {
	if f.layout != nil && f.layout.Names[e.Registry.Key()] != "" {
		return f.layout.Names[e.Registry.Key()]
	}
	return e.Own
}

// move puts placeholders where literals of ours stand, if the user agreed and nothing can be lost by
// it: the keyring has the secret, and the env files carry it under the very name, now.
func (c *core) move(f *file) {
	if !c.settings.Move || f.moving || f.reading || f.moveErr != nil || c.envErr != nil || !c.open() || c.now().Before(f.moveAt) {
		return
	}
	set := map[string]string{}
	for _, cred := range f.creds {
		e, ok := c.movable(f, cred)
		if ok && e.kept && e.alive(c.now()) && c.carried(f.variable(e), e.secret) {
			set[cred.Key] = "${" + f.variable(e) + "}"
		}
	}
	if len(set) > 0 {
		c.rewrite(f, set)
	}
}

// movable reports whether a line of f holds a session of ours as it is, the present one or one that it
// took the place of.
func (c *core) movable(f *file, cred npmrc.Credential) (*entry, bool) {
	if !f.exists || f.level == api.LevelProject || f.level == api.LevelGlobal || !open(cred) {
		return nil, false
	}
	u, err := c.urlOf(cred.RegistryKey)
	if err != nil || c.sessions[u] == nil {
		return nil, false
	}
	e, name := c.sessions[u], cred.Value.Fingerprint()
	return e, e.Fingerprint == name || slices.Contains(e.Past, name)
}

// carried reports whether the env files give a variable this value.
func (c *core) carried(name string, s token.Secret) bool {
	return slices.ContainsFunc(c.published, func(v Variable) bool { return v.Name == name && v.Value.Equal(s) })
}

// rewrite puts the placeholders of set into f, if f still says what was read.
func (c *core) rewrite(f *file, set map[string]string) {
	f.moving = true
	was, sum := f.layout, f.sum
	c.a.spawn(func(context.Context) func() {
		err := c.placeholders(f.path, sum, was, set)
		return func() {
			f.moving, f.moveErr, c.dirty = false, err, true
			switch {
			case errors.Is(err, ErrChanged):
				// Somebody else wrote, or has the file open to write: look again, and move then.
				f.moveErr, f.wait = nil, min(max(2*f.wait, moveAgain), time.Minute)
				f.moveAt = c.now().Add(f.wait)
			case err != nil:
				c.log.Warn("Put placeholder", "path", f.path, "error", err)
				return
			default:
				c.log.Info("Placeholder put", "path", f.path, "lines", len(set))
			}
			c.filesChanged([]string{f.path})
		}
	})
}

// moveAgain is how soon a move is tried again after somebody else wrote; the time doubles up to a minute.
const moveAgain = 200 * time.Millisecond

// placeholders writes the file anew. The layout from before a login brings back comments and order
// that npm's rewrite dropped.
func (c *core) placeholders(path string, sum [32]byte, was *layout, set map[string]string) error {
	old, err := c.a.ports.Files.Read(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if sumOf(old) != sum {
		return ErrChanged
	}
	fresh, err := replaced(old, was, set)
	if err != nil {
		return fmt.Errorf("edit %s: %w", path, err)
	}
	if bytes.Equal(old, fresh) {
		return nil
	}
	if err := c.a.ports.Files.Replace(path, old, fresh); err != nil {
		return fmt.Errorf("replace %s: %w", path, err)
	}
	return nil
}

// replaced is a file with the lines of set in it, and in the layout from before a login, if there is one.
func replaced(old []byte, was *layout, set map[string]string) (fresh []byte, err error) {
	if was != nil && len(set) > 0 {
		return npmrc.Restore(was.Template, old, set)
	}
	fresh = old
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if err == nil {
			fresh, err = npmrc.Set(fresh, key, set[key])
		}
	}
	return fresh, err
}

// addLine writes a line with our placeholder into the user's file, where no file refers to a session
// that we logged in to. Only with the user's agreement, and only once the env files carry it.
func (c *core) addLine(u registry.URL) {
	e, f := c.sessions[u], c.userFile()
	if e == nil || f == nil || !c.settings.Move || c.referred(e) || f.moving || c.envErr != nil {
		return
	}
	f.moving = true
	key, value := u.Key()+":_authToken", "${"+e.Own+"}"
	c.a.spawn(func(context.Context) func() {
		err := c.appendLine(f.path, key, value)
		return func() {
			f.moving, f.moveErr, c.dirty = false, err, true
			if err != nil {
				c.log.Warn("Add line", "path", f.path, "error", err)
			}
			c.filesChanged([]string{f.path})
		}
	})
}

func (c *core) appendLine(path, key, value string) error {
	old, err := readOrNil(c.a.ports.Files, path)
	if err != nil {
		return err
	}
	fresh, err := npmrc.Set(old, key, value)
	if err != nil {
		return fmt.Errorf("edit %s: %w", path, err)
	}
	if err := c.a.ports.Files.Replace(path, old, fresh); err != nil {
		return fmt.Errorf("replace %s: %w", path, err)
	}
	return nil
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

// userFile is the user's own config file.
func (c *core) userFile() *file {
	for _, w := range c.a.opts.Files {
		if w.Level == api.LevelUser {
			return c.files[w.Path]
		}
	}
	return nil
}
