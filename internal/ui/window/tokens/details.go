package tokens

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// details shows all that is known of one row. Its places open, and what is kept can be shown and copied.
func (r *Room) details(e *entry) {
	p, now := r.d.P, time.Now()
	x := r.dialog()
	body := look.Column(look.Grid)
	for _, m := range e.token.Marks {
		body.Add(r.markWords(m, now))
		body.Add(look.Rule())
	}
	c := cellsOf(e, p, now)
	add := func(key, text string) {
		if text != "" {
			body.Add(fact(p.T("tokens."+key), look.Prose(text)))
		}
	}
	add("details.account", desk.Plain(e.session.Account))
	if e.origin == listed {
		r.tokenFacts(e, add)
	} else {
		add("may", c[byMay].big)
	}
	add("ends", strings.TrimSpace(c[byEnd].big+"  "+c[byEnd].small))
	add("used", c[byUse].big)
	body.Add(fact(p.T("tokens.details.places"), r.placeList(x.hand, e.places(), c[byPlace].big)))
	if e.token.Note != "" {
		add("details.note", desk.Plain(e.token.Note))
	}
	if e.token.Kept != "" {
		body.Add(fact(p.T("tokens.details.secret"), r.secret(x, e.token.Kept)))
	}
	var buttons []*look.Button
	if e.origin == listed {
		buttons = append(buttons, x.bar.Button(p.T("tokens.note"), false, func() {
			x.box.Hide()
			r.note(e)
		}))
	}
	x.open(desk.Plain(e.name), body, buttons...)
}

// tokenFacts are what a list tells.
func (r *Room) tokenFacts(e *entry, add func(key, text string)) {
	p, t, now := r.d.P, e.token, time.Now()
	list := func(all []string) string { return desk.Plain(strings.Join(all, p.T("tokens.comma"))) }
	day := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return p.Clock(at, now)
	}
	add("details.description", desk.Plain(t.Description))
	add("details.masked", desk.Plain(t.Masked))
	add("details.id", desk.Plain(t.ID))
	if e.own() {
		add("details.kind", p.T("tokens.own"))
		return
	}
	add("details.kind", p.T("tokens.what."+string(t.Kind)))
	add("may", mayWords(t.Token, p))
	if t.Bypass {
		add("details.bypass", p.T("tokens.badge.bypass"))
	}
	if t.All {
		add("details.packages", p.T("tokens.reach.all"))
	}
	add("details.packages", list(t.Packages))
	add("details.scopes", list(t.Scopes))
	if len(t.Orgs) > 0 {
		add("details.orgs", list(t.Orgs)+" · "+p.T("tokens.may.org."+string(t.OrgPermission)))
	}
	add("details.addresses", addressWords(t.Token, p))
	add("details.created", day(t.Created))
	add("details.updated", day(t.Updated))
	add("details.revoked", day(t.Revoked))
}

// placeList are the places where it stands, each of which opens.
func (r *Room) placeList(h *look.Hand, places []api.Place, none string) fyne.CanvasObject {
	box := look.Column(look.Grid / 2)
	for _, at := range places {
		if at.File == "" {
			box.Add(look.Prose(spotWords(at, r.d.P)))
			continue
		}
		box.Add(plan.Place(r.d, h, plan.Spot{File: at.File, Line: at.Line}))
		if at.Literal {
			box.Add(look.NewLabel(r.d.P.T("tokens.place.open"), look.SizeSmall, look.Warn))
		}
	}
	if len(places) == 0 {
		box.Add(look.Prose(none))
	}
	return box
}

// secret is what is kept, behind a curtain, with the buttons that show and copy it.
func (r *Room) secret(x *dialog, kept string) fyne.CanvasObject {
	p := r.d.P
	c := r.d.Curtain(x.hand, desk.Held{Kept: kept}, x.width()-look.Scaled(4*look.Grid))
	x.closed = append(x.closed, c.Draw)
	buttons := []fyne.CanvasObject{c.Button}
	if r.d.Outside.Copy != nil {
		buttons = append(buttons, x.hand.Button(p.T("tokens.copy"), false, func() { r.copy(kept) }))
	}
	return look.Column(look.Grid, c.Lines, container.New(look.Flow(look.Grid), buttons...))
}

// copy puts what is kept into the clipboard for a while.
func (r *Room) copy(kept string) { r.d.CopySecret(desk.Held{Kept: kept}) }

// handOut says how a CI service gets what is kept.
func (r *Room) handOut(h *look.Hand, commands []string) fyne.CanvasObject {
	p := r.d.P
	told := look.Column(look.Grid/2, look.Prose(p.T("tokens.commands")).Bold(), look.Caption(p.T("tokens.commands.text")))
	return look.Column(2*look.Grid, told, r.commands(h, commands))
}

// commands are prepared to be run in a terminal, each with a button that copies it. None has a secret in it.
func (r *Room) commands(h *look.Hand, all []string) fyne.CanvasObject {
	box := look.Column(look.Grid)
	for _, c := range all {
		copied := h.Button(r.d.P.T("tokens.command.copy"), false, func() {
			fyne.CurrentApp().Clipboard().SetContent(c)
			r.d.Toast(r.d.P.T("tokens.command.copied"))
		})
		copied.Label = r.d.P.T("tokens.command.copy") + " " + desk.Plain(c)
		box.Add(container.New(&across{least: 30 * look.Grid}, look.Command(desk.Plain(c)), copied))
	}
	return box
}

// fact is a name and what there is to say.
func fact(name string, what fyne.CanvasObject) fyne.CanvasObject {
	label := look.NewLabel(name, look.SizeText, look.Dim).Wrapped()
	return container.New(look.Either(look.Scaled(44*look.Grid), look.Table(2*look.Grid, look.Scaled(16*look.Grid), 0), layout.NewCustomPaddedVBoxLayout(0)), label, what)
}

// args are a name for a text.
func args(name string) i18n.Args { return i18n.Args{"Name": desk.Plain(name)} }
