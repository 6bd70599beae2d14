package sessions

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// fact is a line of the details: what it is, and one or more things to tell.
type fact struct {
	name   string
	values []value
}

// value is one of them.
type value struct {
	text string
	warn bool
	mono bool
}

// detailFacts are all that is known of a session, but its secret.
func detailFacts(s api.Session, f facts, p *i18n.Printer, now time.Time) []fact {
	t := func(key string) string { return p.T("sessions.details." + key) }
	one := func(key, text string) fact { return fact{t(key), []value{{text: text}}} }
	out := []fact{{t("registry"), []value{{text: desk.Plain(s.Registry), mono: true}}}}
	if s.State == api.StateNone {
		return append(out, fact{t("places"), placeValues(s, p)})
	}
	if s.Mode != "" {
		out = append(out, one("mode", t("mode."+string(s.Mode))))
	}
	out = append(out, fact{t("variables"), variableValues(s, p)}, fact{t("places"), placeValues(s, p)})
	life := fact{name: t("lifetime")}
	if !s.Started.IsZero() && !s.Ends.IsZero() {
		life.values = append(life.values, value{text: p.T("sessions.details.life", i18n.Args{"Started": p.Clock(s.Started, now), "Ends": p.Clock(s.Ends, now)})})
	}
	life.values = append(life.values, value{text: lifetime(s, p)})
	if s.Learned > 0 && s.Lifetime != api.LifetimeLearned {
		length := p.Left(time.Duration(s.Length) * time.Second)
		life.values = append(life.values, value{text: p.N("sessions.details.learned", s.Learned, i18n.Args{"Length": length})})
	}
	probed := t("never")
	if !s.Probed.IsZero() {
		probed = p.T("sessions.details.probed.at", i18n.Args{"Clock": p.Clock(s.Probed, now)})
	}
	out = append(out, life, one("probed", probed), useFact(f, p, now))
	if s.Fingerprint != "" {
		out = append(out, fact{t("fingerprint"), []value{{text: s.Fingerprint, mono: true}}})
	}
	return out
}

func variableValues(s api.Session, p *i18n.Printer) (out []value) {
	for _, v := range s.Variables {
		out = append(out, value{text: desk.Plain(v), mono: true})
	}
	return orNone(out, p)
}

func placeValues(s api.Session, p *i18n.Printer) (out []value) {
	for _, place := range s.Places {
		at := p.T("sessions.chip.placeholder", i18n.Args{"File": desk.Plain(desk.ShortPath(place.File)), "Line": place.Line})
		if place.Literal && s.Mode != injection.ModeFile {
			out = append(out, value{text: p.T("sessions.details.literal", i18n.Args{"Place": at}), warn: true})
			continue
		}
		out = append(out, value{text: at, mono: true})
	}
	return orNone(out, p)
}

// useFact are the last uses: which program, and when.
func useFact(f facts, p *i18n.Printer, now time.Time) fact {
	const most = 5
	var out []value
	for _, u := range f.uses[:min(most, len(f.uses))] {
		program := u.Program
		if program == "" {
			program = u.Executable
		}
		out = append(out, value{text: p.T("sessions.details.use", i18n.Args{"Clock": p.Clock(u.At, now), "Program": desk.Plain(program)})})
	}
	return fact{p.T("sessions.details.uses"), orNone(out, p)}
}

func orNone(all []value, p *i18n.Printer) []value {
	if len(all) == 0 {
		return []value{{text: p.T("sessions.details.none")}}
	}
	return all
}

// openDetails shows all that is known of a session, in a box over the window.
func (r *Room) openDetails(registry string) {
	s, ok := r.session(registry)
	if !ok {
		return
	}
	p, now := r.d.P, time.Now()
	h := &look.Hand{Typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			r.box.Hide()
		}
	}}
	width := min(64*look.Grid, r.d.Win.Canvas().Size().Width-4*look.Grid)
	list := look.Column(look.Grid + 4)
	for _, f := range detailFacts(s, r.facts[registry], p, now) {
		list.Add(detailRow(f.name, values(f.values)))
	}
	var c *desk.Curtain
	if held(s) {
		c = r.d.Curtain(h, desk.Held{Registry: s.Registry}, width-12*look.Grid)
		list.Add(look.Rule())
		list.Add(detailRow(p.T("sessions.details.secret"), look.Column(look.Grid, c.Lines, container.New(look.Flow(look.Grid), r.secretButtons(h, c, s)...))))
	}
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(2, 2, 3, 2*look.Grid), list))
	h.Scroll = scroll
	list.Resize(fyne.NewSize(width-7*look.Grid, list.MinSize().Height)) // text learns how high it is
	scroll.SetMinSize(fyne.NewSize(20*look.Grid, max(12*look.Grid, min(list.MinSize().Height+look.Grid, r.d.Win.Canvas().Size().Height-22*look.Grid))))
	r.curtain = c
	r.box = r.d.Ask(desk.Question{Title: strings.TrimSpace(desk.Plain(s.Name) + "  " + desk.Plain(s.Account)), Body: scroll, No: p.T("sessions.close")})
	r.box.SetOnClosed(r.closeDetails)
}

func (r *Room) closeDetails() {
	if r.curtain != nil {
		r.curtain.Draw()
		r.curtain = nil
	}
}

func (r *Room) secretButtons(h *look.Hand, c *desk.Curtain, s api.Session) []fyne.CanvasObject {
	out := []fyne.CanvasObject{c.Button}
	if r.d.Outside.Copy != nil {
		out = append(out, h.Button(r.d.P.T("sessions.menu.copy"), false, func() { r.d.CopySecret(desk.Held{Registry: s.Registry}) }))
	}
	return out
}

// detailRow puts a value beside its name, or below it where there is no room.
func detailRow(name string, content fyne.CanvasObject) fyne.CanvasObject {
	caption := look.NewLabel(name, look.SizeText, look.Dim).Wrapped()
	return container.New(look.Either(scaled(48*look.Grid), named{}, layout.NewCustomPaddedVBoxLayout(2)), caption, content)
}

// named gives the name its width and the value the rest.
type named struct{}

// Layout implements fyne.Layout.
func (named) Layout(o []fyne.CanvasObject, size fyne.Size) {
	name := scaled(17 * look.Grid)
	o[0].Resize(fyne.NewSize(name, o[0].MinSize().Height))
	o[1].Move(fyne.NewPos(name+2*look.Grid, 0))
	o[0].Move(fyne.NewPos(0, 0))
	o[1].Resize(fyne.NewSize(size.Width-name-2*look.Grid, size.Height))
}

// MinSize implements fyne.Layout.
func (named) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(scaled(30*look.Grid), max(o[0].MinSize().Height, o[1].MinSize().Height))
}

func values(all []value) fyne.CanvasObject {
	box := look.Column(2)
	for _, v := range all {
		l := look.Prose(v.text)
		if v.warn {
			l.Importance = look.Warn
		}
		if v.mono {
			l.Mono()
			l.Wrapping = fyne.TextWrapBreak
		}
		box.Add(l)
	}
	return box
}
