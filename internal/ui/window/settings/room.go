// Package settings is the room of all that can be chosen. A control shows what the agent says is in force, never
// what was pressed: a change is asked for, and seen when it comes back. What writes files is shown first.
package settings

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Room is the room.
type Room struct {
	desk.Quiet
	d      *desk.Desk
	hand   *look.Hand
	list   *fyne.Container
	cards  []*card
	empty  fyne.CanvasObject
	hours  *hours
	search string
	now    time.Time
}

// New makes the room.
func New(d *desk.Desk) *Room {
	r := &Room{d: d, list: look.Column(2 * look.Grid), now: time.Now()}
	r.hand = d.Scrolled(r.list)
	r.cards = []*card{
		r.registries(), r.store(), r.kept(), r.modes(), r.shells(), r.notices(), r.start(), r.language(), r.motion(), r.privacy(), r.roots(), r.files(),
	}
	for _, c := range r.cards {
		r.list.Add(c.box)
	}
	r.empty = desk.Empty(d.P.T("settings.none"), d.P.T("settings.none.hint"), nil)
	r.empty.Hide()
	r.list.Add(r.empty)
	return r
}

// Content implements desk.Room.
func (r *Room) Content() fyne.CanvasObject { return r.hand.Scroll }

// Hand implements desk.Room.
func (r *Room) Hand() *look.Hand { return r.hand }

// Header implements desk.Room.
func (r *Room) Header(time.Time) desk.Header {
	return desk.Header{Sub: r.d.P.T("settings.sub"), Searchable: true}
}

// Show draws what is in force.
func (r *Room) Show() {
	for _, c := range r.cards {
		c.update()
	}
	r.sift()
}

// Tick draws what the passing of time changes: whether notices are paused.
func (r *Room) Tick(now time.Time) {
	was := r.paused()
	r.now = now
	if was != r.paused() {
		r.Show()
	}
}

// Enter shows all. about may be desk.FindCredentials.
func (r *Room) Enter(about string) {
	r.Search("")
	if about == desk.FindCredentials {
		r.importing()
	}
}

// Search implements desk.Room.
func (r *Room) Search(text string) {
	r.search = text
	r.sift()
}

// sift hides the cards in which nothing matches what is searched for.
func (r *Room) sift() {
	none, moved := true, false
	for _, c := range r.cards {
		hide := !desk.Matches(r.search, c.terms()...)
		moved = moved || hide != c.box.Hidden
		c.box.Hidden = hide
		none = none && hide
	}
	if c := r.empty.(*fyne.Container); c.Hidden == none {
		c.Hidden, moved = !none, true
	}
	if moved {
		r.hand.Scroll.ScrollToTop()
	}
	r.list.Refresh()
}
