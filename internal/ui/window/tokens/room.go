// Package tokens is the room of the access tokens: those that lie on this machine, where each stands, and when it
// ends as far as that is known. A table of many thousand rows scrolls, sorts and searches without a stall.
package tokens

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Room is the room of the access tokens.
type Room struct {
	desk.Quiet
	d       *desk.Desk
	hand    *look.Hand // of the table
	heading *look.Hand // of its headings, which do not scroll
	table   *table
	heads   []*head
	box     *fyne.Container // what there is: the table, or why there is none
	full    fyne.CanvasObject
	card    *fyne.Container // the table's
	kinds   map[token.Kind]string
	all     []entry
	by      column
	down    bool
	search  string
	version uint64 // of the snapshot that all is made of
}

// New makes the room.
func New(d *desk.Desk) *Room {
	r := &Room{d: d, hand: d.Hand(), heading: d.Hand(), kinds: map[token.Kind]string{}, by: byEnd, box: container.NewStack()}
	r.table = newTable(d, r.hand, r.details)
	heads := make([]fyne.CanvasObject, columns)
	for i := range columns {
		h := r.newHead(column(i))
		r.heads, heads[i] = append(r.heads, h), h.box
	}
	line := look.Pad(container.New(cells(look.Flow(12)), heads...), 0, inset)
	top := container.New(layout.NewCustomPaddedLayout(0, 0, look.LongLeft, look.LongRight), look.Column(look.Grid/2, line, look.Rule()))
	card := look.Card(look.Pad(container.New(under{}, top, r.table), look.Grid, look.Grid/2))
	r.card = container.New(upTo{r.naturally(card)}, card)
	r.full = container.New(layout.NewCustomPaddedLayout(look.Grid/2, 0, 3, 12), container.New(under{25 * look.Grid}, look.NewLabel(d.P.T("tokens.scope"), look.SizeText, look.Dim).Wrapped(), look.Pad(r.card, look.Grid, 0)))
	return r
}

// Content implements desk.Room.
func (r *Room) Content() fyne.CanvasObject { return r.box }

// Hand implements desk.Room.
func (r *Room) Hand() *look.Hand { return r.hand }

// Header implements desk.Room.
func (r *Room) Header(time.Time) desk.Header {
	sub := r.d.P.N("tokens.sub", len(r.all))
	if r.search != "" && len(r.all) > 0 {
		sub = r.d.P.T("tokens.sub.some", i18n.Args{"Shown": len(r.table.rows), "All": len(r.all)})
	}
	return desk.Header{Sub: sub, Searchable: len(r.all) > 0}
}

// Show takes the access tokens out of the snapshot.
func (r *Room) Show() {
	s := r.d.Snapshot
	if s.Version == 0 || s.Version == r.version {
		return
	}
	r.version = s.Version
	r.all = r.all[:0]
	for _, one := range s.Sessions {
		if one.Kind != token.KindSession && one.State != api.StateNone {
			r.all = append(r.all, newEntry(one, r.kind(one.Kind)))
		}
	}
	r.list(r.table.set)
}

// kind is a kind in words.
func (r *Room) kind(k token.Kind) string {
	words, ok := r.kinds[k]
	if !ok {
		words = r.d.P.T("tokens.kind." + string(k))
		r.kinds[k] = words
	}
	return words
}

// list gives the table the entries that the search leaves, in the order that was chosen.
func (r *Room) list(show func([]*entry)) {
	rows := make([]*entry, 0, len(r.all))
	words := searchWords(r.search)
	for i := range r.all {
		if r.all[i].has(words) {
			rows = append(rows, &r.all[i])
		}
	}
	slices.SortStableFunc(rows, r.by.order(r.down))
	show(rows)
	stage := r.full
	switch {
	case len(r.all) == 0:
		stage = container.NewVBox(desk.Empty(r.d.P.T("tokens.empty"), r.d.P.T("tokens.empty.hint"), nil))
	case len(rows) == 0:
		stage = container.NewVBox(desk.Empty(r.d.P.T("tokens.nomatch"), r.d.P.T("tokens.nomatch.hint"), nil))
	}
	if len(r.box.Objects) == 0 || r.box.Objects[0] != stage {
		r.box.Objects = []fyne.CanvasObject{stage}
		r.box.Refresh()
	}
	r.card.Layout.Layout(r.card.Objects, r.card.Size())
}

// Tick implements desk.Room: the days that are left go by.
func (r *Room) Tick(now time.Time) { r.table.tick(now) }

// Search implements desk.Room.
func (r *Room) Search(text string) {
	if r.search == text {
		return
	}
	r.search = text
	r.list(r.table.restart)
}

// Enter implements desk.Room: about is a registry, whose access token is chosen.
func (r *Room) Enter(about string) {
	if r.search != "" {
		r.search = ""
		r.list(r.table.restart)
	}
	for i, e := range r.table.rows {
		if about != "" && e.session.Registry == about {
			r.table.choose(i)
			return
		}
	}
}

// sort orders the table by a column; a second time turns it round.
func (r *Room) sort(by column) {
	r.down = r.by == by && !r.down
	r.by = by
	for _, h := range r.heads {
		h.say(r.by, r.down)
	}
	r.list(r.table.restart)
}
