package agent

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	kept   map[string]string // the registry of each session that is kept, by its fingerprint
	told   map[spot]bool
	places map[spot][]int // where in out the leaks of one credential in one file are, by a spot without a line
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
	kept, err := ask(ctx, a, func() (map[string]string, error) { return a.core.fingerprints(), nil })
	if err != nil {
		return api.ScanReport{}, err
	}
	s := &scan{a: a, ctx: ctx, req: req, report: report, out: api.ScanReport{Leaks: []api.Leak{}}, kept: kept, told: map[spot]bool{}, places: map[spot][]int{}}
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

// fingerprints names the registry of each session, by the session's fingerprint.
func (c *core) fingerprints() map[string]string {
	out := map[string]string{}
	for u, e := range c.sessions {
		if e.Fingerprint != "" {
			out[e.Fingerprint] = u.String()
		}
	}
	return out
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

// unread notes a file that could not be looked at.
func (s *scan) unread(path string) {
	if s.out.Cut = s.out.Cut || len(s.out.Unread) >= maxUnread; len(s.out.Unread) < maxUnread {
		s.out.Unread = append(s.out.Unread, nameable(path))
	}
}

// add tells of a credential, once at each place.
func (s *scan) add(file string, l leak.Leak, state api.LeakState) {
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
	file = nameable(file)
	one := api.Leak{
		File: file, Line: l.Line, State: state, Kind: l.Kind, Form: string(l.Form), Registry: l.Registry,
		Masked: l.Masked, Fingerprint: l.Fingerprint, Certain: l.Certain, Session: s.kept[l.Fingerprint],
	}
	if ownConfig(filepath.Base(file)) {
		switch state {
		case api.LeakTracked, api.LeakStaged:
			one.Fixes = []api.Fix{{Code: api.FixUntrack, File: file, Line: l.Line}, {Code: api.FixIgnore, File: file, Line: l.Line}}
		case api.LeakUntracked:
			one.Fixes = []api.Fix{{Code: api.FixIgnore, File: file, Line: l.Line}}
		}
	}
	s.out.Leaks = append(s.out.Leaks, one)
}

// ownConfig reports whether a file is config that may stay on one machine. Of others git should not let go because of
// one line.
func ownConfig(name string) bool {
	return slices.Contains([]string{".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml", ".bunfig.toml", ".upmconfig.toml", "auth.ini", ".envrc"}, name) ||
		name == ".env" || strings.HasPrefix(name, ".env.") || strings.HasPrefix(name, ".npmrc.")
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

// shellFiles are the start files of shells and their histories, below the home folder.
var shellFiles = []string{
	".profile", ".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".bash_aliases", ".bash_history",
	".zshrc", ".zshenv", ".zprofile", ".zlogin", ".zlogout", ".zsh_history", ".zhistory", ".histfile", ".config/zsh/.zshrc", ".config/zsh/.zshenv", ".config/zsh/.zsh_history",
	".config/fish/config.fish", ".config/fish/fish_variables", ".local/share/fish/fish_history",
	".config/powershell/profile.ps1", ".config/powershell/Microsoft.PowerShell_profile.ps1", ".local/share/powershell/PSReadLine/ConsoleHost_history.txt",
	"Documents/PowerShell/profile.ps1", "Documents/PowerShell/Microsoft.PowerShell_profile.ps1", "Documents/WindowsPowerShell/profile.ps1",
	"Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1", "AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt",
	".config/nushell/config.nu", ".config/nushell/env.nu", ".config/nushell/history.txt", ".config/environment.d/envvars.conf", ".xprofile", ".pam_environment",
}

// shells looks at the user's own shell files, which may be links: it is their home.
func (s *scan) shells() error {
	if s.a.opts.Home == "" {
		return &api.Error{Code: api.CodeUsage, Cause: "no home folder is known"}
	}
	names := slices.Clone(shellFiles)
	snippets, _ := filepath.Glob(filepath.Join(s.a.opts.Home, ".config", "fish", "conf.d", "*.fish")) // none, where there is no such folder
	for _, path := range snippets {
		names = append(names, filepath.Join(".config", "fish", "conf.d", filepath.Base(path)))
	}
	for _, name := range names {
		path := filepath.Join(s.a.opts.Home, filepath.FromSlash(name))
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if err := s.step(path); err != nil {
			return err
		}
		text, _, err := readSome(os.Open(path))
		if err != nil {
			s.unread(path)
			continue
		}
		for _, l := range leak.Scan(path, text) {
			s.add(path, l, api.LeakOutside)
		}
	}
	return nil
}
