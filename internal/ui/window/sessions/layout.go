package sessions

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// cardLayout lays a card out: the glass, the facts, the time and the actions beside each other, or where there
// is no room for that, the time and the actions below, and last the actions below the time.
type cardLayout struct {
	actions float32 // the width of the actions, the same in all cards
	width   float32 // that was last given
}

// scaled is a distance that grows with the type.
func scaled(x float32) float32 { return x * theme.TextSize() / look.SizeText }

// wideOrStacked puts a button at the right of words, or below them where there is no room.
func wideOrStacked() fyne.Layout {
	return look.Either(scaled(60*look.Grid), look.Ends(2*look.Grid), layout.NewCustomPaddedVBoxLayout(look.Grid))
}

const (
	glassSide = 7 * look.Grid
	apart     = 3 * look.Grid
)

// Layout implements fyne.Layout.
func (l *cardLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	l.run(o, size.Width, true)
}

// MinSize implements fyne.Layout.
func (l *cardLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	width := l.width
	if width == 0 {
		width = 100 * look.Grid
	}
	return fyne.NewSize(max(glassSide+2*look.Grid+10*look.Grid, l.actions), l.run(o, width, false))
}

// run puts the parts where they belong, if it is to, and returns the height of all.
func (l *cardLayout) run(o []fyne.CanvasObject, width float32, put bool) float32 {
	glass, facts, times, actions := o[0], o[1], o[2], o[3]
	high := func(o fyne.CanvasObject, w float32) float32 {
		if put {
			o.Resize(fyne.NewSize(w, o.MinSize().Height)) // text knows its height only when it has its width
		}
		return o.MinSize().Height
	}
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		if put {
			o.Move(fyne.NewPos(x, y))
			o.Resize(fyne.NewSize(w, h))
		}
	}
	left := float32(glassSide + apart)
	act := actions.MinSize().Height
	if width >= scaled(78*look.Grid) {
		side := min(scaled(glassSide), 12*look.Grid)
		left = side + apart
		timesW := scaled(26 * look.Grid)
		factsW := width - left - timesW - l.actions - 2*apart
		f, t := high(facts, factsW), high(times, timesW)
		h := max(f, t, side, act)
		place(glass, 0, (h-side)/2, side, side)
		place(facts, left, (h-f)/2, factsW, f)
		place(times, width-l.actions-apart-timesW, (h-t)/2, timesW, t)
		place(actions, width-l.actions, (h-act)/2, l.actions, act)
		return h
	}
	left -= look.Grid
	f := high(facts, width-left)
	top := max(f, glassSide)
	place(glass, 0, 0, glassSide, glassSide)
	place(facts, left, (top-f)/2, width-left, f)
	y := top + 2*look.Grid
	if rest := width - l.actions - apart; rest >= scaled(20*look.Grid) {
		t := high(times, rest)
		h := max(t, act)
		place(times, 0, y+(h-t)/2, rest, t)
		place(actions, width-l.actions, y+(h-act)/2, l.actions, act)
		return y + h
	}
	t := high(times, width)
	place(times, 0, y, width, t)
	place(actions, 0, y+t+2*look.Grid, l.actions, act)
	return y + t + 2*look.Grid + act
}
