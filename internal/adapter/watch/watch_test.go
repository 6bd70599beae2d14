package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestNew_RefusesRelativeHome(t *testing.T) {
	if _, err := New(Options{Home: "here"}); err == nil {
		t.Error("a relative home was taken")
	}
}

func TestRun_Once(t *testing.T) {
	w, err := New(Options{Home: t.TempDir()})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	must(t, w.Run(ctx))
	if w.Run(ctx) == nil {
		t.Error("a second Run was taken")
	}
}

func TestTrack_NewPathsComeOnceOldOnesLeave(t *testing.T) {
	home := t.TempDir()
	a, b := filepath.Join(home, "a"), filepath.Join(home, "b")
	write(t, a, "1")
	r := newRig(t, home, a)
	r.w.Track([]string{a, r.fence, "relative"}) // nothing new
	if got := r.sync(); len(got) != 0 {
		t.Errorf("the same set again named %v", got)
	}
	r.w.Track([]string{b, r.fence})
	if got := r.until(b); slices.Contains(got, a) {
		t.Errorf("%v", got)
	}
	write(t, a, "2")
	if got := r.sync(); len(got) != 0 {
		t.Errorf("a path that is tracked no longer was named: %v", got)
	}
	write(t, b, "1")
	if got := r.sync(); !slices.Equal(got, []string{b}) {
		t.Errorf("got %v", got)
	}
}

func TestChanges_SameBytesAreSilent(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, ".npmrc")
	write(t, file, "a=1\n")
	r := newRig(t, home, file)
	write(t, file, "a=1\n")
	must(t, os.Chmod(file, 0o640))
	must(t, os.Rename(file, file+"~"))
	write(t, file, "a=1\n")
	if got := r.sync(); len(got) != 0 {
		t.Errorf("named %v", got)
	}
	must(t, os.WriteFile(file, nil, 0o600)) // emptied for good is a change, though a late one
	if got := r.until(file); !slices.Contains(got, file) {
		t.Errorf("named %v", got)
	}
}

// noNotices is a system without any.
func noNotices() (notices, error) { return nil, errUnsupported }

func TestPolling_WithoutNotices(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, "sub", ".npmrc")
	synctest.Test(t, func(t *testing.T) {
		w, err := New(Options{Home: home})
		must(t, err)
		w.open = noNotices
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx) }()
		w.Track([]string{file})
		if got := <-w.Changes(); !slices.Equal(got, []string{file}) || !w.Polling() {
			t.Errorf("got %v, polling %v", got, w.Polling())
		}
		for i, step := range []func(){
			func() { must(t, os.Mkdir(filepath.Dir(file), 0o755)); write(t, file, "a=1\n") },
			func() { write(t, file, "a=2\n") }, // same size
			func() { must(t, os.Remove(file)) },
			func() { write(t, file+".real", "a=3\n"); must(t, os.Symlink(".npmrc.real", file)) },
			func() { write(t, file+".real", "a=4\n") },
			func() { must(t, os.RemoveAll(filepath.Dir(file))) },
		} {
			start := time.Now()
			step()
			if got := <-w.Changes(); !slices.Equal(got, []string{file}) {
				t.Errorf("step %d: %v", i, got)
			}
			if took := time.Since(start); took > pollTime+2*settleTime {
				t.Errorf("step %d took %v", i, took) // the bubble's time, not the machine's
			}
		}
		w.Track(nil)
		synctest.Wait()
		if w.Polling() {
			t.Error("polls nothing")
		}
		cancel()
		must(t, <-ended)
	})
}

// fake is a system whose notices are played by the test.
type fake struct {
	ev   chan event
	miss chan error

	mu   sync.Mutex
	full map[string]error // folders that cannot be watched
	adds []string
}

func (f *fake) add(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.adds = append(f.adds, dir)
	return f.full[dir]
}
func (f *fake) remove(string)        {}
func (f *fake) events() <-chan event { return f.ev }
func (f *fake) lost() <-chan error   { return f.miss }
func (f *fake) close()               {}

func newFake() *fake {
	return &fake{full: map[string]error{}, ev: make(chan event), miss: make(chan error, 1)}
}

// bubble runs a watcher of one file on played notices.
func bubble(t *testing.T, test func(f *fake, w *Watcher, file string)) {
	home := t.TempDir()
	file := filepath.Join(home, ".npmrc")
	write(t, file, "a=1\n")
	synctest.Test(t, func(t *testing.T) {
		w, err := New(Options{Home: home})
		must(t, err)
		f := newFake()
		w.open = func() (notices, error) { return f, nil }
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.Run(ctx) }()
		w.Track([]string{file})
		<-w.Changes()
		test(f, w, file)
		cancel()
		must(t, <-ended)
	})
}

func TestSettle_EndsStorms(t *testing.T) {
	bubble(t, func(f *fake, w *Watcher, file string) {
		write(t, file, "a=2\n")
		f.ev <- event{path: file}
		start := time.Now()
		for { // an event every 5 ms, for ever
			select {
			case <-w.Changes():
				if took := time.Since(start); took > stormFactor*settleTime {
					t.Errorf("the storm held it up for %v", took)
				}
				return
			case <-time.After(settleTime / 4):
				f.ev <- event{path: file}
			}
		}
	})
}

