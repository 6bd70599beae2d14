package windowkit

import (
	"testing"

	"fyne.io/fyne/v2"
)

// TabTo gives the keyboard to the button or row that reads like this, by the Tab key alone.
func (pg *Page) TabTo(t *testing.T, label string) {
	t.Helper()
	seen := map[fyne.Focusable]bool{}
	for {
		pg.Press(fyne.KeyTab)
		o := pg.Win.Canvas().Focused()
		if o == nil || seen[o] {
			t.Fatalf("the Tab key does not lead to %q:%s", label, pg.Read())
		}
		if seen[o] = true; Find(o.(fyne.CanvasObject), label) == any(o) {
			return
		}
	}
}

// Choose presses the button or row that reads like this: by a tap, or by Tab and Enter.
func (pg *Page) Choose(t *testing.T, keys bool, label string) {
	t.Helper()
	if !keys {
		pg.Tap(t, label)
		return
	}
	pg.TabTo(t, label)
	pg.Press(fyne.KeyReturn)
}

// Refreshes counts what is drawn again while do runs.
func Refreshes(t testing.TB, do func()) int {
	t.Helper()
	app := fyne.CurrentApp()
	n := 0
	fyne.SetCurrentApp(countedApp{app, &n})
	defer fyne.SetCurrentApp(app)
	do()
	return n
}

type countedApp struct {
	fyne.App
	n *int
}

// Driver implements fyne.App.
func (a countedApp) Driver() fyne.Driver { return countedDriver{a.App.Driver(), a.n} }

type countedDriver struct {
	fyne.Driver
	n *int
}

// CanvasForObject implements fyne.Driver.
func (d countedDriver) CanvasForObject(o fyne.CanvasObject) fyne.Canvas {
	if c := d.Driver.CanvasForObject(o); c != nil {
		return countedCanvas{c, d.n}
	}
	return nil
}

type countedCanvas struct {
	fyne.Canvas
	n *int
}

// Refresh implements fyne.Canvas.
func (c countedCanvas) Refresh(o fyne.CanvasObject) {
	*c.n++
	c.Canvas.Refresh(o)
}
