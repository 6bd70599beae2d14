package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/sandglass-dev/sandglass/internal/adapter/git"
	"github.com/sandglass-dev/sandglass/internal/agent"
)

// gitPort is adapter/git as the agent asks it.
type gitPort struct{}

// Open implements agent.Git.
func (gitPort) Open(ctx context.Context, at agent.GitPlace) (agent.Repo, error) {
	r, err := git.OpenAt(ctx, git.Where(at))
	if err != nil {
		return nil, gitError(err)
	}
	return repo{r}, nil
}

// gitError adds the agent's errors to the adapter's.
func gitError(err error) error {
	for ours, theirs := range map[error]error{
		agent.ErrNoGit: git.ErrNoGit, agent.ErrNoRepo: git.ErrNone, agent.ErrHookScript: git.ErrScript, agent.ErrNotFound: git.ErrMissing,
	} {
		if errors.Is(err, theirs) {
			return fmt.Errorf("%w: %w", ours, err)
		}
	}
	return err
}

type repo struct{ *git.Repo }

// Root implements agent.Repo.
func (r repo) Root() string { return r.Repo.Root }

// Tracked implements agent.Repo.
func (r repo) Tracked(ctx context.Context) ([]agent.Blob, error) { return blobs(r.Repo.Tracked(ctx)) }

// Staged implements agent.Repo.
func (r repo) Staged(ctx context.Context) ([]agent.Blob, error) { return blobs(r.Repo.Staged(ctx)) }

func blobs(all []git.Blob, err error) ([]agent.Blob, error) {
	list := make([]agent.Blob, 0, len(all))
	for _, b := range all {
		list = append(list, blob(b))
	}
	return list, err
}

func blob(b git.Blob) agent.Blob {
	return agent.Blob{Path: b.Path, ID: b.ID, Link: b.Mode == "120000", Was: b.Was}
}

// Contents implements agent.Repo.
func (r repo) Contents(ctx context.Context) (agent.Contents, error) {
	b, err := r.Blobs(ctx)
	if err != nil {
		return nil, err
	}
	return contents{b}, nil
}

type contents struct{ *git.Blobs }

// Read implements agent.Contents.
func (c contents) Read(id string, most int64) ([]byte, error) {
	text, err := c.Blobs.Read(id, most)
	if err != nil {
		return nil, gitError(err)
	}
	return text, nil
}

// History implements agent.Repo.
func (r repo) History(ctx context.Context, visit func(agent.Commit, agent.Blob) error, progress func(done, total int)) error {
	return r.Repo.History(ctx, func(c git.Commit, b git.Blob) error { return visit(agent.Commit(c), blob(b)) }, progress)
}

// Hook implements agent.Repo.
func (r repo) Hook(ctx context.Context) (agent.Hook, error) {
	h, err := r.Repo.Hook(ctx)
	if err != nil {
		return agent.Hook{}, gitError(err)
	}
	out := agent.Hook{Path: h.Path, Ours: h.Ours, Runnable: h.Executable, Shared: h.Outside}
	if h.SnippetIn != "" {
		out.Tool, out.ToolFile = h.Tool, h.SnippetIn
	}
	return out, nil
}

// Guard implements agent.Repo.
func (r repo) Guard(ctx context.Context, on bool) (agent.FileEdit, error) {
	change := r.RemoveHook
	if on {
		change = r.AddHook
	}
	e, err := change(ctx)
	if err != nil {
		return agent.FileEdit{}, gitError(err)
	}
	return agent.FileEdit{Path: e.Path, Old: e.Old, New: e.New}, nil
}

// Ignore implements agent.Repo.
func (r repo) Ignore(ctx context.Context, path string) (agent.FileEdit, error) {
	e, err := r.Repo.Ignore(ctx, path)
	return agent.FileEdit(e), err
}
