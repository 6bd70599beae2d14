package agent

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// file is a config file as it was last read.
type file struct {
	path    string
	level   api.Level
	tracked bool
	seen    bool // it was read at least once, or found missing
	exists  bool
	sum     [sha256.Size]byte
	creds   []npmrc.Credential
	hidden  []npmrc.Credential
	regs    []npmrc.ScopedRegistry
	helpers []npmrc.Helper
	err     error
	reading bool
	again   bool    // it changed while it was being read
	layout  *layout // as it was with a placeholder in it, nil if none ever stood there
	moving  bool
	moveErr error
	moveAt  time.Time     // when to try again to move, after somebody else wrote
	wait    time.Duration // how long that was put off the last time
}

// layout is a config file without its secrets: comments, order, and the variables that stood for
// credentials. npm's login drops all three; the layout brings them back.
type layout struct {
	Template npmrc.Template    `json:"template,omitzero"` // zero: nothing is brought back
	Names    map[string]string `json:"names"`             // by registry key
}

// track tells the watcher which files matter, and reads those that are new.
func (c *core) track() {
	want := slices.Clone(c.a.opts.Files)
	for _, dir := range c.settings.Projects {
		want = append(want, ConfigFile{Path: c.a.opts.Project(dir), Level: api.LevelProject})
	}
	keep := map[string]bool{}
	var paths, fresh []string
	for _, w := range want {
		if keep[w.Path] {
			continue
		}
		keep[w.Path] = true
		paths = append(paths, w.Path)
		f := c.files[w.Path]
		if f == nil {
			f = &file{path: w.Path}
			c.files[w.Path] = f
		}
		if !f.tracked {
			f.tracked, f.level = true, w.Level
			c.unread++
			fresh = append(fresh, w.Path)
		}
	}
	for path, f := range c.files {
		if !keep[path] {
			if f.tracked && !f.seen {
				c.unread--
			}
			delete(c.files, path)
			c.touch()
			c.lint() // what was told about it is told no more
		}
	}
	c.a.ports.Watcher.Track(slices.Concat(paths, c.beside(), c.searchPaths(), c.explainPath(), []string{c.a.ports.Settings.Path()}))
	c.filesChanged(fresh)
}

