package setup

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// markSize is the diameter of a step's number.
const markSize = 3 * look.Grid

// marks tell the steps by number, word and check mark, and which one is open.
type marks struct {
	d     *desk.Desk
	box   *fyne.Container
	disks []*canvas.Rectangle
	signs []*canvas.Text
	words []*canvas.Text
	lines []*canvas.Rectangle
	step  *canvas.Text // "Step 2 of 5", where there is no room for the words
	at    int
}

func newMarks(d *desk.Desk) *marks {
	c := look.Current()
	m := &marks{d: d, step: look.Text("", look.SizeText, c.Dim, false)}
	var all []fyne.CanvasObject
	for i, name := range stepNames {
		disk := canvas.NewRectangle(c.Card)
		disk.CornerRadius, disk.StrokeWidth = markSize/2, 1.5
		sign := look.Text("", look.SizeSmall, c.Ink, true)
		sign.Alignment = fyne.TextAlignCenter
		m.disks, m.signs = append(m.disks, disk), append(m.signs, sign)
		m.words = append(m.words, look.Text(d.P.T("setup.step."+name), look.SizeText, c.Dim, false))
		all = append(all, disk, sign, m.words[i])
		if i > 0 {
			line := canvas.NewRectangle(c.Line)
			m.lines, all = append(m.lines, line), append(all, line)
		}
	}
	m.box = container.New(m, append(all, m.step)...)
	return m
}

// update draws which steps are done and which one is open.
func (m *marks) update(at int, done [5]bool) {
	c := look.Current()
	m.at = at
	for i := range stepNames {
		disk, sign, word := m.disks[i], m.signs[i], m.words[i]
		sign.Text = strconv.Itoa(i + 1)
		disk.FillColor, disk.StrokeColor, sign.Color = c.Card, c.Line, c.Dim
		word.Color, word.TextStyle.Bold = c.Dim, i == at
		if done[i] {
			sign.Text, sign.Color, disk.StrokeColor = "✓", c.Sand, c.Sand
		}
		if i == at {
			disk.FillColor, disk.StrokeColor, sign.Color, word.Color = c.Sand, c.Sand, c.OnSand, c.Ink
		}
	}
	m.step.Text = m.d.P.T("setup.step", i18n.Args{"N": at + 1})
	m.box.Refresh()
}

// widths are what the words take, with what stands around them.
func (m *marks) widths() (all float32) {
	for _, w := range m.words {
		bold := fyne.MeasureText(w.Text, w.TextSize, fyne.TextStyle{Bold: true}) // any of them may be the open one
		all += m.disk() + look.Grid + bold.Width
	}
	return all
}

func (m *marks) disk() float32 { return max(markSize, m.signs[0].MinSize().Height+look.Grid) }

// Layout implements fyne.Layout.
func (m *marks) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	const gap = 2 * look.Grid // the least between two steps: room for the line
	disk := m.disk()
	wide := m.widths()+4*(gap+2*look.Grid) <= size.Width
	line := float32(gap)
	if wide {
		line = min(6*look.Grid, (size.Width-m.widths())/4-2*look.Grid)
	} else {
		line = min(line, max(2, (size.Width-5*disk)/4-2*4))
	}
	var x float32
	for i := range stepNames {
		if i > 0 {
			l := m.lines[i-1]
			room := float32(4)
			if wide {
				room = look.Grid
			}
			l.Move(fyne.NewPos(x+room, disk/2))
			l.Resize(fyne.NewSize(line, 1))
			x += line + 2*room
		}
		x = m.put(i, x, wide)
	}
	m.step.Hidden = wide
	m.step.Text = m.d.P.T("setup.step", i18n.Args{"N": m.at + 1}) + " · " + m.words[m.at].Text
	m.step.Move(fyne.NewPos(0, disk+look.Grid/2))
	m.step.Resize(m.step.MinSize())
}

// put places one step at x, and returns where it ends.
func (m *marks) put(i int, x float32, wide bool) float32 {
	disk, word := m.disk(), m.words[i]
	m.disks[i].CornerRadius = disk / 2
	m.disks[i].Move(fyne.NewPos(x, 0))
	m.disks[i].Resize(fyne.NewSquareSize(disk))
	high := m.signs[i].MinSize().Height
	m.signs[i].Move(fyne.NewPos(x, (disk-high)/2))
	m.signs[i].Resize(fyne.NewSize(disk, high))
	x += disk
	if word.Hidden = !wide; !wide {
		return x
	}
	size := word.MinSize()
	word.Move(fyne.NewPos(x+look.Grid, (disk-size.Height)/2))
	word.Resize(size)
	return x + look.Grid + size.Width
}

// MinSize implements fyne.Layout.
func (m *marks) MinSize([]fyne.CanvasObject) fyne.Size {
	high := m.disk()
	if !m.step.Hidden {
		high += look.Grid/2 + m.step.MinSize().Height
	}
	return fyne.NewSize(5*m.disk()+4*10, high)
}

// barLayout puts the first button at the left and the others at the right, or in more lines where they do not fit.
type barLayout struct{ width float32 }

func (b *barLayout) need(o []fyne.CanvasObject) (all float32) {
	for _, one := range o {
		if one.Visible() {
			all += one.MinSize().Width + look.Grid
		}
	}
	return all
}

// Layout implements fyne.Layout.
func (b *barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	b.width = size.Width
	if b.need(o)-look.Grid > size.Width {
		b.rows(o, size.Width, func(one fyne.CanvasObject, at fyne.Position, size fyne.Size) { one.Move(at); one.Resize(size) })
		return
	}
	x := size.Width
	for i := len(o) - 1; i >= 0; i-- {
		if !o[i].Visible() {
			continue
		}
		own := o[i].MinSize()
		x -= own.Width
		at := x
		if i == 0 {
			at = 0
		}
		o[i].Move(fyne.NewPos(at, 0))
		o[i].Resize(own)
		x -= look.Grid
	}
}

// rows gives each line to as many buttons as it holds, the last ones first, and returns the height. What is left
// of a line they share.
func (b *barLayout) rows(o []fyne.CanvasObject, width float32, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	var line []fyne.CanvasObject
	var y float32
	flush := func() {
		more := (width - b.need(line) + look.Grid) / float32(max(1, len(line)))
		x, high := width, float32(0)
		for _, one := range line {
			own := one.MinSize()
			x -= own.Width + more
			put(one, fyne.NewPos(x, y), fyne.NewSize(own.Width+more, own.Height))
			x, high = x-look.Grid, max(high, own.Height)
		}
		y, line = y+high+look.Grid, nil
	}
	for i := len(o) - 1; i >= 0; i-- {
		if !o[i].Visible() {
			continue
		}
		if len(line) > 0 && b.need(append(line, o[i]))-look.Grid > width {
			flush()
		}
		line = append(line, o[i])
	}
	flush()
	return max(0, y-look.Grid)
}

// MinSize implements fyne.Layout.
func (b *barLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, one := range o {
		if one.Visible() {
			size = size.Max(one.MinSize())
		}
	}
	if b.width > 0 && b.need(o)-look.Grid > b.width {
		size.Height = b.rows(o, b.width, func(fyne.CanvasObject, fyne.Position, fyne.Size) {})
	}
	return size
}
