package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// tall is a list whose row i is 20 high, but for every tenth, which is 90.
func tall(t *testing.T, count int) (*Long, *Hand, map[int]*Row, fyne.Window) {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, NewTheme())
	h, rows := &Hand{}, map[int]*Row{}
	l := h.Long(Grid, 20, func(i int) fyne.CanvasObject {
		if rows[i] == nil {
			rows[i] = h.Row("", Sized(Space(1), 50, 20+70*float32(1-min(1, i%10))), func() {})
		}
		return rows[i]
	})
	w := test.NewTempWindow(t, h.Scroll)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(300, 400))
	l.Set(count)
	return l, h, rows, w
}

func TestLongMakesWhatIsNear(t *testing.T) {
	l, h, rows, _ := tall(t, 1000)
	if len(rows) == 0 || len(rows) > 40 {
		t.Fatalf("%d rows were made", len(rows))
	}
	l.Reveal(500)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(rows[500]).Y
	if at < 0 || at > Grid {
		t.Errorf("row 500 stands at %v", at)
	}
	if l.Row(0) != nil || l.Row(505) == nil {
		t.Error("what is far away is kept, or what is near is not there")
	}
	for i := 501; i < 505; i++ {
		if gap := rows[i].Position().Y - rows[i-1].Position().Y - rows[i-1].Size().Height; gap != Grid {
			t.Errorf("%v between rows %d and %d", gap, i-1, i)
		}
	}
	h.Scroll.ScrollToBottom()
	if l.Row(999) == nil {
		t.Error("the end is not there")
	}
}

// TestLongStandsStill: rows above the view that turn out higher than guessed do not push what the user reads.
func TestLongStandsStill(t *testing.T) {
	l, h, rows, _ := tall(t, 1000)
	l.Reveal(500)
	d := fyne.CurrentApp().Driver()
	for range 20 {
		before := map[int]float32{}
		for i, r := range rows {
			if l.Row(i) != nil {
				before[i] = d.AbsolutePositionForObject(r).Y
			}
		}
		h.Scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 50)})
		seen := 0
		for i, y := range before {
			if l.Row(i) == nil || y < 0 || y > 300 {
				continue
			}
			seen++
			if now := d.AbsolutePositionForObject(rows[i]).Y; now != y+50 {
				t.Fatalf("row %d went from %v to %v", i, y, now)
			}
		}
		if seen == 0 {
			t.Fatal("nothing stayed in view")
		}
	}
}

// TestLongKeepsTheFocused: who scrolls away by the wheel goes on with Tab where the keyboard was.
func TestLongKeepsTheFocused(t *testing.T) {
	l, h, rows, w := tall(t, 1000)
	for range 30 {
		w.Canvas().FocusNext()
	}
	if w.Canvas().Focused() != fyne.Focusable(rows[29]) {
		t.Fatal("Tab does not go through the rows")
	}
	h.Scroll.ScrollToBottom()
	if l.Row(29) == nil || l.Row(5) != nil {
		t.Error("the row with the keyboard is gone, or another one far away is not")
	}
	l.Set(10)
	if l.Row(9) == nil || len(l.objects) != 10 {
		t.Errorf("%d rows of 10", len(l.objects))
	}
	w.Resize(fyne.NewSize(200, 300))
	if got := rows[3].Size().Width; got != 200-LongLeft-LongRight {
		t.Errorf("a row is %v wide", got)
	}
	l.Set(0)
}
