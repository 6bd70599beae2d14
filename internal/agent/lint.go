package agent

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/lint"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// knowledge is what the checks of files go by, as of one moment, for use beside the loop.
type knowledge struct {
	registries []registry.URL // of the user's own files, and those that there are sessions of
	managers   []injection.Manager
	ours       []string        // the variables of the env files
	defined    map[string]bool // those and others that are known to be set somewhere
	sessions   map[string]lint.Session
}

func (c *core) knowledge() knowledge {
	k := knowledge{registries: c.usersRegistries(), managers: c.managers, defined: map[string]bool{}, sessions: map[string]lint.Session{}}
	for _, v := range c.published {
		k.ours, k.defined[v.Name] = append(k.ours, v.Name), true
	}
	now := c.now()
	for u, e := range c.sessions {
		if e.Fingerprint == "" {
			continue
		}
		k.registries = append(k.registries, u)
		fingerprint, own := e.Fingerprint, ""
		if e.alive(now) && c.open() {
			own = e.Own
		}
		k.sessions[u.Key()] = lint.Session{Own: own, Is: func(s token.Secret) bool { return s.Fingerprint() == fingerprint }}
	}
	return k
}

func (k knowledge) lintFacts(sources []lint.Source) lint.Facts {
	return lint.Facts{
		Sources: sources, Managers: k.managers,
		Defined: func(name string) bool { return k.defined[name] },
		Session: func(key string) lint.Session { return k.sessions[key] },
	}
}

// maxNames is how many variables other processes are asked about.
const maxNames = 100

// seen adds to what is defined the variables of these files that some process of the user's was started
// with: their own rc files may set them, which nobody else can know.
func (a *Agent) seen(ctx context.Context, known knowledge, sources []lint.Source) {
	if a.ports.Processes == nil {
		return
	}
	wanted := map[string]bool{}
	for _, s := range sources {
		for e := range npmrc.Parse(s.Data).Entries() {
			for _, name := range npmrc.Variables(e.Value) {
				if !known.defined[name] && len(wanted) < maxNames {
					wanted[name] = true
				}
			}
		}
	}
	names := slices.Sorted(maps.Keys(wanted))
	if len(names) == 0 {
		return
	}
	holders, err := a.ports.Processes.Holding(ctx, names)
	if err != nil {
		a.log.Debug("Look for variables in other processes", "error", err)
	}
	for _, h := range holders {
		known.defined[h.Variable] = true
	}
}

// usersLevels are the user's own files as the checks call them.
var usersLevels = map[api.Level]lint.Level{
	api.LevelUser: lint.User, api.LevelGlobal: lint.Global, api.LevelPnpm: lint.Pnpm, api.LevelYarn: lint.Yarn, api.LevelProject: lint.Project,
}

// usersSources reads the user's own files as they are now. One that is not there is empty; one that cannot be
// read is left out.
func (a *Agent) usersSources() (sources []lint.Source) {
	for _, w := range a.opts.Files {
		if data, err := readOrNil(a.ports.Files, w.Path); err == nil {
			sources = append(sources, lint.Source{Path: w.Path, Level: usersLevels[w.Level], Data: data})
		}
	}
	return sources
}

// lint checks the lines of all watched files anew, beside the loop. Its findings are part of every snapshot.
func (c *core) lint() {
	if c.linting || c.stopping {
		c.lintAgain = true
		return
	}
	c.linting, c.lintAgain = true, false
	known := c.knowledge()
	var projects []string
	dirs, found := slices.Clone(c.settings.Projects), c.search.dirs
	for _, dir := range dirs {
		projects = append(projects, c.a.opts.Project(dir))
	}
	c.a.spawn(func(ctx context.Context) func() {
		sources := c.a.usersSources()
		for _, path := range projects {
			if data, err := c.a.ports.Files.Read(path); err == nil {
				sources = append(sources, lint.Source{Path: path, Level: lint.Project, Data: data})
			}
		}
		c.a.seen(ctx, known, sources)
		problems := lint.Check(known.lintFacts(sources))
		shells, hooked := c.a.shells()
		seen, more := shownFound(found, dirs)
		surveyed := c.a.survey(known, slices.Concat(dirs, seen))
		c.a.guardProjects(ctx, surveyed)
		return func() {
			c.projects, c.foundProjects, c.moreProjects, c.shownProjects = nil, nil, more, nil
			for _, p := range surveyed {
				switch {
				case slices.Contains(dirs, p.view.Dir):
					c.projects = append(c.projects, p)
				case !p.view.Missing: // the search will say so, too
					p.view.Found = true
					c.foundProjects = append(c.foundProjects, p)
				}
			}
			c.shells, c.hooked = shells, hooked
			c.linting, c.dirty, c.problems = false, true, nil
			for _, p := range problems {
				c.problems = append(c.problems, problemFinding(p))
			}
			if c.lintAgain {
				c.lint()
			}
		}
	})
}

