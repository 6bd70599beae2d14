package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Long is what a scroll holds that has more rows than should be made at once: it asks for a row when it comes
// near the part that can be seen, and lets go of those that are far from it. The height of a row that was not
// made yet is guessed.
type Long struct {
	widget.BaseWidget
	scroll  *container.Scroll
	row     func(i int) fyne.CanvasObject
	gap     float32
	rough   float32
	heights []float32
	fit     []bool // the height is measured, at the present width
	width   float32
	made    map[int]fyne.CanvasObject
	objects []fyne.CanvasObject
	held    int // the row that has the keyboard: it stays, wherever it is; -1 is none
	busy    bool
}

// The room around the rows: for the ring of the focus and for the scroll bar.
const (
	longAbove, longBelow = Grid / 2, Grid

	LongLeft, LongRight = 3, 12
)

// Long makes the hand's scroll, with rows that are about as high as rough and have so much room between them.
func (h *Hand) Long(gap, rough float32, row func(i int) fyne.CanvasObject) *Long {
	l := &Long{row: row, gap: gap, rough: rough, made: map[int]fyne.CanvasObject{}, held: -1}
	l.ExtendBaseWidget(l)
	l.scroll = container.NewVScroll(l)
	h.Scroll, h.hold = l.scroll, l.hold
	return l
}

// Set says how many rows there are. All that can be seen are asked for again.
func (l *Long) Set(count int) {
	for len(l.heights) < count {
		l.heights = append(l.heights, l.rough)
	}
	l.heights = l.heights[:count]
	l.fit = make([]bool, count)
	clear(l.made)
	if l.held >= count {
		l.held = -1
	}
	l.Refit()
}

// Restart is Set from the first row on.
func (l *Long) Restart(count int) {
	l.scroll.Offset = fyne.Position{}
	l.BaseWidget.Move(fyne.Position{})
	l.Set(count)
}

// Refit measures again the rows that are made: one of them has changed.
func (l *Long) Refit() {
	for i := range l.made {
		l.fit[i] = false
	}
	l.place()
	l.scroll.Refresh()
}

// Guess says how high rows are that were not made yet.
func (l *Long) Guess(rough float32) {
	if l.rough == rough {
		return
	}
	l.rough = rough
	for i := range l.heights {
		if !l.fit[i] {
			l.heights[i] = rough
		}
	}
}

// Reveal scrolls until row i stands at the top, or as far up as it goes.
func (l *Long) Reveal(i int) {
	for range 3 { // what comes into view may be higher than was guessed
		l.scroll.ScrollToOffset(fyne.NewPos(0, max(0, l.top(i)-longAbove)))
	}
}

// See scrolls only as far as it takes to see all of row i.
func (l *Long) See(i int) {
	top, view, at := l.top(i), l.scroll.Size().Height, l.scroll.Offset.Y
	bottom := top + l.heights[i]
	switch {
	case top-longAbove < at:
		at = max(0, top-longAbove)
	case bottom > at+view:
		at = bottom - view
	default:
		return
	}
	l.scroll.ScrollToOffset(fyne.NewPos(0, at))
}

// Row is row i if it is made, else nil.
func (l *Long) Row(i int) fyne.CanvasObject { return l.made[i] }

// top is where row i begins.
func (l *Long) top(i int) float32 {
	y := float32(longAbove)
	for _, h := range l.heights[:i] {
		y += h + l.gap
	}
	return y
}

// hold keeps the row at this height, for it has the keyboard.
func (l *Long) hold(y float32) {
	at := float32(longAbove)
	for i, h := range l.heights {
		if at += h + l.gap; y < at {
			l.held = i
			return
		}
	}
}

// Move implements fyne.CanvasObject: all scrolling comes this way.
func (l *Long) Move(p fyne.Position) {
	l.BaseWidget.Move(p)
	l.place()
}

// Resize implements fyne.CanvasObject.
func (l *Long) Resize(size fyne.Size) {
	if l.width != size.Width {
		l.width = size.Width
		clear(l.fit)
	}
	l.BaseWidget.Resize(size)
	l.place()
}

