package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Link is small words that can be pressed, such as a place in a file. They are as wide as they are, and take more
// lines where there is no room.
func (h *Hand) Link(s string, tapped func()) fyne.CanvasObject {
	l := NewLabel(s, SizeSmall, widget.HighImportance)
	l.Wrapping = fyne.TextWrapBreak
	row := h.Row(s, Pad(l, 2, Grid/2), tapped)
	return container.New(&snug{text: s, label: l}, row)
}

// snug gives a part the width of its text, or all that there is.
type snug struct {
	text  string
	label *Label
}

func (s *snug) natural() float32 {
	width := fyne.MeasureText(s.text, theme.Size(theme.SizeNameCaptionText), s.label.TextStyle).Width
	return width + Grid + 1 // no line breaks for a rounded pixel
}

// Layout implements fyne.Layout.
func (s *snug) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width, s.natural())
	objects[0].Move(fyne.NewPos(-Grid/2, 0)) // the words stand in line with what is above them, the ring outside
	objects[0].Resize(fyne.NewSize(width, size.Height))
}

// MinSize implements fyne.Layout.
func (s *snug) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(min(s.natural(), 10*Grid), objects[0].MinSize().Height)
}
