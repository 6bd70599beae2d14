package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// hand leads the keyboard through one surface. Fyne gives a key to what has the focus and to nothing
// else, and does not scroll after the focus: both are made good here.
type hand struct {
	scroll *container.Scroll    // follows the focus; may be nil
	typed  func(*fyne.KeyEvent) // gets the keys that mean nothing to what has the focus
}

func (h *hand) key(e *fyne.KeyEvent) {
	if h.typed != nil {
		h.typed(e)
	}
}

// reveal scrolls until o can be seen.
func (h *hand) reveal(o fyne.CanvasObject) {
	s := h.scroll
	if s == nil {
		return
	}
	d := fyne.CurrentApp().Driver()
	top := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(s.Content).Y
	bottom, to := top+o.Size().Height, s.Offset
	switch {
	case top < to.Y:
		to.Y = max(0, top-grid)
	case bottom > to.Y+s.Size().Height:
		to.Y = bottom - s.Size().Height + grid
	default:
		return
	}
	s.ScrollToOffset(to)
}

// focusRing is drawn around what has the focus: a change of colour alone would not be seen on every ground.
func focusRing() *canvas.Rectangle {
	r := canvas.NewRectangle(nil)
	r.StrokeColor, r.StrokeWidth, r.CornerRadius = current().sand, 2, grid
	r.Hide()
	return r
}

// button is Fyne's with a ring for the focus, and Enter presses it.
type button struct {
	widget.Button
	hand *hand
	ring *canvas.Rectangle
}

// button makes a button, in the accent colour where it is what to do now.
func (h *hand) button(label string, primary bool, tapped func()) *button {
	b := &button{hand: h, ring: focusRing()}
	b.Text, b.OnTapped = label, tapped
	if primary {
		b.Importance = widget.HighImportance
	}
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *button) CreateRenderer() fyne.WidgetRenderer {
	return ringed{b.Button.CreateRenderer(), b.ring}
}

// FocusGained implements fyne.Focusable.
func (b *button) FocusGained() {
	b.Button.FocusGained()
	b.ring.Show()
	b.hand.reveal(b)
}

// FocusLost implements fyne.Focusable.
func (b *button) FocusLost() {
	b.Button.FocusLost()
	b.ring.Hide()
}

// TypedKey implements fyne.Focusable.
func (b *button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.Tapped(nil)
	default:
		b.hand.key(e)
	}
}

// ringed adds a ring just outside of a widget.
type ringed struct {
	fyne.WidgetRenderer
	ring *canvas.Rectangle
}

// Layout implements fyne.WidgetRenderer.
func (r ringed) Layout(size fyne.Size) {
	const out = 3
	r.WidgetRenderer.Layout(size)
	r.ring.Move(fyne.NewPos(-out, -out))
	r.ring.Resize(size.AddWidthHeight(2*out, 2*out))
}

// Objects implements fyne.WidgetRenderer.
func (r ringed) Objects() []fyne.CanvasObject {
	return append(append([]fyne.CanvasObject{}, r.WidgetRenderer.Objects()...), r.ring)
}

// row is anything that can be pressed and has the look of its content: a choice, a file's heading, a room.
type row struct {
	widget.BaseWidget
	hand       *hand
	label      string // for those who cannot see the content
	content    fyne.CanvasObject
	back, ring *canvas.Rectangle
	tapped     func()
	arrow      func(step int) // what the arrow keys do; may be nil
	off        bool
}

func (h *hand) row(label string, content fyne.CanvasObject, tapped func()) *row {
	r := &row{hand: h, label: label, content: content, tapped: tapped, ring: focusRing(), back: canvas.NewRectangle(nil)}
	r.back.CornerRadius = grid
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(r.back, r.content, r.ring))
}

// Tapped implements fyne.Tappable.
func (r *row) Tapped(*fyne.PointEvent) {
	if r.off {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(r); c != nil {
		c.Focus(r)
	}
	r.tapped()
}

// FocusGained implements fyne.Focusable.
func (r *row) FocusGained() {
	r.ring.Show()
	r.hand.reveal(r)
}

// FocusLost implements fyne.Focusable.
func (r *row) FocusLost() { r.ring.Hide() }

// TypedRune implements fyne.Focusable.
func (r *row) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (r *row) TypedKey(e *fyne.KeyEvent) {
	step := map[fyne.KeyName]int{fyne.KeyUp: -1, fyne.KeyLeft: -1, fyne.KeyDown: 1, fyne.KeyRight: 1}[e.Name]
	switch {
	case e.Name == fyne.KeyReturn, e.Name == fyne.KeyEnter, e.Name == fyne.KeySpace:
		r.Tapped(nil)
	case step != 0 && r.arrow != nil && !r.off:
		r.arrow(step)
	default:
		r.hand.key(e)
	}
}

// MouseIn implements desktop.Hoverable.
func (r *row) MouseIn(*desktop.MouseEvent) {
	if !r.off {
		r.back.FillColor = theme.Color(theme.ColorNameHover)
		r.back.Refresh()
	}
}

// MouseMoved implements desktop.Hoverable.
func (r *row) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *row) MouseOut() {
	r.back.FillColor = nil
	r.back.Refresh()
}

// Enable implements fyne.Disableable.
func (r *row) Enable() { r.off = false }

// Disable implements fyne.Disableable.
func (r *row) Disable() { r.off = true }

// Disabled implements fyne.Disableable: the Tab key passes by.
func (r *row) Disabled() bool { return r.off }

// AccessibilityLabel implements fyne.Accessible.
func (r *row) AccessibilityLabel() string { return r.label }

// AccessibilityRole implements fyne.Accessible.
func (r *row) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }
