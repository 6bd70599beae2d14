//go:build linux

package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// countLooks makes the watcher count its looks at files.
func countLooks(w *Watcher) *atomic.Int64 {
	var n atomic.Int64
	w.look = func(path, target string) state {
		n.Add(1)
		return read(path, target)
	}
	return &n
}

func TestD05_StormOfSaves(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, ".npmrc")
	w, err := New(Options{Home: home})
	must(t, err)
	looks := countLooks(w)
	r := runRig(t, w, home, file)
	looks.Store(0)
	start := time.Now()
	for i := range 10_000 {
		write(t, file+".t", fmt.Sprint("a=", i))
		must(t, os.Rename(file+".t", file))
	}
	got := r.sync()
	// A look takes 20 ms of quiet, or 200 ms of storm; each may find file and fence.
	if most := 2 * (int64(time.Since(start)/settleTime) + 3); looks.Load() > most {
		t.Errorf("%d looks for 10,000 saves, more than %d", looks.Load(), most)
	}
	if !slices.Contains(got, file) {
		t.Error("missed")
	}
	t.Logf("10,000 saves: %d looks, %d batches named the file", looks.Load(), len(got))
}

func TestD05_StormBesideIt(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, ".npmrc")
	write(t, file, "a=1")
	w, err := New(Options{Home: home})
	must(t, err)
	looks := countLooks(w)
	r := runRig(t, w, home, file)
	looks.Store(0)
	for i := range 10_000 {
		write(t, filepath.Join(home, fmt.Sprint("f", i%100)), "x")
	}
	if got := r.sync(); len(got) != 0 {
		t.Errorf("named %v", got)
	}
	if n := looks.Load(); n > 2 { // at the fence; its first look may have found it empty
		t.Errorf("%d looks at files to which nothing happened", n)
	}
}

// TestD05_StormOfFolders has fsnotify report errors (watches that are gone when it wants to end them) while
// the watcher adds and removes: its lock is held while it sends them.
func TestD05_StormOfFolders(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, "a", "b")
	file := filepath.Join(dir, ".npmrc")
	r := newRig(t, home, file)
	for i := range 1_000 {
		must(t, os.MkdirAll(dir, 0o755))
		write(t, file, fmt.Sprint("a=", i))
		must(t, os.Rename(filepath.Join(home, "a"), filepath.Join(home, "old")))
		must(t, os.RemoveAll(filepath.Join(home, "old")))
	}
	r.sync()
	must(t, os.MkdirAll(dir, 0o755))
	write(t, file, "last")
	if got := r.sync(); !slices.Contains(got, file) {
		t.Error("deaf")
	}
	if r.w.Polling() {
		t.Error("polls")
	}
}

// npmSave writes as npm does: emptied, one write, then the mode.
func npmSave(t *testing.T, file, text string) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err = errors.Join(err, f.Close(), os.Chmod(file, 0o600)); err != nil {
		t.Error(err)
	}
}

// TestD04_HundredSavesNeverTorn reads the file at each batch, while the saver may be anywhere. A watcher that
// hands on the first event finds it empty in 96 of 100 saves.
func TestD04_HundredSavesNeverTorn(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, ".npmrc")
	write(t, file, "old")
	r := newRig(t, home, file)
	text := func(i int) string {
		return fmt.Sprintf("//registry.example.com/:_authToken=${NAME}\nround=%d\n", i)
	}
	torn, next := 0, make(chan int)
	go func() {
		for i := range next {
			npmSave(t, file, text(i))
		}
	}()
	defer close(next)
	for i := range 100 {
		next <- i
		for got := ""; got != text(i); { // what comes last is whole
			r.until(file)
			data, err := os.ReadFile(file)
			must(t, err)
			if got = string(data); got != text(i) && (i == 0 || got != text(i-1)) {
				torn++
			}
		}
	}
	if torn > 5 { // the saver may be held up for longer than the settle time, on a busy machine
		t.Errorf("%d torn reads in 100 saves", torn)
	}
	t.Logf("%d torn reads in 100 saves", torn)
	if got := r.sync(); len(got) != 0 {
		t.Errorf("more than one batch for a save: %v", got)
	}
}

