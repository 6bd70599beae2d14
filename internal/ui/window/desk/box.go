package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Box is a dialog over the window: a title, what it holds, and buttons at its foot. It is as high as what it
// holds where nobody gave it a size.
type Box struct {
	popup  *widget.PopUp
	inner  *fyne.Container
	scroll *container.Scroll // holds what is too high for the window; nil where nothing is
	closed []func()
}

// Box makes a box. It is shown by Show, and goes by Hide.
func (d *Desk) Box(title string, content fyne.CanvasObject, buttons ...fyne.CanvasObject) *Box {
	head := look.NewLabel(title, look.SizeHead, look.Ink).Bold().Wrapped()
	foot := container.NewHBox(layout.NewSpacer(), look.Beside(look.Grid, buttons...))
	inner := container.New(stacked{}, head, content, foot)
	return &Box{inner: inner, popup: widget.NewModalPopUp(look.Pad(inner, 2*look.Grid, 2*look.Grid), d.Win.Canvas())}
}

// Show shows the box.
func (b *Box) Show() { b.popup.Show() }

// Hide closes the box, and tells those who asked to know.
func (b *Box) Hide() {
	if !b.popup.Visible() {
		return
	}
	b.popup.Hide()
	for _, closed := range b.closed {
		closed()
	}
}

// SetOnClosed has closed called when the box goes.
func (b *Box) SetOnClosed(closed func()) { b.closed = append(b.closed, closed) }

// Resize gives the box a size, if it can be that small.
func (b *Box) Resize(size fyne.Size) {
	b.popup.Resize(size.Max(b.popup.MinSize()))
	if over := b.popup.Canvas.Overlays().Top(); over != nil {
		over.Refresh() // it puts the box into the middle anew
	}
}

// Fit makes the box so wide, and as high as what it holds, if the window is.
func (b *Box) Fit(width float32) {
	b.Resize(fyne.NewSize(width, 0))
	high := b.popup.MinSize().Height // only now does wrapped text know its height
	if room := b.popup.Canvas.Size().Height - 2*look.Grid; high > room {
		high = room
		b.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(3, 3, 3, 12), b.inner.Objects[1]))
		b.inner.Objects[1] = b.scroll
		b.inner.Refresh()
	}
	b.Resize(fyne.NewSize(width, high))
}

// Lead has a hand's scroll, which holds what the box shows, turned by the keys that mean nothing to what has the focus.
func (b *Box) Lead(h *look.Hand) { b.scroll, h.Typed = h.Scroll, b.key }

// key gets the keys that mean nothing to what has the focus.
func (b *Box) key(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		b.Hide()
		return
	}
	by := map[fyne.KeyName]float32{fyne.KeyUp: -4, fyne.KeyDown: 4, fyne.KeyPageUp: -16, fyne.KeyPageDown: 16}[e.Name] * look.Grid
	if b.scroll == nil || by == 0 {
		return
	}
	most := max(0, b.scroll.Content.MinSize().Height-b.scroll.Size().Height)
	b.scroll.ScrollToOffset(fyne.NewPos(0, max(0, min(b.scroll.Offset.Y+by, most))))
}

// stacked puts the title above and the buttons below, and gives what is between them all the height that is left.
type stacked struct{}

const apart = 2 * look.Grid

// Layout implements fyne.Layout.
func (stacked) Layout(o []fyne.CanvasObject, size fyne.Size) {
	head, content, foot := o[0], o[1], o[2]
	head.Resize(fyne.NewSize(size.Width, head.MinSize().Height))
	top := head.MinSize().Height
	head.Resize(fyne.NewSize(size.Width, top))
	low := foot.MinSize().Height
	foot.Move(fyne.NewPos(0, size.Height-low))
	foot.Resize(fyne.NewSize(size.Width, low))
	content.Move(fyne.NewPos(0, top+apart))
	content.Resize(fyne.NewSize(size.Width, max(0, size.Height-top-low-2*apart)))
}

// MinSize implements fyne.Layout.
func (stacked) MinSize(o []fyne.CanvasObject) (size fyne.Size) {
	for _, part := range o {
		m := part.MinSize()
		size = fyne.NewSize(max(size.Width, m.Width), size.Height+m.Height)
	}
	return size.AddWidthHeight(0, 2*apart)
}
