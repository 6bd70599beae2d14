package agent

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// untracking is a file that git is to forget, as it was when that was planned.
type untracking struct{ root, file, path, id string }

// guardCodes are the repairs that concern git.
var guardCodes = []string{api.FixIgnore, api.FixUntrack, api.FixHook, api.FixUnhook, api.FindingLeakTracked}

// guarding is a plan that concerns git, in the making.
type guarding struct {
	a   *Agent
	ctx context.Context
	p   plan
	out api.Plan
}

// planGuard shows those of the repairs that concern git, and returns the others.
func (a *Agent) planGuard(ctx context.Context, fixes []api.Fix) (p plan, out api.Plan, rest []api.Fix, err error) {
	g := &guarding{a: a, ctx: ctx, out: api.Plan{Edits: []api.PlanEdit{}, Reach: []injection.Reach{}, Shells: []string{}, Managers: []injection.Manager{}}}
	done := map[api.Fix]bool{}
	for _, fix := range fixes {
		if !slices.Contains(guardCodes, fix.Code) {
			rest = append(rest, fix)
			continue
		}
		if fix.Line = 0; done[fix] { // it is for the whole file
			continue
		}
		done[fix] = true
		if err := g.fix(fix); err != nil {
			return plan{}, api.Plan{}, nil, err
		}
	}
	for _, e := range g.p.edits {
		g.out.Edits = append(g.out.Edits, shown(e, diff(string(e.Old), string(e.New), 0))) // only what is ours
	}
	return g.p, g.out, rest, nil
}

func stale(file string) error {
	return &api.Error{Code: api.CodeStale, Args: map[string]string{"File": file}}
}

// fix adds one repair.
func (g *guarding) fix(fix api.Fix) error {
	if !filepath.IsAbs(fix.File) {
		return &api.Error{Code: api.CodeUsage, Cause: "the path is not absolute"}
	}
	if fix.Code == api.FixHook || fix.Code == api.FixUnhook {
		return g.hook(fix.File, fix.Code == api.FixHook)
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(fix.File))
	if err != nil || linked(fix.File) {
		return stale(fix.File)
	}
	r, err := g.a.repo(g.ctx, GitPlace{Dir: dir})
	if err != nil {
		return noGit(err)
	}
	rel, err := filepath.Rel(r.Root(), filepath.Join(dir, filepath.Base(fix.File)))
	if err != nil || !filepath.IsLocal(rel) {
		return stale(fix.File)
	}
	u := untracking{root: r.Root(), file: fix.File, path: filepath.ToSlash(rel)}
	if fix.Code != api.FixIgnore {
		if u.id, err = indexed(g.ctx, r, u.path); err != nil {
			return err
		}
		switch {
		case u.id != "":
			g.untrack(u)
		case fix.Code == api.FixUntrack:
			return stale(fix.File)
		}
	}
	if fix.Code == api.FixUntrack {
		return nil
	}
	return g.ignore(r, u.path)
}

// indexed is the id of a file in the index, "" if it is not there.
func indexed(ctx context.Context, r Repo, path string) (string, error) {
	list, err := r.Tracked(ctx)
	if err != nil {
		return "", noGit(err)
	}
	for _, b := range list {
		if b.Path == path {
			return b.ID, nil
		}
	}
	return "", nil
}

func (g *guarding) untrack(u untracking) {
	if slices.Contains(g.p.untrack, u) {
		return
	}
	g.p.untrack = append(g.p.untrack, u)
	git := "git -C " + quoted(u.root)
	g.out.Commands = append(g.out.Commands, git+" rm --cached -- "+quoted(u.path))
	g.out.Undo = append(g.out.Undo, git+" add --force -- "+quoted(u.path))
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_@%+=:,./-", r) || r == filepath.Separator
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// ignore adds a line to .gitignore, behind those of the same plan.
func (g *guarding) ignore(r Repo, path string) error {
	e, err := r.Ignore(g.ctx, path)
	if err != nil {
		return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": filepath.Join(r.Root(), ".gitignore")}, Cause: err.Error()}
	}
	line, more := bytes.CutPrefix(e.New, e.Old)
	if !more || len(line) == 0 {
		return nil
	}
	for i, have := range g.p.edits {
		if have.Path == e.Path {
			g.p.edits[i].New = append(bytes.Clone(have.New), bytes.TrimLeft(line, "\r\n")...)
			return nil
		}
	}
	g.p.edits = append(g.p.edits, e)
	return nil
}

// hook has a repository's hook ask Sandglass, or no longer.
func (g *guarding) hook(dir string, on bool) error {
	r, err := g.a.repo(g.ctx, GitPlace{Dir: dir})
	if err != nil {
		return noGit(err)
	}
	h, err := r.Hook(g.ctx)
	if err != nil {
		return hookError(h, err)
	}
	if on && h.Tool != "" && !h.Ours {
		return &api.Error{Code: api.CodeHookTool, Args: map[string]string{"Tool": h.Tool, "File": h.ToolFile}}
	}
	e, err := r.Guard(g.ctx, on)
	if err != nil {
		return hookError(h, err)
	}
	if on && e.Old != nil && !h.Runnable { // whoever switched it off does not want all of it to run again
		return &api.Error{Code: api.CodeHookOff, Args: map[string]string{"File": h.Path}}
	}
	fresh := e.Old == nil && e.New != nil
	if !fresh && (e.New == nil && e.Old == nil || e.New != nil && bytes.Equal(e.Old, e.New)) {
		return nil
	}
	g.p.edits = append(g.p.edits, e)
	if on && fresh {
		g.p.runnable = append(g.p.runnable, e.Path)
	}
	if h.Shared {
		g.out.Warnings = append(g.out.Warnings, api.Finding{Code: api.FindingHookShared, Severity: api.SeverityWarning, File: e.Path})
	}
	return nil
}

func hookError(h Hook, err error) error {
	code := api.CodeFile
	if errors.Is(err, ErrHookScript) {
		code = api.CodeHookScript
	}
	return &api.Error{Code: code, Args: map[string]string{"File": h.Path}, Cause: err.Error()}
}

// unchanged says whether git still has the files that it is to forget as they were when that was planned.
func (a *Agent) unchanged(ctx context.Context, p plan) error {
	for _, u := range p.untrack {
		r, err := a.repo(ctx, GitPlace{Dir: u.root})
		if err != nil {
			return noGit(err)
		}
		id, err := indexed(ctx, r, u.path)
		if err != nil {
			return err
		}
		if id != u.id || r.Root() != u.root {
			return stale(u.file)
		}
	}
	return nil
}

// guard does what a plan has to be done with git, once its edits are made.
func (a *Agent) guard(ctx context.Context, p plan) error {
	for _, path := range p.runnable {
		if err := a.ports.Files.Runnable(path); err != nil {
			return &api.Error{Code: api.CodeFile, Args: map[string]string{"File": path}, Cause: err.Error()}
		}
	}
	for _, u := range p.untrack {
		r, err := a.repo(ctx, GitPlace{Dir: u.root})
		if err == nil {
			err = r.Untrack(ctx, u.path)
		}
		if err != nil {
			return noGit(err)
		}
	}
	if len(p.untrack)+len(p.runnable) == 0 {
		return nil
	}
	_, err := ask(ctx, a, func() (struct{}, error) { a.core.lint(); return struct{}{}, nil })
	return err
}
