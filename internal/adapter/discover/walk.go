package discover

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// walk is one scan.
type walk struct {
	f      *Finder
	places *place
	tops   []node
	doubt  map[*node]bool

	stop    atomic.Bool
	missed  atomic.Bool // stop kept a folder from being looked at
	at      atomic.Pointer[node]
	folders atomic.Int64
	found   atomic.Int64
	skipped [skips]atomic.Int64
	mounts  atomic.Int64

	mu       sync.Mutex
	wake     *sync.Cond
	queue    []task
	busy     int
	idle     atomic.Int32
	projects []Project
	unread   []Unread
	failed   int
	cut      bool
}

// task is one folder to look at.
type task struct {
	n      *node
	old    *node  // what is known of it, nil: nothing
	base   *base  // an open folder above it; nil: it is a root
	rel    string // its path from there
	place  *place // where it is, nil: below nothing that is skipped by place
	depth  int
	length int // of its path
}

// base is an open folder that several tasks start from. The last one closes it.
type base struct {
	h    handle
	refs atomic.Int32
}

func newBase(h handle) *base {
	b := &base{h: h}
	b.refs.Store(1)
	return b
}

func (b *base) drop() {
	if b != nil && b.refs.Add(-1) == 0 {
		b.h.close()
	}
}

// plan says what a scan is to do.
type plan struct {
	tops  []string
	last  *Index         // what is known, nil: nothing
	doubt map[*node]bool // nil: every folder is doubted; else only these of last are
}

func (f *Finder) newWalk(p plan) *walk {
	w := &walk{f: f, places: newPlaces(f.opts.Home, p.tops), tops: make([]node, len(p.tops)), doubt: p.doubt}
	w.wake = sync.NewCond(&w.mu)
	for i, path := range p.tops {
		n := &w.tops[i]
		n.name = path
		w.queue = append(w.queue, task{n: n, old: p.last.top(path), place: w.places.at(path), length: len(path)})
	}
	return w
}

// push hands a task to whichever worker is free.
func (w *walk) push(t task) {
	w.mu.Lock()
	w.queue = append(w.queue, t)
	w.mu.Unlock()
	w.wake.Signal()
}

// work does tasks until there are none and nobody can make one.
func (w *walk) work() {
	buf := make([]byte, bufferSize)
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		for len(w.queue) == 0 {
			if w.busy == 0 {
				w.wake.Broadcast()
				return
			}
			w.idle.Add(1)
			w.wake.Wait()
			w.idle.Add(-1)
		}
		t := w.queue[len(w.queue)-1]
		w.queue = w.queue[:len(w.queue)-1]
		w.busy++
		w.mu.Unlock()
		w.folder(t, buf)
		t.base.drop()
		w.mu.Lock()
		w.busy--
	}
}

// folder looks at one folder and all below it.
func (w *walk) folder(t task, buf []byte) {
	n := t.n
	if w.stop.Load() {
		w.missed.Store(true)
		return
	}
	w.at.Store(n)
	if w.trusts(t.old) {
		w.adopt(t, buf)
		return
	}
	if t.base != nil && t.place.is(mounted) { // not even asked: the one who would answer may be far away, or dead
		w.leave(n)
		return
	}
	if o := t.old; o != nil && o.state == read && !o.young && keeps {
		st, err := t.look()
		if err != nil {
			w.fail(t, err)
			return
		}
		if !st.mount && o.ino == st.ino && o.changed == st.changed {
			n.ino, n.changed = st.ino, st.changed
			w.adopt(t, buf)
			return
		}
	}
	w.enter(t, buf)
}

// enter reads a folder, and looks at those that are in it. It asks for the time of change first, so that a change
// while it reads is noticed by the next scan.
func (w *walk) enter(t task, buf []byte) {
	n := t.n
	h, err := t.open()
	if err != nil {
		w.fail(t, err)
		return
	}
	b := newBase(h)
	defer b.drop()
	now := time.Now()
	st, err := t.lookAt(h)
	switch {
	case err != nil:
		w.fail(t, err)
		return
	case t.base != nil && st.mount:
		w.leave(n)
		return
	}
	n.ino, n.changed = st.ino, st.changed
	n.young = now.Add(-w.f.slack).UnixNano() <= st.changed
	if err := w.read(t, h, buf); err != nil {
		n.kids = nil
		w.fail(t, err)
		return
	}
	w.count(t)
	for i := range n.kids {
		k := &n.kids[i]
		w.descend(task{n: k, old: t.old.kid(k.name), base: b, rel: k.name}, t, buf)
	}
	w.release(n)
}

// leave leaves out a folder where another file system is mounted.
func (w *walk) leave(n *node) {
	n.state = mount
	w.mounts.Add(1)
}

// trusts tells whether what is known of a folder is taken as it is.
func (w *walk) trusts(old *node) bool {
	return w.doubt != nil && old != nil && old.state == read && !w.doubt[old]
}

