package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// TestFinder: what it learnt of the roots is kept across restarts, used for looks, and forgotten with the roots.
func TestFinder(t *testing.T) {
	home := t.TempDir()
	src, state := filepath.Join(home, "src"), filepath.Join(home, "projects.index")
	project := func(name string) {
		if err := os.MkdirAll(filepath.Join(src, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(src, name, ".npmrc"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start := func() *finder {
		f, err := newFinder(home, state, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	names := func(found agent.Found, err error) (out []string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range found.Projects {
			out = append(out, filepath.Base(p.Dir))
		}
		return out
	}
	project("a")
	f := start()
	told := 0
	if got := names(f.Find(t.Context(), []string{src}, func(p api.Progress) { told++ })); !slices.Equal(got, []string{"a"}) || told == 0 {
		t.Errorf("found %q, told %d times", got, told)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("a search that nobody keeps up with left something")
	}
	found, err := f.Again(t.Context(), []string{src})
	if got := names(found, err); !slices.Equal(got, []string{"a"}) || !slices.Contains(found.Watch, src) {
		t.Errorf("found %q, to watch %q", got, found.Watch)
	}
	project("b")
	if got := names(f.Look(t.Context(), []string{src})); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("after a look %q", got)
	}
	f = start()
	if got := names(f.Again(t.Context(), []string{src})); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("after a restart %q", got)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, _ = f.Again(over, []string{src})
	if got := names(f.Look(t.Context(), []string{src})); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("after one that was cancelled %q", got)
	}
	if err := os.WriteFile(state, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	f = start()
	if got := names(f.Again(t.Context(), []string{src})); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("with a damaged index %q", got)
	}
	if got := names(f.Again(t.Context(), nil)); got != nil {
		t.Errorf("without roots %q", got)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("what was learnt of forgotten roots is still there")
	}
	if _, err := f.Again(t.Context(), []string{"relative"}); err == nil {
		t.Error("took roots that make no sense")
	}
}
