package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// limit is how long a test waits for something that must come.
const limit = 20 * time.Second

// rig is a running watcher on a home of its own.
type rig struct {
	t     *testing.T
	home  string
	w     *Watcher
	fence string // a tracked file that is written to learn that all earlier events were handled
}

// newRig starts a watcher with the given paths below its home; each path's first batch is taken.
func newRig(t *testing.T, home string, paths ...string) *rig {
	t.Helper()
	w, err := New(Options{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	return runRig(t, w, home, paths...)
}

func runRig(t *testing.T, w *Watcher, home string, paths ...string) *rig {
	t.Helper()
	r := &rig{t: t, home: home, w: w, fence: filepath.Join(home, "fence")}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error("run:", err)
		}
	})
	w.Track(append(slices.Clone(paths), r.fence))
	if got := r.until(r.fence); len(got) != len(paths)+1 {
		t.Fatalf("the first batch is %v, want every path", got)
	}
	return r
}

// next waits for a batch.
func (r *rig) next() []string {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), limit)
	defer cancel()
	select {
	case b := <-r.w.Changes():
		return b
	case <-ctx.Done():
		r.t.Fatal("no batch came")
		return nil
	}
}

// until takes batches up to the one that names path, and returns all that they named.
func (r *rig) until(path string) (all []string) {
	r.t.Helper()
	for !slices.Contains(all, path) {
		all = append(all, r.next()...)
	}
	return all
}

// sync returns all paths that were named for what happened up to now: nothing is missed by waiting too short.
func (r *rig) sync() []string {
	r.t.Helper()
	write(r.t, r.fence, time.Now().String())
	all := r.until(r.fence)
	return slices.DeleteFunc(all, func(p string) bool { return p == r.fence })
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// missing ends a test for want of a part: a failure in CI, which must have all.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal("missing:", what)
	}
	t.Skip("missing:", what)
}
