package settings

import (
	"cmp"
	"reflect"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// keptRow is a credential of the keyring as it is drawn.
type keptRow struct {
	api.Kept
	since string
}

// kept is the card of the credentials in the keyring that are no sessions, and of those that may come to them.
func (r *Room) kept() *card {
	p := r.d.P
	find := newLine(p.T("settings.import"), p.T("settings.import.text"), r.hand.Button(p.T("settings.import.find"), false, r.importing))
	c := r.card("settings.kept")
	c.words = []string{p.T("settings.import"), p.T("settings.import.text")}
	c.more = r.keptTerms
	var drawn []keptRow
	c.update = func() {
		now := []keptRow{}
		for _, k := range r.d.Snapshot.Kept {
			now = append(now, keptRow{k, p.Clock(k.Since, r.now)})
		}
		if reflect.DeepEqual(now, drawn) {
			return
		}
		drawn = now
		c.body.RemoveAll()
		for _, k := range now {
			c.body.Add(r.keptLine(k))
			c.body.Add(look.Rule())
		}
		if len(now) == 0 {
			c.body.Add(look.Prose(p.T("settings.kept.none")))
			c.body.Add(look.Rule())
		}
		c.body.Add(find.Container)
		c.body.Refresh()
	}
	return c
}

// keptTerms are what a search looks through of what is kept.
func (r *Room) keptTerms() (all []string) {
	for _, k := range r.d.Snapshot.Kept {
		all = append(all, r.credential(k.Kind, k.Registry), k.Name, k.Masked, k.Variable)
		for _, t := range k.Taken {
			all = append(all, t.File)
		}
	}
	return all
}

// credential says what a credential is, and what it is for where that is known.
func (r *Room) credential(kind token.Kind, registry string) string {
	name := desk.Plain(string(kind))
	if key := "settings.kept.kind." + string(kind); r.d.P.Has(key) {
		name = r.d.P.T(key)
	}
	if registry == "" {
		return name
	}
	return r.d.P.T("settings.kept.for", i18n.Args{"Kind": name, "Registry": r.d.NameOf(registry)})
}

// keptName is how one that is kept is called: by its name, or by what may be seen of it.
func keptName(k api.Kept) string { return desk.Plain(cmp.Or(k.Name, k.Masked)) }

// keptLine is one credential, with what can be done with it.
func (r *Room) keptLine(k keptRow) fyne.CanvasObject {
	p := r.d.P
	facts := []string{desk.Plain(k.Masked)}
	for _, one := range []string{k.Name, k.Variable} {
		if one != "" {
			facts = append(facts, desk.Plain(one))
		}
	}
	facts = append(facts, p.T("settings.kept.since", i18n.Args{"Clock": k.since}))
	words := look.Column(2, look.Prose(r.credential(k.Kind, k.Registry)).Bold(), look.Caption(strings.Join(facts, " · ")))
	if k.Lost {
		words.Add(look.NewLabel(p.T("settings.kept.lost"), look.SizeSmall, look.Warn).Wrapped())
	}
	if len(k.Taken) > 0 {
		words.Add(look.Caption(p.T("settings.kept.taken")))
	}
	for _, t := range k.Taken {
		words.Add(plan.Place(r.d, r.hand, plan.Spot{File: t.File, Line: t.Line}))
	}
	parts := []fyne.CanvasObject{words}
	if len(k.Taken) > 0 {
		back := r.hand.Button(p.T("settings.kept.back"), false, func() { r.putBack(k.Kept) })
		back.Label = p.T("settings.kept.back.title", i18n.Args{"Name": keptName(k.Kept)})
		parts = append(parts, back)
	}
	forget := r.hand.Button(p.T("settings.kept.forget"), false, func() { r.drop(k.Kept) })
	forget.Label = p.T("settings.kept.drop", i18n.Args{"Name": keptName(k.Kept)})
	return &fyne.Container{Layout: &across{}, Objects: append(parts, forget)}
}

// putBack shows how the files get a credential back, and does it on the user's word.
func (r *Room) putBack(k api.Kept) {
	p := r.d.P
	text := p.T("settings.kept.back.text")
	if k.Token != "" { // it was made here, and stays
		text = p.T("settings.kept.back.stays")
	}
	r.change(p.T("settings.kept.back.title", i18n.Args{"Name": keptName(k)}), look.Prose(text), func() api.SetupRequest {
		return api.SetupRequest{Restore: []string{k.ID}}
	})
}

// drop forgets a credential, after it was said what that means.
func (r *Room) drop(k api.Kept) {
	p := r.d.P
	body := look.Column(look.Grid, look.Prose(p.T("settings.kept.drop.text")))
	if len(k.Taken) > 0 {
		body.Add(look.Prose(p.T("settings.kept.drop.taken")))
	}
	if k.Variable != "" {
		body.Add(look.Prose(p.T("settings.kept.drop.variable", i18n.Args{"Variable": desk.Plain(k.Variable)})))
	}
	r.d.Ask(desk.Question{
		Title: p.T("settings.kept.drop", i18n.Args{"Name": keptName(k)}), Body: body,
		Yes: p.T("settings.kept.drop.yes"), No: p.T("window.action.cancel"), Grave: true,
		Do: func() { r.d.Act(api.Action{Verb: api.VerbDrop, ID: k.ID}) },
	})
}
