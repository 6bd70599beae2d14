package tokens

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// foot says what is chosen, and does something with it.
type foot struct {
	r                             *Room
	box                           *fyne.Container
	words                         *look.Label
	rotate, revoke, details, more *look.Button
}

func newFoot(r *Room) *foot {
	p, h := r.d.P, r.d.Hand()
	f := &foot{r: r, words: look.NewLabel("", look.SizeText, look.Dim).Wrapped()}
	f.rotate = h.Button(p.T("tokens.rotate"), false, func() {
		if e := f.one(); e != nil {
			r.rotate(e)
		}
	})
	f.revoke = h.Button(p.T("tokens.revoke"), false, func() { r.revoke(revocable(r.table.picked())) })
	f.details = h.Button(p.T("tokens.details.show"), false, func() {
		if e := f.one(); e != nil {
			r.details(e)
		}
	})
	f.more = h.IconButton("more", p.T("tokens.more"), f.menu)
	f.box = container.New(layout.NewCustomPaddedLayout(2*look.Grid, 3, 3, 12), container.New(&across{least: 20 * look.Grid}, f.words, f.rotate, f.revoke, f.details, f.more))
	return f
}

// one is the only row that is chosen; nil where none is, or several are.
func (f *foot) one() *entry {
	if all := f.r.table.picked(); len(all) == 1 {
		return all[0]
	}
	return nil
}

// revocable are those that the registry can be asked to end.
func revocable(all []*entry) (some []*entry) {
	for _, e := range all {
		if e.revocable() {
			some = append(some, e)
		}
	}
	return some
}

// manyNames is how many of the chosen are named.
const manyNames = 5

// update says what is chosen now.
func (f *foot) update() {
	if f.r.table == nil {
		return
	}
	p, all := f.r.d.P, f.r.table.picked()
	var called []string
	for _, e := range all[:min(len(all), manyNames)] {
		called = append(called, desk.Plain(e.name))
	}
	text := p.T("tokens.chosen.none")
	if len(all) > 0 {
		text = p.N("tokens.chosen", len(all), i18n.Args{"Names": strings.Join(called, p.T("tokens.comma"))})
	}
	if len(all) > manyNames {
		text += "…"
	}
	grown := f.words.Say(text, look.Dim)
	allow(f.rotate, len(all) == 1 && all[0].revocable())
	allow(f.revoke, len(revocable(all)) > 0)
	allow(f.details, len(all) == 1)
	if grown {
		f.box.Refresh()
	}
}

func allow(b *look.Button, may bool) {
	if b.Disabled() != may {
		return
	}
	if may {
		b.Enable()
		return
	}
	b.Disable()
}

// forget takes the copy of an access token out of the keyring, after it was said what that means.
func (r *Room) forget(e *entry) {
	p := r.d.P
	body := look.Column(look.Grid, look.Prose(p.T("tokens.forget.text")))
	if e.carried != "" {
		body.Add(look.Prose(p.T("tokens.forget.variable", i18n.Args{"Variable": desk.Plain(e.carried)})))
	}
	r.d.Ask(desk.Question{
		Title: p.T("tokens.forget.title", args(e.name)), Body: body,
		Yes: p.T("tokens.forget.yes"), No: p.T("window.action.cancel"), Grave: true,
		Do: func() {
			r.d.Then(func(ctx context.Context) error {
				return r.d.Agent.Do(ctx, api.Action{Verb: api.VerbDrop, ID: e.token.Kept})
			}, r.Refresh)
		},
	})
}

// menu offers what is done less often.
func (f *foot) menu() {
	r, p := f.r, f.r.d.P
	items := []desk.MenuItem{{Text: p.T("tokens.note.add"), Do: func() { r.note(nil) }}}
	if e := f.one(); e != nil && e.origin == listed {
		items = append(items, desk.MenuItem{Text: p.T("tokens.note"), Do: func() { r.note(e) }})
		if e.token.Kept != "" && r.d.Outside.Copy != nil {
			items = append(items, desk.MenuItem{Text: p.T("tokens.copy"), Do: func() { r.copy(e.token.Kept) }})
		}
		if e.token.Kept != "" {
			items = append(items, desk.MenuItem{Text: p.T("tokens.forget"), Do: func() { r.forget(e) }})
		}
	}
	items = append(items, desk.MenuItem{Text: p.T("tokens.choose.all"), Do: func() {
		if n := len(r.table.rows); n > 0 {
			r.table.from = 0
			r.table.extend(n - 1)
		}
		look.Focus(r.table)
	}})
	if _, ok := r.session(r.registry); ok {
		items = append(items, desk.MenuItem{Text: p.T("tokens.panic"), Do: r.panic})
	}
	r.d.Menu(f.more, items)
}
