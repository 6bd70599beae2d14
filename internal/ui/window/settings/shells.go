package settings

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/keep"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// store is the card of where logins are kept.
func (r *Room) store() *card {
	p := r.d.P
	change := r.hand.Button(p.T("settings.store.change"), false, func() { keep.Ask(r.d) })
	open := r.hand.Button(p.T("settings.store.open"), true, func() {
		if keep.Chosen(r.d.Snapshot) == api.StoreFile {
			keep.Open(r.d)
			return
		}
		r.d.Act(api.Action{Verb: api.VerbUnlock})
	})
	now := newLine("", "", open, change)
	c := r.card("settings.store", now.Container)
	c.words = []string{p.T("setup.keep.keyring"), p.T("setup.keep.file"), p.T("setup.keep.memory"), p.T("setup.keep.passphrase")}
	c.update = func() {
		s := r.d.Snapshot
		words, alarm := keep.Words(r.d)
		tone := look.Ink
		if alarm {
			tone = look.Warn
		}
		now.title.Say(words, tone)
		open.Hidden = !keep.Shut(s)
		label := "settings.store.open"
		text := "setup.keep." + string(s.Agent.Store) + ".text"
		switch {
		case keep.Absent(s):
			text = "settings.store.absent"
		case keep.Chosen(s) == api.StoreFile:
			text = "setup.keep.file.text"
		case keep.Shut(s):
			label = "settings.store.unlock"
		}
		open.SetText(p.T(label))
		if !p.Has(text) {
			text = "setup.keep.memory.text"
		}
		now.say(p.T(text), look.Dim)
	}
	return c
}

// shells is the card of the shells and package managers that were found.
func (r *Room) shells() *card {
	p := r.d.P
	c := r.card("settings.shells")
	rows, order := map[string]*shellLine{}, []string{""}
	managers := newLine(p.T("settings.managers"), " ")
	all := newLine(p.T("settings.setup"), p.T("settings.setup.text"), r.hand.Button(p.T("settings.undo"), false, r.undo), r.hand.Button(p.T("settings.guide"), false, func() { r.d.Open(api.RoomSetup, "reach") }))
	c.more = func() []string { return slices.Concat(order, []string{managers.text.Text}) }
	c.words = []string{p.T("settings.managers"), p.T("settings.setup"), p.T("settings.setup.text"), p.T("settings.undo")}
	c.update = func() {
		var names, now []string
		for _, m := range r.d.Snapshot.Managers {
			names = append(names, desk.Plain(strings.TrimSpace(m.Name+" "+m.Version)))
		}
		if len(names) == 0 {
			names = []string{p.T("settings.managers.none")}
		}
		managers.say(strings.Join(names, p.T("settings.comma")), look.Dim)
		for _, shell := range r.d.Snapshot.Shells {
			now = append(now, shell.Name)
			if rows[shell.Name] == nil {
				rows[shell.Name] = r.shellLine(shell.Name)
			}
			rows[shell.Name].update(r, shell)
		}
		if slices.Equal(now, order) {
			return
		}
		order = now
		c.body.Objects = nil
		for _, name := range order {
			c.body.Add(rows[name].line.Container)
			c.body.Add(look.Rule())
		}
		if len(order) == 0 {
			c.body.Add(look.Prose(p.T("settings.shells.none")))
			c.body.Add(look.Rule())
		}
		c.body.Add(managers.Container)
		c.body.Add(look.Rule())
		c.body.Add(all.Container)
		c.body.Refresh()
	}
	return c
}

// shellLine is one shell.
type shellLine struct {
	*line
	setup *look.Button
}

func (r *Room) shellLine(name string) *shellLine {
	l := &shellLine{}
	l.setup = r.hand.Button(r.d.P.T("settings.shell.setup"), false, func() {
		r.change(r.d.P.T("settings.change.shell", i18n.Args{"Shell": desk.Plain(name)}), nil, func() api.SetupRequest {
			return api.SetupRequest{Shells: []string{name}}
		})
	})
	l.setup.Label = r.d.P.T("settings.change.shell", i18n.Args{"Shell": desk.Plain(name)})
	l.line = newLine(desk.Plain(name), "", l.setup)
	return l
}

func (l *shellLine) update(r *Room, shell api.Shell) {
	l.setup.Hidden = shell.Hooked
	if shell.Hooked {
		l.say("✓ "+r.d.P.T("settings.shell.hooked"), look.Good)
		return
	}
	l.say(r.d.P.T("settings.shell.plain"), look.Dim)
}

// everyShell are those that setup knows: what it wrote for one is taken back though it is not found any more.
var everyShell = []string{"bash", "zsh", "fish", "pwsh", "nu"}

// undo shows what taking all back would change.
func (r *Room) undo() {
	r.change(r.d.P.T("settings.change.undo"), nil, func() api.SetupRequest { return api.SetupRequest{Undo: true, Shells: everyShell} })
}
