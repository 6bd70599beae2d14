// Package tokens is the room of the access tokens: what the registry tells of each, where it stands on this machine, and
// what is wrong with it. They are made, replaced and revoked here. Sessions stand beside them, for no list shows them. A
// table of many thousand rows scrolls, sorts and searches without a stall.
//
// The list is read when the room is entered, when a session was renewed, and when the user asks for it. A secret is in
// the window only while the user has asked to see it.
package tokens

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

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
	above   *look.Hand // of what stands above it
	table   *table
	heads   []*head
	news    *fyne.Container // what is to be said before the table
	foot    *foot
	page    *fyne.Container
	box     *fyne.Container // the page, or why there is none
	kinds   map[token.Kind]string

	registry string // whose list is shown
	lists    map[string]*listing
	all      []entry
	by       column
	down     bool
	search   string
	want     string // that is to be chosen as soon as it is there
	seen     string // what of the snapshot all is made of
	told     string // what of the snapshot the agent joins to a list
	said     string // what news is made of
}

// New makes the room. It asks for nothing before it is shown.
func New(d *desk.Desk) *Room {
	r := &Room{d: d, hand: d.Hand(), heading: d.Hand(), above: d.Hand(), kinds: map[token.Kind]string{}, by: byEnd, box: container.NewStack(), news: look.Column(2 * look.Grid), lists: map[string]*listing{}}
	r.foot = newFoot(r)
	r.table = newTable(d, r.hand, r.details, func() { r.foot.update() })
	r.stage()
	return r
}

// Content implements desk.Room.
func (r *Room) Content() fyne.CanvasObject { return r.box }

// Hand implements desk.Room.
func (r *Room) Hand() *look.Hand { return r.hand }

// Header implements desk.Room.
func (r *Room) Header(now time.Time) desk.Header {
	h := desk.Header{Sub: r.sub(now), Searchable: len(r.all) > 0}
	s, ok := r.session(r.registry)
	if l := r.now(); ok && signedIn(s, now) && (l.known || l.err == nil) {
		h.Action, h.Do = r.d.P.T("tokens.create"), r.create
	}
	if len(r.now().list.Tokens) > 0 {
		h.Also, h.DoAlso = r.d.P.T("tokens.export"), r.export
	}
	return h
}

// sub says whose list it is, how long it is, and how old.
func (r *Room) sub(now time.Time) string {
	p, l := r.d.P, r.now()
	if r.search != "" && len(r.all) > 0 {
		return p.T("tokens.sub.some", i18n.Args{"Shown": len(r.table.rows), "All": len(r.all)})
	}
	name, account := r.d.NameOf(r.registry), r.account()
	if account != "" {
		name += " · " + account
	}
	if !l.known || l.list.At.IsZero() {
		return name
	}
	ago := p.T("tokens.sub.now")
	if age := now.Sub(l.list.At); age >= time.Minute {
		ago = p.T("tokens.sub.ago", i18n.Args{"Ago": p.Left(age)})
	}
	return fmt.Sprintf("%s · %s", name, p.T("tokens.sub", i18n.Args{"N": len(l.list.Tokens), "Read": ago}))
}

// Show takes what is new in the snapshot.
func (r *Room) Show() {
	s := r.d.Snapshot
	if s.Version == 0 {
		return
	}
	r.pick()
	l := r.now()
	if one, ok := r.session(r.registry); ok && !l.asking && l.login != loginOf(one) {
		r.fetch(l.login != "")
	}
	if said := fmt.Sprint(r.registry, s.Kept, s.Notes); said != r.told {
		if r.told != "" {
			r.fetch(false) // the agent joins that to the list
		}
		r.told = said
	}
	if seen := r.look(); seen != r.seen {
		r.seen = seen
		r.gather()
		return
	}
	r.tell()
}

// look is all in the snapshot that the rows are made of.
func (r *Room) look() string {
	var b strings.Builder
	s := r.d.Snapshot
	fmt.Fprintln(&b, r.registry, s.Kept)
	for _, one := range s.Sessions {
		fmt.Fprintln(&b, one.Registry, one.Kind, one.State, one.Ends, one.Used, one.Account, one.Places)
	}
	return b.String()
}

// gather makes the rows anew.
func (r *Room) gather() {
	r.all = r.collect()
	r.arrange(r.table.set)
	r.seek()
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

// arrange gives the table the entries that the search leaves, in the order that was chosen.
func (r *Room) arrange(show func([]*entry)) {
	rows := make([]*entry, 0, len(r.all))
	words := searchWords(r.search)
	for i := range r.all {
		if r.all[i].has(words) {
			rows = append(rows, &r.all[i])
		}
	}
	slices.SortFunc(rows, r.by.order(r.down))
	show(rows)
	r.tell()
}

// tell draws what stands around the rows, and what stands there where there are none.
func (r *Room) tell() {
	now := time.Now()
	r.foot.update()
	stage := fyne.CanvasObject(r.page)
	switch {
	case r.d.Snapshot.Version == 0:
		return
	case len(r.all) == 0:
		stage = container.NewVScroll(container.NewVBox(r.empty(now)))
	case len(r.table.rows) == 0:
		stage = container.NewVBox(desk.Empty(r.d.P.T("tokens.nomatch"), r.d.P.T("tokens.nomatch.hint"), nil))
	default:
		r.inform(now)
	}
	if len(r.box.Objects) == 0 || r.box.Objects[0] != stage {
		r.box.Objects = []fyne.CanvasObject{stage}
		r.box.Refresh()
	}
	r.page.Layout.Layout(r.page.Objects, r.page.Size())
}

// Tick implements desk.Room: the days that are left go by, and a session ends.
func (r *Room) Tick(now time.Time) {
	r.table.tick(now)
	if len(r.all) > 0 {
		r.inform(now)
	}
}

// Search implements desk.Room.
func (r *Room) Search(text string) {
	if r.search == text {
		return
	}
	r.search = text
	r.arrange(r.table.restart)
}

// Enter implements desk.Room: about is a registry, or the id or the masked form of an access token, which is chosen.
func (r *Room) Enter(about string) {
	if r.search != "" {
		r.search = ""
		r.arrange(r.table.restart)
	}
	registry := about
	for _, t := range r.d.Snapshot.Soon {
		if about != "" && t.ID == about {
			registry = t.Registry
		}
	}
	if _, ok := r.session(registry); ok && registry != r.registry {
		r.turn(registry)
	}
	r.fetch(false)
	r.want = about
	r.seek()
}

// turn shows the list of another registry.
func (r *Room) turn(registry string) {
	r.registry = registry
	r.seen = r.look()
	r.fetch(false)
	r.gather()
}

// seek chooses what is wanted, if it is there.
func (r *Room) seek() {
	if r.want == "" {
		return
	}
	for i, e := range r.table.rows {
		if r.want == e.token.ID || r.want == e.token.Masked || r.want == e.session.Registry {
			r.want = ""
			r.table.choose(i)
			return
		}
	}
}

// Cover implements desk.Room: a secret that is shown is hidden.
func (r *Room) Cover() { r.d.Cover() }

// Escape implements desk.Room: of several that are chosen, none is any more.
func (r *Room) Escape() bool {
	if len(r.table.chosen) == 0 {
		return false
	}
	r.table.several, r.table.chosen = false, map[string]bool{}
	r.table.drawn()
	return true
}

// sort orders the table by a column; a second time turns it round.
func (r *Room) sort(by column) {
	r.down = r.by == by && !r.down
	r.by = by
	for _, h := range r.heads {
		h.say(r.by, r.down)
	}
	r.arrange(r.table.restart)
}
