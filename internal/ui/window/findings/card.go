package findings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// explainCard stands above the findings: what failed elsewhere can be explained here.
func (r *Room) explainCard() fyne.CanvasObject {
	p := r.d.P
	buttons := container.New(look.Flow(look.Grid))
	for _, w := range []way{byPaste, byLog, byLatest} {
		buttons.Add(r.hand.Button(p.T("findings.explain."+string(w)), false, func() { r.explain(w) }))
	}
	text := look.NewLabel(p.T("findings.explain.text"), look.SizeText, look.Dim).Wrapped()
	title := look.NewLabel(p.T("findings.explain"), look.SizeHead, look.Ink).Bold().Wrapped()
	return look.Panel(look.Column(look.Grid, title, text, look.Space(1), buttons))
}

// explain opens the dialog. Nothing of it is kept once it is closed.
func (r *Room) explain(w way) {
	r.asked = explain(r.d, w)
	r.asked.box.SetOnClosed(func() { r.asked = nil })
}

// Drop implements desk.Dropper: a file is a log to explain. Another dialog is answered first.
func (r *Room) Drop(path string) {
	if r.d.Win.Canvas().Overlays().Top() == nil {
		r.explain(byLog)
	} else if r.asked == nil {
		return
	}
	r.asked.take(path)
}
