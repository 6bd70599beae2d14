package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// MenuItem is a line of a menu, and what it does.
type MenuItem struct {
	Text string
	Do   func()
}

// Menu opens a menu below a button, or above it where there is no room. The arrow keys go through it, Escape closes it.
func (d *Desk) Menu(at *look.Button, items []MenuItem) *widget.PopUp {
	canvas := d.Win.Canvas()
	var popup *widget.PopUp
	var rows []*look.Row
	h := &look.Hand{Typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			popup.Hide()
		}
	}}
	list := look.Column(0)
	for i, it := range items {
		row := h.Row(it.Text, look.Pad(look.NewLabel(it.Text, look.SizeText, look.Ink), 7, look.Grid+2), func() {
			popup.Hide()
			it.Do()
		})
		row.Arrow = func(step int) { look.Focus(rows[(i+step+len(rows))%len(rows)]) }
		rows = append(rows, row)
		list.Add(row)
	}
	inner := look.Pad(list, 3, 3) // for the ring of the focus
	h.Scroll = container.NewVScroll(inner)
	want := inner.MinSize()
	h.Scroll.SetMinSize(fyne.NewSize(want.Width, min(want.Height, canvas.Size().Height-4*look.Grid)))
	popup = widget.NewPopUp(look.Card(look.Pad(h.Scroll, look.Grid/2, look.Grid/2)), canvas)
	spot, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(at), popup.MinSize()
	x := max(0, min(spot.X+at.Size().Width-size.Width, canvas.Size().Width-size.Width))
	y := spot.Y + at.Size().Height + look.Grid/2
	if y+size.Height > canvas.Size().Height {
		y = max(0, spot.Y-size.Height-look.Grid/2)
	}
	popup.ShowAtPosition(fyne.NewPos(x, y))
	look.Focus(rows[0])
	return popup
}
