package watch

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// file is one tracked path.
type file struct {
	path  string
	names []string // the canonical names that its content depends on
	dirs  []string // the folders of those names
	seen  state
	known bool // seen holds a look
	poll  bool // notices about it are not to be had, or not all
	held  bool // it was found empty and is given another settle time

	folder  bool   // its entries count
	inside  string // of a folder: where it is, free of links
	stirred bool   // an entry came or went since the last look
}

// tracker knows which names matter to which files and keeps their folders watched. Run's goroutine owns it.
type tracker struct {
	home  string
	note  notices // nil: none to be had
	files map[string]*file
	names map[string]map[*file]struct{} // canonical name -> whose answer depends on it
	dirs  map[string]int                // watched folder -> how many names need it
	ins   map[string]map[*file]struct{} // canonical folder -> whose entries are its
	look  func(path, target string) state
}

func newTracker(home string, look func(path, target string) state) *tracker {
	return &tracker{
		home:  home,
		files: map[string]*file{},
		names: map[string]map[*file]struct{}{},
		dirs:  map[string]int{},
		ins:   map[string]map[*file]struct{}{},
		look:  look,
	}
}

// pass remembers, for one round over some files, which folders were watched in it and whether that failed.
type pass map[string]bool

// set replaces the tracked paths and returns the new ones.
func (t *tracker) set(paths []string) (added []*file) {
	want := make(map[string]struct{}, len(paths))
	for _, p := range paths {
		want[p] = struct{}{}
		if t.files[p] == nil {
			f := &file{path: p, folder: os.IsPathSeparator(p[len(p)-1])}
			t.files[p] = f
			added = append(added, f)
		}
	}
	for p, f := range t.files {
		if _, ok := want[p]; !ok {
			t.into(f, "")
			t.index(f, nil, nil)
			delete(t.files, p)
		}
	}
	return added
}

// arm follows the file's links and watches every folder on the way.
func (t *tracker) arm(f *file, p pass) (target string) {
	var names, dirs []string
	poll, unseen := t.note == nil, false
	target, ok := walk(f.path, func(dir, name string) {
		if unseen = above(dir, t.home); unseen {
			return
		}
		names, dirs = append(names, name), append(dirs, dir)
		if !t.enter(dir, p) {
			poll = true
		}
	})
	if !ok && unseen { // the home itself is gone: nothing will tell of its return
		poll = true
	}
	if f.folder {
		t.into(f, target)
		if ok {
			dirs = append(dirs, target)
			poll = !t.enter(target, p) || poll
		}
	}
	f.poll = poll
	t.index(f, names, dirs)
	return target
}

// into notes where the entries of a tracked folder are, "" for nowhere.
func (t *tracker) into(f *file, dir string) {
	if f.inside == dir {
		return
	}
	delete(t.ins[f.inside], f)
	if len(t.ins[f.inside]) == 0 {
		delete(t.ins, f.inside)
	}
	f.inside = dir
	if dir == "" {
		return
	}
	if t.ins[dir] == nil {
		t.ins[dir] = map[*file]struct{}{}
	}
	t.ins[dir][f] = struct{}{}
}

// enter watches a folder and tells whether all changes in it will be told. Adding again what is watched
// costs three microseconds and heals a watch that went with an unmounted or replaced folder.
func (t *tracker) enter(dir string, p pass) bool {
	if t.note == nil {
		return false
	}
	if ok, done := p[dir]; done {
		return ok
	}
	err := t.note.add(dir)
	// A folder that just went away is told by its parent, if that one is watched.
	gone := (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)) && p[filepath.Dir(dir)]
	p[dir] = (err == nil || gone) && !remote(dir)
	return p[dir]
}

// index files f under the names that it depends on now, and gives up folders that nobody needs.
func (t *tracker) index(f *file, names, dirs []string) {
	for _, n := range f.names {
		delete(t.names[n], f)
		if len(t.names[n]) == 0 {
			delete(t.names, n)
		}
	}
	for _, n := range names {
		if t.names[n] == nil {
			t.names[n] = map[*file]struct{}{}
		}
		t.names[n][f] = struct{}{}
	}
	for _, d := range dirs {
		t.dirs[d]++
	}
	for _, d := range f.dirs {
		if t.dirs[d]--; t.dirs[d] == 0 {
			t.drop(d)
		}
	}
	f.names, f.dirs = names, dirs
}

func (t *tracker) drop(dir string) {
	delete(t.dirs, dir)
	if t.note != nil {
		t.note.remove(dir)
	}
}

// forget ends the watches at and below a name that stands for something else now: they hold on to the old
// folders, wherever those are.
func (t *tracker) forget(path string) {
	if t.note == nil {
		return
	}
	for d := range t.dirs {
		if within(d, path) {
			t.note.remove(d)
		}
	}
}

// hit returns the files that depend on what an event names, and arms those again for which it is a step on
// the way.
func (t *tracker) hit(e event) []*file {
	files := slices.Collect(maps.Keys(t.names[e.path]))
	if !e.moved {
		return files
	}
	if _, dir := t.dirs[e.path]; dir {
		t.forget(e.path)
		if files == nil { // the topmost folder: no name in a watched folder stands for it
			files = slices.Collect(maps.Values(t.files))
		}
	}
	p := pass{}
	for _, f := range files {
		if e.path != f.seen.target {
			t.arm(f, p)
		}
	}
	for f := range t.ins[filepath.Dir(e.path)] {
		f.stirred = true
		files = append(files, f)
	}
	return files
}

// examine looks at a file after its folders are watched and tells whether it changed since the last look.
func (t *tracker) examine(f *file, p pass) (now state, changed bool) {
	now = t.look(f.path, t.arm(f, p))
	if now.info != nil && linked(now.info) {
		f.poll = true
	}
	return now, !f.known || f.stirred || !now.same(f.seen)
}

// glance tells whether a polled file may have changed, by one stat.
func (t *tracker) glance(f *file) bool {
	return f.seen.stale(os.Stat(f.path))
}
