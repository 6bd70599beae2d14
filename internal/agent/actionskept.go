package agent

import (
	"context"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// drop forgets a credential that is kept. It is not revoked, and cannot be put back to where it was taken from.
func (a *Agent) drop(ctx context.Context, id string) error {
	if _, err := ask(ctx, a, func() (struct{}, error) {
		if a.core.vault[id] == nil {
			return struct{}{}, &api.Error{Code: api.CodeNoKept}
		}
		return struct{}{}, nil
	}); err != nil {
		return err
	}
	return a.discard(ctx, id)
}

// dropTwin forgets the kept copy of a session that was signed out: it is dead, too. One that its registry may still take,
// and that was taken out of a file, is no longer carried to shells, and can be put back: nobody else has it.
func (a *Agent) dropTwin(ctx context.Context, fingerprint string, dead bool) error {
	id, err := ask(ctx, a, func() (string, error) {
		k := a.core.keptBy(fingerprint)
		switch {
		case k == nil:
			return "", nil
		case dead || len(k.Taken) == 0:
			return k.ID, nil
		}
		a.core.retire(k.Variable)
		k.Variable, k.secret = "", token.Secret{}
		a.core.touch()
		return "", nil
	})
	if err != nil || id == "" {
		return err
	}
	return a.discard(ctx, id)
}

// retire keeps a variable defined, as empty, for shells that have its value still.
func (c *core) retire(name string) {
	if name != "" && !slices.Contains(c.retired, name) {
		c.retired = append(c.retired, name)
	}
}

// unretire lets go of a variable that the user's own files or another credential define.
func (c *core) unretire(name string) {
	c.retired = slices.DeleteFunc(c.retired, func(n string) bool { return n == name })
}
