package agent

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Keep implements api.Agent. What was begun is brought to its end, whether or not the caller still waits.
func (a *Agent) Keep(ctx context.Context, req api.KeepRequest) error {
	switch {
	case a.opts.Demo:
		return &api.Error{Code: api.CodeUsage, Cause: "a demo keeps its secrets in memory"}
	case !slices.Contains([]api.Store{api.StoreKeyring, api.StoreFile, api.StoreMemory}, req.Store):
		return &api.Error{Code: api.CodeUsage, Cause: "there is no such store"}
	case req.Store == api.StoreFile && req.Passphrase.IsZero():
		return &api.Error{Code: api.CodePassphrase, Cause: "no passphrase given"}
	}
	done := make(chan error, 1)
	if _, err := ask(ctx, a, func() (struct{}, error) {
		a.core.askKeyring(func(ctx context.Context) func() {
			err := a.keep(ctx, req)
			return func() { a.core.kept(err); a.core.settle(); done <- err }
		})
		return struct{}{}, nil
	}); err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return &api.Error{Code: api.CodeCancelled}
	case <-a.ended:
		return errNoAgent
	}
}

// keptItem is a secret on its way from one store to another.
type keptItem struct {
	key         string       // its name there
	secret      token.Secret // zero: only the store has it
	fingerprint string
	over        bool
	only        bool // nobody could make it again, as a login makes a session
}

// keep changes the store. Nothing is taken from the old one before all is in the new one and the settings say
// so: whenever the agent is killed, the store that the settings name has every session.
func (a *Agent) keep(ctx context.Context, req api.KeepRequest) error {
	items, err := ask(ctx, a, func() ([]keptItem, error) { return a.core.keptItems(), nil })
	if err != nil {
		return err
	}
	if req.Store == api.StoreMemory && slices.ContainsFunc(items, func(it keptItem) bool { return it.only }) {
		return &api.Error{Code: api.CodeKeyring, Cause: "access tokens that are kept here would be lost at the next start"}
	}
	next, err := a.ports.Keyring.Open(ctx, req.Store, req.Passphrase)
	if err != nil {
		return keepError(req.Store, err)
	}
	from := a.ports.Keyring.Kind()
	if from == req.Store { // it was opened: no more
		a.ports.Keyring.Use(next)
		return a.chosen(ctx, req.Store)
	}
	for i := range items {
		if items[i].secret, err = a.secretOf(ctx, items[i]); err != nil {
			return keepError(from, err)
		}
	}
	if err := a.noteMove(ctx, []api.Store{from, req.Store}); err != nil {
		return err
	}
	if err := a.fill(ctx, next, items); err != nil {
		return err
	}
	a.ports.Keyring.Use(next)
	return nil
}

// keptItems lists the secrets that a change of the store takes along.
func (c *core) keptItems() (items []keptItem) {
	for _, e := range c.ordered() {
		if e.Fingerprint != "" {
			items = append(items, keptItem{keyName(e.Registry), e.secret, e.Fingerprint, e.over(c.now()), false})
		}
	}
	for _, k := range c.keptOnes() {
		items = append(items, keptItem{keptName(k.ID), k.secret, k.Fingerprint, false, true})
	}
	return items
}

// secretOf is an item's secret, zero where nobody has it. One that the store in use holds and does not give away,
// and that is still good, must not be left behind.
func (a *Agent) secretOf(ctx context.Context, it keptItem) (token.Secret, error) {
	if !it.secret.IsZero() {
		return it.secret, nil
	}
	s, err := a.ports.Keyring.Get(ctx, it.key)
	switch {
	case err == nil && s.Fingerprint() == it.fingerprint:
		return s, nil
	case err == nil, it.over, errors.Is(err, ErrNotFound):
		return token.Secret{}, nil
	}
	return token.Secret{}, err
}

