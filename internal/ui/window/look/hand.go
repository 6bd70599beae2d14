package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Hand leads the keyboard through one surface. Fyne gives a key to what has the focus and to nothing
// else, and does not scroll after the focus: both are made good here.
type Hand struct {
	Scroll *container.Scroll    // follows the focus; may be nil
	Typed  func(*fyne.KeyEvent) // gets the keys that mean nothing to what has the focus
	hold   func(top float32)    // keeps the row that has the focus; nil where all rows stay
}

// Key passes on a key that means nothing to what has the focus.
func (h *Hand) Key(e *fyne.KeyEvent) {
	if h.Typed != nil {
		h.Typed(e)
	}
}

// Reveal scrolls until o can be seen.
func (h *Hand) Reveal(o fyne.CanvasObject) {
	s := h.Scroll
	if s == nil {
		return
	}
	d := fyne.CurrentApp().Driver()
	top := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(s.Content).Y
	if h.hold != nil {
		h.hold(top)
	}
	bottom, to := top+o.Size().Height, s.Offset
	switch {
	case top < to.Y:
		to.Y = max(0, top-Grid)
	case bottom > to.Y+s.Size().Height:
		to.Y = bottom - s.Size().Height + Grid
	default:
		return
	}
	s.ScrollToOffset(to)
}

// focusRing is drawn around what has the focus: a change of colour alone would not be seen on every ground.
func focusRing() *canvas.Rectangle {
	r := canvas.NewRectangle(nil)
	r.StrokeColor, r.StrokeWidth, r.CornerRadius = Current().Sand, 2, Grid
	r.Hide()
	return r
}

// Row is anything that can be pressed and has the look of its content: a choice, a file's heading, a room.
type Row struct {
	widget.BaseWidget
	hand       *Hand
	label      string // for those who cannot see the content
	content    fyne.CanvasObject
	back, ring *canvas.Rectangle
	tapped     func()
	Arrow      func(step int) // what the arrow keys do; may be nil
	off        bool
}

// Row makes a row that calls tapped.
func (h *Hand) Row(label string, content fyne.CanvasObject, tapped func()) *Row {
	r := &Row{hand: h, label: label, content: content, tapped: tapped, ring: focusRing(), back: canvas.NewRectangle(nil)}
	r.back.CornerRadius = Grid
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *Row) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(r.back, r.content, r.ring))
}

// Tapped implements fyne.Tappable.
func (r *Row) Tapped(*fyne.PointEvent) {
	if r.off {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(r); c != nil {
		c.Focus(r)
	}
	r.tapped()
}

// FocusGained implements fyne.Focusable.
func (r *Row) FocusGained() {
	r.ring.Show()
	r.hand.Reveal(r)
}

// FocusLost implements fyne.Focusable.
func (r *Row) FocusLost() { r.ring.Hide() }

// TypedRune implements fyne.Focusable.
func (r *Row) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (r *Row) TypedKey(e *fyne.KeyEvent) {
	step := map[fyne.KeyName]int{fyne.KeyUp: -1, fyne.KeyLeft: -1, fyne.KeyDown: 1, fyne.KeyRight: 1}[e.Name]
	switch {
	case e.Name == fyne.KeyReturn, e.Name == fyne.KeyEnter, e.Name == fyne.KeySpace:
		r.Tapped(nil)
	case step != 0 && r.Arrow != nil && !r.off:
		r.Arrow(step)
	default:
		r.hand.Key(e)
	}
}

// MouseIn implements desktop.Hoverable.
func (r *Row) MouseIn(*desktop.MouseEvent) {
	if !r.off {
		r.back.FillColor = theme.Color(theme.ColorNameHover)
		r.back.Refresh()
	}
}

// MouseMoved implements desktop.Hoverable.
func (r *Row) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *Row) MouseOut() {
	r.back.FillColor = nil
	r.back.Refresh()
}

// Enable implements fyne.Disableable.
func (r *Row) Enable() { r.off = false }

// Disable implements fyne.Disableable.
func (r *Row) Disable() { r.off = true }

// Disabled implements fyne.Disableable: the Tab key passes by.
func (r *Row) Disabled() bool { return r.off }

// AccessibilityLabel implements fyne.Accessible.
func (r *Row) AccessibilityLabel() string { return r.label }

// AccessibilityRole implements fyne.Accessible.
func (r *Row) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }
