package window

import (
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// card is one session. It is made once and updated in place.
type card struct {
	box                      fyne.CanvasObject
	glass                    *canvas.Image
	title, about, big, small *canvas.Text
	chips                    *fyne.Container
	button                   *button
	shown                    words
	spec                     icon.Spec
	session                  api.Session
}

// newCard makes an empty card whose button calls tapped with the session as it is then.
func newCard(h *hand, tapped func(api.Session)) *card {
	p := current()
	c := &card{
		glass: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleSmooth},
		title: text("", sizeHead, p.ink, true), about: text("", sizeText, p.dim, false),
		big: text("", sizeTitle, p.ink, true), small: text("", sizeText, p.dim, false),
		chips: container.NewHBox(),
	}
	c.glass.SetMinSize(fyne.NewSquareSize(7 * grid))
	c.button = h.button("", false, func() { tapped(c.session) })
	facts := container.NewVBox(c.title, c.about, c.chips)
	when := container.New(layout.NewCustomPaddedLayout(0, 0, 3*grid, 0), fixed(container.NewVBox(c.big, c.small), 26*grid))
	right := container.NewHBox(when, fixed(container.NewCenter(c.button), 14*grid))
	row := container.NewBorder(nil, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 0, 2*grid), container.NewCenter(c.glass)), container.NewVBox(layout.NewSpacer(), right, layout.NewSpacer()), facts)
	c.box = panel(row, p.card, p.line)
	return c
}

// update draws the session as it stands at now. It reports whether the card's parts need new room.
func (c *card) update(s api.Session, p *i18n.Printer, now time.Time) (grown bool) {
	c.session = s
	w, colour := wordsFor(s, p, now), current()
	setText(c.title, w.Title, colour.ink)
	setText(c.about, w.About, colour.dim)
	setText(c.small, w.Small, colour.dim)
	if w.Alarm {
		setText(c.big, w.Big, colour.warn)
	} else {
		setText(c.big, w.Big, colour.ink)
	}
	if c.button.Text != w.Action || w.Primary != c.shown.Primary {
		c.button.Importance = widget.MediumImportance
		if w.Primary {
			c.button.Importance = widget.HighImportance
		}
		c.button.SetText(w.Action)
	}
	if !slices.Equal(w.Chips, c.shown.Chips) {
		c.chips.RemoveAll()
		for _, fact := range w.Chips {
			c.chips.Add(chip(fact, colour))
		}
	}
	grown = !reflect.DeepEqual(w, c.shown)
	c.shown = w
	c.draw(s, now)
	return grown
}

// draw turns the glass when the sand has sunk by a visible step.
func (c *card) draw(s api.Session, now time.Time) {
	const steps = 50 // a step is about one pixel of the glass on the screen
	spec := glassSpec(s, now)
	spec.Share = float64(int(spec.Share*steps)) / steps
	if spec == c.spec && c.glass.Image != nil {
		return
	}
	c.spec = spec
	c.glass.Image = icon.Render(spec)
	c.glass.Refresh()
}
