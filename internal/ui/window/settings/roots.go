package settings

import (
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// roots is the card of the folders below which projects are found.
func (r *Room) roots() *card {
	p := r.d.P
	add := newLine(p.T("settings.roots.add"), p.T("settings.roots.add.text"),
		r.hand.Button(p.T("settings.roots.find"), false, func() { r.d.Open(api.RoomProjects, desk.FindProjects) }))
	c := r.card("settings.roots")
	c.words = []string{p.T("settings.roots.add"), p.T("settings.roots.add.text")}
	drawn := []string{""} // other than none
	c.more = func() []string { return r.d.Snapshot.Settings.Roots }
	c.update = func() {
		now := r.d.Snapshot.Settings.Roots
		if slices.Equal(now, drawn) {
			return
		}
		drawn = slices.Clone(now)
		c.body.RemoveAll()
		for _, root := range now {
			c.body.Add(r.root(root).Container)
			c.body.Add(look.Rule())
		}
		c.body.Add(add.Container)
		c.body.Refresh()
	}
	return c
}

// root is the line of one folder.
func (r *Room) root(dir string) *line {
	p := r.d.P
	name := desk.Plain(desk.ShortPath(dir))
	remove := r.hand.Button(p.T("settings.roots.remove"), false, func() {
		r.d.Set(func(s *api.Settings) {
			s.Roots = slices.DeleteFunc(slices.Clone(s.Roots), func(one string) bool { return one == dir })
		})
	})
	remove.Label = p.T("settings.roots.remove.label", i18n.Args{"Folder": name})
	return newLine(name, "", remove)
}
