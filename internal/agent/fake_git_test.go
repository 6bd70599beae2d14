package agent

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeGit knows repositories whose files are real.
type fakeGit struct {
	mu    sync.Mutex
	repos []*fakeRepo
	err   error
	asked []GitPlace
}

// Open implements Git.
func (g *fakeGit) Open(_ context.Context, at GitPlace) (Repo, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, at)
	if g.err != nil {
		return nil, g.err
	}
	for _, r := range g.repos {
		if rel, err := filepath.Rel(r.root, at.Dir); err == nil && filepath.IsLocal(rel) {
			return r, nil
		}
	}
	return nil, ErrNoRepo
}

// add makes a repository of a folder that has these files, the tracked ones among them in the index.
func (g *fakeGit) add(t *testing.T, dir string, files map[string]string, tracked ...string) *fakeRepo {
	t.Helper()
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := &fakeRepo{root: root, index: map[string]string{}, blobs: map[string]string{}, staged: map[string]bool{}}
	for name, text := range files {
		r.put(t, name, text)
		if slices.Contains(tracked, name) {
			r.stage(name, text)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.repos = append(g.repos, r)
	return r
}

// fakeRepo is a repository as a test says it is. What is in staged is what the last commit has not.
type fakeRepo struct {
	root    string
	mu      sync.Mutex
	index   map[string]string // id by path
	blobs   map[string]string // text by id
	staged  map[string]bool
	was     map[string]string // id in the last commit, by path
	links   []string
	ignored []string // prefixes
	past    []pastBlob
	hook    Hook
	hookErr error
	hookOld []byte // what stands in the hook
}

type pastBlob struct {
	c Commit
	b Blob
}

func (r *fakeRepo) put(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(r.root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (r *fakeRepo) blob(text string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(text), text))
	id := hex.EncodeToString(sum[:])
	r.blobs[id] = text
	return id
}

// stage puts a text into the index.
func (r *fakeRepo) stage(path, text string) { r.index[path] = r.blob(text) }

// commit puts a content into the history, before those that are there.
func (r *fakeRepo) commit(id, path, text string, at time.Time) {
	r.past = append(r.past, pastBlob{Commit{id, at}, Blob{Path: path, ID: r.blob(text)}})
}

// Root implements Repo, as do the others.
func (r *fakeRepo) Root() string { return r.root }

func (r *fakeRepo) Tracked(context.Context) (list []Blob, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for path, id := range r.index {
		list = append(list, Blob{Path: path, ID: id, Link: slices.Contains(r.links, path)})
	}
	slices.SortFunc(list, func(a, b Blob) int { return strings.Compare(a.Path, b.Path) })
	return list, nil
}

func (r *fakeRepo) Staged(ctx context.Context) ([]Blob, error) {
	list, err := r.Tracked(ctx)
	for i, b := range list {
		list[i].Was = r.was[b.Path]
	}
	return slices.DeleteFunc(list, func(b Blob) bool { return !r.staged[b.Path] }), err
}

func (r *fakeRepo) Ignored(_ context.Context, paths []string) (out []string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, path := range paths {
		if r.index[path] == "" && slices.ContainsFunc(r.ignored, func(p string) bool { return strings.HasPrefix(path, p) }) {
			out = append(out, path)
		}
	}
	return out, nil
}

func (r *fakeRepo) Contents(context.Context) (Contents, error) { return fakeContents{r}, nil }

type fakeContents struct{ r *fakeRepo }

func (c fakeContents) Read(id string, most int64) ([]byte, error) {
	text, ok := c.r.blobs[id]
	if !ok {
		return nil, ErrNotFound
	}
	return []byte(text)[:min(int64(len(text)), most)], nil
}

func (fakeContents) Close() error { return nil }

func (r *fakeRepo) History(_ context.Context, visit func(Commit, Blob) error, progress func(done, total int)) error {
	for i, p := range r.past {
		progress(i+1, len(r.past))
		if err := visit(p.c, p.b); err != nil {
			return err
		}
	}
	return nil
}

func (r *fakeRepo) Hook(context.Context) (Hook, error) { return r.hook, nil }

func (r *fakeRepo) Guard(_ context.Context, on bool) (FileEdit, error) {
	e := FileEdit{Path: r.hook.Path}
	switch {
	case r.hookErr != nil:
		return FileEdit{}, r.hookErr
	case on && !r.hook.Ours:
		e.Old, e.New = r.hookOld, []byte("#!/bin/sh\nsandglass scan --staged\n")
	case on && r.hookOld != nil:
		e.Old, e.New = r.hookOld, r.hookOld
	case !on && r.hook.Ours:
		e.Old = []byte("#!/bin/sh\nsandglass scan --staged\n")
	}
	return e, nil
}

func (r *fakeRepo) Ignore(_ context.Context, path string) (FileEdit, error) {
	e := FileEdit{Path: filepath.Join(r.root, ".gitignore")}
	if slices.Contains(r.ignored, path) {
		return e, nil
	}
	e.New = []byte("/" + path + "\n")
	return e, nil
}

func (r *fakeRepo) Untrack(_ context.Context, path string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.index, path)
	return nil
}
