package agent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
)

// plan is what Plan showed and Apply will do.
type plan struct {
	edits []FileEdit
	move  bool
}

// Plan implements api.Agent.
func (a *Agent) Plan(ctx context.Context, req api.SetupRequest) (api.Plan, error) {
	var p plan
	if len(req.Shells) > 0 {
		edits, err := a.ports.Shells.Plan(req.Shells, req.Undo)
		if err != nil {
			return api.Plan{}, &api.Error{Code: api.CodeFile, Cause: err.Error()}
		}
		p.edits = edits
	}
	p.move = req.Move && !req.Undo
	out := api.Plan{Edits: []api.PlanEdit{}}
	for _, e := range p.edits {
		// An rc file may hold secrets of its own: only what changes is shown.
		out.Edits = append(out.Edits, shown(e, diff(string(e.Old), string(e.New), 0)))
	}
	all := p.edits
	if p.move {
		moves, err := ask(ctx, a, func() ([]FileEdit, error) { return a.core.previewMoves() })
		if err != nil {
			return api.Plan{}, err
		}
		for _, e := range moves {
			out.Edits = append(out.Edits, shown(e, diff(masked(e.Old), masked(e.New), contextLines)))
		}
		all = slices.Concat(all, moves)
	}
	out.ID = planID(all, p.move)
	_, err := ask(ctx, a, func() (struct{}, error) {
		a.core.plans[out.ID] = p
		return struct{}{}, nil
	})
	return out, err
}

// shown is an edit as a face may see it.
func shown(e FileEdit, diff []string) api.PlanEdit {
	return api.PlanEdit{File: e.Path, Create: e.Old == nil, Delete: e.New == nil, Diff: diff}
}

// planID names a plan by what it does, so that the same plan made twice is one.
func planID(edits []FileEdit, move bool) string {
	h := sha256.New()
	fmt.Fprintf(h, "%v", move)
	for _, e := range edits {
		fmt.Fprintf(h, "%q %q %q", e.Path, e.Old, e.New)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// previewMoves says how the files would look with placeholders in place of literals.
func (c *core) previewMoves() ([]FileEdit, error) {
	var out []FileEdit
	for _, f := range c.files {
		if f.level == api.LevelProject || f.level == api.LevelGlobal || !f.exists {
			continue
		}
		old, err := c.a.ports.Files.Read(f.path)
		if err != nil {
			return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": f.path}, Cause: err.Error()}
		}
		fresh := old
		for _, cred := range f.creds {
			u, err := c.urlOf(cred.RegistryKey)
			if err != nil || !cred.Literal || cred.Dead || cred.Name != "_authToken" || c.sessions[u] == nil {
				continue
			}
			name := f.variable(c.sessions[u])
			if fresh, err = npmrc.Set(fresh, cred.Key, "${"+name+"}"); err != nil {
				return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": f.path}, Cause: err.Error()}
			}
		}
		if string(fresh) != string(old) {
			out = append(out, FileEdit{Path: f.path, Old: old, New: fresh})
		}
	}
	return out, nil
}

// Apply implements api.Agent.
func (a *Agent) Apply(ctx context.Context, id string) error {
	p, err := ask(ctx, a, func() (plan, error) {
		p, ok := a.core.plans[id]
		if !ok {
			return p, &api.Error{Code: api.CodeStale}
		}
		delete(a.core.plans, id)
		return p, nil
	})
	if err != nil {
		return err
	}
	for _, e := range p.edits {
		if err := a.apply(e); err != nil {
			return err
		}
	}
	if !p.move {
		return nil
	}
	_, err = ask(ctx, a, func() (struct{}, error) { return struct{}{}, a.core.agreeToMove() })
	return err
}

func (a *Agent) apply(e FileEdit) error {
	err := a.ports.Files.Replace(e.Path, e.Old, e.New)
	switch {
	case errors.Is(err, ErrChanged):
		return &api.Error{Code: api.CodeStale, Args: map[string]string{"File": e.Path}}
	case err != nil:
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": e.Path}, Cause: err.Error()}
	}
	return nil
}
