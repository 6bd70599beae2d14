package look

import "fyne.io/fyne/v2"

// Either lays out in one way where there is room enough, and in another where there is not.
func Either(from float32, wide, narrow fyne.Layout) fyne.Layout {
	return &either{from: from, wide: wide, narrow: narrow}
}

type either struct {
	from         float32
	wide, narrow fyne.Layout
	width        float32 // that was last given; 0 before
}

func (e *either) now() fyne.Layout {
	if e.width != 0 && e.width < e.from {
		return e.narrow
	}
	return e.wide
}

// Layout implements fyne.Layout.
func (e *either) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	e.width = size.Width
	e.now().Layout(objects, size)
}

// MinSize implements fyne.Layout. Its width is that of the narrow way, so that the window can be made narrow.
func (e *either) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(e.narrow.MinSize(objects).Width, e.now().MinSize(objects).Height)
}

// Flow lays out in lines like words, with so much room between them, and starts a new line where one is full.
func Flow(gap float32) fyne.Layout { return &flow{gap: gap} }

type flow struct{ gap, width float32 }

// Layout implements fyne.Layout.
func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.run(objects, size.Width, func(o fyne.CanvasObject, at fyne.Position, size fyne.Size) {
		o.Move(at)
		o.Resize(size)
	})
}

// MinSize implements fyne.Layout.
func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var widest float32
	for _, o := range objects {
		if o.Visible() {
			widest = max(widest, o.MinSize().Width)
		}
	}
	width := f.width
	if width == 0 {
		width = 1 << 20
	}
	return fyne.NewSize(min(widest, 10*Grid), f.run(objects, width, func(fyne.CanvasObject, fyne.Position, fyne.Size) {}))
}

// run goes through the lines and returns their height.
func (f *flow) run(objects []fyne.CanvasObject, width float32, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	var x, y, high float32
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		size := o.MinSize()
		size.Width = min(size.Width, width)
		if x > 0 && x+size.Width > width {
			x, y, high = 0, y+high+f.gap, 0
		}
		put(o, fyne.NewPos(x, y), size)
		x, high = x+size.Width+f.gap, max(high, size.Height)
	}
	return y + high
}

// Table lays out in columns of these widths; one of width 0 takes the rest.
func Table(gap float32, widths ...float32) fyne.Layout { return table{gap, widths} }

type table struct {
	gap    float32
	widths []float32
}

// Layout implements fyne.Layout.
func (t table) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	rest := size.Width + t.gap
	for _, w := range t.widths {
		rest -= w + t.gap
	}
	var x float32
	for i, o := range objects {
		w := t.widths[i]
		if w == 0 {
			w = max(0, rest)
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w + t.gap
	}
}

// MinSize implements fyne.Layout.
func (t table) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for i, o := range objects {
		size.Width += t.widths[i]
		if t.widths[i] == 0 {
			size.Width += 10 * Grid
		}
		if i > 0 {
			size.Width += t.gap
		}
		size.Height = max(size.Height, o.MinSize().Height)
	}
	return size
}
