package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Choice is a check box, or one of a group of which one is chosen, with a sentence about what it does.
type Choice struct {
	*Row
	Value   string
	On      bool
	one     bool // of a group
	icon    *widget.Icon
	title   *Label
	changed func()
}

// ChoiceText is what a choice says, and the value that it stands for.
type ChoiceText struct{ Value, Title, Text string }

// Choice makes a check box. changed is called when the user changes it, not by set.
func (h *Hand) Choice(t ChoiceText, on bool, changed func()) *Choice {
	c := &Choice{Value: t.Value, icon: widget.NewIcon(nil), changed: changed, title: Prose(t.Title)}
	c.title.TextStyle.Bold = t.Text != ""
	words := Column(2, c.title)
	if t.Text != "" {
		words.Add(Caption(t.Text))
	}
	content := container.New(layout.NewCustomPaddedLayout(Grid-1, Grid-1, Grid/2, Grid), words)
	sign := container.New(layout.NewCustomPaddedLayout(5, 0, Grid, 0), container.NewVBox(c.icon))
	c.Row = h.Row(t.Title+" "+t.Text, container.NewBorder(nil, nil, sign, nil, content), c.press)
	c.Set(on)
	return c
}

// Group makes choices of which one is on.
func (h *Hand) Group(texts []ChoiceText, chosen string, changed func()) (all []*Choice) {
	pick := func(i int) {
		i = (i + len(all)) % len(all)
		for j, c := range all {
			c.Set(i == j)
		}
		changed()
	}
	for i, t := range texts {
		c := h.Choice(t, false, nil)
		c.one = true
		c.Set(t.Value == chosen)
		c.Row.tapped = func() { pick(i) }
		c.Row.Arrow = func(step int) {
			pick(i + step)
			Focus(all[(i+step+len(all))%len(all)].Row)
		}
		all = append(all, c)
	}
	return all
}

// Focus gives the keyboard to o, if it is on the screen.
func Focus(o interface {
	fyne.CanvasObject
	fyne.Focusable
}) {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(o)
	if all := d.AllWindows(); c == nil && len(all) == 1 {
		c = all[0].Canvas() // what was never drawn is not known to have one
	}
	if c != nil {
		c.Focus(o)
	}
}

func (c *Choice) press() {
	c.Set(!c.On)
	c.changed()
}

// Set chooses without telling anybody.
func (c *Choice) Set(on bool) {
	c.On = on
	icon := map[[2]bool]fyne.Resource{
		{false, false}: theme.CheckButtonIcon(), {false, true}: theme.NewPrimaryThemedResource(theme.CheckButtonCheckedIcon()),
		{true, false}: theme.RadioButtonIcon(), {true, true}: theme.NewPrimaryThemedResource(theme.RadioButtonCheckedIcon()),
	}[[2]bool{c.one, on}]
	if c.Row.off {
		icon = theme.NewDisabledResource(icon)
	}
	c.icon.SetResource(icon)
}

// Allow says whether the user may change the choice.
func (c *Choice) Allow(may bool) {
	c.Row.off = !may
	tone := Ink
	if !may {
		tone = Dim
	}
	c.title.Say(c.title.Text, tone)
	c.Set(c.On)
}
