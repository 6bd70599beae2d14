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
	move  bool // literals become placeholders, now and from now on
	undo  bool // and no longer
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
	p.move, p.undo = req.Move && !req.Undo, req.Undo
	out := api.Plan{Edits: []api.PlanEdit{}}
	for _, e := range p.edits {
		// An rc file may hold secrets of its own: only what changes is shown.
		out.Edits = append(out.Edits, shown(e, diff(string(e.Old), string(e.New), 0)))
	}
	all := p.edits
	if p.move || p.undo {
		preview := a.core.previewMoves
		if p.undo {
			preview = a.core.previewUndo
		}
		moves, err := ask(ctx, a, preview)
		if err != nil {
			return api.Plan{}, err
		}
		if p.undo {
			p.edits = slices.Concat(moves, p.edits) // the shells lose the variable after the files
		}
		for _, e := range moves {
			out.Edits = append(out.Edits, shown(e, diff(masked(e.Old), masked(e.New), contextLines)))
		}
		all = slices.Concat(all, moves)
	}
	out.ID = planID(all, p.move)
	_, err := ask(ctx, a, func() (struct{}, error) {
		out.Move = p.move != a.core.settings.Move && (p.move || p.undo)
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
		if f.level == api.LevelProject || f.level == api.LevelGlobal || !f.exists && f != c.userFile() {
			continue
		}
		old, err := readOrNil(c.a.ports.Files, f.path)
		if err != nil {
			return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": f.path}, Cause: err.Error()}
		}
		set := map[string]string{}
		for _, cred := range f.creds {
			if e, ok := c.movable(f, cred); ok {
				set[cred.Key] = "${" + f.variable(e) + "}"
			}
		}
		fresh, err := replaced(old, f.layout, set)
		if err != nil {
			return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": f.path}, Cause: err.Error()}
		}
		if f == c.userFile() {
			if fresh, err = c.withLines(fresh); err != nil {
				return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": f.path}, Cause: err.Error()}
			}
		}
		if string(fresh) != string(old) {
			out = append(out, FileEdit{Path: f.path, Old: old, New: fresh})
		}
	}
	return out, nil
}

// withLines adds the lines of sessions that no file refers to.
func (c *core) withLines(text []byte) ([]byte, error) {
	var err error
	for _, e := range c.ordered() {
		if err == nil && e.Fingerprint != "" && !c.referred(e) {
			text, err = npmrc.Set(text, e.Registry.Key()+":_authToken", "${"+e.Own+"}")
		}
	}
	return text, err
}

// previewUndo says how the files would look without the lines that stand for our variables: the session
// itself where it lives, nothing where it is over. The user's own placeholders stay.
func (c *core) previewUndo() ([]FileEdit, error) {
	var out []FileEdit
	for _, f := range c.files {
		if !f.exists || f.level == api.LevelProject || f.level == api.LevelGlobal {
			continue
		}
		old, err := c.a.ports.Files.Read(f.path)
		if err != nil {
			return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": f.path}, Cause: err.Error()}
		}
		fresh := old
		for _, cred := range f.creds {
			if err == nil {
				fresh, err = c.withoutOurs(fresh, cred)
			}
		}
		if err != nil {
			return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": f.path}, Cause: err.Error()}
		}
		if string(fresh) != string(old) {
			out = append(out, FileEdit{Path: f.path, Old: old, New: fresh})
		}
	}
	return out, nil
}

func (c *core) withoutOurs(text []byte, cred npmrc.Credential) ([]byte, error) {
	u, err := c.urlOf(cred.RegistryKey)
	if err != nil || c.sessions[u] == nil || cred.Variable != c.sessions[u].Own {
		return text, nil
	}
	if e := c.sessions[u]; e.alive(c.now()) {
		return npmrc.Set(text, cred.Key, e.secret.Reveal())
	}
	return npmrc.Remove(text, cred.Key)
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
	if p.undo {
		// First the agreement: else the literals that are put back would be moved again.
		if _, err := ask(ctx, a, func() (struct{}, error) { return struct{}{}, a.core.withdrawMove() }); err != nil {
			return err
		}
	}
	for _, e := range p.edits {
		if err := a.apply(e); err != nil {
			return err
		}
	}
	if !p.move {
		return nil
	}
	if _, err = ask(ctx, a, func() (struct{}, error) { return struct{}{}, a.core.agreeToMove() }); err != nil {
		return err
	}
	return a.settled(ctx)
}

// settled waits until every file that is being moved is done, and says what stayed where it was.
func (a *Agent) settled(ctx context.Context) error {
	for {
		changed := a.wait()
		busy, err := ask(ctx, a, func() (bool, error) { return a.core.moving(), a.core.left() })
		if !busy {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return &api.Error{Code: api.CodeCancelled}
		case <-a.ended:
			return errNoAgent
		}
	}
}

// moving reports whether a file is still being rewritten or read.
func (c *core) moving() bool {
	for _, f := range c.files {
		if f.moving || f.reading {
			return true
		}
	}
	return false
}

// left tells of literals that could not be moved: the keyring would not take them, or the file would not
// be written.
func (c *core) left() error {
	for _, f := range c.files {
		if f.moveErr != nil {
			return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": f.path}, Cause: f.moveErr.Error()}
		}
		for _, cred := range f.creds {
			if e, ok := c.movable(f, cred); ok && !e.kept && c.keyring.err != nil {
				return &api.Error{Code: api.CodeKeyring, Args: map[string]string{"File": f.path, "Registry": e.Registry.Name(), "URL": e.Registry.String()}, Cause: c.keyring.err.Error()}
			}
		}
	}
	return nil
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
