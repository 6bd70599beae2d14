package agent

import (
	"bytes"
	"context"
	"reflect"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// Apply implements api.Agent.
func (a *Agent) Apply(ctx context.Context, id string) error {
	leave, err := a.inTurn(ctx)
	if err != nil {
		return err
	}
	defer leave()
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
	if err := a.asPlanned(p); err != nil {
		return err
	}
	if err := a.unchanged(ctx, p); err != nil {
		return err
	}
	if p.undo {
		// First the agreement: else the literals that are put back would be moved again.
		if err := a.agree(ctx, p); err != nil {
			return err
		}
	}
	if err := a.edit(ctx, p); err != nil {
		return err
	}
	if err := a.guard(ctx, p); err != nil {
		return err
	}
	if err := a.restored(ctx, p); err != nil {
		return err
	}
	if len(p.edits) > 0 { // shells may have come, whose env files had nothing in them
		if _, err := ask(ctx, a, func() (struct{}, error) { a.core.published = nil; return struct{}{}, nil }); err != nil {
			return err
		}
	}
	if p.undo {
		_, err := ask(ctx, a, func() (struct{}, error) { a.core.undone(); return struct{}{}, nil })
		return err
	}
	if p.settings == nil {
		return nil
	}
	if err := a.agree(ctx, p); err != nil || !p.move {
		return err
	}
	return a.settled(ctx)
}

// inTurn waits until nobody else carries out a plan or takes credentials over: who finds that a file is not as it was
// takes back what was noted for it, and that must be nobody else's.
func (a *Agent) inTurn(ctx context.Context) (leave func(), err error) {
	select {
	case a.applying <- struct{}{}:
		return func() { <-a.applying }, nil
	case <-ctx.Done():
		return nil, &api.Error{Code: api.CodeCancelled}
	case <-a.ended:
		return nil, errNoAgent
	}
}

// asPlanned looks whether the files that credentials come from or go back to are as they were when that was planned,
// those that are not edited, too: of what stands in them already the keyring is to forget its copy.
func (a *Agent) asPlanned(p plan) error {
	if len(p.moves)+len(p.restore) == 0 {
		return nil
	}
	own := a.ownFiles()
	for _, e := range slices.Concat(p.standing, p.edits) {
		if !slices.Contains(own, e.Path) && linked(e.Path) {
			return stale(e.Path)
		}
		if now, err := readOrNil(a.ports.Files, e.Path); err != nil || !bytes.Equal(now, e.Old) {
			return stale(e.Path)
		}
	}
	return nil
}

// edit makes a plan's edits, once the keyring has what they take out of files.
func (a *Agent) edit(ctx context.Context, p plan) error {
	undo, err := a.takeAway(ctx, p)
	var left []string // files that are as they were
	for _, e := range p.edits {
		if err == nil {
			if err = a.ports.Files.Replace(e.Path, e.Old, e.New); err == nil {
				continue
			}
			err = staleOr(e.Path, err)
		}
		left = append(left, e.Path)
	}
	if err != nil {
		undo(left)
	}
	return err
}

// agree puts the settings of a plan in force: what concerns credentials follows from them.
func (a *Agent) agree(ctx context.Context, p plan) error {
	_, err := ask(ctx, a, func() (struct{}, error) { return struct{}{}, a.core.agree(p) })
	return err
}

func (c *core) agree(p plan) error {
	c.settingsChanged() // an edit by hand that was just saved must not be lost
	s := c.settings
	s.DefaultMode, s.Modes, s.DesktopEnv = p.settings.DefaultMode, p.settings.Modes, p.settings.DesktopEnv
	switch {
	case p.undo:
		s.Move = false
	case p.move:
		s.Move, c.helperFor10 = true, c.helperFor10 || p.helper
		for u := range c.sessions {
			c.addAnew(u)
		}
	}
	if reflect.DeepEqual(s, c.settings) {
		c.touch()
		return nil
	}
	return c.set(&s)
}

// undone forgets what setup had added, once it is all taken back.
func (c *core) undone() {
	c.helperFor10, c.added, c.adding = false, nil, nil
	c.touch()
}

// keepPlans is how many plans that nobody has applied are kept. They hold what files say, secrets too.
const keepPlans = 4

// keepPlan lets p be applied by its name, as long as not too many others were made after it.
func (c *core) keepPlan(id string, p plan) {
	c.planned = append(slices.DeleteFunc(c.planned, func(old string) bool { return old == id }), id)
	c.plans[id] = p
	for len(c.planned) > keepPlans {
		delete(c.plans, c.planned[0])
		c.planned = c.planned[1:]
	}
}

// dropPlans forgets all plans: what they were made for is no longer so.
func (c *core) dropPlans() { c.plans, c.planned = map[string]plan{}, nil }

// settled waits until every file that is being written is done, and says what stayed as it was.
func (a *Agent) settled(ctx context.Context) error {
	a.post(func() { a.core.applying++ })
	defer a.post(func() { a.core.applying-- })
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

// moving reports whether a file is still being rewritten or read, or what would lead to that is on its way: the keyring's
// word that it has a session, or which package managers there are.
func (c *core) moving() bool {
	for _, f := range c.files {
		if f.moving || f.reading {
			return true
		}
	}
	for _, e := range c.sessions {
		if !e.secret.IsZero() && !e.kept && e.keepAt.IsZero() {
			return true
		}
	}
	return !c.managersKnown
}
