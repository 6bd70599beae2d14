package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Button is a button with a ring for the focus; Enter and Space press it. Change its fields before it is
// shown, and by SetText, Enable or Disable afterwards.
type Button struct {
	widget.DisableableWidget
	Text     string
	Label    string // for those who cannot see it, where Text does not say enough
	OnTapped func()
	// Importance is high for what is to be done now, danger for what cannot be taken back, else medium.
	Importance widget.Importance

	hand    *Hand
	icon    fyne.Resource
	over    bool
	focused bool
}

// Button makes a button, in the accent colour where it is what to do now.
func (h *Hand) Button(label string, primary bool, tapped func()) *Button {
	b := &Button{hand: h, Text: label, OnTapped: tapped, Importance: widget.MediumImportance}
	if primary {
		b.Importance = widget.HighImportance
	}
	b.ExtendBaseWidget(b)
	return b
}

// IconButton makes a button with a picture instead of words. label is for those who cannot see it.
func (h *Hand) IconButton(icon, label string, tapped func()) *Button {
	b := h.Button("", false, tapped)
	b.icon, b.Label, b.Importance = Icon(icon), label, widget.LowImportance
	return b
}

// SetText changes what the button says.
func (b *Button) SetText(s string) {
	b.Text = s
	b.Refresh()
}

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) {
	if !b.Disabled() && b.OnTapped != nil {
		b.OnTapped()
	}
}

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() {
	b.focused = true
	b.Refresh()
	b.hand.Reveal(b)
}

// FocusLost implements fyne.Focusable.
func (b *Button) FocusLost() {
	b.focused = false
	b.Refresh()
}

// TypedRune implements fyne.Focusable.
func (b *Button) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.Tapped(nil)
	default:
		b.hand.Key(e)
	}
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) {
	b.over = true
	b.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() {
	b.over = false
	b.Refresh()
}

// Cursor implements desktop.Cursorable.
func (b *Button) Cursor() desktop.Cursor {
	if b.Disabled() {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// AccessibilityLabel implements fyne.Accessible.
func (b *Button) AccessibilityLabel() string {
	if b.Label != "" {
		return b.Label
	}
	return b.Text
}

// AccessibilityRole implements fyne.Accessible.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{b: b, back: canvas.NewRectangle(nil), shade: canvas.NewRectangle(nil), ring: focusRing(), text: canvas.NewText("", nil), picture: canvas.NewImageFromResource(b.icon)}
	r.back.CornerRadius, r.shade.CornerRadius, r.text.TextStyle.Bold = Grid, Grid, true
	r.text.Alignment = fyne.TextAlignCenter
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b                 *Button
	back, shade, ring *canvas.Rectangle
	text              *canvas.Text
	picture           *canvas.Image
}

// Destroy implements fyne.WidgetRenderer.
func (r *buttonRenderer) Destroy() {}

// Objects implements fyne.WidgetRenderer.
func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	if r.b.icon != nil {
		return []fyne.CanvasObject{r.back, r.shade, r.picture, r.ring}
	}
	return []fyne.CanvasObject{r.back, r.shade, r.text, r.ring}
}

// MinSize implements fyne.WidgetRenderer.
func (r *buttonRenderer) MinSize() fyne.Size {
	if r.b.icon != nil {
		return fyne.NewSquareSize(4 * Grid)
	}
	return r.text.MinSize().AddWidthHeight(4*Grid, 2*Grid-1)
}

// Layout implements fyne.WidgetRenderer.
func (r *buttonRenderer) Layout(size fyne.Size) {
	const out = 3 // the ring is just outside
	r.back.Resize(size)
	r.shade.Resize(size)
	r.text.Resize(size)
	r.ring.Move(fyne.NewPos(-out, -out))
	r.ring.Resize(size.AddWidthHeight(2*out, 2*out))
	const side = 20
	r.picture.Resize(fyne.NewSquareSize(side))
	r.picture.Move(fyne.NewPos((size.Width-side)/2, (size.Height-side)/2))
}

// Refresh implements fyne.WidgetRenderer.
func (r *buttonRenderer) Refresh() {
	c := Current()
	fill, line, ink := c.Card, c.Line, c.Ink
	switch {
	case r.b.Importance == widget.LowImportance:
		fill, line = color.NRGBA{}, color.NRGBA{}
	case r.b.Disabled():
		fill, ink = color.NRGBA{}, c.Dim
	case r.b.Importance == widget.HighImportance:
		fill, line, ink = c.Sand, c.Sand, c.OnSand
	case r.b.Importance == widget.DangerImportance:
		line, ink = c.Warn, c.Warn
	}
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = fill, line, 1
	r.shade.FillColor = color.Transparent
	if r.b.over && !r.b.Disabled() {
		r.shade.FillColor = theme.Color(theme.ColorNameHover)
	}
	r.text.Text, r.text.Color, r.text.TextSize = r.b.Text, ink, theme.Size(theme.SizeNameText)
	r.ring.Hidden = !r.b.focused
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
