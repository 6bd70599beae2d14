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
	cells      [columns]part
	back, ring *canvas.Rectangle
	rule       *canvas.Rectangle
	over       bool
	held       fyne.KeyModifier // when the button of the mouse went down
}

func newRow(t *table) *row {
	r := &row{t: t, back: canvas.NewRectangle(nil), ring: canvas.NewRectangle(nil), rule: look.Rule().(*canvas.Rectangle)}
	r.back.CornerRadius, r.ring.CornerRadius = look.Grid, look.Grid
	r.ring.StrokeColor, r.ring.StrokeWidth, r.ring.Hidden = look.Current().Sand, 2, true
	for i := range r.cells {
		r.cells[i] = newPart(column(i))
	}
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	parts := make([]fyne.CanvasObject, columns)
	for i, c := range r.cells {
		parts[i] = c.box
	}
	line := look.Pad(container.New(cells(&stacked{}), parts...), look.Grid+2, inset)
	return widget.NewSimpleRenderer(container.NewStack(r.back, container.NewVBox(layout.NewSpacer(), r.rule), line, r.ring))
}

// show turns to entry i.
func (r *row) show(i int) {
	r.i = i
	line := color.Color(look.Current().Line)
	if i == len(r.t.rows)-1 {
		line = color.Transparent
	}
	if r.rule.FillColor != line {
		r.rule.FillColor = line
		r.rule.Refresh()
	}
	r.draw()
	r.mark()
}

// draw writes what there is to say of the entry now. It reports whether another height may come of it.
func (r *row) draw() (grown bool) {
	for i, c := range cellsOf(r.t.rows[r.i], r.t.d.P, r.t.now) {
		grown = r.cells[i].say(c) || grown
	}
	return grown
}

// mark shows whether the row is chosen, and whether the keyboard is at it.
func (r *row) mark() {
	chosen := r.t.chosen[r.t.rows[r.i].id]
	ring := r.i != r.t.cursor || !r.t.here
	back := color.Color(color.Transparent)
	switch {
	case chosen:
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

// MouseDown implements desktop.Mouseable: a tap does not tell which keys are held.
func (r *row) MouseDown(e *desktop.MouseEvent) { r.held = e.Modifier }

// MouseUp implements desktop.Mouseable.
func (r *row) MouseUp(*desktop.MouseEvent) {}

// Tapped implements fyne.Tappable: it chooses the row, and shows its details where it is the chosen one already.
func (r *row) Tapped(*fyne.PointEvent) {
	held := r.held
	r.held = 0
	look.Focus(r.t)
	switch {
	case held&fyne.KeyModifierShift != 0:
		r.t.extend(r.i)
	case held&fyne.KeyModifierShortcutDefault != 0:
		r.t.toggle(r.i)
	case r.t.only(r.i):
		r.t.open(r.t.rows[r.i])
	default:
		r.t.choose(r.i)
	}
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

// part is a cell on the screen.
type part struct {
	box        *fyne.Container
	big, small *look.Label
	badges     []*tag
	wraps      bool // big takes more than a line
}

// tags is how many badges a cell has at the most.
var tags = [columns]int{byMay: 3, byReach: 2, byEnd: 1}

func newPart(c column) part {
	p := part{big: look.Line("", look.SizeText, look.Ink), small: look.Line("", look.SizeSmall, look.Dim), box: look.Column(2)}
	switch c {
	case byName:
		p.big.Bold()
	case byReach, byPlace:
		p.big, p.wraps = look.NewLabel("", look.SizeText, look.Ink), true
		p.big.Wrapping = fyne.TextWrapBreak
	}
	p.box.Add(p.big)
	p.box.Add(p.small)
	for range tags[c] {
		t := newTag()
		p.badges = append(p.badges, t)
		p.box.Add(t.box)
	}
	return p
}

// say writes a cell.
func (p *part) say(c cell) (changed bool) {
	if p.wraps {
		changed = fold(p.big, c.big, c.tone)
	} else {
		changed = p.big.Say(c.big, c.tone)
	}
	small := look.Dim
	if c.tone == look.Warn {
		small = look.Warn
	}
	changed = p.small.Say(c.small, small) || changed
	changed = turn(p.small, c.small != "") || changed
	for i, t := range p.badges {
		var b badge
		if i < len(c.badges) {
			b = c.badges[i]
		}
		changed = t.say(b) || changed
	}
	if changed {
		arrange(p.box)
	}
	return changed
}

// fold writes a text that may break within a path, which has no blanks.
func fold(l *look.Label, text string, tone look.Tone) bool {
	if l.Text == text && l.Importance == tone {
		return false
	}
	l.Importance = tone
	l.SetText(text)
	return true
}

// turn shows or hides a part, and reports whether it was otherwise.
func turn(o fyne.CanvasObject, on bool) bool {
	if o.Visible() == on {
		return false
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
	return true
}

// tag is a badge on the screen.
type tag struct {
	box  *fyne.Container
	back *canvas.Rectangle
	text *look.Label
	snug *snug
}

func newTag() *tag {
	t := &tag{back: canvas.NewRectangle(color.Transparent), text: look.Line("", look.SizeSmall, look.Ink)}
	t.back.CornerRadius, t.back.StrokeWidth = 6, 1
	t.snug = &snug{}
	t.box = container.New(t.snug, t.back, t.text)
	t.box.Hide()
	return t
}

func (t *tag) say(b badge) (changed bool) {
	changed = turn(t.box, b.text != "")
	tone, frame := look.Ink, look.Current().Line
	if b.serious {
		tone, frame = look.Warn, look.Current().Warn
	}
	if b.text == "" || !t.text.Say(b.text, tone) {
		return changed
	}
	t.snug.width = fyne.MeasureText(b.text, theme.Size(theme.SizeNameCaptionText), fyne.TextStyle{}).Width + 4
	t.back.StrokeColor = frame
	t.back.Refresh()
	return true
}

// snug makes a badge as wide as its words, or as there is room.
type snug struct{ width float32 }

const snugSide, snugHigh = 7, 1

// Layout implements fyne.Layout.
func (s *snug) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width, s.width+2*snugSide)
	o[0].Resize(fyne.NewSize(width, size.Height))
	o[1].Move(fyne.NewPos(snugSide, snugHigh))
	o[1].Resize(fyne.NewSize(max(0, width-2*snugSide), size.Height-2*snugHigh))
}

// MinSize implements fyne.Layout.
func (s *snug) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(4*look.Grid, o[1].MinSize().Height+2*snugHigh)
}
