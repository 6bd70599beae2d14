package agent

import (
	"context"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Why a credential that is kept is not carried to shells.
const (
	noteOther    = "other-session" // its registry has another session, which goes first
	noteName     = "name-taken"    // its variable carries another credential
	noteRegistry = "no-registry"   // nobody knows what it is for, and it has no name
	noteProject  = "project-name"  // its name stands in a project's file alone
	noteExec     = "exec-mode"     // the user chose that no shell carries credentials
	noteBasic    = "basic"         // it is a name and a password, which no variable of the package managers takes
)

// carrier says how a credential would reach the shells: as the session of its registry, under a name of its own, or why
// it does not.
func (c *core) carrier(f *imported, u registry.URL) (adopt bool, variable, note string) {
	e := c.sessions[u]
	same := e != nil && e.Fingerprint == f.item.ID
	live := e != nil && e.Fingerprint != "" && !e.over(c.now())
	able := !u.IsZero() && f.bearer && f.counts && !(f.item.Kind == token.KindClassic && u == registry.Public) && f.secret.Check() == nil
	adopt = able && !live
	name := f.item.Variable
	switch {
	case able && live && !same:
		return false, "", noteOther
	case name == "":
		return adopt, "", c.unnamed(f, adopt || same)
	}
	for v, other := range c.sessions {
		if !slices.Contains(other.names(), name) {
			continue
		}
		if v == u && (adopt || same) {
			return adopt, "", "" // the session's names carry it
		}
		return adopt, "", noteName
	}
	for _, k := range c.vault {
		if k.Variable == name && k.Fingerprint != f.item.ID {
			return adopt, "", noteName
		}
	}
	if c.keptMode(u) == injection.ModeExec {
		return adopt, name, noteExec
	}
	return adopt, name, ""
}

// unnamed says why a credential without a variable is not carried, "" if it is all the same.
func (c *core) unnamed(f *imported, session bool) string {
	k := c.keptBy(f.item.ID)
	switch {
	case session, k != nil && k.Variable != "":
		return ""
	case f.foreign():
		return noteProject
	case !f.bearer:
		return noteBasic
	}
	return noteRegistry
}

// durable says whether what goes into the keyring is there after a restart, too. The only copy of a credential goes
// nowhere else.
func (a *Agent) durable() error {
	if a.ports.Keyring.Kind() == api.StoreMemory {
		return &api.Error{Code: api.CodeKeyring, Cause: "secrets are kept in memory only, and would be lost"}
	}
	return nil
}

// takes says whether a credential may be taken over now: while all is locked none is, for the shells would get nothing in
// its place.
func (c *core) takes() error {
	if !c.open() {
		return &api.Error{Code: api.CodeKeyring, Cause: "sandglass is locked"}
	}
	return c.a.durable()
}

// take puts a find into the keyring, and has it carried to shells where nothing else is in its place.
func (im *importing) take(ctx context.Context, f *imported) error {
	if f.secret.IsZero() {
		why := ""
		if len(f.item.Places) > 0 {
			why = f.item.Places[0].Left
		}
		return &api.Error{Code: api.CodeMove, Args: map[string]string{"Why": why}}
	}
	return im.a.takeOver(ctx, f, im.req.Registry, nil)
}

// takeOver puts a credential into the keyring, and makes it its registry's session where that has none. It is about to be
// taken out of places.
func (a *Agent) takeOver(ctx context.Context, f *imported, wish string, places []taken) error {
	r, err := ask(ctx, a, func() (keptRecord, error) {
		if err := a.core.takes(); err != nil {
			return keptRecord{}, err
		}
		u := a.core.registryOf(f, wish)
		_, variable, _ := a.core.carrier(f, u)
		a.core.unretire(f.item.Variable)
		r := keptRecord{Registry: u, Kind: f.item.Kind, Masked: access.Masked(f.secret), Variable: variable}
		for i, t := range places {
			t.Order = a.core.lastTaken() + i + 1
			r.Taken = append(r.Taken, t)
		}
		return r, nil
	})
	if err != nil {
		return err
	}
	if _, err = a.stow(ctx, r, f.secret); err != nil {
		return err
	}
	_, err = ask(context.WithoutCancel(ctx), a, func() (struct{}, error) {
		if adopt, _, _ := a.core.carrier(f, r.Registry); adopt {
			since := f.since
			if since.IsZero() {
				since = a.core.now()
			}
			a.core.adopt(r.Registry, credential{secret: f.secret, kind: f.item.Kind, since: since})
		}
		return struct{}{}, nil
	})
	return err
}
