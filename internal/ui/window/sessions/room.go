// Package sessions is the room of the logins: a card for each, and when they end.
//
// A secret is in the window only while the user has asked to see it, and in nothing that another program could
// read out.
package sessions

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/timeline"
)

// Room is the room of the sessions.
type Room struct {
	desk.Quiet
	d      *desk.Desk
	hand   *look.Hand
	long   *look.Long
	cards  map[string]*card
	facts  map[string]facts
	chart  *timeline.Chart
	rows   []string // what stands in the room: registries, or one of the rows below
	search string
	now    time.Time
	turn   int // counts the snapshots, whatever agent they are from

	box     *desk.Box // that is or was open
	popup   *widget.PopUp
	curtain *desk.Curtain // of the open details
}

// Rows that are no registry.
const (
	rowLoading = "\x00loading"
	rowEmpty   = "\x00empty"
	rowNothing = "\x00nothing"
	rowLocked  = "\x00locked"
	rowChart   = "\x00chart"
)

// New makes the room.
func New(d *desk.Desk) *Room {
	r := &Room{d: d, hand: d.Hand(), cards: map[string]*card{}}
	r.long = r.hand.Long(2*look.Grid, scaled(13*look.Grid), r.row)
	r.chart = timeline.New(r.hand, d.P)
	r.chart.OnResize = r.long.Refit
	return r
}

// Content implements desk.Room.
func (r *Room) Content() fyne.CanvasObject { return r.hand.Scroll }

// Hand implements desk.Room.
func (r *Room) Hand() *look.Hand { return r.hand }

// Header implements desk.Room.
func (r *Room) Header(now time.Time) desk.Header {
	return desk.Header{Sub: subtitle(r.d.Snapshot, r.d.P, now), Action: r.d.P.T("sessions.action.add"), Do: r.askRegistry, Searchable: len(r.d.Snapshot.Sessions) > 0}
}

// Show makes a row for every session, in the snapshot's order.
func (r *Room) Show() {
	r.now = time.Now()
	r.turn++
	s := r.d.Snapshot
	r.facts = gather(s)
	for registry := range r.cards {
		if _, ok := r.session(registry); !ok {
			r.cards[registry].glass.Animate(false)
			delete(r.cards, registry)
		}
	}
	r.chart.Show(ending(s), r.now)
	next := r.wanted()
	if slices.Equal(next, r.rows) {
		return
	}
	r.rows = next
	r.long.Set(len(next))
}

// ending is all that the chart shows: the sessions, and the access tokens that end soon.
func ending(s api.Snapshot) []api.Session {
	all := slices.Clone(s.Sessions)
	for _, t := range s.Soon {
		all = append(all, api.Session{Registry: t.Registry + " " + t.ID, Name: t.Name, Kind: token.KindGranular, State: api.StateRunning, Ends: t.Ends})
	}
	return all
}

// wanted are the rows for the snapshot and the search.
func (r *Room) wanted() (out []string) {
	s := r.d.Snapshot
	if s.Version == 0 {
		return []string{rowLoading}
	}
	if s.Locked {
		out = append(out, rowLocked)
	}
	if len(s.Sessions) == 0 {
		return append(out, rowEmpty)
	}
	before := len(out)
	for _, one := range s.Sessions {
		if r.matches(one) {
			out = append(out, one.Registry)
		}
	}
	if len(out) == before {
		return append(out, rowNothing+r.search)
	}
	if r.search == "" && !r.chart.Empty() {
		out = append(out, rowChart)
	}
	return out
}

func (r *Room) matches(s api.Session) bool {
	if r.search == "" {
		return true
	}
	texts := []string{s.Registry, s.Name, s.Account}
	for _, c := range chips(s, r.facts[s.Registry], r.d.P, r.now) {
		texts = append(texts, c.Text)
	}
	return desk.Matches(r.search, texts...)
}

