package tokens

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// table is the rows of the access tokens. It is one stop of the Tab key: the arrow keys go through its rows, the space
// bar chooses more than one, and Enter shows all that is known of one.
type table struct {
	widget.BaseWidget
	d       *desk.Desk
	hand    *look.Hand
	long    *look.Long
	rows    []*entry
	pool    []*row // row i is shown by one of the pool's
	probe   *row   // tells how high rows are
	cursor  int
	from    int             // where a range of chosen rows begins
	chosen  map[string]bool // rows, by their id
	several bool            // rows are chosen one by one: the arrow keys choose none
	here    bool            // the keyboard is here
	open    func(*entry)
	changed func() // others are chosen
	now     time.Time
}

// pooled is how many rows there are at the most, whatever the number of entries: more than any screen shows.
const pooled = 256

func newTable(d *desk.Desk, h *look.Hand, open func(*entry), changed func()) *table {
	t := &table{d: d, hand: h, open: open, changed: changed, now: time.Now(), pool: make([]*row, pooled), chosen: map[string]bool{}}
	t.probe = newRow(t)
	t.probe.cells[byName].small.Show()
	t.long = h.Long(0, t.probe.MinSize().Height, func(i int) fyne.CanvasObject { return t.row(i) })
	t.ExtendBaseWidget(t)
	return t
}

// row shows entry i in a row of the pool.
func (t *table) row(i int) *row {
	r := t.pool[i%pooled]
	if r == nil {
		r = newRow(t)
		t.pool[i%pooled] = r
	}
	r.show(i)
	return r
}

// set takes the rows as they are now. What was chosen stays so, where it is still there.
func (t *table) set(rows []*entry) {
	at := ""
	if t.cursor < len(t.rows) {
		at = t.rows[t.cursor].id
	}
	t.rows, t.cursor, t.from = rows, 0, 0
	there := map[string]bool{}
	for i, e := range rows {
		if e.id == at {
			t.cursor, t.from = i, i
		}
		if t.chosen[e.id] {
			there[e.id] = true
		}
	}
	t.chosen, t.several = there, t.several && len(there) > 0
	t.long.Set(len(rows))
	t.changed()
}

// restart takes other rows, or another order, and goes to the first. What is chosen and seen no more is let go.
func (t *table) restart(rows []*entry) {
	t.cursor = len(t.rows)
	t.set(rows)
	t.long.Restart(len(rows))
}

// tick draws the time that is left.
func (t *table) tick(now time.Time) {
	t.now = now
	grown := false
	t.each(func(r *row) { grown = r.draw() || grown })
	if grown {
		t.long.Refit()
	}
}

// each visits the rows that can be seen.
func (t *table) each(do func(*row)) {
	for _, r := range t.pool {
		if r != nil && r.i < len(t.rows) && t.long.Row(r.i) == fyne.CanvasObject(r) {
			do(r)
		}
	}
}

// picked are the chosen rows in their order.
func (t *table) picked() (all []*entry) {
	switch {
	case len(t.chosen) == 0:
		return nil
	case t.cursor < len(t.rows) && t.only(t.cursor): // as nearly always
		return []*entry{t.rows[t.cursor]}
	}
	for _, e := range t.rows {
		if t.chosen[e.id] {
			all = append(all, e)
		}
	}
	return all
}

// only reports whether row i is chosen and no other.
func (t *table) only(i int) bool { return len(t.chosen) == 1 && t.chosen[t.rows[i].id] }

// lead goes to row i.
func (t *table) lead(i int) {
	t.cursor = max(0, min(i, len(t.rows)-1))
	t.long.See(t.cursor)
}

// drawn shows what is chosen.
func (t *table) drawn() {
	t.each((*row).mark)
	t.changed()
}

// choose leads to row i and chooses it alone.
func (t *table) choose(i int) {
	if len(t.rows) == 0 {
		return
	}
	t.lead(i)
	t.from, t.several = t.cursor, false
	t.chosen = map[string]bool{t.rows[t.cursor].id: true}
	t.drawn()
}

// toggle chooses row i beside the others, or no longer.
func (t *table) toggle(i int) {
	if len(t.rows) == 0 {
		return
	}
	t.lead(i)
	t.from, t.several = t.cursor, true
	id := t.rows[t.cursor].id
	if t.chosen[id] {
		delete(t.chosen, id)
	} else {
		t.chosen[id] = true
	}
	t.drawn()
}

// extend chooses all rows from the one that was chosen last to row i.
func (t *table) extend(i int) {
	if len(t.rows) == 0 {
		return
	}
	t.lead(i)
	t.several, t.chosen = true, map[string]bool{}
	for k := min(t.from, t.cursor); k <= max(t.from, t.cursor); k++ {
		t.chosen[t.rows[k].id] = true
	}
	t.drawn()
}

// step goes to row i with the keyboard.
func (t *table) step(i int) {
	if !t.several {
		t.choose(i)
		return
	}
	t.lead(i)
	t.drawn()
}

// page is how many rows can be seen.
func (t *table) page() int {
	return max(1, int(t.hand.Scroll.Size().Height/t.probe.MinSize().Height)-1)
}

// Resize implements fyne.CanvasObject.
func (t *table) Resize(size fyne.Size) {
	t.long.Guess(look.Fitted(t.probe, size.Width-look.LongLeft-look.LongRight))
	t.BaseWidget.Resize(size)
}

// CreateRenderer implements fyne.Widget.
func (t *table) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(t.hand.Scroll)
}

// FocusGained implements fyne.Focusable.
func (t *table) FocusGained() { t.focus(true) }

// FocusLost implements fyne.Focusable.
func (t *table) FocusLost() { t.focus(false) }

func (t *table) focus(here bool) {
	t.here = here
	if here && len(t.rows) > 0 {
		t.long.See(t.cursor)
	}
	t.each((*row).mark)
}

// TypedRune implements fyne.Focusable.
func (t *table) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (t *table) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUp:
		t.step(t.cursor - 1)
	case fyne.KeyDown:
		t.step(t.cursor + 1)
	case fyne.KeyPageUp:
		t.step(t.cursor - t.page())
	case fyne.KeyPageDown:
		t.step(t.cursor + t.page())
	case fyne.KeyHome:
		t.step(0)
	case fyne.KeyEnd:
		t.step(len(t.rows) - 1)
	case fyne.KeySpace:
		if t.cursor < len(t.rows) && t.only(t.cursor) && !t.several {
			t.several = true // others come to it
			return
		}
		t.toggle(t.cursor)
	case fyne.KeyReturn, fyne.KeyEnter:
		if t.cursor < len(t.rows) {
			t.open(t.rows[t.cursor])
		}
	default:
		t.hand.Key(e)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (t *table) AccessibilityLabel() string { return t.d.P.N("tokens.table", len(t.rows)) }

// AccessibilityRole implements fyne.Accessible.
func (t *table) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }
