package agent

import (
	"context"
	"reflect"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

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
	if err := a.unchanged(ctx, p); err != nil {
		return err
	}
	if p.undo {
		// First the agreement: else the literals that are put back would be moved again.
		if err := a.agree(ctx, p); err != nil {
			return err
		}
	}
	for _, e := range p.edits {
		if err := a.ports.Files.Replace(e.Path, e.Old, e.New); err != nil {
			return staleOr(e.Path, err)
		}
	}
	if err := a.guard(ctx, p); err != nil {
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
	c.helperFor10, c.added = false, nil
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

// moving reports whether a file is still being rewritten or read.
func (c *core) moving() bool {
	for _, f := range c.files {
		if f.moving || f.reading {
			return true
		}
	}
	return false
}