// row makes what stands in row i.
func (r *Room) row(i int) fyne.CanvasObject {
	p := r.d.P
	switch key := r.rows[i]; key {
	case rowLoading:
		return desk.Empty(p.T("sessions.loading"), p.T("sessions.loading.hint"), nil)
	case rowEmpty:
		return desk.Empty(p.T("sessions.empty"), p.T("sessions.empty.hint"), r.hand.Button(p.T("sessions.action.add"), true, r.askRegistry))
	case rowNothing + r.search:
		return desk.Empty(p.T("sessions.nothing", i18n.Args{"Search": desk.Plain(r.search)}), p.T("sessions.nothing.hint"), nil)
	case rowLocked:
		words := look.Column(2, look.Prose(p.T("sessions.locked")).Bold(), look.NewLabel(p.T("sessions.locked.hint"), look.SizeText, look.Dim).Wrapped())
		return look.Panel(container.New(wideOrStacked(), words, container.NewHBox(r.hand.Button(p.T("sessions.action.unlock"), true, r.unlock))))
	case rowChart:
		return r.chart.Object()
	default:
		if r.cards[key] == nil {
			s, _ := r.session(key)
			r.cards[key] = r.newCard(s, r.now)
		}
		return r.cards[key].box
	}
}

func (r *Room) session(registry string) (api.Session, bool) {
	i := slices.IndexFunc(r.d.Snapshot.Sessions, func(s api.Session) bool { return s.Registry == registry })
	if i < 0 {
		return api.Session{}, false
	}
	return r.d.Snapshot.Sessions[i], true
}

// Tick implements desk.Room. Only what stands in or near the view is looked at.
func (r *Room) Tick(now time.Time) {
	r.now = now
	grown, moves := false, r.d.Moves()
	for _, s := range r.d.Snapshot.Sessions {
		if c := r.cards[s.Registry]; c != nil {
			i := slices.Index(r.rows, s.Registry)
			near := i >= 0 && r.long.Row(i) != nil
			if near {
				grown = c.update(s, r.facts[s.Registry], now) || grown
			}
			c.glass.Animate(moves && near && r.seen(c.box))
		}
	}
	r.chart.Show(ending(r.d.Snapshot), now)
	if grown {
		r.long.Refit()
	}
}

// seen reports whether a row is in the view.
func (r *Room) seen(o fyne.CanvasObject) bool {
	top := o.Position().Y - r.hand.Scroll.Offset.Y
	return top+o.Size().Height > 0 && top < r.hand.Scroll.Size().Height
}

// Enter shows the session of the registry that about names.
func (r *Room) Enter(about string) {
	if i := slices.Index(r.rows, about); i >= 0 {
		r.long.Reveal(i)
		if c := r.cards[about]; c != nil {
			if c.button.Visible() {
				look.Focus(c.button)
			} else {
				look.Focus(c.more)
			}
		}
	}
}

// Cover implements desk.Room: a secret that is shown is hidden, and nothing moves.
func (r *Room) Cover() {
	r.d.Cover()
	for _, c := range r.cards {
		c.glass.Animate(false)
	}
}

// Search implements desk.Room.
func (r *Room) Search(text string) {
	r.search = text
	r.Show()
	r.Tick(time.Now())
}

// press does what a card's button says: log in, stop the login, or unlock.
func (r *Room) press(s api.Session) {
	switch {
	case s.Login != nil:
		r.d.Act(api.Action{Verb: api.VerbCancel, Registry: s.Registry})
	case s.State == api.StateLocked:
		r.unlock()
	default:
		r.d.Login(s.Registry)
	}
}

func (r *Room) unlock() { r.d.Act(api.Action{Verb: api.VerbUnlock}) }

// browse opens the page of a login once more.
func (r *Room) browse(page string) {
	r.d.Do(func(context.Context) error {
		if err := r.d.Outside.Browse(page); err != nil {
			return &api.Error{Code: api.CodeInternal, Cause: err.Error()}
		}
		return nil
	})
}

// askRegistry asks for an address and logs in there.
func (r *Room) askRegistry() {
	p := r.d.P
	h := &look.Hand{Typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			r.box.Hide()
		}
	}}
	address := h.Field("https://registry.example.com/", func() {})
	login := func() {
		if address.Text == "" {
			r.askRegistry()
			return
		}
		r.d.Do(func(ctx context.Context) error {
			return r.d.Agent.Login(ctx, api.LoginRequest{Registry: address.Text}, nil)
		})
	}
	address.OnSubmitted = func(string) {
		r.box.Hide()
		login()
	}
	r.box = r.d.Ask(desk.Question{
		Title: p.T("sessions.action.add"), Text: p.T("sessions.add.hint"), Body: address, Hand: h,
		Yes: p.T("sessions.action.login"), No: p.T("sessions.no"), Do: login,
	})
	look.Focus(address)
}
