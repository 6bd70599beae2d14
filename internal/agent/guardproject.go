package agent

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/hostile"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
)

// lineOf is a line of a file that a credential stands in.
type lineOf struct {
	file string
	line int
}

// envNames are the files with variables that may lie beside a project's config.
var envNames = slices.DeleteFunc(slices.Clone(hostile.Names), func(name string) bool { return !strings.HasPrefix(name, ".env") })

// literals are the lines of a project's own files that hold credentials. A link's target is no file of the project's.
func (a *Agent) literals(dir string, near []nearDir) (out []lineOf) {
	for _, n := range near {
		if n.dir != dir {
			continue
		}
		for _, name := range n.names {
			path := filepath.Join(dir, name)
			if !ownConfig(name) || linked(path) {
				continue
			}
			data, err := a.ports.Files.Read(path)
			if err != nil {
				continue // what cannot be read is told elsewhere
			}
			for _, l := range leak.Scan(path, data) {
				if at := (lineOf{path, l.Line}); !slices.Contains(out, at) {
					out = append(out, at)
				}
			}
		}
	}
	return out
}

// guardProjects asks git about those projects whose files hold credentials. What git tracks changes without any of
// these files, so that it is asked each time.
func (a *Agent) guardProjects(ctx context.Context, all []project) {
	for i := range all {
		p := &all[i]
		if p.tracked = nil; len(p.literals) > 0 {
			p.tracked = a.trackedLines(ctx, p.view.Dir, p.literals)
		}
	}
}

// gitPatience is how long git may take over one project that nobody asked about: a hostile one can make it wait for good.
const gitPatience = 10 * time.Second

// trackedLines are the findings for lines in files that git tracks, or would take.
func (a *Agent) trackedLines(ctx context.Context, dir string, lines []lineOf) (out []api.Finding) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, gitPatience)
	defer cancel()
	r, err := a.repo(ctx, GitPlace{Dir: real})
	if err != nil || r.Root() == "" {
		return nil
	}
	path := func(l lineOf) string {
		rel, _ := filepath.Rel(r.Root(), filepath.Join(real, filepath.Base(l.file))) // the repository holds the folder
		return filepath.ToSlash(rel)
	}
	var paths []string
	for _, l := range lines {
		if !slices.Contains(paths, path(l)) {
			paths = append(paths, path(l))
		}
	}
	ignored, err := r.Ignored(ctx, paths) // of those that are tracked it names none
	if err != nil {
		a.log.Debug("Ask git about a project", "dir", dir, "error", err)
		return nil
	}
	for _, l := range lines {
		if !slices.Contains(ignored, path(l)) {
			out = append(out, api.Finding{
				Code: api.FindingLeakTracked, Severity: api.SeverityError, File: l.file, Line: l.line, Action: &api.Action{Verb: api.VerbFix, Path: l.file},
			})
		}
	}
	return out
}

// leakFindings are those of the watched projects.
func (c *core) leakFindings() (out []api.Finding) {
	for _, p := range c.projects {
		out = append(out, p.tracked...)
	}
	return out
}

// toldAsTracked reports whether a line is told of as one that git keeps.
func (c *core) toldAsTracked(file string, line int) bool {
	return slices.ContainsFunc(c.projects, func(p project) bool {
		return slices.ContainsFunc(p.tracked, func(f api.Finding) bool { return f.File == file && f.Line == line })
	})
}
