package watch

import (
	"errors"
	"maps"
	"slices"
	"time"
)

// loop is what Run's goroutine owns: which files to look at, when, and what to deliver.
type loop struct {
	*tracker
	w       *Watcher
	dirty   map[*file]struct{} // something happened; looked at when it is quiet
	since   time.Time          // when the first of them became dirty
	changed map[string]struct{}
	batch   []string // changed, sorted
	settle  *time.Timer
	ticker  *time.Ticker // nil while no file is polled: nothing wakes then
	rounds  int          // polls since the last attempt to go back to notices
	beat    int          // polls since the last look at folders
	never   bool         // this system has no notices
}

func newLoop(w *Watcher, t *tracker) *loop {
	l := &loop{tracker: t, w: w, dirty: map[*file]struct{}{}, changed: map[string]struct{}{}}
	l.settle = time.NewTimer(time.Hour)
	l.settle.Stop()
	return l
}

func (l *loop) end() {
	l.settle.Stop()
	if l.ticker != nil {
		l.ticker.Stop()
	}
	if l.note != nil {
		l.note.close()
	}
}

func (l *loop) events() <-chan event {
	if l.note == nil {
		return nil
	}
	return l.note.events()
}

func (l *loop) lost() <-chan error {
	if l.note == nil {
		return nil
	}
	return l.note.lost()
}

func (l *loop) ticks() <-chan time.Time {
	if l.ticker == nil {
		return nil
	}
	return l.ticker.C
}

// out is the channel of batches, nil while there is nothing to deliver.
func (l *loop) out() chan<- []string {
	if len(l.batch) == 0 {
		return nil
	}
	return l.w.changes
}

// delivered forgets the batch that was taken.
func (l *loop) delivered() {
	clear(l.changed)
	l.batch = nil
}

// reopen asks for the system's notices if there are none.
func (l *loop) reopen() {
	if l.note != nil || l.never {
		return
	}
	n, err := l.w.open()
	if err != nil {
		l.never = errors.Is(err, errUnsupported)
		l.w.opts.Log.Info("files are polled", "why", err)
		return
	}
	l.note = n
}

// track takes over a new set of paths.
func (l *loop) track() {
	added := l.set(l.w.wanted())
	p := pass{}
	for _, f := range added {
		l.arm(f, p)
		l.touch(f)
	}
	maps.DeleteFunc(l.dirty, func(f *file, _ struct{}) bool { return l.files[f.path] != f })
	maps.DeleteFunc(l.changed, func(path string, _ struct{}) bool { return l.files[path] == nil })
	l.batch = slices.Sorted(maps.Keys(l.changed))
	l.plan()
}

func (l *loop) event(e event, ok bool) {
	if !ok { // the notices ended by themselves
		l.note.close()
		l.note = nil
		l.touchAll()
		return
	}
	for _, f := range l.hit(e) {
		l.touch(f)
	}
}

// touch marks a file as perhaps changed and puts off the look until it has been quiet, though not for ever.
func (l *loop) touch(f *file) {
	now := time.Now()
	if len(l.dirty) == 0 {
		l.since = now
	}
	l.dirty[f] = struct{}{}
	left := l.since.Add(stormFactor * l.w.opts.Settle).Sub(now)
	l.settle.Reset(max(0, min(l.w.opts.Settle, left)))
}

func (l *loop) touchAll() {
	for _, f := range l.files {
		l.touch(f)
	}
}

// settled looks at every file to which something happened.
func (l *loop) settled() {
	p := pass{}
	var again []*file
	for f := range l.dirty {
		now, changed := l.examine(f, p)
		if changed && now.empty() && !f.held {
			f.held = true // not yet: it was emptied to be written
			again = append(again, f)
			continue
		}
		f.seen, f.known, f.held, f.stirred = now, true, false, false
		if changed {
			l.changed[f.path] = struct{}{}
		}
	}
	l.batch = slices.Sorted(maps.Keys(l.changed))
	clear(l.dirty)
	for _, f := range again {
		l.touch(f)
	}
	l.plan()
}

// tick looks for changes in the polled files, and now and then for a way back to notices.
func (l *loop) tick() {
	l.beat = (l.beat + 1) % folderRounds
	for _, f := range l.files {
		if f.poll && (!f.folder || l.beat == 0) && l.glance(f) {
			l.touch(f)
		}
	}
	if l.rounds++; l.rounds < retryRounds {
		return
	}
	l.rounds = 0
	l.reopen()
	if l.note == nil {
		return
	}
	for _, f := range l.files {
		if f.poll {
			l.touch(f)
		}
	}
}

// plan starts or stops polling.
func (l *loop) plan() {
	need, files := false, false
	for _, f := range l.files {
		need, files = need || f.poll, files || f.poll && !f.folder
	}
	l.w.polling.Store(files)
	switch {
	case need && l.ticker == nil:
		l.rounds = 0
		l.ticker = time.NewTicker(l.w.opts.Poll)
	case !need && l.ticker != nil:
		l.ticker.Stop()
		l.ticker = nil
	}
}
