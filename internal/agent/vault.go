package agent

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// keptRecord is what the state file has of a credential in the keyring that is no session.
type keptRecord struct {
	ID          string       `json:"id"`
	Registry    registry.URL `json:"registry,omitzero"`
	Kind        token.Kind   `json:"kind"`
	Name        string       `json:"name,omitempty"`
	Token       string       `json:"token,omitempty"` // its id at the registry
	Masked      string       `json:"masked"`
	Fingerprint string       `json:"fingerprint"`
	Variable    string       `json:"variable,omitempty"`
	Since       time.Time    `json:"since"`
	Ends        time.Time    `json:"ends,omitzero"`
	Taken       []taken      `json:"taken,omitempty"`
	Coming      bool         `json:"coming,omitempty"`  // the keyring may not have it yet
	Leaving     bool         `json:"leaving,omitempty"` // the keyring may not have it any more: nobody has a use for it
	Job         string       `json:"job,omitempty"`     // the change of access tokens that made it
}

// taken is a place that a credential was taken out of, with what is needed to put it back. It holds no secret.
type taken struct {
	File  string    `json:"file"`
	Hole  leak.Hole `json:"hole"`
	Order int       `json:"order"` // of several in one file the one that was taken last is put back first
}

// kept is a credential in the keyring that is no session.
type kept struct {
	keptRecord
	secret  token.Secret // of one that is in the env files; zero while locked or unknown
	lost    bool         // the keyring should have it, and has not
	writing int          // how many are about to write it to the keyring
}

// keptName is its name in the keyring.
func keptName(id string) string { return "kept " + id }

// stow takes a credential into the keyring. The order is the promise: the state names it first, so that nothing lies in
// the keyring that nobody knows of, and only what the keyring has is told to be kept. One that is there already keeps
// its name; what r knows better is noted.
func (a *Agent) stow(ctx context.Context, r keptRecord, s token.Secret) (id string, err error) {
	r.Fingerprint = s.Fingerprint()
	id, err = ask(ctx, a, func() (string, error) { return a.core.stowing(r) })
	if err != nil {
		return "", err
	}
	// What was begun is brought to its end, whether or not the caller still waits.
	err = a.toKeyring(context.WithoutCancel(ctx), keptName(id), s)
	_, gone := ask(context.WithoutCancel(ctx), a, func() (struct{}, error) {
		a.core.stowed(id, s, err)
		return struct{}{}, nil
	})
	return id, errors.Join(err, gone)
}

// stowing notes that a credential is about to be in the keyring.
func (c *core) stowing(r keptRecord) (string, error) {
	k := c.keptBy(r.Fingerprint)
	var was []taken
	if k == nil {
		r.ID, r.Since, r.Coming, r.Leaving = c.a.opts.Random(), c.now(), true, false
		k = &kept{keptRecord: r}
		c.vault[r.ID] = k
	} else {
		k.Name, k.Token, k.Variable = cmp.Or(r.Name, k.Name), cmp.Or(r.Token, k.Token), cmp.Or(r.Variable, k.Variable)
		was = k.Taken
		k.Taken, k.Coming, k.Leaving = slices.Concat(was, r.Taken), k.Coming || k.Leaving, false
		if k.Ends.IsZero() {
			k.Ends = r.Ends
		}
		if k.Registry.IsZero() {
			k.Registry = r.Registry
		}
	}
	c.touch()
	k.writing++
	if c.saveState(); c.stateErr != nil {
		k.writing--
		if k.Taken = was; k.Coming {
			delete(c.vault, k.ID)
		}
		return "", &api.Error{Code: api.CodeFile, Cause: c.stateErr.Error()}
	}
	return k.ID, nil
}

// stowed notes what the keyring said.
func (c *core) stowed(id string, s token.Secret, err error) {
	k := c.vault[id]
	if k != nil {
		k.writing--
	}
	switch {
	case k == nil:
	case err != nil && k.Coming: // a keyring that was slow may have it after all
		k.Coming, k.Leaving, k.Token, k.Job = false, true, "", ""
		c.letGo(id, func(error) {})
	case err == nil:
		k.Coming, k.lost = false, false
		if k.Variable != "" && !c.userLock {
			k.secret = s
		}
	}
	c.touch()
	c.saveState()
	c.publishEnv()
}

// toKeyring writes what the keyring is to have, when it is its turn, unless it was changed meanwhile for one that forgets.
func (a *Agent) toKeyring(ctx context.Context, key string, s token.Secret) error {
	return a.atKeyring(ctx, func(ctx context.Context) error {
		if err := a.durable(); err != nil && !a.opts.Demo {
			return err
		}
		return a.ports.Keyring.Set(ctx, key, s)
	})
}

// atKeyring runs f when it is its turn, and returns an *api.Error.
func (a *Agent) atKeyring(ctx context.Context, f func(ctx context.Context) error) error {
	done := make(chan error, 1)
	if _, err := ask(ctx, a, func() (struct{}, error) {
		a.core.askKeyring(func(ctx context.Context) func() {
			err := f(ctx)
			done <- err
			return func() { a.core.keyringSaid(err) }
		})
		return struct{}{}, nil
	}); err != nil {
		return err
	}
	select {
	case err := <-done:
		if err != nil {
			return &api.Error{Code: api.CodeKeyring, Cause: err.Error()}
		}
		return nil
	case <-a.ended:
		return errNoAgent
	}
}

