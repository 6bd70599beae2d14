package agent

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// fakeFinder finds projects among a world's files.
type fakeFinder struct {
	*world
	mu    sync.Mutex
	calls []string      // what was asked, in order
	hold  chan struct{} // not nil: Find waits for it, or for its end
	err   error
	roots []string // of the last Again
}

func (f *fakeFinder) note(call string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call)
}

// asked are the calls since it was last asked.
func (f *fakeFinder) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.calls
	f.calls = nil
	return out
}

func (f *fakeFinder) Find(ctx context.Context, roots []string, report func(api.Progress)) (Found, error) {
	f.note("find " + strings.Join(roots, " "))
	found := f.below(roots)
	if report != nil {
		report(api.Progress{Done: found.Folders, Found: len(found.Projects), At: roots[0] + "/\x1b[1mapp"})
	}
	if f.hold != nil {
		select {
		case <-f.hold:
		case <-ctx.Done():
		}
	}
	found.Watch = nil
	return found, f.err
}

func (f *fakeFinder) Again(_ context.Context, roots []string) (Found, error) {
	f.note("again " + strings.Join(roots, " "))
	f.mu.Lock()
	f.roots = roots
	f.mu.Unlock()
	return f.below(roots), f.err
}

func (f *fakeFinder) Look(_ context.Context, dirs []string) (Found, error) {
	f.note("look " + strings.Join(dirs, " "))
	return f.below(f.roots), f.err
}

// below finds what lies below some folders. Each project and each root is worth watching.
func (f *fakeFinder) below(roots []string) (found Found) {
	f.world.mu.Lock()
	defer f.world.mu.Unlock()
	all := map[string][]string{}
	for _, path := range slices.Sorted(maps.Keys(f.files)) {
		dir, name := filepath.Split(path)
		dir = filepath.Clean(dir)
		if slices.Contains(configNames, name) && slices.ContainsFunc(roots, func(root string) bool { return inside(dir, root) }) {
			all[dir] = append(all[dir], name)
		}
	}
	found.Watch = slices.Clone(roots)
	for _, dir := range slices.Sorted(maps.Keys(all)) {
		found.Projects = append(found.Projects, FoundFolder{dir, all[dir]})
		found.Watch = append(found.Watch, dir)
	}
	found.Folders, found.Unread = 10*len(all), []string{"/locked\x1b"}
	return found
}
