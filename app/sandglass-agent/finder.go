package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/discover"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// finder is the agent's Finder over adapter/discover. It keeps the index of the roots in memory and in a file.
type finder struct {
	find *discover.Finder
	path string // of the index
	log  *slog.Logger

	mu    sync.Mutex
	index *discover.Index
	last  discover.Result
	read  bool // the file was looked at
	kept  bool // it was written
}

var _ agent.Finder = (*finder)(nil)

func newFinder(home, path string, log *slog.Logger) (*finder, error) {
	find, err := discover.New(discover.Options{Names: agent.ProjectFiles(), Home: home})
	if err != nil {
		return nil, err
	}
	return &finder{find: find, path: path, log: log}, nil
}

// Find implements agent.Finder.
func (f *finder) Find(ctx context.Context, roots []string, report func(api.Progress)) (agent.Found, error) {
	r, _, err := f.find.Find(ctx, roots, func(p discover.Progress) {
		if report != nil {
			report(api.Progress{Done: p.Folders, Found: p.Found, At: p.At})
		}
	})
	return found(r, nil), err
}

// Again implements agent.Finder.
func (f *finder) Again(ctx context.Context, roots []string) (agent.Found, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(roots) == 0 {
		f.index, f.last, f.read, f.kept = nil, discover.Result{}, true, false
		if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return agent.Found{}, err
		}
		return agent.Found{}, nil
	}
	if !f.read {
		f.read = true
		index, err := discover.Load(f.path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			f.log.Info("Read the index of projects; all folders are read instead", "error", err)
		}
		f.index = index
	}
	r, index, err := f.find.Again(ctx, f.index, roots, nil)
	if err != nil {
		return agent.Found{}, err
	}
	f.keep(ctx, r, index)
	return found(r, f.index), nil
}

// Look implements agent.Finder.
func (f *finder) Look(ctx context.Context, dirs []string) (agent.Found, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.index == nil { // of too many folders there is none
		return found(f.last, nil), nil
	}
	r, index, err := f.find.Look(ctx, f.index, dirs)
	if err != nil {
		return agent.Found{}, err
	}
	f.keep(ctx, r, index)
	return found(r, f.index), nil
}

// keep keeps what was learnt. The file is written where projects came or went: without that it is only older, and
// the next start reads more folders.
func (f *finder) keep(ctx context.Context, r discover.Result, index *discover.Index) {
	if ctx.Err() != nil {
		return
	}
	came, went, other := discover.Changes(f.last, r)
	f.last, f.index = r, index
	if index == nil || f.kept && len(came)+len(went)+len(other) == 0 {
		return
	}
	f.kept = true
	if err := index.Save(f.path); err != nil {
		f.log.Warn("Keep the index of projects", "error", err)
	}
}

// found is a result as the agent knows it.
func found(r discover.Result, index *discover.Index) agent.Found {
	out := agent.Found{Folders: r.Folders, Cut: r.Cut}
	for _, p := range r.Projects {
		out.Projects = append(out.Projects, agent.FoundFolder{Dir: p.Dir, Files: slices.Clone(p.Files)})
	}
	for _, u := range r.Unread {
		out.Unread = append(out.Unread, u.Dir)
	}
	if index != nil {
		out.Watch = index.Watch(discover.MaxWatch, time.Now())
	}
	return out
}
