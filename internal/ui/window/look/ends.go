package look

import "fyne.io/fyne/v2"

// Ends gives the last part its own width at the right end and the first the rest, both in the middle of the height.
func Ends(gap float32) fyne.Layout { return ends(gap) }

type ends float32

// Layout implements fyne.Layout.
func (e ends) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	last := objects[1].MinSize()
	rest := size.Width
	if objects[1].Visible() && last.Width > 0 {
		rest -= last.Width + float32(e)
	}
	widths := [2]float32{max(0, rest), last.Width}
	for i, o := range objects {
		o.Resize(fyne.NewSize(widths[i], min(size.Height, o.MinSize().Height)))
		high := min(size.Height, o.MinSize().Height) // only now does wrapped text know its height
		o.Resize(fyne.NewSize(widths[i], high))
		o.Move(fyne.NewPos(float32(i)*(size.Width-last.Width), (size.Height-high)/2))
	}
}

// MinSize implements fyne.Layout.
func (e ends) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	if !objects[1].Visible() {
		return a
	}
	return fyne.NewSize(a.Width+float32(e)+b.Width, max(a.Height, b.Height))
}
