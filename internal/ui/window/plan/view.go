// Package plan shows what would change on disk before it does: a plan's edits line by line, what else it
// changes, and how each package manager then gets its credentials. It also puts a finding right that way.
package plan

import (
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// longDiff is how many lines a file's changes may have to be shown at once; longer ones wait for a press.
const longDiff = 16

// Folds remembers which files the user has opened or closed.
type Folds map[string]bool

// View shows a plan: each file with the lines that come and go, what else changes, how each package
// manager then gets its credentials, and what to know before.
func View(d *desk.Desk, h *look.Hand, p api.Plan, open Folds) fyne.CanvasObject {
	box := container.New(layout.NewCustomPaddedVBoxLayout(look.Grid))
	for _, e := range p.Edits {
		box.Add(fileView(d, h, e, open))
	}
	for _, command := range p.Commands {
		line := look.NewLabel(desk.Plain(command), look.SizeSmall, look.Ink).Mono()
		line.Wrapping = fyne.TextWrapBreak
		box.Add(line)
	}
	if lines := settingsWords(d, p); len(lines) > 0 {
		box.Add(look.Bullets(lines))
	}
	if len(p.Reach) > 0 {
		box.Add(reachView(d, p))
	}
	for _, f := range p.Warnings {
		box.Add(look.Pad(Finding(d, h, f), look.Grid/2, 0))
	}
	return box
}

// settingsWords say what a plan changes beside files.
func settingsWords(d *desk.Desk, p api.Plan) (lines []string) {
	now := d.Snapshot.Settings
	turn := func(was bool) string {
		if was {
			return ".off"
		}
		return ".on"
	}
	if p.Move {
		lines = append(lines, d.P.T("window.setup.sets.move"+turn(now.Move)))
	}
	if p.Mode {
		lines = append(lines, d.P.T("window.setup.sets.mode"))
	}
	if p.Desktop {
		lines = append(lines, d.P.T("window.setup.sets.desktop"+turn(now.DesktopEnv)))
	}
	return lines
}

// fileView is one file's changes below a heading that opens and closes them.
func fileView(d *desk.Desk, h *look.Hand, e api.PlanEdit, open Folds) fyne.CanvasObject {
	c := look.Current()
	if _, known := open[e.File]; !known {
		open[e.File] = len(e.Diff) <= longDiff
	}
	name := look.Line(desk.Plain(desk.ShortPath(e.File)), look.SizeText, look.Ink).Bold()
	marks := look.Beside(look.Grid)
	switch {
	case e.Create:
		marks.Add(look.Chip(d.P.T("window.setup.create")))
	case e.Delete:
		marks.Add(look.Chip(d.P.T("window.setup.delete")))
	}
	plus, minus := count(e.Diff)
	if plus > 0 {
		marks.Add(look.Text("+"+strconv.Itoa(plus), look.SizeSmall, c.Add, true))
	}
	if minus > 0 {
		marks.Add(look.Text("−"+strconv.Itoa(minus), look.SizeSmall, c.Del, true))
	}
	arrow := widget.NewIcon(nil)
	lines := container.New(layout.NewCustomPaddedVBoxLayout(0))
	body := container.New(layout.NewCustomPaddedLayout(0, look.Grid, 0, 0), lines)
	show := func() {
		arrow.SetResource(theme.MenuExpandIcon())
		if open[e.File] {
			arrow.SetResource(theme.MenuDropDownIcon())
			if len(lines.Objects) == 0 {
				lines.Objects = diffLines(e.Diff)
			}
		}
		body.Hidden = !open[e.File]
	}
	show()
	var whole *fyne.Container
	words := container.New(look.Either(look.Scaled(28*look.Grid), look.Ends(look.Grid), layout.NewCustomPaddedVBoxLayout(look.Grid/2)), name, marks)
	top := look.Pad(container.NewBorder(nil, nil, container.NewCenter(arrow), nil, look.Pad(words, 0, look.Grid)), look.Grid, 12)
	press := h.Row(d.P.T("window.setup.file", i18n.Args{"File": desk.Plain(e.File), "Plus": plus, "Minus": minus}), top, func() {
		open[e.File] = !open[e.File]
		show()
		whole.Refresh()
	})
	back := canvas.NewRectangle(c.Code)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = look.Grid, c.Line, 1
	whole = container.NewStack(back, container.New(layout.NewCustomPaddedVBoxLayout(0), press, body))
	return whole
}

// diffLines draws lines with their sign, and with a colour for those who see it.
func diffLines(diff []string) (rows []fyne.CanvasObject) {
	c := look.Current()
	for _, line := range diff {
		sign, tone, ink, ground := " ", look.Dim, c.Dim, color.NRGBA{}
		switch {
		case strings.HasPrefix(line, "+"):
			sign, tone, ink, ground = "+", look.Good, c.Add, c.AddBack
		case strings.HasPrefix(line, "-"):
			sign, tone, ink, ground = "−", look.Warn, c.Del, c.DelBack
		}
		if line != "" {
			line = line[1:]
		}
		code := look.NewLabel(desk.Plain(line), look.SizeSmall, tone).Mono()
		code.Wrapping = fyne.TextWrapBreak
		mark := look.Text(sign, look.SizeSmall, ink, true)
		mark.TextStyle.Monospace = true
		rows = append(rows, container.NewStack(canvas.NewRectangle(ground), look.Pad(container.NewBorder(nil, nil,
			container.NewVBox(look.Wide(mark, 3*look.Grid)), nil, code), 2, 2*look.Grid)))
	}
	return rows
}

// reachView is a table in words: package manager, registry, way.
func reachView(d *desk.Desk, p api.Plan) fyne.CanvasObject {
	box := look.Column(look.Grid, look.Space(1), look.Prose(d.P.T("window.setup.reach")).Bold())
	for _, r := range ways(d, p.Reach) {
		who := look.Column(2, look.NewLabel(r.manager, look.SizeText, look.Ink).Bold().Wrapped(), look.Caption(d.P.T("window.setup.for", i18n.Args{"Registry": r.registry})))
		box.Add(container.New(look.Either(look.Scaled(44*look.Grid), look.Table(2*look.Grid, look.Scaled(22*look.Grid), 0), layout.NewCustomPaddedVBoxLayout(2)), who, look.Prose(r.text)))
	}
	return box
}