func TestC14_WrittenThroughASecondName(t *testing.T) {
	base := t.TempDir()
	home, other := filepath.Join(base, "home"), filepath.Join(base, "other")
	must(t, os.Mkdir(home, 0o755))
	file := filepath.Join(home, ".npmrc")
	write(t, file, "a=1")
	must(t, os.Link(file, other)) // outside of what is watched
	w, err := New(Options{Home: home, Poll: settleTime})
	must(t, err)
	r := runRig(t, w, home, file)
	write(t, other, "a=2")
	r.until(file)
	if !w.Polling() {
		t.Error("says it does not poll")
	}
	must(t, os.Remove(other))
	write(t, file, "a=3")
	r.sync()
	if w.Polling() {
		t.Error("polls a file with one name")
	}
}

func TestC15_PipeDoesNotBlock(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(home, ".npmrc")
	must(t, syscall.Mkfifo(file, 0o600))
	r := newRig(t, home, file)
	must(t, os.Remove(file))
	must(t, os.Mkdir(file, 0o700))
	if got := r.sync(); !slices.Equal(got, []string{file}) {
		t.Errorf("pipe to folder: %v", got)
	}
	must(t, os.Remove(file))
	must(t, os.Symlink(".npmrc", file)) // a loop
	r.sync()
	must(t, os.Remove(file))
	write(t, file, "a=1")
	if got := r.sync(); !slices.Equal(got, []string{file}) {
		t.Errorf("loop to file: %v", got)
	}
}

// BenchmarkChangeToBatch is the time from a save to its batch, without the settle time.
func BenchmarkChangeToBatch(b *testing.B) {
	home := b.TempDir()
	w, err := New(Options{Home: home})
	must(b, err)
	file := filepath.Join(home, "code", "app", ".npmrc")
	must(b, os.MkdirAll(filepath.Dir(file), 0o755))
	go w.Run(b.Context())
	w.Track([]string{file})
	<-w.Changes()
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		write(b, file+".t", fmt.Sprint(i))
		start := time.Now()
		must(b, os.Rename(file+".t", file))
		<-w.Changes()
		took = append(took, time.Since(start)-settleTime)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "us-over-settle-median")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "us-over-settle-p95")
}

// BenchmarkTrack is the time to arm and read 300 files in 300 folders, settle time left out.
func BenchmarkTrack(b *testing.B) {
	home := b.TempDir()
	t := newTracker(home, read)
	var paths []string
	for i := range 300 {
		dir := filepath.Join(home, "code", fmt.Sprint("group", i/20), fmt.Sprint("project", i))
		must(b, os.MkdirAll(dir, 0o755))
		paths = append(paths, filepath.Join(dir, ".npmrc"))
		write(b, paths[i], "registry=https://registry.example.com/\n")
	}
	n, err := openNotices()
	must(b, err)
	defer n.close()
	t.note = n
	for b.Loop() {
		p := pass{}
		for _, f := range t.set(paths) {
			f.seen, _ = t.examine(f, p)
		}
		t.set(nil)
	}
}

// BenchmarkIdle reports how often the process went to sleep, and its processor time, in two seconds in which
// nothing happened, without and with a watcher.
func BenchmarkIdle(b *testing.B) {
	idle := func(b *testing.B) {
		for b.Loop() {
			var before, after syscall.Rusage
			must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &before))
			<-time.After(2 * time.Second)
			must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &after))
			b.ReportMetric(float64(after.Nvcsw-before.Nvcsw), "sleeps/2s")
			b.ReportMetric(float64(after.Utime.Nano()+after.Stime.Nano()-before.Utime.Nano()-before.Stime.Nano())/1e3, "cpu-us/2s")
		}
	}
	b.Run("nothing", idle)
	b.Run("watching", func(b *testing.B) {
		home := b.TempDir()
		w, err := New(Options{Home: home})
		must(b, err)
		go w.Run(b.Context())
		w.Track([]string{filepath.Join(home, ".npmrc")})
		<-w.Changes()
		idle(b)
	})
}
