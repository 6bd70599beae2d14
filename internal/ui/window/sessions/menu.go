package sessions

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// item is a line of a card's menu.
type item struct {
	text string
	do   func()
}

// items are what can be done with a session besides its main action.
func (r *Room) items(s api.Session) []item {
	p := r.d.P
	out := []item{{p.T("sessions.menu.details"), func() { r.openDetails(s.Registry) }}}
	if r.d.Outside.Copy != nil && held(s) {
		out = append(out, item{p.T("sessions.menu.copy"), func() { r.copySecret(s) }})
	}
	mute := item{p.T("sessions.menu.mute"), func() {
		r.tellAfter(api.Action{Verb: api.VerbMute, Registry: s.Registry}, p.T("sessions.muted", nameArg(s)))
	}}
	if s.Muted {
		mute = item{p.T("sessions.menu.unmute"), func() {
			r.tellAfter(api.Action{Verb: api.VerbUnmute, Registry: s.Registry}, p.T("sessions.unmuted", nameArg(s)))
		}}
	}
	out = append(out, mute)
	if !s.Muted && s.State != api.StateNone {
		out = append(out, item{p.T("sessions.menu.snooze5"), func() { r.snooze(s, 5*time.Minute) }}, item{p.T("sessions.menu.snooze30"), func() { r.snooze(s, 30*time.Minute) }})
	}
	out = append(out, item{p.T("sessions.menu.forget"), func() { r.askForget(s) }})
	if held(s) {
		out = append(out, item{p.T("sessions.menu.logout"), func() { r.askLogout(s) }})
	}
	return out
}

// held reports whether there is a credential that can be handed out.
func held(s api.Session) bool {
	return s.State != api.StateNone && s.State != api.StateEnded && s.State != api.StateLocked
}

func nameArg(s api.Session) i18n.Args { return i18n.Args{"Name": desk.Plain(s.Name)} }

// openMenu shows what else can be done, below the card's button. The arrow keys go through it, Escape closes it.
func (r *Room) openMenu(c *card) {
	canvas := r.d.Win.Canvas()
	var popup *widget.PopUp
	var rows []*look.Row
	h := &look.Hand{Typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			popup.Hide()
		}
	}}
	list := look.Column(0)
	for i, it := range r.items(c.session) {
		row := h.Row(it.text, look.Pad(look.NewLabel(it.text, look.SizeText, look.Ink), 7, look.Grid+2), func() {
			popup.Hide()
			it.do()
		})
		row.Arrow = func(step int) { look.Focus(rows[(i+step+len(rows))%len(rows)]) }
		rows = append(rows, row)
		list.Add(row)
	}
	popup = widget.NewPopUp(look.Card(look.Pad(list, look.Grid/2, look.Grid/2)), canvas)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(c.more)
	size := popup.MinSize()
	x := max(0, min(at.X+c.more.Size().Width-size.Width, canvas.Size().Width-size.Width))
	y := at.Y + c.more.Size().Height + look.Grid/2
	if y+size.Height > canvas.Size().Height {
		y = max(0, at.Y-size.Height-look.Grid/2)
	}
	popup.ShowAtPosition(fyne.NewPos(x, y))
	look.Focus(rows[0])
	r.popup = popup
}

// tellAfter asks the agent for a change and says so when it is made.
func (r *Room) tellAfter(a api.Action, text string) {
	r.d.Then(func(ctx context.Context) error { return r.d.Agent.Do(ctx, a) }, func() { r.d.Toast(text) })
}

func (r *Room) snooze(s api.Session, d time.Duration) {
	now := time.Now()
	until := now.Add(d)
	args := nameArg(s)
	args["Clock"] = r.d.P.Clock(until, now)
	r.tellAfter(api.Action{Verb: api.VerbSnooze, Registry: s.Registry, Until: until}, r.d.P.T("sessions.snoozed", args))
}

func (r *Room) askForget(s api.Session) {
	p := r.d.P
	r.box = r.d.Ask(desk.Question{
		Title: p.T("sessions.forget.title", nameArg(s)), Text: p.T("sessions.forget.text"), Yes: p.T("sessions.forget.yes"), No: p.T("sessions.no"), Grave: true,
		Do: func() {
			r.tellAfter(api.Action{Verb: api.VerbForget, Registry: s.Registry}, p.T("sessions.forgotten", nameArg(s)))
		},
	})
}

func (r *Room) askLogout(s api.Session) {
	p := r.d.P
	r.box = r.d.Ask(desk.Question{
		Title: p.T("sessions.logout.title", nameArg(s)), Text: p.T("sessions.logout.text"), Yes: p.T("sessions.logout.yes"), No: p.T("sessions.no"), Grave: true,
		Do: func() {
			r.d.Then(func(ctx context.Context) error { return r.d.Agent.Logout(ctx, s.Registry) }, func() { r.d.Toast(p.T("sessions.loggedout", nameArg(s))) })
		},
	})
}
