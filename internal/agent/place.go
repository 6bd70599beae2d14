package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// mode is how e's credential reaches the tools.
func (c *core) mode(e *entry) injection.Mode { return c.settings.Mode(e.Registry.String()) }

// variable is the name that stands for e's credential in f: the one that stood there before, else ours.
func (f *file) variable(e *entry) string {
	if f.layout != nil && f.layout.Names[e.Registry.Key()] != "" {
		return f.layout.Names[e.Registry.Key()]
	}
	return e.Own
}

// movable reports whether a line of f holds a session of ours as it is, the present one or one that it
// took the place of.
func (c *core) movable(f *file, cred npmrc.Credential) (*entry, bool) {
	if !open(cred) {
		return nil, false
	}
	return c.ours(f, cred)
}

// ours reports whether what a line of f holds is a session of ours, whether the line counts or not.
func (c *core) ours(f *file, cred npmrc.Credential) (*entry, bool) {
	if !f.exists || !f.editable() {
		return nil, false
	}
	u, err := c.urlOf(cred.RegistryKey)
	if err != nil || c.sessions[u] == nil {
		return nil, false
	}
	e, name := c.sessions[u], cred.Value.Fingerprint()
	return e, e.Fingerprint == name || slices.Contains(e.Past, name)
}

// writing is what the lines of a file are to say.
type writing struct {
	set    map[string]string // key -> value; a value may be a secret
	remove []string
	scrub  map[string]string // fingerprint -> value, for lines that do not count
	script map[string]string // path -> text of a program to be made before
	layout *layout           // brings back what a login by others dropped, nil for nothing
	added  []string          // keys that the file did not have
	secret bool              // it puts a session into the file
}

func (w writing) empty() bool { return len(w.set) == 0 && len(w.remove) == 0 && len(w.scrub) == 0 }

// wanted says which lines of f that stand there are to say something else now. eager leaves out the question
// whether it can be done safely at this moment, for a preview.
func (c *core) wanted(f *file, eager bool) writing {
	w := writing{set: map[string]string{}, layout: f.layout}
	for _, cred := range f.creds {
		if text, ok := c.lineFor(f, cred, eager); ok {
			w.set[cred.Key] = text
			if u, err := c.urlOf(cred.RegistryKey); err == nil && c.mode(c.sessions[u]) == injection.ModeFile {
				w.secret = w.secret || c.sessions[u].alive(c.now()) && c.open()
				w.layout = nil // it is we who write there, and we drop nothing
			}
		}
	}
	for _, cred := range f.hidden {
		if e, ours := c.ours(f, cred); ours && !(c.mode(e) == injection.ModeFile && e.alive(c.now()) && c.open()) && (eager || c.safe(f, e)) {
			w.scrubs(cred, dialectOf(f.level).placeholder(f.variable(e)))
		}
	}
	return w
}

func (w *writing) scrubs(cred npmrc.Credential, value string) {
	if w.scrub == nil {
		w.scrub = map[string]string{}
	}
	w.scrub[cred.Value.Fingerprint()] = value
}

// lineFor is what one line is to say, if that is something else than it says.
func (c *core) lineFor(f *file, cred npmrc.Credential, eager bool) (string, bool) {
	if e, ours := c.movable(f, cred); ours {
		live := e.alive(c.now()) && c.open()
		if c.mode(e) == injection.ModeFile && live {
			return e.secret.Reveal(), e.Fingerprint != cred.Value.Fingerprint()
		}
		return dialectOf(f.level).placeholder(f.variable(e)), eager || c.safe(f, e)
	}
	u, err := c.urlOf(cred.RegistryKey)
	if err != nil || cred.Dead || !f.editable() || c.sessions[u] == nil {
		return "", false
	}
	e := c.sessions[u]
	standsFor := c.mode(e) == injection.ModeFile && slices.Contains(e.names(), cred.Variable)
	if eager || !standsFor || !e.alive(c.now()) || !c.open() {
		return "", false // a preview does not show the literal: it comes and goes
	}
	return e.secret.Reveal(), true
}

// safe reports whether a placeholder may take the place of e's literal now, with the user's agreement and
// so that nothing is lost: the keyring has the secret, and the env files carry it under the very name, or
// it is not meant to be in them. In file mode the literal goes in any case.
func (c *core) safe(f *file, e *entry) bool {
	switch c.mode(e) {
	case injection.ModeFile:
		return true
	case injection.ModeExec:
		return c.settings.Move && e.kept && e.alive(c.now()) && c.open()
	}
	return c.settings.Move && c.envErr == nil && e.kept && e.alive(c.now()) && c.open() && c.carried(f.variable(e), e.secret)
}

// carried reports whether the env files give a variable this value.
func (c *core) carried(name string, s token.Secret) bool {
	return slices.ContainsFunc(c.published, func(v Variable) bool { return v.Name == name && v.Value.Equal(s) })
}

// move brings the lines of a file to what they are to say.
func (c *core) move(f *file) {
	if f.moving || f.reading || !f.seen || f.moveErr != nil || c.now().Before(f.moveAt) || !f.editable() {
		return
	}
	w := c.wanted(f, false)
	if w.empty() { // else the next time: what a login dropped is brought back first
		c.missing(f, &w)
	}
	if !w.empty() {
		c.rewrite(f, w)
	}
}

