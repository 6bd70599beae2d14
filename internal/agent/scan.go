package agent

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
)

// What a report tells at most.
const (
	maxLeaks  = 2000
	maxUnread = 100
)

// stepsPerReport is how many files or commits go by between two words about how far it is.
const stepsPerReport = 32

// scan is one search for credentials that lie about.
type scan struct {
	a      *Agent
	ctx    context.Context
	req    api.ScanRequest
	report func(api.Progress)
	out    api.ScanReport
	known  knownSecrets
	told   map[spot]bool
	places map[spot][]int  // where in out the leaks of one credential in one file are, by a spot without a line
	seen   map[string]bool // shell files
	steps  int
}

// spot is a credential at a place.
type spot struct {
	file, print string
	line        int
}

// Scan implements api.Agent.
func (a *Agent) Scan(ctx context.Context, req api.ScanRequest, report func(api.Progress)) (api.ScanReport, error) {
	if report == nil {
		report = func(api.Progress) {}
	}
	k, err := ask(ctx, a, func() (knownSecrets, error) { return a.core.knownSecrets(), nil })
	if err != nil {
		return api.ScanReport{}, err
	}
	s := &scan{a: a, ctx: ctx, req: req, report: report, out: api.ScanReport{Leaks: []api.Leak{}}, known: k, told: map[spot]bool{}, places: map[spot][]int{}, seen: map[string]bool{}}
	if req.Shell {
		err = s.shells()
	} else {
		err = s.folder()
	}
	switch {
	case ctx.Err() != nil:
		return api.ScanReport{}, &api.Error{Code: api.CodeCancelled}
	case err != nil:
		return api.ScanReport{}, err
	}
	s.finish()
	return s.out, nil
}

// folder looks at a folder, in the way that its repository asks for.
func (s *scan) folder() error {
	if !filepath.IsAbs(s.req.Dir) {
		return &api.Error{Code: api.CodeUsage, Cause: "the folder is no absolute path"}
	}
	dir, err := filepath.EvalSymlinks(s.req.Dir)
	if err != nil {
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": nameable(s.req.Dir)}, Cause: nameable(err.Error())}
	}
	s.req.Dir = dir
	repo, err := s.a.repo(s.ctx, GitPlace{Dir: dir, GitDir: s.req.Git.Dir, WorkTree: s.req.Git.WorkTree, IndexFile: s.req.Git.Index})
	if errors.Is(err, ErrNoRepo) || errors.Is(err, ErrNoGit) {
		if !s.req.Staged && !s.req.History {
			return s.loose(dir, nil)
		}
		return noGit(err)
	}
	if err != nil {
		return noGit(err)
	}
	return s.repository(repo)
}

// repo opens a repository.
func (a *Agent) repo(ctx context.Context, at GitPlace) (Repo, error) {
	if a.ports.Git == nil {
		return nil, ErrNoGit
	}
	return a.ports.Git.Open(ctx, at)
}

func noGit(err error) error { return &api.Error{Code: api.CodeNoGit, Cause: nameable(err.Error())} }

// nameable is a path, or a text with one, as it may be shown: even a name may hold a credential.
func nameable(path string) string {
	if len(leak.Scan("", []byte(path))) == 0 {
		return path
	}
	return npmrc.Redact(path)
}

// step counts a file, and tells now and then how far it is.
func (s *scan) step(path string) error {
	s.out.Files++
	s.tell(api.Progress{Done: s.out.Files, At: path})
	return s.ctx.Err()
}

func (s *scan) tell(p api.Progress) {
	if s.steps++; s.steps%stepsPerReport == 1 {
		p.Found, p.At = len(s.out.Leaks), nameable(p.At)
		s.report(p)
	}
}

// unread notes a file that could not be looked at, or not all of it.
func (s *scan) unread(path string) {
	if path = nameable(path); slices.Contains(s.out.Unread, path) {
		return
	}
	if s.out.Cut = s.out.Cut || len(s.out.Unread) >= maxUnread; len(s.out.Unread) < maxUnread {
		s.out.Unread = append(s.out.Unread, path)
	}
}

// add tells of a credential, once at each place.
func (s *scan) add(file string, l exposed, state api.LeakState) {
	at := spot{file, l.Fingerprint, l.Line}
	if s.told[at] {
		return
	}
	if len(s.out.Leaks) >= maxLeaks {
		s.out.Cut = true
		return
	}
	whole := spot{file: file, print: l.Fingerprint}
	s.told[at], s.places[whole] = true, append(s.places[whole], len(s.out.Leaks))
	one := api.Leak{
		File: nameable(file), Line: l.Line, State: state, Kind: l.Kind, Form: string(l.Form), Registry: l.Registry, Masked: l.Masked,
		Fingerprint: l.Fingerprint, Certain: l.Certain, Session: s.known.sessions[l.Fingerprint], Kept: s.known.kept[l.Fingerprint],
	}
	for _, code := range s.fixes(file, l, state) {
		one.Fixes = append(one.Fixes, api.Fix{Code: code, File: one.File, Line: l.Line})
	}
	s.out.Leaks = append(s.out.Leaks, one)
}

// states from the worst.
var stateRank = map[api.LeakState]int{api.LeakCommitted: 0, api.LeakTracked: 1, api.LeakStaged: 2, api.LeakUntracked: 3, api.LeakIgnored: 4, api.LeakOutside: 5}

// finish puts the worst first.
func (s *scan) finish() {
	slices.SortStableFunc(s.out.Leaks, func(a, b api.Leak) int {
		return cmp.Or(stateRank[a.State]-stateRank[b.State], cmp.Compare(a.File, b.File), a.Line-b.Line)
	})
	s.report(api.Progress{Done: s.out.Files + s.out.Commits, Found: len(s.out.Leaks), Total: s.out.Files + s.out.Commits})
}
