package agent

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
)

// tracked is what git tracks of the folder that is looked at.
type tracked struct {
	repo   Repo
	prefix string // of the folder, from the repository's root: "" or with a slash behind it
	paths  map[string]bool
}

// has reports whether a path from the folder is tracked. Outside of a repository none is.
func (t *tracked) has(path string) bool { return t != nil && t.paths[t.prefix+path] }

// repository looks at a repository, or at the part of it that the folder is.
func (s *scan) repository(r Repo) error {
	s.out.Root = nameable(r.Root())
	if hook, err := r.Hook(s.ctx); err == nil {
		s.out.Hooked = hook.Ours && hook.Runnable
	}
	if r.Root() == "" && !s.req.History {
		return &api.Error{Code: api.CodeNoGit, Cause: "the repository has no files checked out; --history looks at what it keeps"}
	}
	contents, err := r.Contents(s.ctx)
	if err != nil {
		return noGit(err)
	}
	defer contents.Close()
	t := &tracked{repo: r, paths: map[string]bool{}}
	if rel, err := filepath.Rel(r.Root(), s.req.Dir); err == nil && rel != "." && filepath.IsLocal(rel) {
		t.prefix = filepath.ToSlash(rel) + "/"
	}
	g := &gitScan{scan: s, in: t, contents: contents}
	switch {
	case s.req.Staged:
		err = g.stagedOnly()
	case r.Root() != "":
		if err = g.files(); err == nil {
			err = s.loose(filepath.Join(r.Root(), filepath.FromSlash(t.prefix)), t)
		}
	}
	if err == nil && s.req.History {
		err = g.history()
	}
	return err
}

// gitScan is a scan of what a repository has.
type gitScan struct {
	*scan
	in       *tracked
	contents Contents
	staged   map[string]Blob // by path
}

func (g *gitScan) file(path string) string {
	return filepath.Join(g.in.repo.Root(), filepath.FromSlash(path))
}

// stagedOnly looks at what the next commit would bring.
func (g *gitScan) stagedOnly() error {
	list, err := g.in.repo.Staged(g.ctx)
	if err != nil {
		return noGit(err)
	}
	for _, b := range list {
		if err := g.step(g.file(b.Path)); err != nil {
			return err
		}
		all, err := g.blob(b)
		if err != nil {
			return err
		}
		had, err := g.had(b, all)
		if err != nil {
			return err
		}
		for _, l := range all {
			if !holds(had, l) {
				g.add(g.file(b.Path), l, api.LeakStaged)
			}
		}
	}
	return nil
}

// had is what the last commit has of a file that is staged. It is asked where credentials are staged, and then alone.
func (g *gitScan) had(b Blob, staged []exposed) ([]exposed, error) {
	if b.Was == "" || len(staged) == 0 {
		return nil, nil
	}
	text, err := g.contents.Read(b.Was, leak.MaxSize)
	if err != nil && !errors.Is(err, ErrNotFound) { // what a partial clone lacks had nothing, as far as one knows
		return nil, noGit(err)
	}
	return committedOnly(b.Path, text), nil
}

func holds(list []exposed, l exposed) bool {
	return slices.ContainsFunc(list, func(o exposed) bool { return o.Fingerprint == l.Fingerprint })
}

// blob looks at a content.
func (g *gitScan) blob(b Blob) ([]exposed, error) {
	text, err := g.contents.Read(b.ID, leak.MaxSize+1)
	if errors.Is(err, ErrNotFound) {
		g.unread(g.file(b.Path))
		return nil, nil
	}
	if err != nil {
		return nil, noGit(err)
	}
	if len(text) > leak.MaxSize && isText(text) {
		g.unread(g.file(b.Path))
	}
	return committedOnly(b.Path, text), nil
}

// files looks at the files that git tracks, and at what the index has of them where that is something else.
func (g *gitScan) files() error {
	list, err := g.in.repo.Tracked(g.ctx)
	if err != nil {
		return noGit(err)
	}
	staged, err := g.in.repo.Staged(g.ctx)
	if err != nil {
		return noGit(err)
	}
	g.staged = map[string]Blob{}
	for _, b := range staged {
		g.staged[b.Path] = b
	}
	root, err := os.OpenRoot(g.in.repo.Root())
	if err != nil {
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": g.out.Root}, Cause: nameable(err.Error())}
	}
	defer root.Close()
	for _, b := range list {
		if !strings.HasPrefix(b.Path, g.in.prefix) {
			continue
		}
		g.in.paths[b.Path] = true
		if b.Link {
			continue
		}
		if err := g.one(root, b); err != nil {
			return err
		}
	}
	return nil
}

// one looks at one tracked file.
func (g *gitScan) one(root *os.Root, b Blob) error {
	file := g.file(b.Path)
	if err := g.step(file); err != nil {
		return err
	}
	text, size, err := readIn(root, filepath.FromSlash(b.Path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errNotFile) {
		g.unread(file)
	}
	var here, index []exposed
	same := err == nil && size == int64(len(text)) && isBlob(text, b.ID)
	if err == nil {
		here = onDisk(b.Path, text)
		if size > int64(len(text)) && isText(text) {
			g.unread(file)
		}
	}
	if index = here; !same {
		if index, err = g.blob(b); err != nil {
			return err
		}
	}
	return g.addTracked(b, here, index)
}

// addTracked tells of what a tracked file has, on disk and in the index. What the last commit has not is staged.
func (g *gitScan) addTracked(b Blob, here, index []exposed) error {
	staged, isStaged := g.staged[b.Path]
	had, err := g.had(staged, index)
	if err != nil {
		return err
	}
	state := func(l exposed) api.LeakState {
		if isStaged && holds(index, l) && !holds(had, l) {
			return api.LeakStaged
		}
		return api.LeakTracked
	}
	for _, l := range here {
		g.add(g.file(b.Path), l, state(l))
	}
	for _, l := range index {
		if !holds(here, l) {
			g.add(g.file(b.Path), l, state(l))
		}
	}
	return nil
}

// history looks at every content that was ever committed.
func (g *gitScan) history() error {
	err := g.in.repo.History(g.ctx, func(c Commit, b Blob) error {
		if b.Link || !strings.HasPrefix(b.Path, g.in.prefix) {
			return nil
		}
		all, err := g.blob(b)
		if err != nil {
			return err
		}
		for _, l := range all {
			g.committed(c, b, l)
		}
		return nil
	}, func(done, total int) {
		g.out.Commits = total
		g.tell(api.Progress{Done: done, Total: total})
	})
	var told *api.Error
	if err != nil && !errors.As(err, &told) {
		return noGit(err)
	}
	return err
}

// committed tells of a credential in the history: at the places where it still lies, if it does. The history goes back
// in time, so that the last word is the first commit's.
func (g *gitScan) committed(c Commit, b Blob, l exposed) {
	at := spot{file: g.file(b.Path), print: l.Fingerprint}
	if len(g.places[at]) == 0 {
		g.add(at.file, l, api.LeakCommitted)
	}
	for _, i := range g.places[at] {
		g.out.Leaks[i].Commit, g.out.Leaks[i].When = c.ID, c.Time
	}
}