// shells says which shells the user has, and whether any at all loads the hook.
func (a *Agent) shells() (all []api.Shell, hooked bool) {
	names := a.ports.Shells.Hooked()
	for _, name := range a.ports.Shells.Detect() {
		all = append(all, api.Shell{Name: name, Hooked: slices.Contains(names, name)})
	}
	return all, len(names) > 0
}

// planFixes shows what would put findings right. Each repair is made in what the ones before it leave.
func (a *Agent) planFixes(ctx context.Context, fixes []api.Fix) (api.Plan, error) {
	p, out, fixes, err := a.planGuard(ctx, fixes)
	if err == nil {
		fixes, err = a.planMoves(ctx, fixes, &p, &out)
	}
	if err != nil {
		return api.Plan{}, err
	}
	known, err := ask(ctx, a, func() (knowledge, error) { return a.core.knowledge(), nil })
	if err != nil {
		return api.Plan{}, err
	}
	sources := a.usersSources()
	for _, fix := range fixes {
		level, ok := lintLevels[filepath.Base(fix.File)]
		if !ok || !filepath.IsAbs(fix.File) || linked(fix.File) || slices.ContainsFunc(sources, func(s lint.Source) bool { return s.Path == fix.File }) {
			continue
		}
		if data, err := a.ports.Files.Read(fix.File); err == nil {
			sources = append(sources, lint.Source{Path: fix.File, Level: level, Data: data})
		}
	}
	a.seen(ctx, known, sources)
	before := slices.Clone(sources)
	for _, fix := range fixes {
		if !repair(sources, known, fix) {
			return api.Plan{}, &api.Error{Code: api.CodeStale, Args: map[string]string{"File": fix.File}}
		}
	}
	for i, s := range sources {
		if bytes.Equal(s.Data, before[i].Data) {
			continue
		}
		if slices.ContainsFunc(p.edits, func(e FileEdit) bool { return e.Path == s.Path }) {
			return api.Plan{}, &api.Error{Code: api.CodeUsage, Cause: "two kinds of repairs in one file: make one, then the other"}
		}
		e := FileEdit{Path: s.Path, Old: before[i].Data, New: s.Data}
		hide := ini.masked
		if s.Level == lint.Yarn || s.Level == lint.YarnProject {
			hide = yaml.masked
		}
		p.edits = append(p.edits, e)
		out.Edits = append(out.Edits, shown(e, diff(hide(e.Old), hide(e.New), contextLines)))
	}
	done := slices.Concat(p.edits, p.lines)
	for _, u := range p.untrack {
		done = append(done, FileEdit{Path: u.file, Old: []byte(u.id)})
	}
	out.ID = planID(done, api.Settings{})
	_, err = ask(ctx, a, func() (struct{}, error) {
		a.core.keepPlan(out.ID, p)
		return struct{}{}, nil
	})
	return out, err
}

// linked reports whether a file is a link: a project could have a file elsewhere edited by one.
func linked(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		info, err := os.Lstat(path) // what is written there would be written to where a link leads, although nothing is there yet
		return err == nil && info.Mode()&fs.ModeSymlink != 0
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	return err != nil || real != filepath.Join(dir, filepath.Base(path))
}

// repair makes one repair in sources. The line may have moved by an earlier one: the nearest counts.
func repair(sources []lint.Source, known knowledge, fix api.Fix) bool {
	var best *lint.Problem
	away := func(p *lint.Problem) int { return max(p.Line-fix.Line, fix.Line-p.Line) }
	found := lint.Check(known.lintFacts(sources))
	for i := range found {
		p := &found[i]
		if p.Code == fix.Code && p.Path == fix.File && len(p.Fix) > 0 && (best == nil || away(p) < away(best)) {
			best = p
		}
	}
	if best == nil {
		return false
	}
	for _, change := range best.Fix {
		for i := range sources {
			if sources[i].Path == change.Path {
				sources[i].Data = change.New
			}
		}
	}
	return true
}
