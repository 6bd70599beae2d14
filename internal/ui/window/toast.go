package window

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// toastFor is how long a word stays.
const toastFor = 5 * time.Second

// toast is a word at the lower edge of the window that goes by itself. A newer one takes its place.
type toast struct {
	d     *desk.Desk
	box   *fyne.Container
	words *look.Label
	turn  int
}

func newToast(d *desk.Desk) *toast {
	c := look.Current()
	back := canvas.NewRectangle(c.Card)
	back.CornerRadius, back.StrokeColor, back.StrokeWidth = look.Grid, c.Sand, 1
	t := &toast{d: d, words: look.NewLabel("", look.SizeText, look.Ink)}
	card := container.NewStack(back, look.Pad(t.words, 12, 2*look.Grid))
	t.box = container.NewVBox(layout.NewSpacer(), container.NewCenter(card), look.Space(3*look.Grid))
	t.box.Hide()
	return t
}

func (t *toast) show(text string) {
	t.turn++
	turn := t.turn
	t.words.Say(text, look.Ink)
	t.box.Show()
	time.AfterFunc(toastFor, func() {
		t.d.UI(func() {
			if turn == t.turn {
				t.box.Hide()
			}
		})
	})
}
