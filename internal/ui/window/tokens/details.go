package tokens

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// manyPlaces is how many places a box shows; a scroll holds more.
const manyPlaces = 6

// details shows all that is known of an access token. Its places open.
func (r *Room) details(e *entry) {
	p, s := r.d.P, e.session
	var box *desk.Box
	h := &look.Hand{Typed: func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyEscape {
			box.Hide()
		}
	}}
	c := cellsOf(e, p, r.table.now)
	body := look.Column(look.Grid)
	if s.Account != "" {
		body.Add(fact(p.T("tokens.details.account"), look.Prose(desk.Plain(s.Account))))
	}
	for _, i := range []column{byKind, byEnd, byUse} {
		what := look.Column(2, look.NewLabel(c[i].big, look.SizeText, c[i].tone).Wrapped())
		if c[i].small != "" {
			what.Add(look.Caption(c[i].small))
		}
		body.Add(fact(p.T("tokens."+names[i]), what))
	}
	places := look.Column(look.Grid / 2)
	for _, at := range s.Places {
		places.Add(plan.Place(r.d, h, plan.Spot{File: at.File, Line: at.Line}))
		if at.Literal {
			places.Add(look.NewLabel(p.T("tokens.place.open"), look.SizeSmall, look.Warn))
		}
	}
	if len(s.Places) == 0 {
		places.Add(look.Prose(c[byPlace].big))
	}
	var shown fyne.CanvasObject = places
	if len(s.Places) > manyPlaces {
		h.Scroll = container.NewVScroll(look.Pad(places, 3, 12))
		h.Scroll.SetMinSize(fyne.NewSize(0, 22*look.Grid))
		shown = h.Scroll
	}
	body.Add(fact(p.T("tokens.details.places"), shown))
	box = r.d.Ask(desk.Question{Title: p.T("tokens.details", i18n.Args{"Registry": desk.Plain(s.Name)}), Body: body, Hand: h, No: p.T("window.action.close")})
	box.SetOnClosed(func() { look.Focus(r.table) })
}

// fact is a name and what there is to say.
func fact(name string, what fyne.CanvasObject) fyne.CanvasObject {
	label := look.NewLabel(name, look.SizeText, look.Dim).Wrapped()
	return container.New(look.Either(look.Scaled(44*look.Grid), look.Table(2*look.Grid, look.Scaled(16*look.Grid), 0), layout.NewCustomPaddedVBoxLayout(0)), label, what)
}
