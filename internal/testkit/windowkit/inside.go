package windowkit

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// box is a text on the screen, as far as it is in view.
type box struct {
	text                     string
	left, top, right, bottom float32
	cut                      string // why it cannot be read whole; "" if it can
}

// slack is what may be missing or too much by rounding.
const slack = 1.5

// Inside fails the test where a text is outside the window, is cut off without an ellipsis, or lies on another.
func (pg *Page) Inside(t *testing.T) {
	t.Helper()
	pg.Settle()
	size := pg.Win.Canvas().Size()
	view := box{right: size.Width, bottom: size.Height}
	layers := append([]fyne.CanvasObject{pg.Win.Content()}, pg.Win.Canvas().Overlays().List()...)
	for _, layer := range layers {
		var all []box
		collect(layer, fyne.Position{}, view, &all)
		for i, a := range all {
			if a.left < -slack || a.right > size.Width+slack {
				t.Errorf("%q is outside the window (%.0f to %.0f of %.0f)", a.text, a.left, a.right, size.Width)
			}
			if a.cut != "" {
				t.Errorf("%q is cut off: %s", a.text, a.cut)
			}
			for _, b := range all[:i] {
				if min(a.right, b.right)-max(a.left, b.left) > slack && min(a.bottom, b.bottom)-max(a.top, b.top) > slack {
					t.Errorf("%q lies on %q", a.text, b.text)
				}
			}
		}
	}
}

// Settle lays out again what has got another height by its new width, as the driver of a real window does between
// two frames.
func (pg *Page) Settle() {
	for range 3 {
		pg.Win.Content().Refresh()
		for _, o := range pg.Win.Canvas().Overlays().List() {
			o.Refresh()
		}
	}
}

// collect lists the texts below o, whose parent is at this position.
func collect(o fyne.CanvasObject, parent fyne.Position, view box, all *[]box) {
	if o == nil || !o.Visible() {
		return
	}
	at, size := parent.Add(o.Position()), o.Size()
	add := func(text, cut string) {
		b := box{text, at.X, max(at.Y, view.top), at.X + size.Width, min(at.Y+size.Height, view.bottom), cut}
		if text != "" && b.bottom-b.top > slack {
			*all = append(*all, b)
		}
	}
	switch o := o.(type) {
	case *canvas.Text:
		add(o.Text, short(size, o.MinSize(), true))
		return
	case *look.Button:
		if o.Text != "" {
			add(o.Text, short(size, o.MinSize(), true))
			return
		}
	case *look.Label:
		add(o.Text, short(size, o.MinSize(), o.Truncation == fyne.TextTruncateOff && o.Wrapping == fyne.TextWrapOff))
		return
	case *container.Scroll:
		view.top, view.bottom = max(view.top, at.Y), min(view.bottom, at.Y+size.Height)
	}
	for _, child := range children(o) {
		collect(child, at, view, all)
	}
}

// short says what a text lacks. The width counts where it is not cut with an ellipsis or wrapped.
func short(has, wants fyne.Size, width bool) string {
	if has.Height < wants.Height-slack || width && has.Width < wants.Width-slack {
		return fmt.Sprintf("it has %v and wants %v", has, wants)
	}
	return ""
}
