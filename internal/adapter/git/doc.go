// Package git asks the git program about repositories that may be hostile, and runs nothing of theirs.
//
// Only plumbing is used, of a git found by an absolute folder of PATH outside of the repository. Whatever the
// repository's config says, no hook, fsmonitor, pager, filter, textconv, alias, signature program, helper or
// transport runs: commands are built in, settings that start programs are overridden, no transport is allowed, and
// contents are read as they are stored. Variables of git's own in the environment do not count, except those with
// which the user says where the user's own config is and how far to look for a repository. Nothing is written, but by
// Untrack.
//
// A config can still make git wait, on a pipe that it includes for instance: give calls a deadline. What a partial clone
// lacks is not fetched but an error.
//
// A repository of another user's is an error, ErrForeign, until the user's safe.directory names it, as for git itself.
// Names are passed as they are, NUL between them; none is ever an option or a pattern.
package git

import (
	"errors"
	"time"
)

// Errors, for errors.Is.
var (
	ErrNoGit   = errors.New("no git program is in PATH")
	ErrNone    = errors.New("no git repository is here")
	ErrForeign = errors.New("the git repository belongs to another user")
	ErrMissing = errors.New("the object is not in the repository") // of a shallow or partial clone
	ErrManaged = errors.New("the hook is written by a tool that would write it anew")
	ErrScript  = errors.New("the hook is no shell script")
)

// Where says which repository is meant. Dir is a folder in it; the rest is for a git that said it in the environment
// of a hook, and mostly empty.
type Where struct{ Dir, GitDir, WorkTree, IndexFile string }

// Repo is one repository, or one worktree of it. It may be used by many goroutines.
type Repo struct {
	Root      string // the work tree's folder, "" for a bare one
	GitDir    string // what belongs to this worktree
	CommonDir string // what all worktrees share
	Bare      bool
	Linked    bool   // a worktree that `git worktree add` made
	Super     string // the work tree of the repository that this one is a submodule of
	Nested    string // the work tree of another repository that this one lies in without being its submodule
	Sparse    bool   // not all files are checked out
	Shallow   bool   // its history is cut off

	program string
	where   Where
}

// Blob is a file's content as the repository has it.
type Blob struct {
	Path string // from the root, with slashes
	ID   string
	Mode string // 100644, 100755; of a link 120000
	Was  string // of Staged: the id of what the last commit has under that name, "" for none
}

// Commit is where a content came into the history.
type Commit struct {
	ID   string
	Time time.Time
}

// Hook says what stands where git looks for a pre-commit hook.
type Hook struct {
	Path       string // the file that git runs, or that the tool in charge of hooks runs
	HooksPath  string // what core.hooksPath says, "" if it says nothing
	Outside    bool   // the file lies outside of the repository: other repositories share it
	Exists     bool
	Executable bool   // it is run
	Ours       bool   // our line stands in it
	Tool       string // husky, lefthook or pre-commit
	Snippet    string // what to write into that tool's config, where it writes the hook itself
	SnippetIn  string // and the config's name
}

// HookEdit is a change of a hook file. All that stood in it stays to the byte.
type HookEdit struct {
	Path       string
	Old        []byte // nil: there is no file
	New        []byte // nil: the file is to go
	Executable bool   // it must be executable
}

// IgnoreEdit is a change of a .gitignore file. Old and New are equal if nothing is to be done.
type IgnoreEdit struct {
	Path     string
	Old, New []byte
}