// fill writes all secrets to a store and then names it in the settings.
func (a *Agent) fill(ctx context.Context, next Secrets, items []keptItem) error {
	for _, it := range items {
		if it.secret.IsZero() {
			continue
		}
		if err := next.Set(ctx, it.key, it.secret); err != nil {
			return keepError(next.Kind(), err)
		}
	}
	return a.chosen(ctx, next.Kind())
}

// chosen names a store in the settings.
func (a *Agent) chosen(ctx context.Context, store api.Store) error {
	_, err := ask(ctx, a, func() (struct{}, error) {
		a.core.settingsChanged()
		s := a.core.settings
		s.Store = store
		return struct{}{}, a.core.set(&s)
	})
	return err
}

// noteMove writes down between which stores secrets are about to be moved: if the agent is killed meanwhile, the
// next one takes out what is in both.
func (a *Agent) noteMove(ctx context.Context, stores []api.Store) error {
	_, err := ask(ctx, a, func() (struct{}, error) {
		c := a.core
		c.between = stores
		if c.saveState(); c.stateErr != nil {
			c.between = nil
			return struct{}{}, &api.Error{Code: api.CodeFile, Cause: c.stateErr.Error()}
		}
		return struct{}{}, nil
	})
	return err
}

// kept is reached when a change of the store is over, or did not work.
func (c *core) kept(err error) {
	c.dirty = true
	if err != nil {
		c.log.Warn("Change the store of secrets", "error", err)
		c.emptyOther()
		return
	}
	c.keyringSaid(nil)
	c.log.Info("Secrets are kept elsewhere, or what keeps them was opened", "store", c.a.ports.Keyring.Kind())
	for u, e := range c.sessions {
		switch {
		case e.Fingerprint == "":
		case e.secret.IsZero() && !c.userLock:
			c.fetchSecret(u)
		case !e.secret.IsZero():
			e.kept, e.keepAt = false, time.Time{}
			c.hold(e, e.secret) // it is there, and is written again: from now on the store has it
		}
	}
	c.fetchKept()
	c.emptyOther()
}

// emptyOther takes out of the store that is no longer in use, or did not come to be, what the one in use has. Where
// it cannot be opened that is put off until the next start.
func (c *core) emptyOther() {
	if len(c.between) == 0 {
		return
	}
	stores := c.between
	c.askKeyring(func(ctx context.Context) func() {
		var left []api.Store
		for _, store := range stores {
			if store != c.a.ports.Keyring.Kind() && !c.a.emptied(ctx, store) {
				left = stores
			}
		}
		return func() {
			if slices.Equal(c.between, stores) {
				c.between = left
				c.touch()
			}
		}
	})
}

// emptied takes out of a store what the one in use has, and reports whether nothing is left there.
func (a *Agent) emptied(ctx context.Context, store api.Store) bool {
	other, err := a.ports.Keyring.Open(ctx, store, token.Secret{})
	if err != nil {
		return false
	}
	all, err := ask(ctx, a, func() (map[string]string, error) {
		all := map[string]string{}
		for u, e := range a.core.sessions {
			all[keyName(u)] = e.Fingerprint
		}
		for id, k := range a.core.vault {
			all[keptName(id)] = k.Fingerprint
		}
		return all, nil
	})
	done := err == nil
	for key, fingerprint := range all {
		s, err := a.ports.Keyring.Get(ctx, key)
		if fingerprint != "" && (err != nil || s.Fingerprint() != fingerprint) {
			done = false // the only copy may be there
			continue
		}
		if err := other.Delete(ctx, key); err != nil {
			a.log.Warn("Empty the store that is no longer used", "store", store, "error", err)
			done = false
		}
	}
	return done
}

// keepError tells why a store could not be opened, read or written.
func keepError(store api.Store, err error) error {
	told := &api.Error{Code: api.CodeKeyring, Cause: err.Error()}
	switch {
	case store != api.StoreFile:
	case errors.Is(err, ErrKeyringLocked):
		told.Code = api.CodePassphrase
	default:
		told.Code = api.CodeFile
	}
	return told
}