// keptSecret is the secret of a credential that is kept.
func (a *Agent) keptSecret(ctx context.Context, id string) (token.Secret, error) {
	print, err := ask(ctx, a, func() (string, error) {
		if k := a.core.vault[id]; k != nil {
			return k.Fingerprint, nil
		}
		return "", &api.Error{Code: api.CodeNoKept}
	})
	if err != nil {
		return token.Secret{}, err
	}
	s, err := a.fromKeyring(ctx, keptName(id))
	if err == nil && s.Fingerprint() != print {
		err = ErrNotFound
	}
	if err != nil {
		return token.Secret{}, &api.Error{Code: api.CodeKeyring, Cause: err.Error()}
	}
	return s, nil
}

// discard drops a credential from the keyring and then from the state. It is not revoked. Its variable stays defined, as
// empty, for shells that have it.
func (a *Agent) discard(ctx context.Context, id string) error { return a.discarding(ctx, id, true) }

// discardQuietly is discard for a credential whose variable the user's own files define again.
func (a *Agent) discardQuietly(ctx context.Context, id string) error {
	return a.discarding(ctx, id, false)
}

func (a *Agent) discarding(ctx context.Context, id string, retire bool) error {
	done := make(chan error, 1)
	if _, err := ask(context.WithoutCancel(ctx), a, func() (struct{}, error) {
		c := a.core
		k := c.vault[id]
		if k == nil {
			done <- nil
			return struct{}{}, nil
		}
		// The state says first that it goes: an agent that is started after this one was killed brings it to its end.
		if k.Leaving = true; retire {
			c.retire(k.Variable)
		}
		c.touch()
		c.saveState()
		c.letGo(id, func(err error) {
			if k := c.vault[id]; err != nil && k != nil && k.Leaving {
				k.Leaving = !retire // what nobody has a use for goes the next time
			}
			c.settle()
			done <- err
		})
		return struct{}{}, nil
	}); err != nil {
		return err
	}
	select {
	case err := <-done:
		if err != nil {
			return &api.Error{Code: api.CodeKeyring, Cause: err.Error()}
		}
		return nil
	case <-a.ended:
		return errNoAgent
	}
}

// letGo takes a credential out of the keyring and then out of the state, if nobody has found a use for it meanwhile.
func (c *core) letGo(id string, then func(err error)) {
	c.askKeyring(func(ctx context.Context) func() {
		err := c.a.ports.Keyring.Delete(ctx, keptName(id))
		return func() {
			c.keyringSaid(err)
			if k := c.vault[id]; err == nil && k != nil && k.Leaving {
				delete(c.vault, id)
			}
			c.touch()
			then(err)
		}
	})
}

// keptBy finds a credential by its fingerprint, nil if it is not kept.
func (c *core) keptBy(print string) *kept {
	for _, k := range c.vault {
		if k.Fingerprint == print {
			return k
		}
	}
	return nil
}

// keptOnes lists what is kept, the newest first.
func (c *core) keptOnes() (all []*kept) {
	for _, k := range c.vault {
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b *kept) int { return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(a.ID, b.ID)) })
	return all
}

// fetchKept asks the keyring for those that the env files carry, and for those of which nobody knows whether it got them.
func (c *core) fetchKept() {
	for _, k := range c.vault {
		if k.Leaving {
			c.letGo(k.ID, func(error) {}) // else the next time
			continue
		}
		if k.Variable == "" && !k.Coming || !k.secret.IsZero() {
			continue
		}
		c.askKeyring(func(ctx context.Context) func() {
			s, err := c.a.ports.Keyring.Get(ctx, keptName(k.ID))
			return func() { c.keptFetched(k.ID, s, err) }
		})
	}
}

func (c *core) keptFetched(id string, s token.Secret, err error) {
	k := c.vault[id]
	if k == nil {
		return
	}
	c.keyringSaid(err)
	there := err == nil && s.Fingerprint() == k.Fingerprint
	switch {
	case there:
		k.Coming, k.lost = false, false
		if k.Variable != "" && !c.userLock {
			k.secret = s
		}
	case err != nil && !errors.Is(err, ErrNotFound):
		if c.keptAt.IsZero() { // it may be there
			c.keptAt = c.now().Add(retryKeyring)
		}
		return
	case k.writing > 0: // it is on its way there
		return
	case k.Coming: // the agent ended before the keyring had it: the file that it was to be taken from is as it was
		delete(c.vault, id)
	default:
		k.lost = true
	}
	c.touch()
}

// viewKept is what may be shown of those that are kept.
func (c *core) viewKept() []api.Kept {
	out := []api.Kept{}
	for _, k := range c.keptOnes() {
		v := api.Kept{
			ID: k.ID, Kind: k.Kind, Name: k.Name, Token: k.Token, Masked: k.Masked, Fingerprint: k.Fingerprint,
			Variable: k.Variable, Since: k.Since, Ends: k.Ends, Taken: []api.Place{}, Lost: k.lost,
		}
		if !k.Registry.IsZero() {
			v.Registry = k.Registry.String()
		}
		for _, t := range k.Taken {
			v.Taken = append(v.Taken, api.Place{File: t.File, Line: t.Hole.Line, Literal: true})
		}
		if !k.Coming && !k.Leaving {
			out = append(out, v)
		}
	}
	return out
}
