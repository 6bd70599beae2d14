package agent

import (
	"context"
	"errors"
	"time"
)

// Errors of Git, for errors.Is.
var (
	ErrNoGit      = errors.New("no git program is here")
	ErrNoRepo     = errors.New("no git repository is here")
	ErrHookScript = errors.New("the hook is no shell script") // so no line can be added to it
)

// Git opens repositories, which may be hostile: nothing of theirs runs. Implemented by adapter/git.
type Git interface {
	// Open finds the repository that a folder belongs to. ErrNoGit, ErrNoRepo.
	Open(ctx context.Context, at GitPlace) (Repo, error)
}

// GitPlace says which repository is meant. Dir is a folder in it; the rest is for a git that told it to a hook, and
// mostly empty.
type GitPlace struct{ Dir, GitDir, WorkTree, IndexFile string }

// Repo is a git repository. Paths are from its root, with slashes.
type Repo interface {
	// Root is the folder of its files, "" where none are checked out.
	Root() string
	// Tracked lists the files of the index, each once.
	Tracked(ctx context.Context) ([]Blob, error)
	// Staged lists those whose content in the index the last commit has not.
	Staged(ctx context.Context) ([]Blob, error)
	// Ignored returns those of the paths that git leaves out.
	Ignored(ctx context.Context, paths []string) ([]string, error)
	// Contents starts reading contents.
	Contents(ctx context.Context) (Contents, error)
	// History visits each content that the history brought once, the newest first. An error of visit's ends it.
	History(ctx context.Context, visit func(Commit, Blob) error, progress func(done, total int)) error
	// Hook tells what stands where git looks for a pre-commit hook.
	Hook(ctx context.Context) (Hook, error)
	// Guard is the edit that has the hook ask Sandglass, or no longer. ErrHookScript.
	Guard(ctx context.Context, on bool) (FileEdit, error)
	// Ignore is the edit that has git leave out a file; Old and New are equal where it does so.
	Ignore(ctx context.Context, path string) (FileEdit, error)
	// Untrack takes a file out of the index and leaves it on disk.
	Untrack(ctx context.Context, path string) error
}

// Contents reads contents, one after the other. It is for one goroutine.
type Contents interface {
	// Read returns at most so many bytes of one. ErrNotFound where a shallow or partial clone lacks it.
	Read(id string, most int64) ([]byte, error)
	Close() error
}

// Blob is a file's content as a repository has it.
type Blob struct {
	Path string
	ID   string // its hash
	Link bool
	Was  string // of Staged: the hash of what the last commit has under that name, "" for none
}

// Commit is where a content came into the history.
type Commit struct {
	ID   string
	Time time.Time
}

// Hook is a repository's pre-commit hook.
type Hook struct {
	Path     string
	Ours     bool   // it asks Sandglass
	Runnable bool   // git would run it
	Shared   bool   // it lies outside of the repository, and others have it too
	Tool     string // the tool that writes it, and in whose config the command belongs; "" for none
	ToolFile string // that config
}
