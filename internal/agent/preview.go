package agent

import (
	"errors"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
)

// previewLines says how the user's files would look with the lines that these settings ask for.
func (c *core) previewLines(after api.Settings, helperFor10 bool) (edits []FileEdit, err error) {
	for _, f := range c.files {
		if !f.editable() || err != nil {
			continue
		}
		c.supposing(after, func() {
			w := c.wanted(f, true)
			for _, e := range injection.Make(c.facts(helperFor10)).Edits {
				if levels[e.Place] == f.level {
					c.plus(f, e, &w)
				}
			}
			edits, err = c.preview(edits, f, func(old []byte) ([]byte, error) { return w.apply(old, f.level) })
		})
	}
	return byPath(edits), err
}

// preview adds the edit of one file, if it changes anything.
func (c *core) preview(edits []FileEdit, f *file, change func(old []byte) ([]byte, error)) ([]FileEdit, error) {
	old, err := readOrNil(c.a.ports.Files, f.path)
	var fresh []byte
	if err == nil {
		fresh, err = change(old)
	}
	if err != nil {
		return nil, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": f.path}, Cause: err.Error()}
	}
	if string(fresh) != string(old) {
		edits = append(edits, FileEdit{Path: f.path, Old: old, New: fresh})
	}
	return edits, nil
}

func byPath(edits []FileEdit) []FileEdit {
	slices.SortFunc(edits, func(a, b FileEdit) int { return strings.Compare(a.Path, b.Path) })
	return edits
}

// previewUndo says how the files would look without what setup put there: where a login stood, the session
// itself while it lives; where no line was, none. The user's own placeholders stay.
func (c *core) previewUndo() (edits []FileEdit, err error) {
	for _, f := range c.files {
		if !f.exists || !f.editable() || err != nil {
			continue
		}
		edits, err = c.preview(edits, f, func(old []byte) ([]byte, error) { return c.withoutOurs(f, old) })
	}
	for _, f := range c.files {
		for _, h := range f.helpers {
			if script, ok := c.ownScript(h); ok && err == nil {
				edits = append(edits, script)
			}
		}
	}
	return byPath(edits), err
}

func (c *core) withoutOurs(f *file, text []byte) (_ []byte, err error) {
	d := dialectOf(f.level)
	for _, cred := range f.creds {
		u, lost := c.urlOf(cred.RegistryKey)
		if err != nil || lost != nil || c.sessions[u] == nil {
			continue
		}
		e := c.sessions[u]
		added := c.isAdded(addedLine{f.path, cred.Key})
		literal, ours := c.movable(f, cred)
		switch {
		case added && (cred.Variable == e.Own || ours && literal == e):
			text, err = d.remove(text, cred.Key)
		case ours && f.layout != nil && f.layout.Names[cred.RegistryKey] != "" && f.layout.Names[cred.RegistryKey] != e.Own:
			// File mode put the literal where the user's own placeholder stood.
			text, err = d.set(text, cred.Key, d.placeholder(f.layout.Names[cred.RegistryKey]))
		case cred.Variable != e.Own:
		case e.alive(c.now()) && c.open():
			text, err = d.set(text, cred.Key, e.secret.Reveal())
		default:
			text, err = d.remove(text, cred.Key)
		}
	}
	for _, h := range f.helpers {
		if err == nil && c.ownHelper(h) {
			text, err = d.remove(text, h.Key)
		}
	}
	if len(text) == 0 && err == nil && c.made(f) {
		return nil, nil // a file that was made for our lines alone
	}
	return text, err
}

// made reports whether all that f holds are lines that were added where none was.
func (c *core) made(f *file) bool {
	return len(f.creds)+len(f.helpers) > 0 && !slices.ContainsFunc(f.creds, func(cred npmrc.Credential) bool {
		return !c.isAdded(addedLine{f.path, cred.Key})
	})
}

// ownHelper reports whether a tokenHelper line calls sandglass for a registry that we know.
func (c *core) ownHelper(h npmrc.Helper) bool {
	u, err := c.urlOf(h.RegistryKey)
	return err == nil && c.sessions[u] != nil && c.helper().Owns(h.Command, u)
}

func (c *core) helper() injection.Helper {
	return injection.Helper{Program: c.a.opts.Program, Script: c.a.opts.HelperScript}
}

// ownScript is the removal of the program that a helper line calls, if it is one of ours.
func (c *core) ownScript(h npmrc.Helper) (FileEdit, bool) {
	u, err := c.urlOf(h.RegistryKey)
	if err != nil || c.a.opts.HelperScript == nil || h.Command != c.a.opts.HelperScript(u) {
		return FileEdit{}, false
	}
	text, err := readOrNil(c.a.ports.Files, h.Command)
	return FileEdit{Path: h.Command, Old: text}, err == nil && text != nil
}

// left tells of lines that could not be written as they should: the keyring would not take a session, or the
// file would not be written.
func (c *core) left() error {
	for _, f := range c.files {
		if f.moveErr != nil {
			return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": f.path}, Cause: f.moveErr.Error()}
		}
		for _, cred := range f.creds {
			e, ok := c.movable(f, cred)
			if ok && c.mode(e) != injection.ModeFile && !e.kept && c.keyring.err != nil {
				return &api.Error{Code: api.CodeKeyring, Args: map[string]string{"File": f.path, "Registry": e.Registry.Name(), "URL": e.Registry.String()}, Cause: c.keyring.err.Error()}
			}
		}
	}
	return nil
}

// staleOr names the failure to make a planned edit.
func staleOr(path string, err error) error {
	if errors.Is(err, ErrChanged) {
		return &api.Error{Code: api.CodeStale, Args: map[string]string{"File": path}}
	}
	return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": path}, Cause: err.Error()}
}
