package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say what to look for. Names are needed.
type Options struct {
	// Names are the files to find, by base name, 64 at most.
	Names []string
	// Home is where Places are. Empty: nowhere.
	Home string
	// Threads is how many folders are read at a time. 0 is 2.
	Threads int
	// MaxFound is after how many projects a scan is cut. 0 is 10,000.
	MaxFound int
}

// Progress is where a scan is.
type Progress struct {
	Folders int    // seen so far
	Found   int    // projects
	At      string // a folder that is read now; any bytes may be in it
}

// Project is a folder with config files.
type Project struct {
	Dir   string
	Files []string // base names, in the order of Options.Names
}

// Unread is a folder that could not be read.
type Unread struct {
	Dir string
	Err error
}

// Skipped counts folders that were left out.
type Skipped struct {
	Names  int // node_modules, .git and the like
	Caches int // of Places
	Mounts int // other file systems
	Deep   int // more than 100 below the root, or with a path that is too long for most programs
}

// Result is what a scan found.
type Result struct {
	Projects    []Project // by Dir
	Folders     int       // that were looked at, those that could not be read among them
	Unread      []Unread  // by Dir, 100 at most
	UnreadCount int
	Skipped     Skipped
	Cut         bool // there are more than MaxFound projects
	Cancelled   bool
}

const (
	maxNames   = 64
	maxFound   = 10_000
	maxUnread  = 100
	maxDepth   = 100
	maxPath    = 4000 // Linux takes 4095 bytes
	maxThreads = 64
	maxKnown   = 250_000 // folders of an Index: 25 MB while it is in memory
	threads    = 2
	tick       = 100 * time.Millisecond
	grace      = 100 * time.Millisecond // for threads to see that they are cancelled
	// slack is how young a folder must be when it is read for a later change to leave the same time on it.
	slack = 2 * time.Second
)

// Finder finds projects.
type Finder struct {
	opts  Options
	names table
	print uint64 // of all that decides what an Index holds
	slack time.Duration
	known int
}

// New makes a Finder. It refuses names that are no base names, and a Home that is not absolute.
func New(o Options) (*Finder, error) {
	if len(o.Names) == 0 || len(o.Names) > maxNames {
		return nil, fmt.Errorf("find projects by %d names: 1 to %d are possible", len(o.Names), maxNames)
	}
	for i, n := range o.Names {
		if !isName(n) || slices.Contains(o.Names[:i], n) {
			return nil, fmt.Errorf("find projects by %q: it is no base name, or there twice", n)
		}
	}
	if o.Home != "" {
		if !filepath.IsAbs(o.Home) {
			return nil, fmt.Errorf("find projects: the home directory %q is not absolute", o.Home)
		}
		o.Home = settled(o.Home)
	}
	o.Names = slices.Clone(o.Names)
	o.Threads = min(cmp.Or(max(0, o.Threads), threads), maxThreads)
	o.MaxFound = cmp.Or(max(0, o.MaxFound), maxFound)
	f := &Finder{opts: o, names: newTable(o.Names), slack: slack, known: maxKnown}
	f.print = f.fingerprint()
	return f, nil
}

// isName tells whether a text can be the name of one entry of a folder.
func isName(s string) bool {
	return s != "" && s != "." && s != ".." && !strings.ContainsAny(s, "/\x00"+string(filepath.Separator))
}

// settled is a path without links, as far as it exists.
func settled(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}

// Find reads all folders below the roots. report may be nil; it is called ten times a second at most and once
// at the end, on the caller's goroutine. Roots that are links are followed; one that lies below another
// is read once, and even if it has a name that is skipped elsewhere. An error means that the roots make no
// sense; what goes wrong below them is in the Result.
func (f *Finder) Find(ctx context.Context, roots []string, report func(Progress)) (Result, *Index, error) {
	tops, err := resolve(roots)
	if err != nil {
		return Result{}, nil, err
	}
	r, ix := f.scan(ctx, plan{tops: tops}, report)
	return r, ix, nil
}

// Again finds what Find would find below the roots of ix, and reads only the folders that changed since. Without
// an Index, or with one of another Finder's options, it needs roots and is Find.
func (f *Finder) Again(ctx context.Context, ix *Index, roots []string, report func(Progress)) (Result, *Index, error) {
	tops, err := resolve(roots)
	if err != nil {
		return Result{}, nil, err
	}
	if !f.fits(ix, tops) {
		ix = nil
	}
	r, next := f.scan(ctx, plan{tops: tops, last: ix}, report)
	return r, next, nil
}

// Look takes ix as it is but for the given folders and what is new below them. ix must be one that this
// Finder, or one with its options, made: it comes from the last scan or from Load.
func (f *Finder) Look(ctx context.Context, ix *Index, dirs []string) (Result, *Index, error) {
	if ix == nil || !f.fits(ix, ix.roots()) {
		return Result{}, nil, errors.New("look for changes without an index of these options: scan first")
	}
	r, next := f.scan(ctx, plan{tops: ix.roots(), last: ix, doubt: ix.find(dirs)}, nil)
	return r, next, nil
}

// resolve makes roots absolute paths without links, each once, sorted.
func resolve(roots []string) ([]string, error) {
	if len(roots) == 0 {
		return nil, errors.New("find projects: no folder was chosen")
	}
	var tops []string
	for _, r := range roots {
		if !filepath.IsAbs(r) {
			return nil, fmt.Errorf("find projects below %q: the path is not absolute", r)
		}
		r = settled(r)
		if slices.ContainsFunc(kernel, func(dir string) bool { return within(r, dir) }) {
			return nil, fmt.Errorf("find projects below %q: the kernel makes up what is there", r)
		}
		tops = append(tops, r)
	}
	slices.Sort(tops)
	return slices.Compact(tops), nil
}

// scan runs a walk and tells its result.
func (f *Finder) scan(ctx context.Context, p plan, report func(Progress)) (Result, *Index) {
	w := f.newWalk(p)
	stop := context.AfterFunc(ctx, func() { w.stop.Store(true) })
	defer stop()
	w.stop.Store(ctx.Err() != nil)
	var wg sync.WaitGroup
	for range f.opts.Threads {
		wg.Go(w.work)
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	ended := await(ctx, done, func() {
		if report != nil {
			report(w.progress())
		}
	})
	r := w.result()
	r.Cancelled = ctx.Err() != nil && w.stopped(ended)
	if !ended || r.Cancelled || r.Cut || !keeps || int(w.folders.Load()) > f.known {
		return r, nil
	}
	return r, &Index{print: f.print, tops: w.tops}
}

// await waits for a scan and reports its progress. It tells whether all threads have ended.
func await(ctx context.Context, done <-chan struct{}, report func()) bool {
	t := time.NewTicker(tick)
	defer t.Stop()
	defer report()
	for {
		select {
		case <-done:
			return true
		case <-t.C:
			report()
		case <-ctx.Done():
			select {
			case <-done:
				return true
			case <-time.After(grace):
				return false
			}
		}
	}
}
