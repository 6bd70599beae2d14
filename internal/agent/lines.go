package agent

import (
	"context"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// facts are what a plan for the user's files is made of.
func (c *core) facts(helperFor10 bool) injection.Facts {
	f := injection.Facts{Managers: c.managers, Helper: injection.Helper{Program: c.a.opts.Program, Script: c.a.opts.HelperScript, Old: helperFor10 || c.helperFor10}}
	for _, e := range c.ordered() {
		if e.Held && e.Fingerprint != "" {
			f.Accounts = append(f.Accounts, injection.Account{Registry: e.Registry, Own: e.Own, Mode: c.mode(e), Lines: c.linesOf(e)})
		}
	}
	return f
}

// linesOf lists what the user's files say about e's credential.
func (c *core) linesOf(e *entry) (lines []injection.ConfigLine) {
	for place, level := range levels {
		f := c.fileOf(level)
		if f == nil {
			continue
		}
		for _, cred := range f.creds {
			if cred.RegistryKey == e.Registry.Key() && !cred.Dead {
				lines = append(lines, injection.ConfigLine{Place: place, Key: cred.Key, Variable: cred.Variable, Literal: cred.Literal})
			}
		}
		for _, h := range f.helpers {
			if h.RegistryKey == e.Registry.Key() {
				lines = append(lines, injection.ConfigLine{Place: place, Key: h.Key, Helper: h.Command})
			}
		}
	}
	return lines
}

// missing adds to w the lines that f lacks by the plan that the user agreed to. A line that was there and
// that the user took out does not come back by itself.
func (c *core) missing(f *file, w *writing) {
	if !c.settings.Move || !c.managersKnown || c.envErr != nil || !c.open() {
		return
	}
	for _, e := range injection.Make(c.facts(false)).Edits {
		entry := c.sessions[e.Registry]
		if levels[e.Place] != f.level || entry == nil || !entry.alive(c.now()) {
			continue
		}
		if !e.Remove && c.wasAdded(f, e.Registry) && e.Helper == "" {
			continue
		}
		c.plus(f, e, w)
	}
}

// plus adds one edit of a plan to w.
func (c *core) plus(f *file, e injection.Edit, w *writing) {
	d := dialectOf(f.level)
	switch {
	case e.Remove:
		w.remove = append(w.remove, e.Key)
	case e.Helper != "":
		w.set[e.Key] = e.Helper
		w.added = append(w.added, e.Key)
		if e.Script != "" {
			w.script = map[string]string{e.Script: c.a.opts.HelperText(e.Registry)}
		}
	default:
		for _, key := range d.keys(e.Registry) {
			w.set[key] = d.placeholder(e.Variable)
			w.added = append(w.added, key)
		}
	}
}

// addedLine names a line that Sandglass has put into a file where none was, so that undo takes it out whole
// and so that one that the user removed stays away.
type addedLine struct {
	File string `json:"file"`
	Key  string `json:"key"`
}

// noteAdding notes lines before they are written: if the agent ends behind that, undo still knows whose they are.
func (c *core) noteAdding(f *file, keys []string) {
	for _, key := range keys {
		if line := (addedLine{f.path, key}); !slices.Contains(c.adding, line) {
			c.adding = append(c.adding, line)
		}
	}
	if len(keys) > 0 {
		c.saveState()
	}
}

// isAdded reports whether a line is one that Sandglass has put where none was.
func (c *core) isAdded(line addedLine) bool {
	return slices.Contains(c.added, line) || slices.Contains(c.adding, line)
}

func (c *core) noteAdded(f *file, keys []string) {
	c.adding = slices.DeleteFunc(c.adding, func(l addedLine) bool { return l.File == f.path && slices.Contains(keys, l.Key) })
	for _, key := range keys {
		if line := (addedLine{f.path, key}); !slices.Contains(c.added, line) {
			c.added = append(c.added, line)
			c.touch()
		}
	}
}

func (c *core) wasAdded(f *file, u registry.URL) bool {
	return slices.ContainsFunc(dialectOf(f.level).keys(u), func(key string) bool {
		return slices.Contains(c.added, addedLine{f.path, key})
	})
}

// addAnew lets lines of u that the user took out come back: the user has just asked for a login or a setup.
func (c *core) addAnew(u registry.URL) {
	c.added = slices.DeleteFunc(c.added, func(l addedLine) bool {
		f := c.files[l.File]
		if f == nil || !slices.Contains(dialectOf(f.level).keys(u), l.Key) {
			return false
		}
		for _, cred := range f.creds {
			if cred.Key == l.Key {
				return false
			}
		}
		return true
	})
}

// findManagers asks which package managers the user has.
func (c *core) findManagers() {
	if c.a.ports.Managers == nil {
		c.managersKnown = true
		return
	}
	c.a.spawn(func(ctx context.Context) func() {
		found := c.a.ports.Managers.Find(ctx)
		return func() {
			c.managers, c.managersKnown, c.dirty = found, true, true
			c.lint() // goes by them
		}
	})
}

// managersFound waits until it is known which package managers the user has, which takes an agent that has just
// started a second or two.
func (a *Agent) managersFound(ctx context.Context) error {
	for {
		changed := a.wait()
		known, err := ask(ctx, a, func() (bool, error) { return a.core.managersKnown, nil })
		if err != nil || known {
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