// beside are the files of watched folders that count there and are not read line by line.
func (c *core) beside() (paths []string) {
	for _, dir := range c.settings.Projects {
		own := c.a.opts.Project(dir)
		for _, name := range slices.Concat(configNames, envNames) {
			if path := filepath.Join(dir, name); path != own {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// filesChanged reads files again.
func (c *core) filesChanged(paths []string) {
	for _, p := range paths {
		f := c.files[p]
		switch {
		case os.IsPathSeparator(p[len(p)-1]):
			c.folderChanged(p)
		case p == c.a.ports.Settings.Path():
			c.settingsChanged()
		case f == nil:
			c.lint() // one of those beside
		case f.reading:
			f.again = true
		default:
			c.read(f)
		}
	}
}

// settingsChanged reads the settings that somebody edited by hand.
func (c *core) settingsChanged() {
	now, bad := c.a.ports.Settings.Load()
	if !reflect.DeepEqual(now, c.settings) || !reflect.DeepEqual(bad, c.settingsBad) {
		c.reloadSettings()
	}
}

// reading is what a file said.
type reading struct {
	data     []byte
	err      error
	modified time.Time
}

func (c *core) read(f *file) {
	f.reading = true
	c.a.spawn(func(context.Context) func() {
		var r reading
		r.data, r.err = c.a.ports.Files.Read(f.path)
		if r.err == nil {
			r.modified, _ = c.a.ports.Files.Modified(f.path)
		}
		return func() {
			f.reading = false
			c.dirty = c.dirty || c.applying > 0 // who waits for the files must see this one done
			if c.files[f.path] != f {
				return
			}
			c.fileRead(f, r)
			if f.again {
				f.again = false
				c.read(f)
			}
		}
	})
}

// fileRead takes in what a file says now.
func (c *core) fileRead(f *file, r reading) {
	first := !f.seen
	if first {
		f.seen = true
		c.unread--
		c.dirty = true
	}
	exists := r.err == nil
	if r.err != nil && !errors.Is(r.err, fs.ErrNotExist) {
		// What was known of it stands: a file that cannot be read now is no reason to forget logins.
		f.err, c.dirty = r.err, true
		c.log.Warn("Read config file", "path", f.path, "error", r.err)
		return
	}
	sum := sumOf(r.data)
	if !first && exists == f.exists && sum == f.sum && f.err == nil {
		return
	}
	says, err := dialectOf(f.level).parse(r.data)
	before := f.creds
	f.err, f.moveErr, f.moveAt, f.wait = err, nil, time.Time{}, 0
	f.exists, f.sum, c.dirty = exists, sum, true
	f.creds, f.hidden, f.regs, f.helpers = says.creds, says.hidden, says.regs, says.helpers
	c.lint()
	c.log.Debug("Config file read", "path", f.path, "credentials", len(f.creds))
	if f.level == api.LevelProject {
		c.projectUsed(f, first)
		return
	}
	c.learnNames(f, r.data)
	if f.level == api.LevelGlobal {
		return // the machine's credentials are not this user's to take
	}
	if f.editable() && c.keepsLiterals(f) {
		c.closeToOthers(f.path)
	}
	c.vanished(before, f.creds)
	for _, cred := range f.creds {
		if open(cred) {
			c.literal(f, cred, sighting{first: first, stood: stood(before, cred), modified: r.modified})
		}
	}
}

// open reports whether a line is where a session stands as it is.
func open(cred npmrc.Credential) bool {
	return cred.Literal && !cred.Dead && cred.Name == "_authToken"
}

// stood reports whether the same secret stood for the same registry in an earlier reading.
func stood(before []npmrc.Credential, cred npmrc.Credential) bool {
	return slices.ContainsFunc(before, func(old npmrc.Credential) bool {
		return old.RegistryKey == cred.RegistryKey && old.Literal && old.Value.Equal(cred.Value)
	})
}

// vanished asks the registries whose lines are gone from a file: npm logout revokes, and then removes.
func (c *core) vanished(before, now []npmrc.Credential) {
	for _, old := range before {
		if slices.ContainsFunc(now, func(n npmrc.Credential) bool { return n.RegistryKey == old.RegistryKey }) {
			continue
		}
		if u, err := c.urlOf(old.RegistryKey); err == nil {
			c.probe(u)
		}
	}
}

// learnNames notes the placeholders of a user's file, and keeps its layout while one stands in it: npm's
// next login drops comments and order, and the layout brings them back. A project's file is never asked:
// a cloned repository would choose the name that carries the credential, and who else reads that name.
func (c *core) learnNames(f *file, data []byte) {
	names := map[string]string{}
	for _, cred := range f.creds {
		if cred.Dead || !injection.ValidName(cred.Variable) || cred.Name != "_authToken" && c.keptVariables()[cred.Variable] != nil {
			continue // a name such as PATH is not ours to define, and a password is no session's
		}
		names[cred.RegistryKey] = cred.Variable
		u, err := c.urlOf(cred.RegistryKey)
		if err != nil {
			continue
		}
		e := c.entryFor(u)
		if cred.Variable != e.Own && !slices.Contains(e.Names, cred.Variable) {
			e.Names = append(e.Names, cred.Variable)
			c.touch()
		}
	}
	switch {
	case f.overwritten() && c.keepsLiterals(f):
		// The literal is there to stay a while, and the user may edit around it: the old layout must not come back.
		f.layout = &layout{Names: f.layout.Names}
		c.touch()
	case len(names) > 0 && !f.overwritten():
		f.layout = &layout{Template: dialectOf(f.level).layout(data), Names: names}
		c.touch()
	}
}

// closeToOthers takes a file's rights away from everybody but its owner: a session stands in it.
func (c *core) closeToOthers(path string) {
	c.a.spawn(func(context.Context) func() {
		if err := c.a.ports.Files.Private(path); err != nil {
			return func() { c.log.Warn("Close file to others", "path", path, "error", err) }
		}
		return nil
	})
}

// keepsLiterals reports whether a session stands in f as it is because the user chose file mode.
func (c *core) keepsLiterals(f *file) bool {
	return slices.ContainsFunc(f.creds, func(cred npmrc.Credential) bool {
		e, ok := c.movable(f, cred)
		return ok && c.mode(e) == injection.ModeFile
	})
}

// overwritten reports whether a login has put a literal where the layout has a placeholder: what the file
// looks like now is npm's doing, and the layout is still the user's.
func (f *file) overwritten() bool {
	return f.layout != nil && slices.ContainsFunc(f.creds, func(cred npmrc.Credential) bool {
		return open(cred) && f.layout.Names[cred.RegistryKey] != ""
	})
}

// urlOf finds the registry that a config key belongs to: that of a session that we hold, else one that a
// user's file names with its scheme, else the key's own by the rules of registry.FromKey. https goes
// before http. A project's file has no say: it could bind the user's credential to another scheme.
func (c *core) urlOf(key string) (registry.URL, error) {
	var found registry.URL
	better := func(u registry.URL) {
		if u.Key() == key && (found.IsZero() || u.Secure()) {
			found = u
		}
	}
	for u, e := range c.sessions {
		if e.Held {
			better(u)
		}
	}
	if found.IsZero() {
		for _, f := range c.files {
			for _, r := range f.regs {
				if u, err := registry.Parse(r.URL); err == nil && f.level != api.LevelProject {
					better(u)
				}
			}
		}
	}
	if !found.IsZero() {
		return found, nil
	}
	return registry.FromKey(key)
}

// projectUsed counts a change of a project's file as a use of the registries that it names.
func (c *core) projectUsed(f *file, first bool) {
	if first {
		return
	}
	for _, r := range f.regs {
		if u, err := registry.Parse(r.URL); err == nil && c.sessions[u] != nil {
			c.sessions[u].Used = c.now()
			c.touch()
		}
	}
}

// standsElsewhere reports whether e's credential stands in another file of the user's as it is. A second one that
// was found beside it is no later login: which of the two is the right one only the user knows.
func (c *core) standsElsewhere(f *file, e *entry) bool {
	for _, other := range c.files {
		if other == f || !other.editable() {
			continue
		}
		for _, cred := range other.creds {
			if open(cred) && cred.RegistryKey == e.Registry.Key() && cred.Value.Fingerprint() == e.Fingerprint {
				return true
			}
		}
	}
	return false
}

// sighting is how a literal came into view.
type sighting struct {
	first    bool // it is the file's first reading
	stood    bool // the same secret stood there in the reading before
	modified time.Time
}

// literal takes in a credential that stands in a user's file as it is. One that was ours before, or that
// stood there all along, is no new login.
func (c *core) literal(f *file, cred npmrc.Credential, how sighting) {
	u, err := c.urlOf(cred.RegistryKey)
	if err != nil || cred.Value.Check() != nil {
		return // a finding tells of it
	}
	e := c.entryFor(u)
	if e.Fingerprint == cred.Value.Fingerprint() {
		if e.secret.IsZero() && !c.userLock {
			c.hold(e, cred.Value)
		}
		return
	}
	if how.stood || slices.Contains(e.Past, cred.Value.Fingerprint()) || how.first && c.standsElsewhere(f, e) {
		return
	}
	from := token.Appeared
	since := c.now()
	if how.first {
		from, since = token.Found, how.modified
	}
	kind := token.Classify(cred.Value, from)
	if from == token.Found && kind == token.KindUnknown && c.mayBeSession(u, since) {
		kind = token.KindSession
	}
	if kind == token.KindClassic && u == registry.Public {
		e.Kind = kind
		return
	}
	if from == token.Found && c.newer(e, since) {
		return // the session that we hold is younger than this file
	}
	c.adopt(u, credential{secret: cred.Value, kind: kind, since: since})
	c.offerMove(u, api.Place{File: f.path, Line: cred.Line})
}

// mayBeSession reports whether a credential written at since can still be a session: none of this
// registry's would have outlived it.
func (c *core) mayBeSession(u registry.URL, since time.Time) bool {
	length := c.length(u)
	return length > 0 && !since.IsZero() && c.now().Sub(since) < length
}

// newer reports whether e's session is not over and began after since. Its secret may still be on its way
// from the keyring.
func (c *core) newer(e *entry, since time.Time) bool {
	return e.Fingerprint != "" && !e.over(c.now()) && e.Started.After(since)
}
