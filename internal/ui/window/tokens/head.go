package tokens

import (
	"fyne.io/fyne/v2"

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
	h.label = look.NewLabel("", look.SizeSmall, look.Dim).Bold()
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

// naturally is how high the card is with all of its rows.
func (r *Room) naturally(card fyne.CanvasObject) func() float32 {
	return func() float32 {
		return card.MinSize().Height - r.table.MinSize().Height + r.table.long.MinSize().Height
	}
}