func TestSettle_WaitsForQuiet(t *testing.T) {
	bubble(t, func(f *fake, w *Watcher, file string) {
		start := time.Now()
		write(t, file, "half")
		f.ev <- event{path: file}
		<-time.After(settleTime - time.Millisecond)
		write(t, file, "whole")
		f.ev <- event{path: file}
		<-w.Changes()
		if took := time.Since(start); took != 2*settleTime-time.Millisecond {
			t.Errorf("came after %v", took)
		}
	})
}

func TestSettle_EmptyIsNotYet(t *testing.T) {
	bubble(t, func(f *fake, w *Watcher, file string) {
		start := time.Now()
		write(t, file, "")
		f.ev <- event{path: file}
		<-w.Changes()
		if took := time.Since(start); took != 2*settleTime {
			t.Errorf("an empty file came after %v", took)
		}
	})
}

func TestIdle_NoTicker(t *testing.T) {
	bubble(t, func(_ *fake, w *Watcher, _ string) {
		start := time.Now()
		select {
		case b := <-w.Changes():
			t.Errorf("named %v", b)
		case <-time.After(24 * time.Hour):
		}
		if took := time.Since(start); took != 24*time.Hour || w.Polling() {
			t.Errorf("%v, polling %v", took, w.Polling())
		}
	})
}

func TestChanges_SlowReaderGetsOneBatch(t *testing.T) {
	bubble(t, func(f *fake, w *Watcher, file string) {
		other := file + ".other"
		w.Track([]string{file, other})
		<-w.Changes()
		for _, p := range []string{file, other, file} {
			write(t, p, "b="+p+time.Now().String())
			f.ev <- event{path: p}
			<-time.After(time.Minute)
		}
		if got := <-w.Changes(); !slices.Equal(got, []string{file, other}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestD06_LostNoticesLookAtAll_Played(t *testing.T) {
	bubble(t, func(f *fake, w *Watcher, file string) {
		write(t, file, "a=2\n")
		f.miss <- errors.New("overflow")
		if got := <-w.Changes(); !slices.Equal(got, []string{file}) {
			t.Errorf("got %v", got)
		}
		f.miss <- errors.New("overflow") // nothing changed
		select {
		case b := <-w.Changes():
			t.Errorf("named %v", b)
		case <-time.After(time.Second):
		}
	})
}

func TestD06_NoticesEndByThemselves_Played(t *testing.T) {
	bubble(t, func(f *fake, w *Watcher, file string) {
		close(f.ev)
		synctest.Wait()
		<-time.After(settleTime)
		synctest.Wait()
		if !w.Polling() {
			t.Error("does not poll")
		}
		f.ev = make(chan event)
		write(t, file, "a=2\n")
		<-w.Changes()
		<-time.After((retryRounds + 1) * pollTime)
		synctest.Wait()
		if w.Polling() {
			t.Error("never went back")
		}
	})
}

func TestD06_OneFolderCannotBeWatched_Played(t *testing.T) {
	bubble(t, func(f *fake, w *Watcher, file string) {
		f.mu.Lock()
		f.full[filepath.Dir(file)] = syscall.ENOSPC
		f.mu.Unlock()
		f.ev <- event{path: file}
		<-time.After(time.Second)
		if !w.Polling() {
			t.Fatal("does not poll")
		}
		write(t, file, "a=2\n") // no event
		<-w.Changes()
		f.mu.Lock()
		clear(f.full)
		f.mu.Unlock()
		<-time.After((retryRounds + 1) * pollTime)
		if w.Polling() {
			t.Error("never went back")
		}
		write(t, file, "a=3\n") // only a look could find this
		select {
		case <-w.Changes():
			t.Error("still looks")
		case <-time.After(time.Hour):
		}
	})
}

// TestD07_NewFolderIsWatchedAtOnce: not only after the settle time, in which its files are written.
func TestD07_NewFolderIsWatchedAtOnce_Played(t *testing.T) {
	bubble(t, func(f *fake, w *Watcher, file string) {
		deep := filepath.Join(filepath.Dir(file), "a", "b", ".npmrc")
		w.Track([]string{deep})
		<-w.Changes()
		must(t, os.MkdirAll(filepath.Dir(deep), 0o755))
		start := time.Now()
		f.ev <- event{path: filepath.Join(filepath.Dir(file), "a"), moved: true}
		synctest.Wait()
		f.mu.Lock()
		defer f.mu.Unlock()
		if !slices.Contains(f.adds, filepath.Dir(deep)) || time.Since(start) != 0 {
			t.Errorf("watched: %v", f.adds)
		}
	})
}

func TestStale_YoungFilesAreReadAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	write(t, file, "1")
	for age, want := range map[time.Duration]bool{0: true, racy - time.Millisecond: true, time.Hour: false} {
		must(t, os.Chtimes(file, time.Time{}, time.Now().Add(-age)))
		s := read(file, file)
		if got := s.stale(os.Stat(file)); got != want {
			t.Errorf("written %v before the look: stale is %v", age, got)
		}
	}
}

func TestIdle_TickerOnlyWhilePolling(t *testing.T) {
	w, err := New(Options{Home: t.TempDir()})
	must(t, err)
	l := newLoop(w, newTracker(w.opts.Home, read))
	defer l.end()
	for i, poll := range []bool{false, true, true, false, true} {
		l.files["f"] = &file{path: "f", poll: poll}
		l.plan()
		if (l.ticker != nil) != poll || w.Polling() != poll {
			t.Errorf("step %d: ticker %v, polling %v", i, l.ticker != nil, w.Polling())
		}
	}
}
