package agent

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// takeAway brings what a plan takes out of files into the keyring, with a note how it is put back, before any file is
// touched: whenever the agent is killed, the file has the credential, or the keyring has it and the state knows the way
// back. What it returns takes that back for files whose edit did not happen.
func (a *Agent) takeAway(ctx context.Context, p plan) (undo func(files []string), err error) {
	fresh := map[string]bool{} // by fingerprint: whether nobody had it before
	var last int
	undo = func(files []string) { a.untake(context.WithoutCancel(ctx), fresh, files, last) }
	for i := range p.moves {
		v := &p.moves[i]
		first := i == 0
		known, err := ask(ctx, a, func() (bool, error) {
			c := a.core
			if first {
				last = c.lastTaken()
			}
			if e := c.sessions[v.registry]; v.own != "" && e == nil {
				c.entryFor(v.registry).Own = v.own // the name that the plan has shown
			}
			c.neverTaken(v, p.edits)
			return c.keptBy(v.item.ID) != nil, nil
		})
		if err != nil {
			return undo, err
		}
		fresh[v.item.ID] = !known
		wish := ""
		if !v.registry.IsZero() {
			wish = v.registry.String()
		}
		if err := a.takeOver(ctx, &v.imported, wish, v.taken); err != nil {
			return undo, err
		}
	}
	return undo, nil
}

// neverTaken forgets places that have their credential still: the agent was killed before it took it out.
func (c *core) neverTaken(v *movement, edits []FileEdit) {
	k := c.keptBy(v.item.ID)
	if k == nil {
		return
	}
	k.Taken = slices.DeleteFunc(k.Taken, func(t taken) bool {
		i := slices.IndexFunc(edits, func(e FileEdit) bool { return e.Path == t.File })
		if i < 0 {
			return false
		}
		there, err := leak.Fill(edits[i].Old, t.Hole, v.secret)
		return err == nil && bytes.Equal(there, edits[i].Old)
	})
}

// lastTaken is the order of what was taken last.
func (c *core) lastTaken() (last int) {
	for _, k := range c.vault {
		for _, t := range k.Taken {
			last = max(last, t.Order)
		}
	}
	return last
}

// untake forgets how credentials are put back into files that have them still, of what was noted behind last, and those
// credentials that were taken over for that alone.
func (a *Agent) untake(ctx context.Context, fresh map[string]bool, files []string, last int) {
	for print, unknown := range fresh {
		id, err := ask(ctx, a, func() (string, error) {
			k := a.core.keptBy(print)
			if k == nil || !a.core.putBack(k, files, last, unknown) {
				return "", nil
			}
			return k.ID, nil
		})
		if err == nil && id != "" {
			err = a.discardQuietly(ctx, id)
		}
		if err != nil {
			a.log.Warn("Forget a credential that was not moved", "error", err)
		}
	}
}

// putBack notes that a credential stands in files that it was taken from behind last, and reports whether nobody has a
// use for the kept one by now. One that was made here is of use, and so is one that was there before, unless may says so.
func (c *core) putBack(k *kept, files []string, last int, may bool) (unused bool) {
	k.Taken = slices.DeleteFunc(k.Taken, func(t taken) bool { return t.Order > last && slices.Contains(files, t.File) })
	k.Leaving = may && len(k.Taken) == 0 && k.Token == ""
	c.touch()
	c.saveState()
	return k.Leaving
}

// back is a credential on its way to where it was taken from.
type back struct {
	taken
	secret token.Secret
}

// planRestore shows how credentials are put back to where they were taken from.
func (a *Agent) planRestore(ctx context.Context, ids []string) (api.Plan, error) {
	out := api.Plan{Edits: []api.PlanEdit{}, Reach: []injection.Reach{}, Shells: []string{}, Managers: []injection.Manager{}}
	p := plan{restore: slices.Compact(slices.Sorted(slices.Values(ids)))}
	files := map[string][]back{}
	for _, id := range p.restore {
		places, err := ask(ctx, a, func() ([]taken, error) { return a.core.restorable(id) })
		if err != nil {
			return api.Plan{}, err
		}
		secret, err := a.keptSecret(ctx, id)
		if err != nil {
			return api.Plan{}, err
		}
		for _, t := range places {
			files[t.File] = append(files[t.File], back{t, secret})
		}
	}
	for _, path := range sortedKeys(files) {
		e, hidden, err := a.filled(path, files[path])
		if err != nil {
			return api.Plan{}, err
		}
		if bytes.Equal(e.Old, e.New) {
			p.standing = append(p.standing, e)
			continue
		}
		p.edits = append(p.edits, e)
		out.Edits = append(out.Edits, shown(e, maskedDiff(e, hidden)))
	}
	out.ID = planID(append(slices.Clone(p.edits), FileEdit{Path: "restore", Old: []byte(strings.Join(p.restore, "\n"))}), api.Settings{})
	_, err := ask(ctx, a, func() (struct{}, error) { a.core.keepPlan(out.ID, p); return struct{}{}, nil })
	return out, err
}

// filled is the edit that puts credentials back into one file, the one that was taken last first.
func (a *Agent) filled(path string, all []back) (e FileEdit, hidden []string, err error) {
	if !slices.Contains(a.ownFiles(), path) && linked(path) {
		return e, nil, stale(path)
	}
	if e.Old, err = readOrNil(a.ports.Files, path); err != nil {
		return e, nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": nameable(path)}, Cause: nameable(err.Error())}
	}
	e.Path, e.New = path, e.Old
	slices.SortFunc(all, func(x, y back) int { return y.Order - x.Order })
	for _, b := range all {
		if e.New, err = leak.Fill(e.New, b.Hole, b.secret); err != nil {
			return e, nil, &api.Error{Code: api.CodeMove, Args: map[string]string{"Why": whyOpen(err), "File": nameable(path)}}
		}
		hidden = append(hidden, b.secret.Reveal())
	}
	return e, hidden, nil
}

// Why a credential cannot be put back.
const (
	leftOccupied = "occupied"
	leftChanged  = "changed"
)

func whyOpen(err error) string {
	if errors.Is(err, leak.ErrOccupied) {
		return leftOccupied
	}
	return leftChanged
}

// restorable are the places that a credential was taken from.
func (c *core) restorable(id string) ([]taken, error) {
	k := c.vault[id]
	switch {
	case k == nil:
		return nil, &api.Error{Code: api.CodeNoKept}
	case !c.open():
		return nil, &api.Error{Code: api.CodeKeyring, Cause: "sandglass is locked"}
	}
	return slices.Clone(k.Taken), nil
}

// restored forgets the credentials of a plan that stand in their files again. Those that were made here stay.
func (a *Agent) restored(ctx context.Context, p plan) error {
	var files []string
	for _, e := range slices.Concat(p.edits, p.standing) {
		files = append(files, e.Path)
	}
	for _, id := range p.restore {
		unused, err := ask(ctx, a, func() (bool, error) {
			k := a.core.vault[id]
			if k == nil || len(k.Taken) == 0 {
				return false, nil
			}
			return a.core.putBack(k, files, 0, true), nil
		})
		if err != nil {
			return err
		}
		if !unused {
			continue
		}
		if err := a.discardQuietly(ctx, id); err != nil {
			a.log.Warn("Forget a credential that was put back", "error", err) // the next start does
		}
	}
	return nil
}
