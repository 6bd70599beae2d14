package tokens

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// piece is a card above the table: a few words, and what to do.
type piece struct {
	title, text string
	alarm       bool
	items       []desk.MenuItem
}

// inform draws what is to be said before the table, where it is something else than before.
func (r *Room) inform(now time.Time) {
	pieces := r.pieces(now)
	var b strings.Builder
	fmt.Fprint(&b, r.registry, len(sessionsOf(r.d.Snapshot)))
	for _, one := range pieces {
		fmt.Fprintf(&b, "\n%s\n%s\n%d", one.title, one.text, len(one.items))
	}
	if b.String() == r.said {
		return
	}
	r.said = b.String()
	r.news.Objects = nil
	if len(sessionsOf(r.d.Snapshot)) > 1 {
		r.news.Add(r.chooser())
	}
	for _, one := range pieces {
		r.news.Add(r.card(one))
	}
	r.news.Refresh()
	r.page.Refresh()
}

// pieces are the cards that there are.
func (r *Room) pieces(now time.Time) (all []piece) {
	for _, j := range r.d.Snapshot.Jobs {
		all = append(all, r.jobPiece(j))
	}
	if n, any := r.notice(now); any {
		one := piece{title: n.title, text: n.hint, alarm: n.alarm}
		if n.do != nil {
			one.items = []desk.MenuItem{{Text: n.action, Do: n.do}}
		}
		all = append(all, one)
	}
	if one, any := r.warning(); any {
		all = append(all, one)
	}
	return all
}

// card draws one.
func (r *Room) card(one piece) fyne.CanvasObject {
	title := look.Prose(one.title).Bold()
	if one.alarm {
		title.Importance = look.Warn
	}
	words := container.New(look.Either(look.Scaled(56*look.Grid), look.Table(3*look.Grid, look.Scaled(27*look.Grid), 0), layout.NewCustomPaddedVBoxLayout(4)), title, look.NewLabel(one.text, look.SizeText, look.Dim).Wrapped())
	parts := []fyne.CanvasObject{words}
	for _, it := range one.items {
		parts = append(parts, r.above.Button(it.Text, false, it.Do))
	}
	return look.Card(look.Pad(container.New(&across{least: 34 * look.Grid}, parts...), 12, 3*look.Grid))
}

// chooser names the registry whose list is shown, and offers the others.
func (r *Room) chooser() fyne.CanvasObject {
	p := r.d.P
	var button *look.Button
	button = r.above.Button(p.T("tokens.registry", i18n.Args{"Registry": r.d.NameOf(r.registry)}), false, func() {
		var items []desk.MenuItem
		for _, s := range sessionsOf(r.d.Snapshot) {
			words := r.d.NameOf(s.Registry)
			if s.Account != "" {
				words += " · " + desk.Plain(s.Account)
			}
			items = append(items, desk.MenuItem{Text: words, Do: func() { r.turn(s.Registry) }})
		}
		r.d.Menu(button, items)
	})
	return container.NewHBox(button)
}

// empty is what stands where there is no row at all.
func (r *Room) empty(now time.Time) fyne.CanvasObject {
	p := r.d.P
	if n, any := r.notice(now); any {
		var button fyne.CanvasObject
		if n.do != nil {
			button = r.hand.Button(n.action, true, n.do)
		}
		return desk.Empty(n.title, n.hint, button)
	}
	return desk.Empty(p.T("tokens.empty"), p.T("tokens.empty.hint"), r.hand.Button(p.T("tokens.create"), true, r.create))
}

// warning is the card about what stops working, or is a danger.
func (r *Room) warning() (piece, bool) {
	p := r.d.P
	bypass, serious := 0, 0
	for _, t := range r.now().list.Tokens {
		some := false
		for _, m := range t.Marks {
			some = some || m.Serious
			if m.Serious && m.Code == access.MarkBypass {
				bypass++
			}
		}
		if some {
			serious++
		}
	}
	switch {
	case bypass > 0:
		return piece{p.N("tokens.bypass", bypass), p.T("tokens.bypass.text"), true, []desk.MenuItem{{Text: p.T("tokens.bypass.show"), Do: r.wayOut}}}, true
	case serious > 0:
		return piece{p.N("tokens.serious", serious), p.T("tokens.serious.text"), true, []desk.MenuItem{{Text: p.T("tokens.serious.show"), Do: r.wayOut}}}, true
	}
	return piece{}, false
}

