package setup

import (
	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// middle puts buttons beside each other in the middle, or below each other where they do not fit.
type middle struct{ width float32 }

func (m *middle) below(o []fyne.CanvasObject) bool {
	need := float32(-look.Grid)
	for _, one := range o {
		need += one.MinSize().Width + look.Grid
	}
	return m.width > 0 && need > m.width
}

// Layout implements fyne.Layout.
func (m *middle) Layout(o []fyne.CanvasObject, size fyne.Size) {
	m.width = size.Width
	if m.below(o) {
		var y float32
		for _, one := range o {
			high := one.MinSize().Height
			one.Move(fyne.NewPos(0, y))
			one.Resize(fyne.NewSize(size.Width, high))
			y += high + look.Grid
		}
		return
	}
	var all float32
	for _, one := range o {
		all += one.MinSize().Width
	}
	x := (size.Width - all - look.Grid*float32(len(o)-1)) / 2
	for _, one := range o {
		one.Move(fyne.NewPos(x, 0))
		one.Resize(one.MinSize())
		x += one.MinSize().Width + look.Grid
	}
}

// MinSize implements fyne.Layout.
func (m *middle) MinSize(o []fyne.CanvasObject) (size fyne.Size) {
	var high float32
	for i, one := range o {
		own := one.MinSize()
		size = size.Max(own)
		if i > 0 {
			high += look.Grid
		}
		high += own.Height
	}
	if m.below(o) {
		size.Height = high
	}
	return size
}
