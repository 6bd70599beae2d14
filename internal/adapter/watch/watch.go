package watch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how to watch. The zero value is right for a user's own machine.
type Options struct {
	// Home is the topmost folder that is watched on the way to a file below it; what lies above never
	// is. Empty: the user's home directory.
	Home string
	// Settle is how long it must be quiet before files are looked at: 0 is 20 ms. After ten times that
	// they are looked at even if it never is.
	Settle time.Duration
	// Poll is the time between looks where the system gives no notices: 0 is two seconds.
	Poll time.Duration
	// Log gets what the agent need not know. Nil: none.
	Log *slog.Logger
}

const (
	settleTime  = 20 * time.Millisecond
	stormFactor = 10 // a storm is waited for this many settle times
	pollTime    = 2 * time.Second
	retryRounds = 10 // polls between attempts to go back to notices

	folderRounds = 15 // polls between looks at folders
)

// Watcher implements agent.Watcher.
type Watcher struct {
	opts    Options
	open    func() (notices, error)
	look    func(path, target string) state
	changes chan []string
	polling atomic.Bool
	ran     atomic.Bool

	mu   sync.Mutex
	want []string
	poke chan struct{} // want is new
}

// New makes a Watcher that watches nothing yet. It refuses a Home that is not absolute.
func New(o Options) (*Watcher, error) {
	if o.Home == "" {
		o.Home, _ = os.UserHomeDir() // none: every folder up to the root is watched
	} else if !filepath.IsAbs(o.Home) {
		return nil, fmt.Errorf("watch: the home directory %q is not absolute", o.Home)
	}
	if real, err := filepath.EvalSymlinks(o.Home); err == nil {
		o.Home = real
	}
	o.Settle = cmp.Or(o.Settle, settleTime)
	o.Poll = cmp.Or(o.Poll, pollTime)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Watcher{
		opts: o, open: openNotices, look: read,
		changes: make(chan []string), poke: make(chan struct{}, 1),
	}, nil
}

// Track replaces the set of watched files. Paths that are not absolute are left out; those that end in a
// separator are folders whose entries count. It never blocks; paths that are new come in the next batch of Changes.
func (w *Watcher) Track(paths []string) {
	var want []string
	for _, p := range paths {
		if !filepath.IsAbs(p) {
			continue
		}
		clean := filepath.Clean(p)
		if os.IsPathSeparator(p[len(p)-1]) && !os.IsPathSeparator(clean[len(clean)-1]) {
			clean += string(filepath.Separator)
		}
		want = append(want, clean)
	}
	w.mu.Lock()
	w.want = want
	w.mu.Unlock()
	select {
	case w.poke <- struct{}{}:
	default:
	}
}

// Changes delivers batches of tracked paths, sorted, whose content, existence or link target changed, after
// 20 ms of quiet. Batches that nobody takes are merged. It is never closed.
func (w *Watcher) Changes() <-chan []string { return w.changes }

// Polling tells whether some file, and not only a folder, is looked at in intervals, because the system's notices of it are not to
// be had or not to be trusted.
func (w *Watcher) Polling() bool { return w.polling.Load() }

// Run watches until ctx is over, and returns nil then. It can run once.
func (w *Watcher) Run(ctx context.Context) error {
	if w.ran.Swap(true) {
		return errors.New("watch: it ran already")
	}
	l := newLoop(w, newTracker(w.opts.Home, w.look))
	defer l.end()
	l.reopen()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.poke:
			l.track()
		case e, ok := <-l.events():
			l.event(e, ok)
		case err := <-l.lost():
			w.opts.Log.Debug("file notices may be missing", "why", err)
			l.touchAll()
		case <-l.settle.C:
			l.settled()
		case <-l.ticks():
			l.tick()
		case l.out() <- l.batch:
			l.delivered()
		}
	}
}

// wanted returns the paths of the last Track.
func (w *Watcher) wanted() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.want)
}
