package tokens

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// inset is the room at the sides of a row.
const inset = 12

// row shows one entry after another.
type row struct {
	widget.BaseWidget
	t          *table
	i          int
	cells      [columns]struct{ big, small *look.Label }
	rule       fyne.CanvasObject
	back, ring *canvas.Rectangle
	over       bool
}

func newRow(t *table) *row {
	r := &row{t: t, back: canvas.NewRectangle(nil), ring: canvas.NewRectangle(nil), rule: look.Rule()}
	r.back.CornerRadius, r.ring.CornerRadius = look.Grid, look.Grid
	r.ring.StrokeColor, r.ring.StrokeWidth, r.ring.Hidden = look.Current().Sand, 2, true
	for i := range r.cells {
		r.cells[i].big, r.cells[i].small = look.Line("", look.SizeText, look.Ink), look.Line("", look.SizeSmall, look.Dim)
	}
	r.cells[byName].big.Bold()
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	parts := make([]fyne.CanvasObject, columns)
	for i, c := range r.cells {
		parts[i] = look.Column(2, c.big)
		if column(i) != byKind && column(i) != byUse {
			parts[i].(*fyne.Container).Add(c.small)
		}
	}
	line := look.Pad(container.New(cells(&stacked{}), parts...), look.Grid+2, inset)
	return widget.NewSimpleRenderer(container.NewStack(r.back, container.NewVBox(layout.NewSpacer(), r.rule), line, r.ring))
}

// show turns to entry i.
func (r *row) show(i int) {
	r.i = i
	if last := i == len(r.t.rows)-1; last == r.rule.Visible() {
		r.rule.(*canvas.Rectangle).Hidden = last
		r.rule.Refresh()
	}
	r.draw()
	r.mark()
}

// draw writes what there is to say of the entry now.
func (r *row) draw() {
	for i, c := range cellsOf(r.t.rows[r.i], r.t.d.P, r.t.now) {
		r.cells[i].big.Say(c.big, c.tone)
		small := look.Dim
		if c.tone == look.Warn {
			small = look.Warn
		}
		r.cells[i].small.Say(c.small, small)
	}
}

// mark shows whether the row is the chosen one, and whether the keyboard is at it.
func (r *row) mark() {
	mine := r.i == r.t.cursor
	ring := !mine || !r.t.here
	back := color.Color(color.Transparent)
	switch {
	case mine && (r.t.chosen || r.t.here):
		back = look.Current().Chip
	case r.over:
		back = theme.Color(theme.ColorNameHover)
	}
	if r.ring.Hidden != ring || r.back.FillColor != back {
		r.ring.Hidden, r.back.FillColor = ring, back
		r.ring.Refresh()
		r.back.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (r *row) Tapped(*fyne.PointEvent) {
	r.t.choose(r.i)
	look.Focus(r.t)
	r.t.open(r.t.rows[r.i])
}

// MouseIn implements desktop.Hoverable.
func (r *row) MouseIn(*desktop.MouseEvent) {
	r.over = true
	r.mark()
}

// MouseMoved implements desktop.Hoverable.
func (r *row) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *row) MouseOut() {
	r.over = false
	r.mark()
}
