package agent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// plan is what Plan showed and Apply will do.
type plan struct {
	edits    []FileEdit // made as they are; what concerns credentials is brought about by the settings
	settings *api.Settings
	undo     bool
	move     bool // the settings let lines be written, and Apply waits until they are
	helper   bool // for pnpm 10, too

	moves   []movement // credentials that go into the keyring, before the edits
	lines   []FileEdit // that follow from the settings once those are there, as they were shown
	restore []string   // credentials that stand in files again, behind the edits

	standing []FileEdit // files that have theirs already

	untrack  []untracking // files that git is to forget, behind the edits
	runnable []string     // files of edits that are to be run
}

// Plan implements api.Agent.
func (a *Agent) Plan(ctx context.Context, req api.SetupRequest) (api.Plan, error) {
	switch {
	case len(req.Fixes) > 0:
		return a.planFixes(ctx, req.Fixes)
	case len(req.Restore) > 0:
		return a.planRestore(ctx, req.Restore)
	}
	var p plan
	if len(req.Shells) > 0 {
		edits, err := a.ports.Shells.Plan(req.Shells, req.Undo)
		if err != nil {
			return api.Plan{}, &api.Error{Code: api.CodeFile, Cause: err.Error()}
		}
		p.edits = edits
	}
	if err := checkMode(req); err != nil {
		return api.Plan{}, err
	}
	shells := a.ports.Shells.Detect()
	var found []injection.Manager
	if a.ports.Managers != nil {
		found = a.ports.Managers.Find(ctx) // a manager may have been installed since the start
	}
	return ask(ctx, a, func() (api.Plan, error) {
		if a.ports.Managers != nil {
			a.core.managers, a.core.managersKnown = found, true
		}
		out, err := a.core.plan(req, p)
		out.Shells = append([]string{}, shells...)
		return out, err
	})
}

// checkMode says whether the mode and the registry of a request are ones.
func checkMode(req api.SetupRequest) error {
	if req.Mode != "" && !slices.Contains(injection.Modes, req.Mode) {
		return &api.Error{Code: api.CodeUsage, Cause: "no such mode: " + plain(string(req.Mode))}
	}
	if req.Registry == "" {
		return nil
	}
	if _, err := registry.Parse(req.Registry); err != nil {
		return &api.Error{Code: api.CodeURL, Args: map[string]string{"URL": plain(req.Registry)}, Cause: err.Error()}
	}
	return nil
}

// plan adds to p, which has the shells, what concerns credentials, and shows it all.
func (c *core) plan(req api.SetupRequest, p plan) (api.Plan, error) {
	p.undo, p.helper = req.Undo, req.Helper
	p.move = !req.Undo && (req.Move || req.Mode != "" || req.Helper)
	after := c.wished(req)
	p.settings = &after
	out := api.Plan{
		Edits:   []api.PlanEdit{},
		Move:    after.Move != c.settings.Move,
		Mode:    after.DefaultMode != c.settings.DefaultMode || !maps.Equal(after.Modes, c.settings.Modes),
		Desktop: after.DesktopEnv != c.settings.DesktopEnv,
	}
	var lines []FileEdit
	var err error
	switch {
	case req.Undo:
		if lines, err = c.previewUndo(); err == nil {
			p.edits = slices.Concat(lines, p.edits) // the shells lose the variable after the files
		}
	case after.Move:
		lines, err = c.previewLines(after, req.Helper)
	}
	if err != nil {
		return api.Plan{}, err
	}
	for _, e := range p.edits {
		if !slices.ContainsFunc(lines, func(l FileEdit) bool { return l.Path == e.Path }) {
			// An rc file may hold secrets of its own: only what changes is shown.
			out.Edits = append(out.Edits, shown(e, diff(string(e.Old), string(e.New), 0)))
		}
	}
	for _, e := range lines {
		hide := dialectOf(c.levelOf(e.Path)).masked
		out.Edits = append(out.Edits, shown(e, diff(hide(e.Old), hide(e.New), contextLines)))
	}
	c.explain(&out, after, req)
	out.ID = planID(slices.Concat(p.edits, lines), after)
	c.keepPlan(out.ID, p)
	return out, nil
}

// wished are the settings as a request wants them.
func (c *core) wished(req api.SetupRequest) api.Settings {
	s := c.settings
	s.Modes = maps.Clone(s.Modes)
	switch {
	case req.Undo:
		s.Move, s.Modes, s.DesktopEnv, s.DefaultMode = false, nil, false, injection.ModeEnv
	case req.Move, req.Mode != "", req.Helper:
		s.Move = true
	}
	if req.Desktop != nil {
		s.DesktopEnv = *req.Desktop
	}
	if req.Mode == "" || req.Undo {
		return s
	}
	u, err := registry.Parse(req.Registry)
	switch {
	case err != nil: // for all, those that are yet to come too
		s.DefaultMode, s.Modes = req.Mode, nil
	case req.Mode == s.DefaultMode:
		delete(s.Modes, u.String())
	default:
		if s.Modes == nil {
			s.Modes = map[string]injection.Mode{}
		}
		s.Modes[u.String()] = req.Mode
	}
	return s
}

// explain says which manager gets what in which way, and what to know before.
func (c *core) explain(out *api.Plan, after api.Settings, req api.SetupRequest) {
	c.supposing(after, func() {
		made := injection.Make(c.facts(req.Helper))
		out.Reach, out.Managers = made.Reach, c.managers
		if files := c.literalFiles(); len(files) > 0 {
			out.Warnings = append(out.Warnings, api.Finding{Code: api.FindingFileMode, Severity: api.SeverityInfo, Args: map[string]string{"Files": strings.Join(files, ", ")}})
		}
		for _, w := range made.Warnings {
			out.Warnings = append(out.Warnings, api.Finding{Code: w.Code, Severity: api.SeverityWarning, Args: w.Args})
		}
	})
	if out.Reach == nil {
		out.Reach = []injection.Reach{}
	}
	if out.Managers == nil {
		out.Managers = []injection.Manager{}
	}
}

// literalFiles are the user's files in which sessions are to stand as they are.
func (c *core) literalFiles() (files []string) {
	some := slices.ContainsFunc(c.ordered(), func(e *entry) bool { return e.Held && c.mode(e) == injection.ModeFile })
	for _, level := range []api.Level{api.LevelUser, api.LevelYarn} {
		f := c.fileOf(level)
		yarn := slices.ContainsFunc(c.managers, func(m injection.Manager) bool { return m.Name == "yarn" && m.Major() != 1 })
		if some && f != nil && (level == api.LevelUser || yarn) {
			files = append(files, f.path)
		}
	}
	return files
}

// supposing runs f as if the settings were others. f must not block.
func (c *core) supposing(s api.Settings, f func()) {
	was := c.settings
	c.settings = s
	f()
	c.settings = was
}

func (c *core) levelOf(path string) api.Level {
	if f := c.files[path]; f != nil {
		return f.level
	}
	return api.LevelUser
}

// shown is an edit as a face may see it.
func shown(e FileEdit, diff []string) api.PlanEdit {
	return api.PlanEdit{File: e.Path, Create: e.Old == nil, Delete: e.New == nil, Diff: diff}
}

// planID names a plan by what it does, so that the same plan made twice is one.
func planID(edits []FileEdit, after api.Settings) string {
	h := sha256.New()
	fmt.Fprintf(h, "%v %v %v %v", after.Move, after.DefaultMode, after.Modes, after.DesktopEnv)
	for _, e := range edits {
		fmt.Fprintf(h, "%q %q %q", e.Path, e.Old, e.New)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
