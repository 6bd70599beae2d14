package window

import (
	"image/color"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/assets/icon/glyph"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// The widths of the rail, and the width of the window below which it shows no words.
const (
	railWide   = 27 * look.Grid
	railNarrow = 7 * look.Grid
	railFolds  = 100 * look.Grid
)

// glyphs are the rooms' pictures.
var glyphs = map[api.Room]string{
	api.RoomSessions: glyph.Sessions, api.RoomTokens: glyph.Access, api.RoomProjects: glyph.Projects,
	api.RoomPublish: glyph.Publish, api.RoomFindings: glyph.Findings, api.RoomSettings: glyph.Settings,
}

// rail is the left side: the program's name, the rooms, and what keeps the secrets.
type rail struct {
	v      *View
	box    fyne.CanvasObject
	rows   map[api.Room]*railRow
	foot   *look.Label
	name   fyne.CanvasObject
	scroll *container.Scroll // of the rooms, of use in a low window alone
	folded bool
}

// railRow is a room's name in the rail.
type railRow struct {
	*look.Row
	back  *canvas.Rectangle
	name  *look.Label
	badge *fyne.Container
	dot   *fyne.Container // stands for the badge where the rail is folded
	count int
}

func newRail(v *View) *rail {
	c := look.Current()
	r := &rail{v: v, rows: map[api.Room]*railRow{}, foot: look.Caption("")}
	mark := canvas.NewImageFromImage(icon.Render(icon.Spec{State: icon.Running, Share: 0.6, Size: 64, Dark: look.Dark()}))
	mark.SetMinSize(fyne.NewSquareSize(3 * look.Grid))
	mark.FillMode = canvas.ImageFillContain
	r.name = look.Text("Sandglass", look.SizeHead, c.Ink, true)
	list := look.Column(look.Grid/2, look.Pad(look.Beside(look.Grid, mark, container.NewCenter(r.name)), 0, look.Grid), look.Space(look.Grid/2))
	h := v.desk.Hand()
	r.scroll = container.NewVScroll(list)
	h.Scroll = r.scroll
	for _, room := range api.Rooms {
		row := newRailRow(v.desk.P.T("window.room."+string(room)), glyphs[room], h, func() { v.Enter(room, "") })
		r.rows[room] = row
		list.Add(row.Row)
	}
	r.box = container.NewStack(fill(c.Rail), look.Pad(container.NewBorder(nil, look.Pad(r.foot, 0, look.Grid), nil, nil, r.scroll), 2*look.Grid, look.Grid))
	return r
}

func newRailRow(name, picture string, h *look.Hand, tapped func()) *railRow {
	c := look.Current()
	row := &railRow{back: canvas.NewRectangle(c.Chosen), name: look.Line(name, look.SizeText, look.Ink), badge: container.NewStack()}
	spot := canvas.NewCircle(c.Warn)
	row.dot = container.NewWithoutLayout(spot)
	spot.Resize(fyne.NewSquareSize(look.Grid))
	spot.Move(fyne.NewPos(2*look.Grid-1, -2))
	row.dot.Hide()
	row.back.CornerRadius, row.back.StrokeColor, row.back.StrokeWidth = look.Grid, c.Line, 1
	line := container.NewBorder(nil, nil, container.NewCenter(container.NewStack(look.Picture(picture), row.dot)), row.badge, look.Pad(look.Middle(row.name), 0, look.Grid))
	row.Row = h.Row(name, container.NewStack(row.back, look.Pad(line, look.Grid+1, look.Grid+2)), tapped)
	return row
}

// choose marks the room that is open, by its ground and by its weight, and scrolls until it can be seen.
func (r *rail) choose(room api.Room) {
	for name, row := range r.rows {
		row.back.Hidden, row.name.TextStyle.Bold = name != room, name == room
		row.name.Refresh()
		row.back.Refresh()
	}
	if row := r.rows[room]; row != nil && r.scroll.Size().Height > 0 {
		top := row.Row.Position().Y
		low := top + row.Row.Size().Height - r.scroll.Size().Height
		r.scroll.ScrollToOffset(fyne.NewPos(0, max(0, min(top, max(r.scroll.Offset.Y, low)))))
	}
}

// update draws what needs doing in each room, and where the secrets are.
func (r *rail) update(now time.Time) {
	d := r.v.desk
	ended := 0
	for _, s := range d.Snapshot.Sessions {
		if s.StateAt(now) == api.StateEnded && !s.Muted {
			ended++
		}
	}
	broken := 0
	for _, p := range d.Snapshot.Projects {
		if len(p.Findings) > 0 || p.Missing {
			broken++
		}
	}
	serious := 0
	for _, t := range d.Snapshot.Soon {
		if t.Marks > 0 {
			serious++
		}
	}
	r.rows[api.RoomSessions].badged(ended)
	r.rows[api.RoomTokens].badged(serious)
	r.rows[api.RoomProjects].badged(broken)
	r.rows[api.RoomFindings].badged(len(d.Snapshot.Findings))
	store := d.Snapshot.Agent.Store
	if store == "" {
		store = api.StoreMemory
	}
	foot := d.P.T("window.foot", i18n.Args{"Store": d.P.T("window.store." + string(store))})
	if d.Gone {
		foot = d.P.T("window.foot.gone")
	}
	r.foot.Say(foot, look.Dim)
}

// badged shows how many things need doing.
func (row *railRow) badged(n int) {
	if n == row.count {
		return
	}
	row.count = n
	row.badge.Objects = nil
	if n > 0 {
		row.badge.Objects = []fyne.CanvasObject{look.Badge(strconv.Itoa(n))}
	}
	row.dot.Hidden = n == 0 || !row.badge.Hidden
	row.badge.Refresh()
}

// fold leaves the rail its pictures alone, or gives it its words back.
func (r *rail) fold(on bool) {
	if r.folded == on {
		return
	}
	r.folded = on
	r.foot.Hidden = on
	r.name.(*canvas.Text).Hidden = on
	for _, row := range r.rows {
		row.name.Hidden, row.badge.Hidden, row.dot.Hidden = on, on, !on || row.count == 0
	}
	r.box.Refresh()
}

// fill is a ground of one colour.
func fill(c color.Color) fyne.CanvasObject { return canvas.NewRectangle(c) }

// halves puts the rail beside the page, and folds it where the window is narrow.
type halves struct{ fold func(bool) }

// Layout implements fyne.Layout.
func (h *halves) Layout(o []fyne.CanvasObject, size fyne.Size) {
	width := float32(railWide)
	if size.Width < railFolds {
		width = railNarrow
	}
	h.fold(width == railNarrow)
	o[1].Resize(fyne.NewSize(width, size.Height))
	o[0].Move(fyne.NewPos(width, 0))
	o[0].Resize(fyne.NewSize(size.Width-width, size.Height))
}

// MinSize implements fyne.Layout.
func (h *halves) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(railNarrow+o[0].MinSize().Width, 30*look.Grid)
}
