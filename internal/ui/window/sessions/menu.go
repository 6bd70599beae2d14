package sessions

import (
	"context"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// items are what can be done with a session besides its main action.
func (r *Room) items(s api.Session) []desk.MenuItem {
	p := r.d.P
	out := []desk.MenuItem{{Text: p.T("sessions.menu.details"), Do: func() { r.openDetails(s.Registry) }}}
	if r.d.Outside.Copy != nil && held(s) {
		out = append(out, desk.MenuItem{Text: p.T("sessions.menu.copy"), Do: func() { r.d.CopySecret(desk.Held{Registry: s.Registry}) }})
	}
	mute := desk.MenuItem{Text: p.T("sessions.menu.mute"), Do: func() {
		r.tellAfter(api.Action{Verb: api.VerbMute, Registry: s.Registry}, p.T("sessions.muted", nameArg(s)))
	}}
	if s.Muted {
		mute = desk.MenuItem{Text: p.T("sessions.menu.unmute"), Do: func() {
			r.tellAfter(api.Action{Verb: api.VerbUnmute, Registry: s.Registry}, p.T("sessions.unmuted", nameArg(s)))
		}}
	}
	out = append(out, mute)
	if !s.Muted && s.State != api.StateNone {
		out = append(out, desk.MenuItem{Text: p.T("sessions.menu.snooze5"), Do: func() { r.snooze(s, 5*time.Minute) }}, desk.MenuItem{Text: p.T("sessions.menu.snooze30"), Do: func() { r.snooze(s, 30*time.Minute) }})
	}
	out = append(out, desk.MenuItem{Text: p.T("sessions.menu.forget"), Do: func() { r.askForget(s) }})
	if held(s) {
		out = append(out, desk.MenuItem{Text: p.T("sessions.menu.logout"), Do: func() { r.askLogout(s) }})
	}
	return out
}

// held reports whether there is a credential that can be handed out.
func held(s api.Session) bool {
	return s.State != api.StateNone && s.State != api.StateEnded && s.State != api.StateLocked
}

func nameArg(s api.Session) i18n.Args { return i18n.Args{"Name": desk.Plain(s.Name)} }

// openMenu shows what else can be done, below the card's button.
func (r *Room) openMenu(c *card) { r.popup = r.d.Menu(c.more, r.items(c.session)) }

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