// wayOut says what to do about each serious mark, and names those that have it.
func (r *Room) wayOut() {
	p, now := r.d.P, time.Now()
	type group struct {
		mark  access.Mark
		names []string
	}
	groups, order := map[string]*group{}, []string{}
	for _, t := range r.now().list.Tokens {
		for _, m := range t.Marks {
			if !m.Serious {
				continue
			}
			if groups[m.Code] == nil {
				groups[m.Code] = &group{mark: m}
				order = append(order, m.Code)
			}
			groups[m.Code].names = append(groups[m.Code].names, desk.Plain(t.Name))
		}
	}
	body := look.Column(2 * look.Grid)
	for i, code := range order {
		g := groups[code]
		if i > 0 {
			body.Add(look.Rule())
		}
		called := strings.Join(g.names[:min(len(g.names), 2*manyNames)], p.T("tokens.comma"))
		if len(g.names) > 2*manyNames {
			called += "…"
		}
		body.Add(look.Column(look.Grid/2, r.markWords(g.mark, now), look.Caption(called)))
	}
	r.d.Ask(desk.Question{Title: p.T("tokens.serious.title"), Body: body, No: p.T("window.action.close")})
}

// markWords are a mark's texts: what it is, and what to do.
func (r *Room) markWords(m access.Mark, now time.Time) fyne.CanvasObject {
	p := r.d.P
	args, key := p.Fill(m.Args, now, desk.Plain), "access.mark."+m.Code
	title := look.Prose(p.T(key, args)).Bold()
	if m.Serious {
		title.Importance = look.Warn
	}
	words := look.Column(look.Grid/2, title)
	for _, k := range []string{key + ".text", key + ".hint"} {
		if p.Has(k) {
			words.Add(look.Prose(p.T(k, args)))
		}
	}
	return words
}

// jobPiece is the card of a change that is not over.
func (r *Room) jobPiece(j api.TokenJob) piece {
	p := r.d.P
	args := i18n.Args{"Name": desk.Plain(j.Name), "Since": p.Clock(j.Since, time.Now())}
	one := piece{title: p.T("tokens.job."+j.What, args), text: p.T("tokens.job.step."+j.Step, args)}
	switch {
	case j.Lost:
		one.text, one.alarm = p.T("tokens.job.lost", args), true
		one.items = append(one.items, desk.MenuItem{Text: p.T("tokens.revoke"), Do: func() { r.revokeIDs(j.Registry, []string{j.New}) }})
	case j.What == "revoke" && j.Name == "": // of everything, with sessions and copies
		one.text = p.N("tokens.job.left", len(j.Left), args)
		one.items = append(one.items, desk.MenuItem{Text: p.T("tokens.job.on"), Do: func() { r.startRevoking(api.RevokeRequest{Registry: j.Registry, Panic: true}, p.T("tokens.panic")) }})
	case j.What == "revoke":
		one.text = p.N("tokens.job.left", len(j.Left), args)
		one.items = append(one.items, desk.MenuItem{Text: p.T("tokens.job.on"), Do: func() { r.revokeIDs(j.Registry, j.Left) }})
	case j.What == "rotate":
		one.items = append(one.items, desk.MenuItem{Text: p.T("tokens.job.on"), Do: func() { r.resume(j) }})
	}
	one.items = append(one.items, desk.MenuItem{Text: p.T("tokens.job.abandon"), Do: func() { r.abandon(j) }})
	if j.Error != nil {
		title, _ := r.d.ErrorWords(j.Error)
		one.text += " " + title
	}
	return one
}

// abandon asks, and stops a change. All stays as it is.
func (r *Room) abandon(j api.TokenJob) {
	p := r.d.P
	r.d.Ask(desk.Question{
		Title: p.T("tokens.abandon", i18n.Args{"Name": desk.Plain(j.Name)}), Text: p.T("tokens.abandon.text"), Yes: p.T("tokens.job.abandon"), No: p.T("window.action.cancel"), Grave: true,
		Do: func() {
			r.d.Then(func(ctx context.Context) error {
				_, err := r.d.Agent.RotateToken(ctx, api.RotateRequest{Registry: j.Registry, Job: j.ID, Abandon: true}, nil)
				return err
			}, func() { r.d.Toast(p.T("tokens.abandoned")) })
		},
	})
}
