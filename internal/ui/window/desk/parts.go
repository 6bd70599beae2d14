package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Failure shows an error in place: what is wrong, and what to do.
func (d *Desk) Failure(err error) fyne.CanvasObject {
	return Trouble(d.ErrorWords(err))
}

// Trouble is Failure for an error that was put into words already.
func Trouble(title, hint string) fyne.CanvasObject {
	what := look.Prose("⚠ " + title).Bold()
	what.Importance = look.Warn
	back := canvas.NewRectangle(look.Current().DelBack)
	back.CornerRadius = look.Grid
	return container.NewStack(back, look.Pad(look.Column(look.Grid/2, what, look.Prose(hint)), 12, 12))
}

// Tell shows an error in a box over the window.
func (d *Desk) Tell(err error) {
	title, hint := d.ErrorWords(err)
	d.Ask(Question{Title: title, Text: hint, No: d.P.T("window.action.close")})
}

// Question is asked in a box over the window.
type Question struct {
	Title, Text string
	Body        fyne.CanvasObject // below the text; may be nil
	Hand        *look.Hand        // leads the keyboard through Body; may be nil
	Yes, No     string            // Yes "" : there is nothing to agree to
	Do          func()            // what Yes does
	Grave       bool              // it cannot be taken back
}

// Ask asks. The keyboard starts at No, and Escape is No. The box that comes back can be hidden.
func (d *Desk) Ask(q Question) *Box {
	var box *Box
	h := &look.Hand{Typed: func(e *fyne.KeyEvent) { box.key(e) }}
	content := look.Column(2 * look.Grid)
	if q.Text != "" {
		content.Add(look.Prose(q.Text))
	}
	if q.Body != nil {
		content.Add(q.Body)
	}
	no := h.Button(q.No, q.Yes == "", func() { box.Hide() })
	buttons := []fyne.CanvasObject{no}
	if q.Yes != "" {
		yes := h.Button(q.Yes, true, func() {
			box.Hide()
			q.Do()
		})
		if q.Grave {
			yes.Importance = widget.DangerImportance
		}
		buttons = append(buttons, yes)
	}
	box = d.Box(q.Title, content, buttons...)
	box.Show()
	box.Fit(min(64*look.Grid, max(d.Win.Canvas().Size().Width-4*look.Grid, 30*look.Grid)))
	if q.Hand != nil && q.Hand.Scroll == nil {
		q.Hand.Scroll = box.scroll
	}
	look.Focus(no)
	return box
}

// Empty is what stands where nothing is: a picture, why, and what to do about it.
func Empty(title, hint string, action fyne.CanvasObject) fyne.CanvasObject {
	glass := canvas.NewImageFromImage(icon.Render(icon.Spec{State: icon.Idle, Size: 128, Dark: look.Dark()}))
	glass.FillMode = canvas.ImageFillContain
	glass.SetMinSize(fyne.NewSquareSize(8 * look.Grid))
	parts := look.Column(look.Grid, look.Space(2*look.Grid), container.NewCenter(glass), look.NewLabel(title, look.SizeHead, look.Ink).Bold().Wrapped().Centered())
	if hint != "" {
		parts.Add(look.NewLabel(hint, look.SizeText, look.Dim).Wrapped().Centered())
	}
	if action != nil {
		parts.Add(look.Space(1))
		parts.Add(container.NewCenter(action))
	}
	parts.Add(look.Space(2 * look.Grid))
	return look.Panel(parts)
}
