package window

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
)

// longDiff is how many lines a file's changes may have to be shown at once; longer ones wait for a press.
const longDiff = 16

// folds remembers which files the user has opened or closed.
type folds map[string]bool

// planView shows a plan: each file with the lines that come and go, what else changes, how each package
// manager then gets its credentials, and what to know before.
func (v *View) planView(h *hand, p api.Plan, open folds) fyne.CanvasObject {
	box := container.New(layout.NewCustomPaddedVBoxLayout(grid))
	for _, e := range p.Edits {
		box.Add(v.fileView(h, e, open))
	}
	if lines := v.settingsWords(p); len(lines) > 0 {
		box.Add(bullets(lines))
	}
	if len(p.Reach) > 0 {
		box.Add(v.reachView(p))
	}
	for _, f := range p.Warnings {
		box.Add(container.New(layout.NewCustomPaddedLayout(0, 0, -grid, -grid), v.findingRow(f)))
	}
	return box
}

// settingsWords say what a plan changes beside files.
func (v *View) settingsWords(p api.Plan) (lines []string) {
	now := v.snapshot.Settings
	turn := func(was bool) string {
		if was {
			return ".off"
		}
		return ".on"
	}
	if p.Move {
		lines = append(lines, v.p.T("window.setup.sets.move"+turn(now.Move)))
	}
	if p.Mode {
		lines = append(lines, v.p.T("window.setup.sets.mode"))
	}
	if p.Desktop {
		lines = append(lines, v.p.T("window.setup.sets.desktop"+turn(now.DesktopEnv)))
	}
	return lines
}

func bullets(lines []string) fyne.CanvasObject {
	box := container.New(layout.NewCustomPaddedVBoxLayout(-grid))
	for _, line := range lines {
		l := prose(line)
		dot := container.New(layout.NewCustomPaddedLayout(grid-1, 0, grid/2, 0), container.NewVBox(text("•", sizeText, current().sand, true)))
		box.Add(container.NewBorder(nil, nil, dot, nil, l))
	}
	return box
}

// fileView is one file's changes below a heading that opens and closes them.
func (v *View) fileView(h *hand, e api.PlanEdit, open folds) fyne.CanvasObject {
	c := current()
	if _, known := open[e.File]; !known {
		open[e.File] = len(e.Diff) <= longDiff
	}
	name := text(plain(shortPath(e.File)), sizeText, c.ink, true)
	marks := container.NewHBox()
	switch {
	case e.Create:
		marks.Add(chip(v.p.T("window.setup.create"), c))
	case e.Delete:
		marks.Add(chip(v.p.T("window.setup.delete"), c))
	}
	plus, minus := count(e.Diff)
	if plus > 0 {
		marks.Add(text("+"+strconv.Itoa(plus), sizeSmall, c.add, true))
	}
	if minus > 0 {
		marks.Add(text("−"+strconv.Itoa(minus), sizeSmall, c.del, true))
	}
	arrow := widget.NewIcon(nil)
	lines := container.New(layout.NewCustomPaddedVBoxLayout(0))
	body := container.New(layout.NewCustomPaddedLayout(0, grid, 0, 0), lines)
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
	head := container.New(layout.NewCustomPaddedLayout(grid, grid, grid, 12), container.NewBorder(nil, nil, container.NewHBox(arrow, name), container.NewCenter(marks)))
	press := h.row(v.p.T("window.setup.file", i18n.Args{"File": plain(e.File), "Plus": plus, "Minus": minus}), head, func() {
		open[e.File] = !open[e.File]
		show()
		whole.Refresh()
	})
	back := canvas.NewRectangle(c.code)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = grid, c.line, 1
	whole = container.NewStack(back, container.New(layout.NewCustomPaddedVBoxLayout(0), press, body))
	return whole
}

// diffLines draws lines with their sign, and with a colour for those who see it.
func diffLines(diff []string) (rows []fyne.CanvasObject) {
	c := current()
	for _, line := range diff {
		sign, importance, ink, ground := " ", widget.LowImportance, c.dim, color.NRGBA{}
		switch {
		case strings.HasPrefix(line, "+"):
			sign, importance, ink, ground = "+", widget.SuccessImportance, c.add, c.addBack
		case strings.HasPrefix(line, "-"):
			sign, importance, ink, ground = "−", widget.DangerImportance, c.del, c.delBack
		}
		if line != "" {
			line = line[1:]
		}
		code := widget.NewLabelWithStyle(plain(line), fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
		code.SizeName, code.Wrapping, code.Importance = theme.SizeNameCaptionText, fyne.TextWrapBreak, importance
		mark := text(sign, sizeSmall, ink, true)
		mark.TextStyle.Monospace = true
		rows = append(rows, container.NewStack(canvas.NewRectangle(ground), container.NewBorder(nil, nil,
			container.New(layout.NewCustomPaddedLayout(2, 0, 2*grid, 0), container.NewVBox(fixed(mark, grid))), nil,
			container.New(layout.NewCustomPaddedLayout(2-grid, 2-grid, -grid/2, 0), code))))
	}
	return rows
}

// reachView is a table in words: package manager, registry, way.
func (v *View) reachView(p api.Plan) fyne.CanvasObject {
	c := current()
	box := container.New(layout.NewCustomPaddedVBoxLayout(-2), container.New(layout.NewCustomPaddedLayout(grid, grid/2, 0, 0), text(v.p.T("window.setup.reach"), sizeText, c.ink, true)))
	for _, r := range ways(p.Reach, v.snapshot, v.p) {
		how := prose(r.text)
		who := container.New(layout.NewCustomPaddedVBoxLayout(-3), text(r.manager, sizeText, c.ink, true),
			text(v.p.T("window.setup.for", i18n.Args{"Registry": r.registry}), sizeSmall, c.dim, false))
		name := container.New(layout.NewCustomPaddedLayout(grid-1, 0, 0, 0), container.NewVBox(fixed(who, 16*grid)))
		box.Add(container.NewBorder(nil, nil, name, nil, how))
	}
	return box
}
