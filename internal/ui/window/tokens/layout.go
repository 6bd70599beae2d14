package tokens

import (
	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// between is the room between two columns.
const between = 2 * look.Grid

// shares are the columns' parts of the width.
var shares = [columns]float32{byName: 5.2, byMay: 4.6, byReach: 5.2, byEnd: 3.6, byUse: 3.7, byPlace: 6}

// cells lays out one part a column, and in another way where there is no room for columns.
func cells(narrow fyne.Layout) fyne.Layout {
	return look.Either(look.Scaled(92*look.Grid), beside{}, narrow)
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
		high, own := o.MinSize().Height, fyne.NewSize(shares[i]*unit, size.Height)
		o.Resize(own)
		if o.MinSize().Height != high {
			arrange(o)
		}
		x += shares[i]*unit + between
	}
}

// arrange lays out a cell again, in which a text has got more lines by its new width, or has become another.
func arrange(cell fyne.CanvasObject) {
	if c, ok := cell.(*fyne.Container); ok {
		c.Layout.Layout(c.Objects, c.Size())
	}
}

// MinSize implements fyne.Layout.
func (beside) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size
}

// stacked puts the name, the end, what it may and the place below each other, the first two beside each other where
// there is room. The rest is left to the details: without headings nobody could tell what it means.
type stacked struct{ width float32 }

// lines are the columns on each line.
func (s *stacked) lines() [][]column {
	if s.width >= look.Scaled(36*look.Grid) {
		return [][]column{{byName, byEnd}, {byMay, byPlace}}
	}
	return [][]column{{byName}, {byEnd}, {byMay}, {byPlace}}
}

// Layout implements fyne.Layout.
func (s *stacked) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	s.width = size.Width
	objects[byReach].Hide()
	objects[byUse].Hide()
	var y float32
	for _, line := range s.lines() {
		var high, x float32
		width := (size.Width - float32(len(line)-1)*between) / float32(len(line))
		for _, c := range line {
			objects[c].Show()
			high = max(high, look.Fitted(objects[c], width))
			objects[c].Move(fyne.NewPos(x, y))
			x += width + between
		}
		y += high + look.Grid/2
	}
}

// MinSize implements fyne.Layout.
func (s *stacked) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, line := range s.lines() {
		var high float32
		for _, c := range line {
			high = max(high, objects[c].MinSize().Height)
		}
		size.Height += high + look.Grid/2
	}
	return size
}

// least is the height that the table is left with before what stands above it has to scroll.
const least = 22 * look.Grid

// page lays out what stands above the table, the table's card, and what can be done below it. The card is as high as
// all its rows, or as there is room.
type page struct {
	above   func(width float32) float32 // how high it would be
	natural func() float32              // how high the card would be
}

// Layout implements fyne.Layout.
func (p page) Layout(o []fyne.CanvasObject, size fyne.Size) {
	above, card, foot := o[0], o[1], o[2]
	low := look.Fitted(foot, size.Width)
	rest := size.Height - low
	high := p.above(size.Width)
	if high = max(0, min(high, rest-least)); high < 5*look.Grid {
		high = 0
	}
	above.Move(fyne.NewPos(0, 0))
	above.Resize(fyne.NewSize(size.Width, high))
	tall := max(0, min(rest-high, p.natural()))
	card.Move(fyne.NewPos(0, high))
	card.Resize(fyne.NewSize(size.Width, tall))
	foot.Move(fyne.NewPos(0, high+tall))
}

// MinSize implements fyne.Layout.
func (page) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(o[1].MinSize().Width, o[2].MinSize().Width), o[1].MinSize().Height+o[2].MinSize().Height)
}

// under gives the second part what the first leaves below it. Unlike Fyne's border it keeps their order, which
// is the Tab key's.
type under struct{}

// Layout implements fyne.Layout.
func (under) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	high := look.Fitted(objects[0], size.Width)
	objects[1].Move(fyne.NewPos(0, high))
	objects[1].Resize(fyne.NewSize(size.Width, max(0, size.Height-high)))
}

// MinSize implements fyne.Layout.
func (under) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}

// across puts words at the left and buttons at the right, or the buttons below the words where there is no room.
type across struct {
	least float32 // width of words that have buttons beside them, at the usual size of type
	width float32
}

// run goes through the buttons, in lines as wide as there is room, and returns how wide and how high they are.
func (a *across) run(o []fyne.CanvasObject, width float32, put func(o fyne.CanvasObject, at fyne.Position, size fyne.Size)) (wide, high float32) {
	var x, y, line float32
	for _, b := range o {
		if !b.Visible() {
			continue
		}
		size := b.MinSize()
		size.Width = min(size.Width, width)
		if x > 0 && x+size.Width > width {
			x, y, line = 0, y+line+look.Grid, 0
		}
		put(b, fyne.NewPos(x, y), size)
		x, line = x+size.Width+look.Grid, max(line, size.Height)
		wide = max(wide, x-look.Grid)
	}
	return wide, y + line
}

func nowhere(fyne.CanvasObject, fyne.Position, fyne.Size) {}

// beside reports whether the buttons have room beside the words, and their width.
func (a *across) beside(o []fyne.CanvasObject) (width float32, fits bool) {
	width, _ = a.run(o[1:], 1<<20, nowhere)
	return width, a.width == 0 || width == 0 || width+look.Scaled(a.least) <= a.width
}

// Layout implements fyne.Layout.
func (a *across) Layout(o []fyne.CanvasObject, size fyne.Size) {
	a.width = size.Width
	width, fits := a.beside(o)
	words := size.Width
	if fits && width > 0 {
		words -= width + 2*look.Grid
	}
	high := look.Fitted(o[0], words)
	place := func(by fyne.Position) func(fyne.CanvasObject, fyne.Position, fyne.Size) {
		return func(b fyne.CanvasObject, at fyne.Position, own fyne.Size) {
			b.Move(at.Add(by))
			b.Resize(own)
		}
	}
	if !fits {
		o[0].Move(fyne.NewPos(0, 0))
		a.run(o[1:], size.Width, place(fyne.NewPos(0, high+look.Grid)))
		return
	}
	o[0].Move(fyne.NewPos(0, max(0, (size.Height-high)/2)))
	_, tall := a.run(o[1:], 1<<20, nowhere)
	a.run(o[1:], 1<<20, place(fyne.NewPos(size.Width-width, max(0, (size.Height-tall)/2))))
}

// MinSize implements fyne.Layout.
func (a *across) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := o[0].MinSize()
	size.Width = min(size.Width, 20*look.Grid)
	if _, fits := a.beside(o); fits {
		_, high := a.run(o[1:], 1<<20, nowhere)
		size.Height = max(size.Height, high)
		return size
	}
	if _, high := a.run(o[1:], a.width, nowhere); high > 0 {
		size.Height += look.Grid + high
	}
	return size
}
