package tokens

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// dayForm is how a day is typed.
const dayForm = "2006-01-02"

// noteOf is what the user has said of an access token, if anything.
func (r *Room) noteOf(e *entry) (n api.TokenNote, ok bool) {
	for _, n := range r.d.Snapshot.Notes {
		if n.ID == e.token.ID {
			return n, true
		}
	}
	return n, false
}

// note asks where an access token is kept. With no row it asks for one that no list tells of.
func (r *Room) note(e *entry) {
	p, x := r.d.P, r.dialog()
	note := api.TokenNote{Registry: r.registry}
	title, text := p.T("tokens.note.add"), p.T("tokens.note.add.text")
	known := false
	if e != nil {
		title, text = p.T("tokens.note.title", args(e.name)), p.T("tokens.note.text")
		if note, known = r.noteOf(e); !known {
			note = api.TokenNote{ID: e.token.ID, Registry: r.registry, Where: e.token.Note}
		}
	}
	own := e == nil || e.own()
	name, ends := x.hand.Field(p.T("tokens.note.name.hint"), func() {}), x.hand.Field(dayForm, func() {})
	where := x.hand.Field(p.T("tokens.note.where.hint"), func() {})
	name.SetText(note.Name)
	where.SetText(note.Where)
	if !note.Ends.IsZero() {
		ends.SetText(note.Ends.Local().Format(dayForm))
	}
	body := look.Column(2*look.Grid, look.Prose(text))
	first := where
	if own {
		first = name
		body.Add(labelled(p.T("tokens.note.name"), "", name))
		body.Add(labelled(p.T("tokens.note.ends"), p.T("tokens.note.ends.text", i18n.Args{"Form": dayForm}), ends))
	}
	body.Add(labelled(p.T("tokens.note.where"), p.T("tokens.note.where.text"), where))
	save := func() {
		note.Name, note.Where = strings.TrimSpace(name.Text), strings.TrimSpace(where.Text)
		day, fine := dayOf(ends.Text)
		switch {
		case own && note.Name == "":
			x.say(desk.Trouble(p.T("tokens.note.noname"), ""))
			look.Focus(name)
			return
		case !fine:
			x.say(desk.Trouble(p.T("tokens.note.noday"), ""))
			look.Focus(ends)
			return
		}
		note.Ends = day
		x.change(api.Action{Verb: api.VerbNote, Note: &note}, p.T("tokens.note.saved"))
	}
	x.agree(p.T("tokens.note.save"), false, save)
	where.OnSubmitted = func(string) { save() }
	var more []*look.Button
	if known {
		more = append(more, x.bar.Button(p.T("tokens.note.remove"), false, func() {
			x.change(api.Action{Verb: api.VerbUnnote, ID: note.ID}, p.T("tokens.note.removed"))
		}))
	}
	x.open(title, body, more...)
	look.Focus(first)
}

// dayOf reads a day; its end counts, as the user's clock has it.
func dayOf(typed string) (time.Time, bool) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return time.Time{}, true
	}
	day, err := time.ParseInLocation(dayForm, typed, time.Local)
	if err != nil || day.Year() < 2000 || day.Year() > 9000 {
		return time.Time{}, false
	}
	return day.AddDate(0, 0, 1).Add(-time.Second), true
}

// change asks the agent for a small change, and closes the dialog once it holds.
func (x *dialog) change(a api.Action, told string) {
	x.run(func(ctx context.Context, _ func(api.TokenStep)) error { return x.d.Agent.Do(ctx, a) }, func() {
		x.box.Hide()
		x.d.Toast(told)
	})
}

// labelled is a field with its name above it, and a word on what goes into it.
func labelled(name, text string, field fyne.CanvasObject) *fyne.Container {
	box := look.Column(look.Grid/2, look.Prose(name).Bold())
	if text != "" {
		box.Add(look.Caption(text))
	}
	box.Add(field)
	return box
}