// CreateRenderer implements fyne.Widget.
func (l *Long) CreateRenderer() fyne.WidgetRenderer { return longRenderer{l} }

// place makes the rows that can be seen and some on each side, and lays them out.
func (l *Long) place() {
	if l.busy || l.width == 0 {
		return
	}
	l.busy = true
	defer func() { l.busy = false }()
	var from, to int
	for range 4 { // rows that turn out lower than was guessed make room for more
		from, to = l.near()
		if !l.measure(from, to) {
			break
		}
	}
	for i := range l.made {
		if (i < from || i >= to) && i != l.held {
			delete(l.made, i)
		}
	}
	l.put(from, to)
	if size := fyne.NewSize(l.Size().Width, max(l.MinSize().Height, l.scroll.Size().Height)); size != l.Size() {
		l.BaseWidget.Resize(size)
	}
	canvas.Refresh(l)
}

// near are the rows that can be seen and those within half a view of them.
func (l *Long) near() (from, to int) {
	view := l.scroll.Size().Height
	above, below := -l.Position().Y-view/2, -l.Position().Y+1.5*view
	y := float32(longAbove)
	from = len(l.heights)
	for i, h := range l.heights {
		if y+h >= above && i < from {
			from = i
		}
		if y > below {
			return from, i
		}
		y += h + l.gap
	}
	return from, len(l.heights)
}

// measure makes rows and takes their heights. What stands at the top of the view stays there, though rows above
// it are found to be of another height. It reports whether any is.
func (l *Long) measure(from, to int) (moved bool) {
	y, shift, top := l.top(from), float32(0), -l.Position().Y
	for i := from; i < to; i++ {
		was := l.heights[i]
		if l.made[i] == nil {
			l.made[i] = l.row(i)
			l.fit[i] = false
		}
		if !l.fit[i] {
			l.heights[i], l.fit[i] = Fitted(l.made[i], l.Inner()), true
		}
		if now := l.heights[i]; now != was {
			moved = true
			if y+was < top {
				shift += now - was
			}
		}
		y += was + l.gap
	}
	if shift != 0 {
		l.scroll.Offset.Y += shift
		l.BaseWidget.Move(l.Position().SubtractXY(0, shift))
	}
	return moved
}

// Inner is the width of a row.
func (l *Long) Inner() float32 { return l.width - LongLeft - LongRight }

// Fitted gives o a width and the height that it then needs, which it returns.
func Fitted(o fyne.CanvasObject, width float32) float32 {
	high := o.MinSize().Height
	for range 4 { // text in boxes in boxes knows its lines only after each has its width
		o.Resize(fyne.NewSize(width, high))
		next := o.MinSize().Height
		if next == high {
			break
		}
		high = next
	}
	return high
}

// put lays the rows out and lists them from top to bottom, for the Tab key goes by that.
func (l *Long) put(from, to int) {
	l.objects = l.objects[:0:0]
	y := float32(longAbove)
	for i, h := range l.heights {
		if o := l.made[i]; o != nil && (i >= from && i < to || i == l.held) {
			o.Move(fyne.NewPos(LongLeft, y))
			l.objects = append(l.objects, o)
		}
		y += h + l.gap
	}
}

type longRenderer struct{ l *Long }

// Destroy implements fyne.WidgetRenderer.
func (longRenderer) Destroy() {}

// Layout implements fyne.WidgetRenderer. It is called when a part of a row has got another size.
func (r longRenderer) Layout(fyne.Size) {
	if !r.l.busy {
		for i := range r.l.made {
			r.l.fit[i] = false
		}
		r.l.place()
	}
}

// MinSize implements fyne.WidgetRenderer.
func (r longRenderer) MinSize() fyne.Size {
	l := r.l
	return fyne.NewSize(0, l.top(len(l.heights))+longBelow)
}

// Objects implements fyne.WidgetRenderer.
func (r longRenderer) Objects() []fyne.CanvasObject { return r.l.objects }

// Refresh implements fyne.WidgetRenderer.
func (r longRenderer) Refresh() { r.Layout(r.l.Size()) }
