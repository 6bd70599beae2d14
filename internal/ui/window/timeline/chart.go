// Package timeline shows what ends when: sessions over the next hours, and what lives for months over the next
// 90 days, as a picture and as a list. Lay says where everything stands, and is pure; Chart draws it.
//
// Chart runs on Fyne's main goroutine.
package timeline

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Chart is the panel that tells what ends when.
type Chart struct {
	// OnResize is called when the panel needs more or less height.
	OnResize func()

	w        words
	box      fyne.CanvasObject
	reach    *look.Label
	detail   *look.Label
	picture  *picture
	row      *look.Row // the picture, for the keyboard
	list     *fyne.Container
	lines    []line
	stage    *fyne.Container // the picture or the list
	switches [2]*choice
	all      []Entry
	now      time.Time
	listed   time.Time // the minute that the list was made in
	asList   bool
}

// New makes an empty chart.
func New(h *look.Hand, p *i18n.Printer) *Chart {
	c := &Chart{OnResize: func() {}, w: words{p}, list: look.Column(look.Grid), reach: look.Line("", look.SizeSmall, look.Dim), detail: look.Caption("")}
	c.picture = newPicture(c)
	c.row = h.Row(p.T("sessions.ends.title"), look.Pad(c.picture, look.Grid/2, look.Grid), func() { c.step(1) })
	c.row.Arrow = c.step
	c.switches = [2]*choice{
		newChoice(h, p.T("sessions.ends.timeline"), func() { c.turn(false) }),
		newChoice(h, p.T("sessions.ends.list"), func() { c.turn(true) }),
	}
	heading := container.New(look.Either(52*look.Grid, look.Ends(2*look.Grid), layout.NewCustomPaddedVBoxLayout(look.Grid)),
		look.Column(2, look.NewLabel(p.T("sessions.ends.title"), look.SizeHead, look.Ink).Bold().Wrapped(), c.reach),
		look.Beside(look.Grid/2, c.switches[0].row, c.switches[1].row))
	c.stage = container.NewStack()
	c.box = look.Panel(look.Column(2*look.Grid, heading, c.stage))
	c.turn(false)
	return c
}

// Object is the panel.
func (c *Chart) Object() fyne.CanvasObject { return c.box }

// Row is what the keyboard goes through the picture by; nothing while the list is shown.
func (c *Chart) Row() *look.Row { return c.row }

// Show draws the sessions as they stand at now; nothing is drawn again where nothing has moved.
func (c *Chart) Show(all []api.Session, now time.Time) {
	entries := Entries(all, now, desk.Plain)
	changed := !slices.Equal(entries, c.all)
	c.all, c.now = entries, now
	c.reach.Say(c.w.reach(entries, now), look.Dim)
	if c.asList {
		if c.draw(changed) {
			c.OnResize()
		}
		return
	}
	high := c.picture.now.Height
	c.picture.lay()
	if c.tell(); c.picture.now.Height != high {
		c.OnResize()
	}
}

// Empty reports whether nothing ends.
func (c *Chart) Empty() bool { return len(c.all) == 0 }

// turn shows the picture or the list.
func (c *Chart) turn(asList bool) {
	c.asList = asList
	for i, s := range c.switches {
		s.choose(asList == (i == 1))
	}
	outer := look.Pad(c.row, 0, -look.Grid) // the ring stands outside of what is in line with the heading
	c.stage.Objects = []fyne.CanvasObject{look.Column(look.Grid/2, outer, c.detail)}
	if asList {
		c.stage.Objects = []fyne.CanvasObject{c.list}
		c.draw(true)
	} else {
		c.picture.lay()
		c.tell()
	}
	c.stage.Refresh()
	c.OnResize()
}

// step goes to the next mark, or the one before.
func (c *Chart) step(by int) {
	if n := len(c.picture.now.Marks); n > 0 {
		next := c.picture.chosen + by
		if c.picture.chosen < 0 && by < 0 {
			next = n - 1
		}
		c.picture.choose((next + n) % n)
	}
}

// tell writes the exact end of the chosen mark below the picture.
func (c *Chart) tell() {
	text := c.w.T("sessions.ends.hint")
	if e, ok := c.picture.entry(); ok {
		c.detail.Say(c.w.line(e, c.now), look.Ink)
		return
	}
	if n := c.picture.now.Hidden; n > 0 {
		text = c.w.N("sessions.ends.more", n)
	}
	c.detail.Say(text, look.Dim)
}

// text is the list in words.
func (c *Chart) text() string {
	var lines []string
	for _, e := range sorted(c.all) {
		lines = append(lines, c.w.line(e, c.now))
	}
	return strings.Join(lines, "\n")
}

// line is an entry in the list.
type line struct{ who, when *look.Label }

// draw makes the list, or brings the times in it up to date once a minute. It reports whether it did.
func (c *Chart) draw(anew bool) bool {
	minute := c.now.Truncate(time.Minute)
	if !anew && minute.Equal(c.listed) {
		return false
	}
	c.listed = minute
	entries := sorted(c.all)
	if len(entries) != len(c.lines) {
		c.lines = nil
		c.list.Objects = nil
		for range entries {
			l := line{look.Prose(""), look.NewLabel("", look.SizeText, look.Dim).Wrapped()}
			c.lines = append(c.lines, l)
			row := container.New(look.Either(60*look.Grid, layout.NewGridLayoutWithColumns(2), layout.NewCustomPaddedVBoxLayout(2)), l.who, l.when)
			c.list.Objects = append(c.list.Objects, look.Rule(), row)
		}
	}
	for i, e := range entries {
		tone := look.Dim
		if e.Ending {
			tone = look.Warn
		}
		c.lines[i].who.Say(c.w.who(e), look.Ink)
		c.lines[i].when.Say(c.w.when(e, c.now), tone)
	}
	c.list.Refresh()
	return true
}

// choice is one of the two ways to look at the chart.
type choice struct {
	row   *look.Row
	label *look.Label
	back  *canvas.Rectangle
}

func newChoice(h *look.Hand, text string, tapped func()) *choice {
	s := &choice{label: look.NewLabel(text, look.SizeSmall, look.Dim), back: canvas.NewRectangle(nil)}
	s.back.CornerRadius = 6
	s.row = h.Row(text, container.NewStack(s.back, look.Pad(s.label, 5, look.Grid+2)), tapped)
	return s
}

func (s *choice) choose(on bool) {
	s.back.FillColor = nil
	tone := look.Dim
	if on {
		s.back.FillColor, tone = look.Current().Chip, look.Ink
	}
	s.back.Refresh()
	s.label.Say(s.label.Text, tone)
}
