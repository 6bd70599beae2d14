// Package projects is the room of the watched folders: which registries each asks, which credential every
// package manager would send there and from which line of which file, and what is wrong with that.
package projects

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// rough is about how high a folded card is.
const rough = 9 * look.Grid

// Room is the room of the projects.
type Room struct {
	desk.Quiet
	d      *desk.Desk
	hand   *look.Hand
	long   *look.Long
	cards  map[string]*card    // by folder; "" is the user's own files
	rows   []fyne.CanvasObject // above the projects; nil is the card of the user's own files
	shown  []api.Project       // those that the search leaves
	search string
}

// New makes the room.
func New(d *desk.Desk) *Room {
	r := &Room{d: d, cards: map[string]*card{}, hand: d.Hand()}
	r.long = r.hand.Long(2*look.Grid, rough, r.row)
	return r
}

// Content implements desk.Room.
func (r *Room) Content() fyne.CanvasObject { return r.hand.Scroll }

// Hand implements desk.Room.
func (r *Room) Hand() *look.Hand { return r.hand }

// Header implements desk.Room.
func (r *Room) Header(time.Time) desk.Header {
	return desk.Header{Sub: r.sub(), Action: r.d.P.T("projects.add"), Do: func() { r.ask("", nil) }, Searchable: true}
}

// sub counts the projects: those that are watched, and those that were found.
func (r *Room) sub() string {
	p, found := r.d.P, 0
	for _, one := range r.d.Snapshot.Projects {
		if one.Found {
			found++
		}
	}
	watched, more := p.N("projects.sub", len(r.d.Snapshot.Projects)-found), r.d.Snapshot.MoreProjects
	switch {
	case found == 0:
		return watched
	case more == 0:
		return watched + p.T("projects.comma") + p.N("projects.sub.found", found)
	}
	return watched + p.T("projects.comma") + p.N("projects.sub.found", found+more) + " " + p.N("projects.sub.shown", found)
}

// Show lists the projects that the search leaves. Cards stay, so that what is open stays open.
func (r *Room) Show() {
	s := r.d.Snapshot
	if s.Version == 0 {
		return
	}
	r.rows, r.shown = nil, nil
	if everywhere(s.Files, r.search) {
		r.rows = append(r.rows, nil)
	}
	for _, p := range s.Projects {
		if matches(p, r.search) {
			r.shown = append(r.shown, p)
		}
	}
	switch {
	case len(s.Projects) == 0 && r.search == "":
		r.rows = append(r.rows, desk.Empty(r.d.P.T("projects.empty"), r.d.P.T("projects.empty.hint"), r.hand.Button(r.d.P.T("projects.add"), true, func() { r.ask("", nil) })))
	case len(r.shown) == 0 && len(r.rows) == 0:
		r.rows = append(r.rows, desk.Empty(r.d.P.T("projects.nomatch"), r.d.P.T("projects.nomatch.hint"), nil))
	}
	r.forget()
	r.long.Set(len(r.rows) + len(r.shown))
}

// forget drops the cards of folders that are watched no longer.
func (r *Room) forget() {
	if len(r.cards) <= len(r.d.Snapshot.Projects)+1 {
		return
	}
	there := map[string]bool{"": true}
	for _, p := range r.d.Snapshot.Projects {
		there[p.Dir] = true
	}
	for dir := range r.cards {
		if !there[dir] {
			delete(r.cards, dir)
		}
	}
}

// row is row i, made when it comes into view.
func (r *Room) row(i int) fyne.CanvasObject {
	if i < len(r.rows) && r.rows[i] != nil {
		return r.rows[i]
	}
	var p api.Project
	if i >= len(r.rows) {
		p = r.shown[i-len(r.rows)]
	}
	c := r.cards[p.Dir]
	if c == nil {
		c = r.newCard(p.Dir)
		r.cards[p.Dir] = c
	}
	c.arrow = func(step int) { r.step(i + step) }
	c.update(p)
	return c.box
}

// step leads the keyboard to another card.
func (r *Room) step(i int) {
	if i < 0 || i >= len(r.rows)+len(r.shown) {
		return
	}
	r.long.See(i)
	dir := ""
	if i >= len(r.rows) {
		dir = r.shown[i-len(r.rows)].Dir
	}
	if c := r.cards[dir]; c != nil && r.long.Row(i) == c.box {
		look.Focus(c.head)
	}
}

// Search implements desk.Room.
func (r *Room) Search(text string) {
	r.search = text
	r.Show()
	if len(r.rows)+len(r.shown) > 0 {
		r.long.Reveal(0)
	}
}

// Enter implements desk.Room: about is a folder, whose card is opened, or desk.FindProjects.
func (r *Room) Enter(about string) {
	r.search = ""
	r.Show()
	if about == desk.FindProjects {
		r.ask("", nil)
		return
	}
	for i, p := range r.shown {
		if about == "" || p.Dir != about {
			continue
		}
		r.long.Reveal(len(r.rows) + i)
		if c := r.cards[p.Dir]; c != nil {
			c.fold(true)
			look.Focus(c.head)
		}
	}
}

// drop watches a folder no longer. Nothing on disk changes, so that nothing is asked.
func (r *Room) drop(dir string) {
	r.d.Then(func(ctx context.Context) error {
		return r.d.Agent.Do(ctx, api.Action{Verb: api.VerbUnwatch, Path: dir})
	}, func() { r.d.Toast(r.d.P.T("projects.dropped", i18n.Args{"Folder": desk.Plain(desk.ShortPath(dir))})) })
}