// rewrite puts the lines of w into f, if f still says what was read.
func (c *core) rewrite(f *file, w writing) {
	f.moving = true
	c.noteAdding(f, w.added)
	was, sum, level := f.exists, f.sum, f.level
	c.a.spawn(func(context.Context) func() {
		err := c.a.write(f.path, level, func(old []byte) (writing, error) {
			if was != (old != nil) || was && sumOf(old) != sum {
				return w, ErrChanged
			}
			return w, nil
		})
		return func() {
			f.moving, f.moveErr, c.dirty = false, err, true
			switch {
			case errors.Is(err, ErrChanged):
				// Somebody else wrote, or has the file open to write: look again, and move then.
				f.moveErr, f.wait = nil, min(max(2*f.wait, moveAgain), time.Minute)
				f.moveAt = c.now().Add(f.wait)
			case err != nil:
				c.log.Warn("Write lines", "path", f.path, "error", err)
				return
			default:
				c.log.Info("Lines written", "path", f.path, "lines", len(w.set)+len(w.remove))
				c.noteAdded(f, w.added)
			}
			c.filesChanged([]string{f.path})
		}
	})
}

// moveAgain is how soon a move is tried again after somebody else wrote; the time doubles up to a minute.
const moveAgain = 200 * time.Millisecond

// write edits a file. what looks at what it says now and answers with the edit.
func (a *Agent) write(path string, level api.Level, what func(old []byte) (writing, error)) error {
	old, err := readOrNil(a.ports.Files, path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	w, err := what(old)
	if err != nil {
		return err
	}
	fresh, err := w.apply(old, level)
	if err != nil {
		return fmt.Errorf("edit %s: %w", path, err)
	}
	if bytes.Equal(old, fresh) {
		return nil
	}
	for script, text := range w.script {
		if err := a.script(script, text); err != nil {
			return err
		}
	}
	if w.secret && old != nil {
		if err := a.ports.Files.Private(path); err != nil { // before it holds one
			return fmt.Errorf("close %s to others: %w", path, err)
		}
	}
	if err := a.ports.Files.Replace(path, old, fresh); err != nil {
		return fmt.Errorf("replace %s: %w", path, err)
	}
	return nil
}

// script makes a program of the user's own, unless it is there.
func (a *Agent) script(path, text string) error {
	old, err := readOrNil(a.ports.Files, path)
	if err == nil && string(old) != text {
		err = a.ports.Files.Replace(path, old, []byte(text))
	}
	if err == nil {
		err = a.ports.Files.Runnable(path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// apply is a file with the lines of w in it, in the layout from before a login by others where there is one.
func (w writing) apply(old []byte, level api.Level) (fresh []byte, err error) {
	d, set := dialectOf(level), w.set
	if len(w.scrub) > 0 {
		old = npmrc.Scrub(old, w.scrub)
	}
	if w.layout != nil && !w.layout.Template.IsZero() && len(w.remove) == 0 && len(w.added) == 0 && len(set) > 0 {
		return npmrc.Restore(w.layout.Template, old, set)
	}
	fresh = old
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if err == nil {
			fresh, err = d.set(fresh, key, set[key])
		}
	}
	for _, key := range w.remove {
		if err == nil {
			fresh, err = d.remove(fresh, key)
		}
	}
	return fresh, err
}

// clearFiles takes the literals of file mode out of the user's files, at once: the machine is about to
// sleep or the agent to end, and what stands there would outlive both. Nobody else touches core meanwhile.
func (c *core) clearFiles() {
	for _, f := range c.files {
		if !f.editable() {
			continue
		}
		for range clearTries {
			err := c.a.write(f.path, f.level, func(old []byte) (writing, error) { return c.withoutLiterals(f, old) })
			if err == nil {
				break
			}
			c.log.Warn("Take the session out of a file", "path", f.path, "error", err)
			if !errors.Is(err, ErrChanged) {
				break
			}
		}
	}
}

// clearTries is how often clearFiles tries where others write to the same file.
const clearTries = 3

// withoutLiterals is the edit that puts placeholders where a file holds sessions in file mode.
func (c *core) withoutLiterals(f *file, old []byte) (writing, error) {
	w := writing{set: map[string]string{}}
	says, err := dialectOf(f.level).parse(old)
	if err != nil || old == nil {
		return w, nil // what cannot be read holds nothing that we wrote
	}
	for _, cred := range says.creds {
		u, err := c.urlOf(cred.RegistryKey)
		if err != nil || c.sessions[u] == nil || !open(cred) {
			continue
		}
		e, name := c.sessions[u], cred.Value.Fingerprint()
		if c.mode(e) == injection.ModeFile && (e.Fingerprint == name || slices.Contains(e.Past, name)) {
			w.set[cred.Key] = dialectOf(f.level).placeholder(f.variable(e))
		}
	}
	for _, cred := range says.hidden {
		if e, ours := c.ours(f, cred); ours && c.mode(e) == injection.ModeFile {
			w.scrubs(cred, dialectOf(f.level).placeholder(f.variable(e)))
		}
	}
	return w, nil
}
