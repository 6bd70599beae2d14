package tokens

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// head is a column's heading. A press sorts by it.
type head struct {
	box   *look.Row
	label *look.Label
	name  string
	is    column
}

func (r *Room) newHead(c column) *head {
	h := &head{is: c, name: r.d.P.T("tokens." + names[c])}
	h.label = look.Line("", look.SizeSmall, look.Dim).Bold()
	h.box = r.heading.Row(r.d.P.T("tokens.sort", i18n.Args{"Column": h.name}), look.Pad(h.label, 4, 0), func() { r.sort(c) })
	h.box.Arrow = func(step int) {
		if next := int(c) + step; next >= 0 && next < columns {
			look.Focus(r.heads[next].box)
		}
	}
	h.say(r.by, r.down)
	return h
}

// say marks the column that the table is sorted by.
func (h *head) say(by column, down bool) {
	text, tone := h.name, look.Dim
	if h.is == by {
		text, tone = h.name+" ▲", look.Ink
		if down {
			text = h.name + " ▼"
		}
	}
	h.label.Say(text, tone)
}

// wide is how wide the heading is with its mark, at the most.
func (h *head) wide() float32 {
	return fyne.MeasureText(h.name+" ▼", theme.Size(theme.SizeNameCaptionText), fyne.TextStyle{Bold: true}).Width + 4
}

// strip lays out the headings where there is no room for columns: like words, or in two columns where even that would take
// too many lines.
type strip struct {
	flow  fyne.Layout
	width float32
}

func (s *strip) pairs() bool { return s.width > 0 && s.width < look.Scaled(40*look.Grid) }

// Layout implements fyne.Layout.
func (s *strip) Layout(o []fyne.CanvasObject, size fyne.Size) {
	s.width = size.Width
	if !s.pairs() {
		s.flow.Layout(o, size)
		return
	}
	half, high := (size.Width-look.Grid)/2, o[0].MinSize().Height
	for i, one := range o {
		one.Move(fyne.NewPos(float32(i%2)*(half+look.Grid), float32(i/2)*(high+2)))
		one.Resize(fyne.NewSize(half, high))
	}
}

// MinSize implements fyne.Layout.
func (s *strip) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := s.flow.MinSize(o)
	if s.pairs() {
		lines := float32((len(o) + 1) / 2)
		size.Height = lines*(o[0].MinSize().Height+2) - 2
	}
	return size
}

// stage makes what the room shows: what is to be said first, the card with the table, and what can be done.
func (r *Room) stage() fyne.CanvasObject {
	heads := make([]fyne.CanvasObject, columns)
	for i := range columns {
		h := r.newHead(column(i))
		r.heads, heads[i] = append(r.heads, h), look.Wide(h.box, h.wide())
	}
	line := look.Pad(container.New(cells(&strip{flow: look.Flow(12)}), heads...), 0, inset)
	top := container.New(layout.NewCustomPaddedLayout(0, 0, look.LongLeft, look.LongRight), look.Column(look.Grid/2, line, look.Rule()))
	card := look.Card(look.Pad(container.New(under{}, top, r.table), look.Grid, look.Grid/2))
	natural := func() float32 {
		return card.MinSize().Height - r.table.MinSize().Height + r.table.long.MinSize().Height
	}
	r.above.Scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(3, 2*look.Grid, 3, 12), r.news))
	above := func(width float32) float32 {
		if len(r.news.Objects) == 0 {
			return 0
		}
		return look.Fitted(r.above.Scroll.Content, width) + 1
	}
	r.page = container.New(page{above, natural}, r.above.Scroll, container.New(layout.NewCustomPaddedLayout(0, 0, 3, 12), card), r.foot.box)
	return r.page
}
