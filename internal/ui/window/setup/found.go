package setup

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// lookStep says what is on this computer.
type lookStep struct {
	found *found
}

func (s *lookStep) content() fyne.CanvasObject { return s.found.box }
func (s *lookStep) enter()                     {}
func (s *lookStep) leave()                     {}
func (s *lookStep) show()                      {}
func (s *lookStep) tick(time.Time)             {}
func (s *lookStep) offer() offer               { return offer{} }
func (s *lookStep) back() bool                 { return false }

// found is what was found, in words.
type found struct {
	d     *desk.Desk
	box   *fyne.Container
	shown []fact
}

// draw says what is there, where it is not said yet.
func (f *found) draw(first api.Plan) {
	facts := factsOf(first, f.d.Snapshot, f.d.P)
	if first.ID == "" {
		facts = nil
	}
	if len(f.box.Objects) > 0 && same(facts, f.shown) {
		return
	}
	f.shown = facts
	p := f.d.P
	rows := look.Column(2*look.Grid, look.Column(look.Grid/2, look.NewLabel(p.T("setup.look"), look.SizeHead, look.Ink).Bold().Wrapped(), look.NewLabel(p.T("setup.look.text"), look.SizeText, look.Dim).Wrapped()))
	if len(facts) == 0 {
		rows.Add(look.Prose(p.T("setup.looking")))
	}
	for _, one := range facts {
		value := look.Prose(one.value)
		if one.alarm {
			value = look.NewLabel("⚠ "+one.value, look.SizeText, look.Warn).Wrapped()
		}
		name := look.NewLabel(one.name, look.SizeText, look.Ink).Bold().Wrapped()
		rows.Add(look.Rule())
		rows.Add(container.New(look.Either(72*look.Grid, look.Table(2*look.Grid, 20*look.Grid, 0), layout.NewCustomPaddedVBoxLayout(2)), name, value))
	}
	f.box.Objects = []fyne.CanvasObject{look.Panel(rows)}
	f.box.Refresh()
}

func same(a, b []fact) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// fact is a line of what was found.
type fact struct {
	name, value string
	alarm       bool
}

// factsOf says in plain words what is on this computer.
func factsOf(first api.Plan, s api.Snapshot, p *i18n.Printer) []fact {
	join := func(list []string, sep, none string) string {
		if len(list) == 0 {
			return p.T(none)
		}
		return strings.Join(list, sep)
	}
	var files, logins, open []string
	for _, f := range s.Files {
		if f.Exists {
			files = append(files, desk.Plain(desk.ShortPath(f.Path)))
		}
	}
	for _, one := range s.Sessions {
		if one.State != api.StateNone {
			logins = append(logins, loginName(one, p))
		}
		for _, place := range one.Places {
			if place.Literal {
				open = append(open, p.T("setup.open.at", i18n.Args{"Registry": desk.Plain(one.Name), "File": desk.Plain(desk.ShortPath(place.File)), "Line": place.Line}))
			}
		}
	}
	comma := p.T("setup.comma")
	return []fact{
		{p.T("setup.shells"), join(shellNames(first, s, p), comma, "setup.none.shells"), false},
		{p.T("setup.managers"), join(managers(first.Managers), comma, "setup.none.managers"), false},
		{p.T("setup.files"), join(files, "\n", "setup.none.files"), false},
		{p.T("setup.logins"), join(logins, "\n", "setup.none.logins"), false},
		{p.T("setup.open"), join(open, "\n", "setup.open.none"), len(open) > 0},
	}
}

// loginName is a registry with the account that is signed in there.
func loginName(one api.Session, p *i18n.Printer) string {
	name := desk.Plain(one.Name)
	if one.Account == "" {
		return name
	}
	return p.T("setup.login", i18n.Args{"Registry": name, "Account": desk.Plain(one.Account)})
}

// shellNames are the shells that can be set up, with those that are.
func shellNames(first api.Plan, s api.Snapshot, p *i18n.Printer) (names []string) {
	for _, name := range first.Shells {
		shown := desk.Plain(name)
		for _, shell := range s.Shells {
			if shell.Name == name && shell.Hooked {
				shown = p.T("setup.shells.hooked", i18n.Args{"Shell": shown})
			}
		}
		names = append(names, shown)
	}
	return names
}
