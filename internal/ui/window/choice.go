package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// choice is a check box, or one of a group of which one is chosen, with a sentence about what it does.
type choice struct {
	*row
	value   string
	on      bool
	one     bool // of a group
	icon    *widget.Icon
	title   *canvas.Text
	changed func()
}

// choiceText is what a choice says, and the value that it stands for.
type choiceText struct{ value, title, text string }

// choice makes a check box. changed is called when the user changes it, not by set.
func (h *hand) choice(t choiceText, on bool, changed func()) *choice {
	c := &choice{value: t.value, icon: widget.NewIcon(nil), changed: changed, title: text(t.title, sizeText, current().ink, t.text != "")}
	var content fyne.CanvasObject = container.New(layout.NewCustomPaddedLayout(6, 6, 0, grid), c.title)
	if t.text != "" {
		about := caption(t.text)
		content = container.New(layout.NewCustomPaddedVBoxLayout(0),
			container.New(layout.NewCustomPaddedLayout(6, 0, 0, grid), c.title), container.New(layout.NewCustomPaddedLayout(-6, -4, -grid, 0), about))
	}
	sign := container.New(layout.NewCustomPaddedLayout(5, 0, grid, 0), container.NewVBox(c.icon))
	c.row = h.row(t.title+" "+t.text, container.NewBorder(nil, nil, sign, nil, content), c.press)
	c.set(on)
	return c
}

// group makes choices of which one is on.
func (h *hand) group(texts []choiceText, chosen string, changed func()) (all []*choice) {
	pick := func(i int) {
		i = (i + len(all)) % len(all)
		for j, c := range all {
			c.set(i == j)
		}
		changed()
	}
	for i, t := range texts {
		c := h.choice(t, false, nil)
		c.one = true
		c.set(t.value == chosen)
		c.row.tapped = func() { pick(i) }
		c.row.arrow = func(step int) {
			pick(i + step)
			focus(all[(i+step+len(all))%len(all)].row)
		}
		all = append(all, c)
	}
	return all
}

// focus gives the keyboard to o, if it is on the screen.
func focus(o interface {
	fyne.CanvasObject
	fyne.Focusable
}) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		c.Focus(o)
	}
}

func (c *choice) press() {
	c.set(!c.on)
	c.changed()
}

func (c *choice) set(on bool) {
	c.on = on
	icon := map[[2]bool]fyne.Resource{
		{false, false}: theme.CheckButtonIcon(), {false, true}: theme.NewPrimaryThemedResource(theme.CheckButtonCheckedIcon()),
		{true, false}: theme.RadioButtonIcon(), {true, true}: theme.NewPrimaryThemedResource(theme.RadioButtonCheckedIcon()),
	}[[2]bool{c.one, on}]
	if c.row.off {
		icon = theme.NewDisabledResource(icon)
	}
	c.icon.SetResource(icon)
}

// allow says whether the user may change the choice.
func (c *choice) allow(may bool) {
	c.row.off = !may
	ink := current().ink
	if !may {
		ink = current().dim
	}
	setText(c.title, c.title.Text, ink)
	c.set(c.on)
}
