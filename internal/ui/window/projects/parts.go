package projects

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// narrow is the width below which what stands beside each other comes to stand below.
const narrow = 48 * look.Grid

// marks are what a folded card says of its project.
func (r *Room) marks(p api.Project) []fyne.CanvasObject {
	switch {
	case p.Missing:
		return []fyne.CanvasObject{look.Mark(r.d.P.T("projects.missing"))}
	case len(p.Findings) > 0:
		return []fyne.CanvasObject{look.Mark(r.d.P.N("projects.findings", len(p.Findings)))}
	case p.Found:
		return []fyne.CanvasObject{look.Chip(r.d.P.T("projects.found"))}
	}
	return nil
}

// projectParts are what an open card shows.
func (r *Room) projectParts(p api.Project) []fyne.CanvasObject {
	if p.Missing {
		return []fyne.CanvasObject{look.Prose(r.d.P.T("projects.missing.text")), container.NewHBox(r.dropButton(p.Dir))}
	}
	files := look.Column(look.Grid/2, caption(r.d.P.T("projects.files")))
	for _, f := range p.Files {
		files.Add(plan.Place(r.d, r.hand, plan.Spot{File: f, Name: near(p.Dir, f)}))
	}
	if len(p.Files) == 0 {
		files.Add(look.Prose(r.d.P.T("projects.nofiles")))
	}
	parts := []fyne.CanvasObject{files}
	for _, s := range p.Scopes {
		parts = append(parts, look.Rule(), r.scope(p, s))
	}
	for _, f := range p.Findings {
		parts = append(parts, look.Rule(), plan.Finding(r.d, r.hand, f))
	}
	buttons := container.New(look.Flow(look.Grid))
	if r.d.Outside.OpenPath != nil {
		buttons.Add(r.hand.Button(r.d.P.T("projects.open"), false, func() { plan.Show(r.d, p.Dir) }))
	}
	if p.Found {
		buttons.Add(r.hand.Button(r.d.P.T("projects.keep"), false, func() { r.add(p.Dir) }))
	} else {
		buttons.Add(r.dropButton(p.Dir))
	}
	return append(parts, look.Rule(), buttons)
}

func (r *Room) dropButton(dir string) fyne.CanvasObject {
	return r.hand.Button(r.d.P.T("projects.drop"), false, func() { r.drop(dir) })
}

// caption is a small heading inside a card.
func caption(s string) *look.Label {
	return look.NewLabel(s, look.SizeSmall, look.Dim).Bold().Wrapped()
}

// scope says where the packages of a scope come from, and what is sent there.
func (r *Room) scope(p api.Project, s api.Scope) fyne.CanvasObject {
	name := desk.Plain(s.Scope)
	if name == "" {
		name = r.d.P.T("projects.default")
	}
	title := look.Prose(r.d.P.T("projects.scope", i18n.Args{"Scope": name, "Registry": desk.Plain(s.Name)})).Bold()
	head := look.Column(2, title)
	if address := desk.Plain(s.Registry); address != desk.Plain(s.Name) {
		l := look.Caption(address)
		l.Wrapping = fyne.TextWrapBreak
		head.Add(l)
	}
	if s.File != "" {
		head.Add(plan.Place(r.d, r.hand, plan.Spot{File: s.File, Line: s.Line, Name: near(p.Dir, s.File)}))
	}
	box := look.Column(look.Grid, head)
	for _, row := range r.rowsOf(p, s) {
		box.Add(r.credential(p, row))
	}
	return box
}

// credential says what some package managers send, with the line that says so and the one that it beats.
func (r *Room) credential(p api.Project, row sent) fyne.CanvasObject {
	who := look.NewLabel(strings.Join(row.managers, r.d.P.T("projects.comma")), look.SizeText, look.Ink).Wrapped()
	tone := look.Ink
	if row.bad {
		tone = look.Warn
	}
	what := look.Column(2, look.NewLabel(row.text, look.SizeText, tone).Wrapped())
	if row.other != "" {
		what.Add(look.Caption(row.other))
	}
	if row.at.File != "" {
		what.Add(plan.Place(r.d, r.hand, row.at))
	}
	if row.hides.File != "" {
		what.Add(look.Caption(r.d.P.T("projects.hides", i18n.Args{"Place": row.hides.Words(r.d.P)})))
	}
	return container.New(look.Either(look.Scaled(narrow), look.Table(2*look.Grid, look.Scaled(18*look.Grid), 0), layout.NewCustomPaddedVBoxLayout(2)), who, what)
}

// ownParts are the files that count everywhere.
func (r *Room) ownParts(files []api.WatchedFile) []fyne.CanvasObject {
	parts := []fyne.CanvasObject{look.Prose(r.d.P.T("projects.everywhere.text"))}
	var gone []string
	for _, f := range files {
		if !f.Exists {
			gone = append(gone, desk.Plain(desk.ShortPath(f.Path)))
			continue
		}
		words := look.Column(2, plan.Place(r.d, r.hand, plan.Spot{File: f.Path}), look.Caption(r.d.P.T("projects.level."+string(f.Level))))
		if f.Polling {
			words.Add(look.Caption(r.d.P.T("projects.polling")))
		}
		parts = append(parts, words)
	}
	if len(gone) > 0 {
		l := look.Caption(r.d.P.T("projects.gone", i18n.Args{"Files": strings.Join(gone, r.d.P.T("projects.comma"))}))
		l.Wrapping = fyne.TextWrapBreak
		parts = append(parts, l)
	}
	return parts
}
