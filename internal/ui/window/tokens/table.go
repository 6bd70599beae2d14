package tokens

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// table is the rows of the access tokens. It is one stop of the Tab key: the arrow keys go through its rows, and
// Enter shows all that is known of one.
type table struct {
	widget.BaseWidget
	d      *desk.Desk
	hand   *look.Hand
	long   *look.Long
	rows   []*entry
	pool   []*row // row i is shown by one of the pool's
	probe  *row   // tells how high rows are
	cursor int
	chosen bool // somebody chose a row
	here   bool // the keyboard is here
	open   func(*entry)
	now    time.Time
}

// pooled is how many rows there are at the most, whatever the number of entries: more than any screen shows.
const pooled = 256

func newTable(d *desk.Desk, h *look.Hand, open func(*entry)) *table {
	t := &table{d: d, hand: h, open: open, now: time.Now(), pool: make([]*row, pooled)}
	t.probe = newRow(t)
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

// set takes the rows as they are now. What was chosen stays so.
func (t *table) set(rows []*entry) {
	was := ""
	if t.chosen && t.cursor < len(t.rows) {
		was = t.rows[t.cursor].session.Registry
	}
	t.rows, t.cursor, t.chosen = rows, 0, false
	for i, e := range rows {
		if was != "" && e.session.Registry == was {
			t.cursor, t.chosen = i, true
		}
	}
	t.long.Set(len(rows))
}

// restart takes other rows, or another order, and goes to the first.
func (t *table) restart(rows []*entry) {
	t.rows, t.cursor, t.chosen = rows, 0, false
	t.long.Restart(len(rows))
}

// tick draws the time that is left.
func (t *table) tick(now time.Time) {
	t.now = now
	t.each((*row).draw)
}

// each visits the rows that can be seen.
func (t *table) each(do func(*row)) {
	for _, r := range t.pool {
		if r != nil && r.i < len(t.rows) && t.long.Row(r.i) == fyne.CanvasObject(r) {
			do(r)
		}
	}
}

// choose leads to row i.
func (t *table) choose(i int) {
	if len(t.rows) == 0 {
		return
	}
	t.cursor, t.chosen = max(0, min(i, len(t.rows)-1)), true
	t.long.See(t.cursor)
	t.each((*row).mark)
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
		t.choose(t.cursor - 1)
	case fyne.KeyDown:
		t.choose(t.cursor + 1)
	case fyne.KeyPageUp:
		t.choose(t.cursor - t.page())
	case fyne.KeyPageDown:
		t.choose(t.cursor + t.page())
	case fyne.KeyHome:
		t.choose(0)
	case fyne.KeyEnd:
		t.choose(len(t.rows) - 1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
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
