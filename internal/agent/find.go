package agent

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// Finder finds the folders that hold ProjectFiles. It opens no file. Implemented over adapter/discover by the wiring.
type Finder interface {
	// Find reads all folders below the roots. report is called now and then; it may be nil. When ctx ends it
	// returns what it has found, and no error.
	Find(ctx context.Context, roots []string, report func(api.Progress)) (Found, error)
	// Again is Find for roots that are kept up with: what was learnt of them is used the next time, also after a
	// restart. Without roots it forgets that.
	Again(ctx context.Context, roots []string) (Found, error)
	// Look is Again where nothing changed but the entries of some folders.
	Look(ctx context.Context, dirs []string) (Found, error)
}

// Found is what a Finder found.
type Found struct {
	Projects []FoundFolder // by Dir
	Folders  int           // that were read
	Unread   []string
	Cut      bool     // there are more projects
	Watch    []string // folders by whose entries a project comes or goes; of Again and Look
}

// FoundFolder is a folder with config files.
type FoundFolder struct {
	Dir   string
	Files []string // their names
}

// ProjectFiles are the names that make a folder a project to a Finder.
func ProjectFiles() []string { return slices.Clone(configNames) }

// maxFound is how many found projects are shown.
const maxFound = 300

// search is how it stands with the projects below Settings.Roots.
type search struct {
	roots   []string // of the last one that was begun
	dirs    []string // projects, by path
	watch   []string // folders whose entries are watched
	stirred map[string]bool
	anew    bool // all is to be looked at
	busy    bool
	waiting bool
	took    time.Duration // the last look at what changed
}

// find finds the projects below the roots anew, beside the loop.
func (c *core) find() {
	s := &c.search
	if c.a.ports.Finder == nil || c.stopping || len(c.settings.Roots) == 0 && len(s.roots) == 0 {
		return
	}
	s.roots, s.anew = slices.Clone(c.settings.Roots), true
	c.seek()
}

// rooted finds projects if the settings say of other folders than before.
func (c *core) rooted() {
	if !slices.Equal(c.settings.Roots, c.search.roots) {
		c.find()
	}
}

// entriesChanged notes folders in which something came or went.
func (c *core) entriesChanged(dirs []string) {
	if c.search.stirred == nil {
		c.search.stirred = map[string]bool{}
	}
	for _, dir := range dirs {
		c.search.stirred[dir] = true
	}
	c.calm()
}

// calm looks at what changed after a pause: a clone changes many folders many times. The pause grows with what a look
// costs, so that a folder in which something always changes takes a twentieth of a processor at most.
func (c *core) calm() {
	s := &c.search
	if len(s.stirred) == 0 || s.busy || s.waiting || c.stopping {
		return
	}
	s.waiting = true
	pause := time.Second + 20*s.took
	c.a.spawn(func(ctx context.Context) func() {
		t := time.NewTimer(pause)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return nil
		}
		return func() {
			c.search.waiting = false
			c.seek()
		}
	})
}

// seek runs the search that is due, one at a time.
func (c *core) seek() {
	s := &c.search
	if s.busy || c.stopping || !s.anew && len(s.stirred) == 0 {
		return
	}
	anew, roots, dirs := s.anew, s.roots, slices.Sorted(maps.Keys(s.stirred))
	s.busy, s.anew, s.stirred = true, false, nil
	c.a.spawn(func(ctx context.Context) func() {
		var found Found
		var err error
		began := time.Now()
		if anew {
			found, err = c.a.ports.Finder.Again(ctx, roots)
		} else {
			found, err = c.a.ports.Finder.Look(ctx, dirs)
		}
		took := time.Since(began)
		return func() {
			s.busy = false
			if !anew {
				s.took = took
			}
			switch {
			case ctx.Err() != nil:
				return // what was found is not all
			case err != nil:
				c.log.Warn("Find projects", "error", err)
				found = Found{} // of roots that make no sense
			}
			c.dirty = c.dirty || c.applying > 0 // who waits for the search must see this one done
			c.discovered(found)
			if s.anew {
				c.seek()
			}
			c.calm()
		}
	})
}

// discovered takes in what a search found.
func (c *core) discovered(found Found) {
	s := &c.search
	var dirs []string
	for _, p := range c.a.projectsOf(found) {
		dirs = append(dirs, p.Dir)
	}
	same := slices.Equal(dirs, s.dirs)
	if same && slices.Equal(found.Watch, s.watch) {
		return
	}
	s.dirs, s.watch = dirs, found.Watch
	c.track()
	if !same {
		c.log.Info("Projects found", "folders", len(dirs))
		c.lint() // looks at them
	}
}

// projectsOf are the found folders that can be shown, by path. The home folder holds the user's own files.
func (a *Agent) projectsOf(found Found) (out []FoundFolder) {
	home, err := filepath.EvalSymlinks(a.opts.Home)
	for _, p := range found.Projects {
		if p.Dir != a.opts.Home && (err != nil || p.Dir != home) && utf8.ValidString(p.Dir) {
			out = append(out, p)
		}
	}
	return out
}

// entriesOf is a folder as a Watcher is told of it, to tell of its entries.
func entriesOf(dir string) string {
	if os.IsPathSeparator(dir[len(dir)-1]) {
		return dir
	}
	return dir + string(filepath.Separator)
}

// searchPaths are what a Watcher is to look at for the search: folders for their entries, and the config files of
// the projects that are shown.
func (c *core) searchPaths() (paths []string) {
	for _, dir := range c.search.watch {
		paths = append(paths, entriesOf(dir))
	}
	for _, dir := range c.search.dirs[:min(len(c.search.dirs), maxFound)] {
		for _, name := range configNames {
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	return paths
}

// shownFound are the found projects that are looked at, and how many there are beside.
func shownFound(dirs, watched []string) (shown []string, more int) {
	known := map[string]bool{}
	for _, dir := range unlinked(watched) {
		known[dir] = true
	}
	for _, dir := range dirs {
		switch {
		case known[dir]:
		case len(shown) < maxFound:
			shown = append(shown, dir)
		default:
			more++
		}
	}
	return shown, more
}