// adopt takes what is known of a folder, and looks at those below it from where it stands itself.
func (w *walk) adopt(t task, buf []byte) {
	n, o := t.n, t.old
	if w.trusts(o) {
		n.ino, n.changed, n.young = o.ino, o.changed, o.young
	}
	n.files, n.skips = o.files, o.skips
	n.kids = make([]node, len(o.kids))
	b, prefix := t.base, t.rel+separator
	if b == nil {
		h, err := t.open()
		if err != nil {
			n.kids = nil
			w.fail(t, err)
			return
		}
		b, prefix = newBase(h), ""
		defer b.drop()
	}
	w.count(t)
	for i := range o.kids {
		n.kids[i].name, n.kids[i].up = o.kids[i].name, n
	}
	for i := range o.kids {
		w.descend(task{n: &n.kids[i], old: &o.kids[i], base: b, rel: prefix + n.kids[i].name}, t, buf)
	}
	w.release(n)
}

// descend looks at a folder below t, or lets a worker do it that has nothing to do.
func (w *walk) descend(k, t task, buf []byte) {
	k.place, k.depth, k.length = t.place.step(k.n.name), t.depth+1, t.length+1+len(k.n.name)
	if w.idle.Load() == 0 {
		w.folder(k, buf)
		return
	}
	k.base.refs.Add(1)
	w.push(k)
}

// release forgets a folder's children where there are too many for an Index. Nobody works at one that has none.
func (w *walk) release(n *node) {
	if int(w.folders.Load()) > w.f.known {
		n.kids = nil
	}
}

// read takes down what a folder holds.
func (w *walk) read(t task, h handle, buf []byte) error {
	n := t.n
	deep := t.depth+1 > maxDepth
	err := h.read(buf, &w.stop, func(name []byte, folder bool) {
		if !folder {
			if i, ok := w.f.names.find(name); ok {
				n.files |= 1 << i
			}
			return
		}
		_, named := skippedNames.find(name)
		p := t.place.stepBytes(name)
		switch {
		case p.is(top): // it is walked by itself
		case named:
			n.skips[byName]++
		case p.is(cache):
			n.skips[byPlace]++
		case deep || t.length+1+len(name) > maxPath:
			n.skips[byDepth]++
		default:
			n.kids = append(n.kids, node{name: string(name), up: n})
		}
	})
	if w.stop.Load() {
		w.missed.Store(true)
	}
	n.kids = slices.Clip(n.kids)
	slices.SortFunc(n.kids, func(a, b node) int { return cmp.Compare(a.name, b.name) })
	return err
}

// count adds a folder whose content is known to the result.
func (w *walk) count(t task) {
	n := t.n
	n.state = read
	w.folders.Add(1)
	for i, k := range n.skips {
		if k > 0 {
			w.skipped[i].Add(int64(k))
		}
	}
	if n.files == 0 {
		return
	}
	if w.found.Add(1) > int64(w.f.opts.MaxFound) {
		w.found.Add(-1)
		w.mu.Lock()
		w.cut = true
		w.mu.Unlock()
		w.stop.Store(true)
		return
	}
	p := Project{Dir: n.path()}
	for i, name := range w.f.opts.Names {
		if n.files&(1<<i) != 0 {
			p.Files = append(p.Files, name)
		}
	}
	w.mu.Lock()
	w.projects = append(w.projects, p)
	w.mu.Unlock()
}

// fail notes a folder that cannot be read. One that is gone or no folder any longer is nothing to tell of,
// unless it is a root.
func (w *walk) fail(t task, err error) {
	t.n.files, t.n.skips = 0, [skips]uint32{}
	if t.base != nil && (errors.Is(err, fs.ErrNotExist) || isSwapped(err)) {
		t.n.state = gone
		return
	}
	t.n.state = unread
	w.folders.Add(1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed++
	if len(w.unread) < maxUnread {
		w.unread = append(w.unread, Unread{t.n.path(), err})
	}
}

func (w *walk) progress() Progress {
	p := Progress{Folders: int(w.folders.Load()), Found: int(w.found.Load())}
	if n := w.at.Load(); n != nil {
		p.At = n.path()
	}
	return p
}

// stopped tells whether a cancelled scan left something out.
func (w *walk) stopped(ended bool) bool { return !ended || w.missed.Load() }

func (w *walk) result() Result {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := Result{
		Projects: slices.Clone(w.projects), Unread: slices.Clone(w.unread), UnreadCount: w.failed, Cut: w.cut,
		Folders: int(w.folders.Load()),
		Skipped: Skipped{
			Names: int(w.skipped[byName].Load()), Caches: int(w.skipped[byPlace].Load()),
			Deep: int(w.skipped[byDepth].Load()), Mounts: int(w.mounts.Load()),
		},
	}
	slices.SortFunc(r.Projects, func(a, b Project) int { return strings.Compare(a.Dir, b.Dir) })
	slices.SortFunc(r.Unread, func(a, b Unread) int { return strings.Compare(a.Dir, b.Dir) })
	return r
}
