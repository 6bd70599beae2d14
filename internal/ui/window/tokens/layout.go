package tokens

import (
	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// between is the room between two columns.
const between = 2 * look.Grid

// shares are the columns' parts of the width.
var shares = [columns]float32{byName: 5, byKind: 4, byEnd: 4, byUse: 4, byPlace: 7}

// cells lays out one part a column, and in another way where there is no room for columns.
func cells(narrow fyne.Layout) fyne.Layout {
	return look.Either(look.Scaled(96*look.Grid), beside{}, narrow)
}

// beside gives each column its share.
type beside struct{}

// Layout implements fyne.Layout.
func (beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var whole, x float32
	for _, s := range shares {
		whole += s
	}
	unit := (size.Width - float32(columns-1)*between) / whole
	for i, o := range objects {
		o.Show()
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(shares[i]*unit, size.Height))
		x += shares[i]*unit + between
	}
}

// MinSize implements fyne.Layout.
func (beside) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}

// stacked puts the name, the end and the place below each other, the first two beside each other where there is
// room. The rest is left to the details: without headings nobody could tell what it means.
type stacked struct{ width float32 }

// lines are the columns on each line.
func (s *stacked) lines() [][]column {
	if s.width >= look.Scaled(36*look.Grid) {
		return [][]column{{byName, byEnd}, {byPlace}}
	}
	return [][]column{{byName}, {byEnd}, {byPlace}}
}

// Layout implements fyne.Layout.
func (s *stacked) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	s.width = size.Width
	objects[byKind].Hide()
	objects[byUse].Hide()
	var y float32
	for _, line := range s.lines() {
		var high, x float32
		width := (size.Width - float32(len(line)-1)*between) / float32(len(line))
		for _, c := range line {
			high = max(high, objects[c].MinSize().Height)
			objects[c].Move(fyne.NewPos(x, y))
			objects[c].Resize(fyne.NewSize(width, objects[c].MinSize().Height))
			x += width + between
		}
		y += high + 2
	}
}

// MinSize implements fyne.Layout.
func (s *stacked) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, line := range s.lines() {
		var high float32
		for _, c := range line {
			high = max(high, objects[c].MinSize().Height)
		}
		size.Height += high + 2
	}
	return size
}

// upTo gives a card the height that it needs for all its rows, or what there is.
type upTo struct{ natural func() float32 }

// Layout implements fyne.Layout.
func (u upTo) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(size.Width, min(size.Height, u.natural())))
}

// MinSize implements fyne.Layout.
func (u upTo) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

// under gives the second part what the first leaves below it. Unlike Fyne's border it keeps their order, which
// is the Tab key's. Where all is lower than least, the second has it all.
type under struct{ least float32 }

// Layout implements fyne.Layout.
func (u under) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Show()
	if size.Height < u.least {
		objects[0].Hide()
		objects[1].Move(fyne.NewPos(0, 0))
		objects[1].Resize(size)
		return
	}
	high := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(size.Width, high))
	high = objects[0].MinSize().Height // now that it knows its width
	objects[0].Resize(fyne.NewSize(size.Width, high))
	objects[1].Move(fyne.NewPos(0, high))
	objects[1].Resize(fyne.NewSize(size.Width, max(0, size.Height-high)))
}

// MinSize implements fyne.Layout.
func (u under) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if u.least > 0 {
		return objects[1].MinSize()
	}
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}
