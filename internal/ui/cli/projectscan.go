package cli

import (
	"context"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// scanProjects finds projects below folders: those named, else those of the settings, else the current one.
func (a *app) scanProjects(ctx context.Context, folders []string, o projectsOptions) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	roots := slices.Clone(s.Settings.Roots)
	if len(folders) == 0 && len(roots) == 0 {
		folders = []string{""}
	}
	if len(folders) > 0 {
		roots = nil
	}
	for _, folder := range folders {
		dir, err := absolute(folder)
		if err != nil {
			return noFolder(folder, err)
		}
		roots = append(roots, dir)
	}
	meter := a.meter()
	d, err := a.agent.Discover(ctx, api.DiscoverRequest{Roots: roots, Whole: o.whole || len(folders) == 0}, meter.step)
	meter.end()
	if isCode(err, api.CodeCancelled) {
		args := i18n.Args{"Folders": a.p().N("cli.projects.folders", meter.last.Done), "Projects": a.p().N("cli.projects.count", meter.last.Found)}
		a.say("%s\n", a.t("projects.stopped", args))
		return status(exitCancelled)
	}
	if err != nil {
		return err
	}
	if err := a.showDiscovery(d, o.json); err != nil || !o.watch {
		return err
	}
	return a.keepRoots(ctx, roots, o.yes)
}

func (a *app) showDiscovery(d api.Discovery, asJSON bool) error {
	if asJSON {
		if d.Projects == nil {
			d.Projects = []api.FoundProject{}
		}
		return a.json(struct {
			Schema int `json:"schema_version"`
			api.Discovery
		}{api.Schema, d})
	}
	st := a.style(a.Stdout)
	var rows [][]cell
	for _, p := range d.Projects {
		mark := ""
		if p.Watched {
			mark = a.t("projects.watched")
		}
		rows = append(rows, []cell{{clean(p.Dir), ""}, {clean(strings.Join(p.Files, ", ")), dim}, {mark, green}})
	}
	out := table(st, rows)
	if len(rows) > 0 {
		out += "\n"
	}
	p := a.p()
	out += a.t("projects.found", i18n.Args{"Folders": p.N("cli.projects.folders", d.Folders), "Projects": p.N("cli.projects.count", len(d.Projects))}) + "\n"
	if d.Cut {
		out += st.paint(yellow, a.t("projects.cut")) + "\n"
	}
	if n := len(d.Unread); n > 0 {
		out += st.paint(yellow, p.N("cli.projects.unread", n)) + "\n"
		for _, dir := range d.Unread[:min(n, 5)] {
			out += "  " + clean(dir) + "\n"
		}
	}
	return a.print(out)
}

// keepRoots has projects below these folders found from now on, if the user agrees.
func (a *app) keepRoots(ctx context.Context, roots []string, agreed bool) error {
	if !agreed {
		w := walk{app: a, ask: newAsker(a)}
		yes, err := w.yes(a.t("projects.watch.ask", i18n.Args{"Dirs": clean(strings.Join(roots, a.t("projects.comma")))}), true)
		if err != nil || !yes {
			return err
		}
	}
	err := a.setRoots(ctx, func(now []string) []string {
		for _, root := range roots {
			if !slices.Contains(now, root) {
				now = append(now, root)
			}
		}
		return now
	})
	if err == nil {
		a.say("%s\n", a.t("projects.watch.done"))
	}
	return err
}

// meter shows how far a search is, on a terminal.
type meter struct {
	a    *app
	last api.Progress
	cols int // of the terminal, 0: there is none
}

func (a *app) meter() *meter {
	m := &meter{a: a}
	if f, ok := a.Stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		m.cols, _, _ = term.GetSize(int(f.Fd()))
		if m.cols <= 0 {
			m.cols = 80
		}
	}
	return m
}

func (m *meter) step(p api.Progress) {
	m.last = p
	if m.cols == 0 {
		return
	}
	text := m.a.t("projects.progress", i18n.Args{
		"Folders": m.a.p().N("cli.projects.folders", p.Done), "Projects": m.a.p().N("cli.projects.count", p.Found), "At": clean(p.At),
	})
	m.a.say("\r%s\x1b[K", cut(text, m.cols-1))
}

// end takes the line away.
func (m *meter) end() {
	if m.cols > 0 && m.last != (api.Progress{}) {
		m.a.say("\r\x1b[K")
	}
}

// cut leaves of a text what fits into so many cells of a terminal.
func cut(text string, cells int) string {
	for i := range text {
		if width(text[:i]) >= cells {
			return text[:i]
		}
	}
	return text
}
