package agent

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// Discover implements api.Agent.
func (a *Agent) Discover(ctx context.Context, req api.DiscoverRequest, report func(api.Progress)) (api.Discovery, error) {
	out := api.Discovery{Projects: []api.FoundProject{}}
	settings, err := ask(ctx, a, func() (api.Settings, error) { return a.core.settings, nil })
	if err != nil {
		return out, err
	}
	roots := req.Roots
	if len(roots) == 0 {
		roots = settings.Roots
		req.Whole = true // it is said in the settings
	}
	if roots, err = chosen(roots, req.Whole); err != nil {
		return out, err
	}
	if a.ports.Finder == nil {
		return out, &api.Error{Code: api.CodeInternal, Cause: "find projects: not possible here"}
	}
	found, err := a.ports.Finder.Find(ctx, roots, func(p api.Progress) {
		if report != nil && ctx.Err() == nil {
			p.At = printable(p.At)
			report(p)
		}
	})
	if err != nil {
		return out, &api.Error{Code: api.CodeUsage, Cause: err.Error()}
	}
	out.Folders, out.Cut = found.Folders, found.Cut
	for _, dir := range found.Unread {
		out.Unread = append(out.Unread, printable(dir))
	}
	near, below := unlinked(settings.Projects), unlinked(settings.Roots)
	for _, p := range a.projectsOf(found) {
		kept := slices.Contains(near, p.Dir) || slices.ContainsFunc(below, func(root string) bool { return inside(p.Dir, root) })
		out.Projects = append(out.Projects, api.FoundProject{Dir: p.Dir, Files: p.Files, Watched: kept})
	}
	if ctx.Err() != nil {
		return out, &api.Error{Code: api.CodeCancelled}
	}
	return out, nil
}

// chosen checks the folders that projects are to be found below. A slip such as "$NOWHERE/" must not read a whole disk.
func chosen(roots []string, whole bool) (out []string, err error) {
	for _, root := range roots {
		if !filepath.IsAbs(root) {
			return nil, &api.Error{Code: api.CodeUsage, Cause: "the folder must be an absolute path"}
		}
		root = filepath.Clean(root)
		info, err := os.Stat(root)
		if err == nil && !info.IsDir() {
			err = &os.PathError{Op: "find projects below", Path: root, Err: errors.New("it is no folder")}
		}
		if err != nil {
			return nil, &api.Error{Code: api.CodeFolder, Args: map[string]string{"Dir": root}, Cause: err.Error()}
		}
		if !whole && slices.ContainsFunc(unlinked([]string{root}), func(dir string) bool { return filepath.Dir(dir) == dir }) {
			return nil, &api.Error{Code: api.CodeWhole, Args: map[string]string{"Dir": root}}
		}
		out = append(out, root)
	}
	if len(out) == 0 {
		return nil, &api.Error{Code: api.CodeUsage, Cause: "no folder was chosen to find projects below"}
	}
	return out, nil
}

// unlinked are paths as they were given, and without links.
func unlinked(paths []string) (out []string) {
	for _, path := range paths {
		out = append(out, path)
		if straight, err := filepath.EvalSymlinks(path); err == nil && straight != path {
			out = append(out, straight)
		}
	}
	return out
}

// inside reports whether a path is a folder or lies below it.
func inside(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}
