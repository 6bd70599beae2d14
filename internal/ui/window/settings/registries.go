package settings

import (
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// registryLine is one registry's settings. It is updated in place, so that the keyboard stays where it is.
type registryLine struct {
	*line
	mode, mute *look.Button
	session    api.Session
}

// registries is the card of the known ones.
func (r *Room) registries() *card {
	c := r.card("settings.registries")
	rows, order := map[string]*registryLine{}, []string{""}
	c.more = func() []string { return slices.Concat(order, r.names()) }
	c.update = func() {
		var now []string
		for _, s := range r.d.Snapshot.Sessions {
			now = append(now, s.Registry)
			if rows[s.Registry] == nil {
				rows[s.Registry] = r.registryLine()
			}
			rows[s.Registry].update(r.d, s)
		}
		if slices.Equal(now, order) {
			return
		}
		order = now
		c.body.Objects = nil
		for i, name := range order {
			if i > 0 {
				c.body.Add(look.Rule())
			}
			c.body.Add(rows[name].line.Container)
		}
		if len(order) == 0 {
			c.body.Add(look.Prose(r.d.P.T("settings.registries.none")))
		}
		c.body.Refresh()
	}
	return c
}

func (r *Room) names() (all []string) {
	for _, s := range r.d.Snapshot.Sessions {
		all = append(all, s.Name, s.Account)
	}
	return all
}

func (r *Room) registryLine() *registryLine {
	p := r.d.P
	l := &registryLine{}
	l.mode = r.hand.Button("", false, func() { r.changeMode(l.session.Registry) })
	l.mute = r.hand.Button("", false, func() {
		verb := api.VerbMute
		if l.session.Muted {
			verb = api.VerbUnmute
		}
		r.d.Act(api.Action{Verb: verb, Registry: l.session.Registry})
	})
	forget := r.hand.Button(p.T("settings.registry.forget"), false, func() {
		address := l.session.Registry
		r.d.Ask(desk.Question{
			Title: p.T("settings.forget", i18n.Args{"Registry": r.d.NameOf(address)}), Text: p.T("settings.forget.text"),
			Yes: p.T("settings.forget.yes"), No: p.T("window.action.cancel"), Grave: true,
			Do: func() { r.d.Act(api.Action{Verb: api.VerbForget, Registry: address}) },
		})
	})
	l.line = newLine("", "", l.mode, l.mute, forget)
	return l
}

func (l *registryLine) update(d *desk.Desk, s api.Session) {
	p := d.P
	l.session = s
	name := d.NameOf(s.Registry)
	title := name
	if s.Account != "" {
		title = p.T("setup.login", i18n.Args{"Registry": name, "Account": desk.Plain(s.Account)})
	}
	text := desk.Plain(s.Registry)
	if s.Muted {
		text += " · " + p.T("settings.registry.muted")
	}
	mute := "settings.registry.mute"
	if s.Muted {
		mute = "settings.registry.unmute"
	}
	mode := p.T("settings.registry.mode", i18n.Args{"Mode": string(d.Snapshot.Settings.Mode(s.Registry))})
	if l.mode.Text != mode {
		l.mode.SetText(mode)
	}
	if l.mute.Text != p.T(mute) {
		l.mute.SetText(p.T(mute))
	}
	l.mode.Label = p.T("settings.registry.mode.label", i18n.Args{"Registry": name}) + ": " + mode
	l.title.Say(title, look.Ink)
	l.say(text, look.Dim)
}

// modes is the card of the default mode and what goes with it.
func (r *Room) modes() *card {
	p := r.d.P
	now := newLine("", "", r.hand.Button(p.T("settings.mode.change"), false, func() { r.changeMode("") }))
	renew := r.toggle("settings.renew", func(s *api.Settings) *bool { return &s.Renew })
	var desktop *look.Choice
	desktop = r.hand.Choice(look.ChoiceText{Title: p.T("settings.desktop"), Text: p.T("settings.desktop.text")}, false, func() {
		on := desktop.On
		desktop.Set(!on)
		r.change(p.T("settings.change.desktop"), nil, func() api.SetupRequest { return api.SetupRequest{Desktop: &on} })
	})
	c := r.card("settings.mode", now.Container, flush(renew), flush(desktop))
	c.words = []string{p.T("settings.renew"), p.T("settings.renew.text"), p.T("settings.desktop"), p.T("settings.desktop.text"), "exec", "env", "file"}
	c.update = func() {
		s := r.d.Snapshot.Settings
		now.title.Say(p.T("window.mode."+string(s.DefaultMode)+".name"), look.Ink)
		now.say(p.T("settings.mode.now", i18n.Args{"Sees": p.T("window.mode." + string(s.DefaultMode))}), look.Dim)
		renew.Set(s.Renew)
		desktop.Set(s.DesktopEnv)
	}
	return c
}

// changeMode opens the dialog in which a mode is chosen, and what that writes is seen; "" is for all registries.
func (r *Room) changeMode(address string) {
	p, s := r.d.P, r.d.Snapshot.Settings
	title, was := p.T("settings.change.mode"), s.DefaultMode
	body := look.Column(look.Grid / 2)
	if address != "" {
		title, was = p.T("settings.change.mode.one", i18n.Args{"Registry": r.d.NameOf(address)}), s.Mode(address)
	} else if len(s.Modes) > 0 {
		body.Add(look.Prose(p.T("settings.mode.all")))
	}
	var texts []look.ChoiceText
	for _, m := range injection.Modes {
		texts = append(texts, look.ChoiceText{Value: string(m), Title: p.T("window.mode." + string(m) + ".name"), Text: p.T("window.mode." + string(m))})
	}
	var group []*look.Choice
	chosen := func() injection.Mode {
		for _, c := range group {
			if c.On {
				return injection.Mode(c.Value)
			}
		}
		return was
	}
	x := r.changing(title, body, func() api.SetupRequest {
		if m := chosen(); m != was || address == "" && len(s.Modes) > 0 {
			return api.SetupRequest{Mode: m, Registry: address}
		}
		return api.SetupRequest{}
	})
	group = x.hand.Group(texts, string(was), x.ask)
	for _, c := range group {
		body.Add(c.Row)
	}
	x.open()
	look.Focus(group[max(0, slices.Index(injection.Modes, was))].Row)
}

// toggle is a check box for a setting that writes no file of the user's.
func (r *Room) toggle(key string, field func(*api.Settings) *bool) *look.Choice {
	p := r.d.P
	var c *look.Choice
	c = r.hand.Choice(look.ChoiceText{Title: p.T(key), Text: p.T(key + ".text")}, false, func() {
		on := c.On
		c.Set(!on) // what is in force is seen when it comes back
		r.d.Set(func(s *api.Settings) { *field(s) = on })
	})
	return c
}
