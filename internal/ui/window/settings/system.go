package settings

import (
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// start is the card of when the agent starts.
func (r *Room) start() *card {
	p := r.d.P
	var on *look.Choice
	on = r.hand.Choice(look.ChoiceText{Title: p.T("settings.autostart"), Text: p.T("settings.autostart.text")}, false, func() {
		verb := api.VerbNoAutostart
		if on.On {
			verb = api.VerbAutostart
		}
		on.Set(!on.On)
		r.d.Act(api.Action{Verb: verb})
	})
	not := look.NewLabel(p.T("settings.autostart.not"), look.SizeSmall, look.Dim).Wrapped()
	c := r.card("settings.start", look.Column(look.Grid/2, flush(on), not))
	c.words = []string{p.T("settings.autostart"), p.T("settings.autostart.text")}
	c.update = func() {
		on.Set(r.d.Snapshot.Agent.Autostart)
		on.Allow(r.d.Snapshot.Agent.Startable)
		not.Hidden = r.d.Snapshot.Agent.Startable || r.d.Snapshot.Version == 0
		c.body.Refresh()
	}
	return c
}

// language is the card of the language. Its names are in their own language, for whoever reads no other.
func (r *Room) language() *card {
	p := r.d.P
	texts := []look.ChoiceText{{Value: "", Title: p.T("settings.language.system")}, {Value: i18n.English, Title: "English"}, {Value: i18n.Japanese, Title: "日本語"}}
	var group []*look.Choice
	show := func() {
		for _, one := range group {
			one.Set(one.Value == r.d.Snapshot.Settings.Language)
		}
	}
	group = r.hand.Group(texts, "", func() {
		for _, one := range group {
			if one.On && one.Value != r.d.Snapshot.Settings.Language {
				language := one.Value
				r.d.Set(func(s *api.Settings) { s.Language = language })
			}
		}
		show()
	})
	rows := look.Column(0)
	for _, one := range group {
		rows.Add(flush(one))
	}
	c := r.card("settings.language", rows)
	c.words = []string{"Language", "English", "日本語", p.T("settings.language.system")}
	c.update = show
	return c
}

// motion is the card of what moves.
func (r *Room) motion() *card {
	p := r.d.P
	on := r.toggle("settings.animations", func(s *api.Settings) *bool { return &s.Animations })
	still := look.NewLabel(p.T("settings.animations.still"), look.SizeSmall, look.Dim).Wrapped()
	c := r.card("settings.motion", look.Column(look.Grid/2, flush(on), still))
	c.words = []string{p.T("settings.animations"), p.T("settings.animations.text")}
	c.update = func() {
		on.Set(r.d.Snapshot.Settings.Animations)
		still.Hidden = r.d.Outside.Still == nil || !r.d.Outside.Still()
		c.body.Refresh()
	}
	return c
}

// privacy is the card of what others could take.
func (r *Room) privacy() *card {
	p := r.d.P
	lock := r.toggle("settings.lock", func(s *api.Settings) *bool { return &s.EmptyOnLock })
	var move *look.Choice
	move = r.hand.Choice(look.ChoiceText{Title: p.T("settings.move"), Text: p.T("settings.move.text")}, false, func() {
		on := move.On
		move.Set(!on)
		if !on { // what was moved stays where it is
			r.d.Set(func(s *api.Settings) { s.Move = false })
			return
		}
		r.change(p.T("settings.change.move"), nil, func() api.SetupRequest { return api.SetupRequest{Move: true} })
	})
	c := r.card("settings.privacy", flush(lock), flush(move))
	c.words = []string{p.T("settings.lock"), p.T("settings.lock.text"), p.T("settings.move"), p.T("settings.move.text")}
	c.update = func() {
		lock.Set(r.d.Snapshot.Settings.EmptyOnLock)
		move.Set(r.d.Snapshot.Settings.Move)
	}
	return c
}

// files is the card of where things lie, and which version runs.
func (r *Room) files() *card {
	p := r.d.P
	place := func(key string, path func() string) *line {
		if r.d.Outside.OpenPath == nil {
			return newLine(p.T(key), " ")
		}
		b := r.hand.Button(p.T("settings.file.open"), false, func() {
			if err := r.d.Outside.OpenPath(path()); err != nil {
				r.d.Tell(&api.Error{Code: api.CodeFile, Args: map[string]string{"File": path()}, Cause: err.Error()})
			}
		})
		b.Label = p.T("settings.file.open") + ": " + p.T(key)
		return newLine(p.T(key), " ", b)
	}
	settings := place("settings.file.settings", func() string { return r.d.Snapshot.Agent.Settings })
	log := place("settings.file.log", func() string { return r.d.Snapshot.Agent.Log })
	version := newLine(p.T("settings.version"), " ")
	c := r.card("settings.files", settings.Container, log.Container, version.Container)
	c.more = func() []string {
		return []string{settings.title.Text, settings.text.Text, log.title.Text, log.text.Text, version.title.Text, version.text.Text}
	}
	c.update = func() {
		a := r.d.Snapshot.Agent
		settings.say(desk.Plain(desk.ShortPath(a.Settings)), look.Dim)
		log.say(desk.Plain(desk.ShortPath(a.Log)), look.Dim)
		version.say(p.T("settings.version.text", i18n.Args{"Version": desk.Plain(a.Version)}), look.Dim)
	}
	return c
}
