// Package findings is the room of what is worth knowing: what is wrong, where, what to do, and a button that
// does it. The worst stands first.
package findings

import (
	"context"
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// rough is about how high a finding's card is.
const rough = 14 * look.Grid

// severities in the order of their groups.
var severities = []api.Severity{api.SeverityError, api.SeverityWarning, api.SeverityInfo}

// Room is the room of the findings.
type Room struct {
	desk.Quiet
	d      *desk.Desk
	hand   *look.Hand
	long   *look.Long
	rows   []line
	made   []fyne.CanvasObject // as rows
	search string
	card   fyne.CanvasObject // the first row
	asked  *explaining       // the dialog that is open; nil: none is
}

// line is a row: a finding, the heading of a group where there is none, or what stands above or in place of them.
type line struct {
	group   api.Severity
	finding *api.Finding
	card    bool // that explains a failure
	none    bool // there is nothing to list
}

// New makes the room.
func New(d *desk.Desk) *Room {
	r := &Room{d: d, hand: d.Hand()}
	r.card = r.explainCard()
	r.long = r.hand.Long(look.Grid, rough, r.row)
	return r
}

// Content implements desk.Room.
func (r *Room) Content() fyne.CanvasObject { return r.hand.Scroll }

// Hand implements desk.Room.
func (r *Room) Hand() *look.Hand { return r.hand }

// Header implements desk.Room.
func (r *Room) Header(time.Time) desk.Header {
	n := len(r.d.Snapshot.Findings)
	h := desk.Header{Sub: r.d.P.T("findings.sub.none"), Also: r.d.P.T("settings.import.open"), DoAlso: func() { r.d.Open(api.RoomSettings, desk.FindCredentials) }}
	if n > 0 {
		h.Sub, h.Action, h.Do, h.Searchable = r.d.P.N("findings.sub", n), r.d.P.T("findings.look"), r.look, true
	}
	return h
}

// Show lists the findings that the search leaves. Where they are the same as before, nothing is drawn anew: the
// keyboard stays where it is.
func (r *Room) Show() {
	if r.d.Snapshot.Version == 0 {
		return
	}
	rows := r.lines()
	if reflect.DeepEqual(rows, r.rows) && len(r.made) > 0 {
		return
	}
	r.rows, r.made = rows, make([]fyne.CanvasObject, len(rows))
	r.long.Set(len(r.made))
}

// lines are the findings in their groups.
func (r *Room) lines() (rows []line) {
	if r.search == "" {
		rows = []line{{card: true}}
	}
	above := len(rows)
	for _, severity := range severities {
		first := true
		for _, f := range r.d.Snapshot.Findings {
			if f.Severity != severity || !r.matches(f) {
				continue
			}
			if first {
				rows = append(rows, line{group: severity})
				first = false
			}
			rows = append(rows, line{group: severity, finding: &f})
		}
	}
	if len(rows) == above {
		rows = append(rows, line{none: true})
	}
	return rows
}

func (r *Room) matches(f api.Finding) bool {
	if r.search == "" {
		return true
	}
	w := r.d.FindingWords(f)
	return desk.Matches(r.search, w.Title, w.Text, w.Hint, f.File, f.Registry, r.d.NameOf(f.Registry))
}

// row is row i, made when it comes into view.
func (r *Room) row(i int) fyne.CanvasObject {
	if r.made[i] == nil {
		r.made[i] = r.make(i)
	}
	return r.made[i]
}

func (r *Room) make(i int) fyne.CanvasObject {
	p, row := r.d.P, r.rows[i]
	switch {
	case row.card:
		return r.card
	case row.none && r.search != "":
		return desk.Empty(p.T("findings.nomatch"), p.T("findings.nomatch.hint"), nil)
	case row.none:
		return desk.Empty(p.T("findings.none"), p.T("findings.none.hint"), r.hand.Button(p.T("findings.look"), false, r.look))
	case row.finding == nil:
		above := float32(2 * look.Grid)
		if i == 0 {
			above = 0
		}
		return look.Column(0, look.Space(above), look.Head(p.T("findings."+string(r.rows[i].group))))
	}
	return look.Panel(plan.Finding(r.d, r.hand, *row.finding))
}

// look reads every file again.
func (r *Room) look() {
	r.d.Then(func(ctx context.Context) error {
		return r.d.Agent.Do(ctx, api.Action{Verb: api.VerbRescan})
	}, func() { r.d.Toast(r.d.P.T("findings.done")) })
}

// Search implements desk.Room.
func (r *Room) Search(text string) {
	r.search = text
	r.Show()
	r.long.Reveal(0)
}

// Enter implements desk.Room: about is a finding's code, which is scrolled to.
func (r *Room) Enter(about string) {
	r.search = ""
	r.Show()
	for i, row := range r.rows {
		if row.finding != nil && about != "" && row.finding.Code == about {
			r.long.Reveal(i)
			return
		}
	}
}
