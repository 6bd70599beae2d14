package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// card is a group of settings.
type card struct {
	title  string
	box    *fyne.Container
	body   *fyne.Container
	words  []string        // that a search finds, beside the title
	more   func() []string // and those that change
	update func()          // draws what is in force
}

// card makes one with these lines, with a rule between each two.
func (r *Room) card(key string, parts ...fyne.CanvasObject) *card {
	c := &card{title: r.d.P.T(key), body: look.Column(look.Grid + look.Grid/2), update: func() {}}
	for i, part := range parts {
		if i > 0 {
			c.body.Add(look.Rule())
		}
		c.body.Add(part)
	}
	c.box = look.Panel(look.Column(2*look.Grid, look.NewLabel(c.title, look.SizeHead, look.Ink).Bold().Wrapped(), c.body))
	return c
}

// terms are what a search looks through.
func (c *card) terms() []string {
	all := append([]string{c.title}, c.words...)
	if c.more != nil {
		all = append(all, c.more()...)
	}
	return all
}

// flush puts the box of a choice in line with the words above and below it; the ring of the focus is outside.
func flush(c *look.Choice) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(-look.Grid/2, -look.Grid/2, -look.Grid, -look.Grid), c.Row)
}

// line is a setting: what it is, what it does, and its controls.
type line struct {
	*fyne.Container
	title, text *look.Label
}

// newLine makes a line with its controls at the right, or below where the room is small.
func newLine(title, text string, controls ...fyne.CanvasObject) *line {
	l := &line{title: look.Prose(title).Bold(), text: look.Caption(text)}
	l.text.Hidden = text == ""
	l.Container = &fyne.Container{Layout: &across{}, Objects: append([]fyne.CanvasObject{look.Column(2, l.title, l.text)}, controls...)}
	return l
}

// say changes what the line says.
func (l *line) say(text string, tone look.Tone) {
	l.text.Hidden = text == ""
	l.text.Say(text, tone)
	l.Refresh()
}

// across puts words at the left and controls at the right, or the controls below the words.
type across struct{ width float32 }

// few is the least width of words that have controls beside them, at the usual size of type.
const few = 30 * look.Grid

// beside is the width of the controls in one line, and whether they have room there.
func (a *across) beside(o []fyne.CanvasObject) (width float32, fits bool) {
	for _, c := range o[1:] {
		if c.Visible() {
			width += look.Grid + c.MinSize().Width
		}
	}
	return width, width == 0 || a.width == 0 || width+few*theme.Size(theme.SizeNameText)/look.SizeText <= a.width
}

// Layout implements fyne.Layout.
func (a *across) Layout(o []fyne.CanvasObject, size fyne.Size) {
	a.width = size.Width
	controls, fits := a.beside(o)
	words := size.Width
	if fits && controls > 0 {
		words -= controls + look.Grid
	}
	o[0].Resize(fyne.NewSize(words, o[0].MinSize().Height))
	high := o[0].MinSize().Height // only now does wrapped text know its height
	o[0].Resize(fyne.NewSize(words, high))
	if !fits {
		o[0].Move(fyne.NewPos(0, 0))
		a.below(o, size.Width, func(c fyne.CanvasObject, at fyne.Position, own fyne.Size) {
			c.Move(at.AddXY(0, high+look.Grid))
			c.Resize(own)
		})
		return
	}
	o[0].Move(fyne.NewPos(0, max(0, (size.Height-high)/2)))
	x := size.Width
	for i := len(o) - 1; i > 0; i-- {
		if !o[i].Visible() {
			continue
		}
		own := o[i].MinSize()
		x -= own.Width
		o[i].Resize(own)
		o[i].Move(fyne.NewPos(x, (size.Height-own.Height)/2))
		x -= look.Grid
	}
}

// below puts the controls in lines of their own, and returns their height.
func (a *across) below(o []fyne.CanvasObject, width float32, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	var x, y, high float32
	for _, c := range o[1:] {
		if !c.Visible() {
			continue
		}
		own := c.MinSize()
		own.Width = min(own.Width, width)
		if x > 0 && x+own.Width > width {
			x, y, high = 0, y+high+look.Grid, 0
		}
		put(c, fyne.NewPos(x, y), own)
		x, high = x+own.Width+look.Grid, max(high, own.Height)
	}
	return y + high
}

// MinSize implements fyne.Layout.
func (a *across) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := o[0].MinSize()
	if _, fits := a.beside(o); !fits {
		size.Height += look.Grid + a.below(o, a.width, func(fyne.CanvasObject, fyne.Position, fyne.Size) {})
	}
	for _, c := range o[1:] {
		if c.Visible() {
			size = size.Max(c.MinSize())
		}
	}
	return size
}
