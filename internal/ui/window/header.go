package window

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// header stands above the open room: its name, a few words, the search, and the one main action, or two.
type header struct {
	v          *View
	box        fyne.CanvasObject
	title, sub *look.Label
	search     *searchEntry
	button     *look.Button
	also       *look.Button
	shown      desk.Header
}

func newHeader(v *View) *header {
	h := &header{v: v, title: look.Line("", look.SizeTitle, look.Ink).Bold(), sub: look.Line("", look.SizeText, look.Dim)}
	h.search = newSearch(v.desk.P.T("window.search"), func(text string) { v.rooms[v.room].Search(text) })
	h.button = v.desk.Hand().Button("", true, func() { h.shown.Do() })
	h.also = v.desk.Hand().Button("", false, func() { h.shown.DoAlso() })
	h.box = container.New(&bar{}, look.Column(2, h.title, h.sub), h.search, h.also, h.button)
	return h
}

// update draws what the open room says of itself.
func (h *header) update(now time.Time) {
	p := h.v.desk.P
	next := h.v.rooms[h.v.room].Header(now)
	if h.v.desk.Snapshot.Version == 0 && !h.v.desk.Gone {
		next.Sub = p.T("window.loading")
	}
	h.title.Say(p.T("window.room."+string(h.v.room)), look.Ink)
	h.sub.Say(next.Sub, look.Dim)
	moved := next.Searchable != h.search.Visible() || (next.Action != "") != h.button.Visible() || h.button.Text != next.Action || (next.Also != "") != h.also.Visible() || h.also.Text != next.Also
	h.shown = next
	if !moved {
		return
	}
	h.search.Hidden, h.button.Hidden, h.also.Hidden = !next.Searchable, next.Action == "", next.Also == ""
	h.button.SetText(next.Action)
	h.also.SetText(next.Also)
	h.box.Refresh()
}

// low leaves the name alone where the window is low.
func (h *header) low(on bool) { h.sub.Hidden = on }

// The width of the search, the least of it beside the button, and the width of the header below which the tools stand under the name.
const (
	searchWide  = 27 * look.Grid
	searchLeast = 14 * look.Grid
	barFolds    = 92 * look.Grid
)

// bar lays out the header: the name, and the search and the buttons at the right or below.
type bar struct{ width float32 }

// Layout implements fyne.Layout.
func (b *bar) Layout(o []fyne.CanvasObject, size fyne.Size) {
	b.width = size.Width
	title, tools := o[0].MinSize(), b.tools(o, size.Width)
	if size.Width < barFolds {
		o[0].Move(fyne.NewPos(0, 0))
		o[0].Resize(fyne.NewSize(size.Width, title.Height))
		b.below(o, tools, func(tool fyne.CanvasObject, at fyne.Position, own fyne.Size) {
			tool.Move(at.AddXY(0, title.Height+look.Grid))
			tool.Resize(own)
		})
		return
	}
	right := size.Width
	for i := len(tools) - 1; i >= 0; i-- {
		if tools[i] == 0 {
			continue
		}
		high := o[i+1].MinSize().Height
		right -= tools[i]
		o[i+1].Move(fyne.NewPos(right, (size.Height-high)/2))
		o[i+1].Resize(fyne.NewSize(tools[i], high))
		right -= 2 * look.Grid
	}
	o[0].Move(fyne.NewPos(0, (size.Height-title.Height)/2))
	o[0].Resize(fyne.NewSize(right, title.Height))
}

// below puts the tools into lines under the name, and returns their height.
func (b *bar) below(o []fyne.CanvasObject, tools []float32, put func(tool fyne.CanvasObject, at fyne.Position, own fyne.Size)) float32 {
	var x, y, high float32
	for i, wide := range tools {
		if wide = min(wide, b.width); wide == 0 {
			continue
		}
		if x > 0 && x+wide > b.width {
			x, y = 0, y+high+look.Grid
		}
		high = o[i+1].MinSize().Height
		put(o[i+1], fyne.NewPos(x, y), fyne.NewSize(wide, high))
		x += wide + 2*look.Grid
	}
	return y + high
}

// tools are the widths of the search and the buttons in a header of this width, 0 for one that is not there.
func (b *bar) tools(o []fyne.CanvasObject, width float32) []float32 {
	widths := make([]float32, len(o)-1)
	rest := width
	for i, tool := range o[2:] {
		if tool.Visible() {
			widths[i+1] = tool.MinSize().Width
			rest -= widths[i+1] + 2*look.Grid
		}
	}
	if o[1].Visible() {
		widths[0] = searchWide
	}
	if rest < width && rest >= searchLeast {
		widths[0] = min(widths[0], rest)
	}
	return widths
}

// MinSize implements fyne.Layout.
func (b *bar) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(30*look.Grid, o[0].MinSize().Height)
	tools := b.tools(o, b.width)
	if b.width == 0 || b.width >= barFolds {
		for i, wide := range tools {
			if wide > 0 {
				size.Height = max(size.Height, o[i+1].MinSize().Height)
			}
		}
		return size
	}
	if high := b.below(o, tools, func(fyne.CanvasObject, fyne.Position, fyne.Size) {}); high > 0 {
		size.Height += high + look.Grid
	}
	return size
}

// clear empties the search, for the next room.
func (h *header) clear() {
	h.search.quiet(func() { h.search.SetText("") })
	h.shown = desk.Header{Sub: "\x00"}
}

// searchEntry is the field of the search. Escape empties it and gives the keyboard back.
type searchEntry struct {
	widget.Entry
	silent bool
}

func newSearch(hint string, search func(string)) *searchEntry {
	s := &searchEntry{}
	s.PlaceHolder, s.Icon = hint, look.Icon("search")
	s.OnChanged = func(text string) {
		if !s.silent {
			search(text)
		}
	}
	s.ExtendBaseWidget(s)
	return s
}

// quiet changes the field without searching.
func (s *searchEntry) quiet(change func()) {
	s.silent = true
	change()
	s.silent = false
}

// TypedKey implements fyne.Focusable.
func (s *searchEntry) TypedKey(e *fyne.KeyEvent) {
	if e.Name != fyne.KeyEscape {
		s.Entry.TypedKey(e)
		return
	}
	s.SetText("")
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		c.Unfocus()
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (s *searchEntry) TypedShortcut(what fyne.Shortcut) { look.Shortcut(s, &s.Entry, what) }

// warn shows a bar over the page while the agent is gone.
func (v *View) warn() {
	if v.desk.Gone == (len(v.banner.Objects) > 0) {
		return
	}
	v.banner.Objects = nil
	if v.desk.Gone {
		v.banner.Objects = []fyne.CanvasObject{v.goneBar()}
	}
	v.banner.Refresh()
	v.root.Refresh()
}

func (v *View) goneBar() fyne.CanvasObject {
	d, c := v.desk, look.Current()
	words := look.Column(2, look.NewLabel(d.P.T("window.gone"), look.SizeText, look.Warn).Bold().Wrapped(), look.Prose(d.P.T("window.gone.hint")))
	button := look.Space(0)
	if d.Outside.Start != nil {
		button = d.Hand().Button(d.P.T("window.gone.start"), true, func() {
			go func() {
				if err := d.Outside.Start(); err != nil {
					d.UI(func() { d.Tell(&api.Error{Code: api.CodeNoAgent, Cause: err.Error()}) })
				}
			}()
		})
	}
	return container.NewStack(fill(c.DelBack), look.Pad(container.New(look.Ends(2*look.Grid), words, button), 12, 4*look.Grid))
}
