package timeline

import (
	"image/color"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// picture draws a layout.
type picture struct {
	widget.BaseWidget
	chart   *Chart
	now     Layout
	chosen  int // a mark of now; -1 none
	objects []fyne.CanvasObject
	back    *canvas.Rectangle // of the chosen mark
}

func newPicture(c *Chart) *picture {
	p := &picture{chart: c, chosen: -1, back: canvas.NewRectangle(look.Current().Chip)}
	p.back.CornerRadius = 6
	p.back.Hide()
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer implements fyne.Widget.
func (p *picture) CreateRenderer() fyne.WidgetRenderer { return &drawer{p} }

// MinSize implements fyne.CanvasObject.
func (p *picture) MinSize() fyne.Size {
	return fyne.NewSize(20*look.Grid, p.now.Height)
}

// Resize implements fyne.CanvasObject.
func (p *picture) Resize(size fyne.Size) {
	wider := size.Width != p.Size().Width
	p.BaseWidget.Resize(size)
	if wider {
		p.lay()
	}
}

// AccessibilityLabel implements fyne.Accessible: the list, since the picture says nothing to who cannot see it.
func (p *picture) AccessibilityLabel() string { return p.chart.text() }

// AccessibilityRole implements fyne.Accessible.
func (p *picture) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// lay lays the chart's entries out, and draws them if anything has moved.
func (p *picture) lay() {
	if p.Size().Width == 0 {
		return
	}
	w, size := p.chart.w, theme.CaptionTextSize()
	measure := func(s string) float32 { return fyne.MeasureText(s, size, fyne.TextStyle{}).Width }
	next := Lay(Input{
		Entries: p.chart.all, Now: p.chart.now, Width: p.Size().Width, Measure: measure, Line: fyne.MeasureText("Ag", size, fyne.TextStyle{}).Height,
		Hour: w.hour, Month: w.month, NowText: w.T("sessions.ends.now"), Today: w.T("sessions.ends.today"),
	})
	if reflect.DeepEqual(next, p.now) {
		return
	}
	chosen, was := p.entry()
	p.now, p.chosen = next, -1
	for i, m := range next.Marks {
		if was && m.ID == chosen.ID {
			p.chosen = i
		}
	}
	p.draw()
	p.place()
	canvas.Refresh(p)
}

// entry is the chosen one.
func (p *picture) entry() (Entry, bool) {
	if p.chosen < 0 || p.chosen >= len(p.now.Marks) {
		return Entry{}, false
	}
	return p.now.Marks[p.chosen].Entry, true
}

// choose shows a mark's exact end; -1 none.
func (p *picture) choose(i int) {
	if i == p.chosen {
		return
	}
	p.chosen = i
	p.place()
	p.chart.tell()
}

// place puts the ground behind the chosen mark.
func (p *picture) place() {
	if p.chosen < 0 {
		p.back.Hide()
		return
	}
	put(p.back, p.now.Marks[p.chosen].Row)
	p.back.Show()
	p.back.Refresh()
}

// MouseIn implements desktop.Hoverable.
func (p *picture) MouseIn(e *desktop.MouseEvent) { p.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (p *picture) MouseMoved(e *desktop.MouseEvent) {
	for i, m := range p.now.Marks {
		if r := m.Row; e.Position.X >= r.X && e.Position.X < r.X+r.W && e.Position.Y >= r.Y && e.Position.Y < r.Y+r.H {
			p.choose(i)
			return
		}
	}
	p.choose(-1)
}

// MouseOut implements desktop.Hoverable.
func (p *picture) MouseOut() { p.choose(-1) }

// draw makes the objects of the layout.
func (p *picture) draw() {
	c := look.Current()
	p.objects = []fyne.CanvasObject{p.back}
	line := func(t Tick, colour color.Color, width float32) {
		r := canvas.NewRectangle(colour)
		put(r, Box{t.X - width/2, t.Top, width, t.Bottom - t.Top})
		p.objects = append(p.objects, r)
	}
	for _, t := range p.now.Ticks {
		if !t.Present {
			line(t, c.Line, 1)
			p.write(t.Label, c.Dim)
		}
	}
	if p.now.Rule.X > 0 {
		line(p.now.Rule, c.Line, 1)
	}
	for _, m := range p.now.Marks {
		p.mark(m, c)
	}
	for _, t := range p.now.Ticks {
		if t.Present {
			line(t, c.Ink, 2)
			p.write(t.Label, c.Ink)
		}
	}
}

// sand is the colour of the bars: the one of the sand in the glass, which is lighter than that of our letters.
func sand() color.NRGBA {
	if look.Dark() {
		return look.Current().Sand
	}
	return color.NRGBA{R: 0xc0, G: 0x7a, B: 0x1e, A: 0xff}
}

func (p *picture) mark(m Mark, c look.Palette) {
	tone := sand()
	if m.Ending || m.Over {
		tone = c.Warn
	}
	for _, b := range m.Bar {
		r := canvas.NewRectangle(tone)
		if r.CornerRadius = b.H / 2; m.Long {
			faint := tone
			faint.A = 0x80
			r.FillColor = faint
		}
		put(r, b)
		p.objects = append(p.objects, r)
	}
	if m.End.W > 0 {
		dot := canvas.NewCircle(tone)
		if m.Over {
			dot.FillColor, dot.StrokeColor, dot.StrokeWidth = c.Card, tone, 2
		}
		put(dot, m.End)
		p.objects = append(p.objects, dot)
	}
	p.write(m.Label, c.Ink)
}

func (p *picture) write(t Text, colour color.Color) {
	if t.Text == "" {
		return
	}
	o := look.Text(t.Text, look.SizeSmall, colour, false)
	put(o, t.Box)
	p.objects = append(p.objects, o)
}

func put(o fyne.CanvasObject, b Box) {
	o.Move(fyne.NewPos(b.X, b.Y))
	o.Resize(fyne.NewSize(b.W, b.H))
}

// drawer is the picture's renderer: its objects stand where the layout says.
type drawer struct{ p *picture }

// Destroy implements fyne.WidgetRenderer.
func (d *drawer) Destroy() {}

// Layout implements fyne.WidgetRenderer.
func (d *drawer) Layout(fyne.Size) {}

// MinSize implements fyne.WidgetRenderer.
func (d *drawer) MinSize() fyne.Size { return d.p.MinSize() }

// Objects implements fyne.WidgetRenderer.
func (d *drawer) Objects() []fyne.CanvasObject { return d.p.objects }

// Refresh implements fyne.WidgetRenderer.
func (d *drawer) Refresh() { canvas.Refresh(d.p) }
