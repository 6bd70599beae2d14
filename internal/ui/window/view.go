package window

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/findings"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/projects"
	"github.com/sandglass-dev/sandglass/internal/ui/window/publish"
	"github.com/sandglass-dev/sandglass/internal/ui/window/sessions"
	"github.com/sandglass-dev/sandglass/internal/ui/window/settings"
	"github.com/sandglass-dev/sandglass/internal/ui/window/setup"
	"github.com/sandglass-dev/sandglass/internal/ui/window/tokens"
)

// makers make the rooms.
var makers = map[api.Room]func(*desk.Desk) desk.Room{
	api.RoomSessions: func(d *desk.Desk) desk.Room { return sessions.New(d) },
	api.RoomTokens:   func(d *desk.Desk) desk.Room { return tokens.New(d) },
	api.RoomProjects: func(d *desk.Desk) desk.Room { return projects.New(d) },
	api.RoomPublish:  func(d *desk.Desk) desk.Room { return publish.New(d) },
	api.RoomFindings: func(d *desk.Desk) desk.Room { return findings.New(d) },
	api.RoomSettings: func(d *desk.Desk) desk.Room { return settings.New(d) },
	api.RoomSetup:    func(d *desk.Desk) desk.Room { return setup.New(d) },
}

// Options are what the program lends to the window.
type Options struct {
	Agent    api.Agent
	Language string // "" follows the system, until the agent's settings are known
	Room     api.Room
	Outside  desk.Outside
	// Speak is told the language whenever it becomes another one, before anything is drawn in it; may be nil.
	Speak func(language string)
}

// View is the window's content.
type View struct {
	desk   *desk.Desk
	room   api.Room // that is open
	rooms  map[api.Room]desk.Room
	header *header
	rail   *rail
	toast  *toast
	stage  *fyne.Container // the open room
	banner *fyne.Container
	root   *fyne.Container // stays when all in it is made anew
	dark   bool            // what it is made for
	speak  func(string)
	met    bool // a snapshot was shown
	chosen bool // somebody said which room to open
}

// New makes the content for a window. Actions end with ctx.
func New(ctx context.Context, win fyne.Window, o Options) *View {
	v := &View{room: api.RoomSessions, root: container.NewStack(), chosen: o.Room != "", speak: o.Speak}
	if v.chosen {
		v.room = o.Room
	}
	v.desk = &desk.Desk{
		Agent: o.Agent, P: i18n.New(o.Language), Win: win, Ctx: ctx, UI: fyne.Do, Outside: o.Outside, Active: true,
		Typed: v.typed, Open: v.Enter, Toast: func(text string) { v.toast.show(text) },
	}
	v.say(v.desk.P)
	v.build()
	v.keys()
	win.SetOnDropped(v.dropped)
	return v
}

// Content is what the window shows.
func (v *View) Content() fyne.CanvasObject { return v.root }

// dropped gives a file that was dropped on the window to the room that is open if it takes files, else to the findings,
// where a log is explained.
func (v *View) dropped(_ fyne.Position, files []fyne.URI) {
	if len(files) == 0 || files[0].Scheme() != "file" {
		return
	}
	room, takes := v.rooms[v.room].(desk.Dropper)
	if !takes {
		if v.desk.Win.Canvas().Overlays().Top() != nil { // a question is answered first
			return
		}
		v.Enter(api.RoomFindings, "")
		room = v.rooms[v.room].(desk.Dropper)
	}
	room.Drop(files[0].Path())
}

// build makes everything anew, for a language and a set of colours.
func (v *View) build() {
	c := look.Current()
	v.dark = look.Dark()
	if old := v.rooms[v.room]; old != nil {
		old.Cover()
	}
	v.desk.Cover() // a box stays open that one of the old rooms has opened
	v.rooms = map[api.Room]desk.Room{}
	v.header, v.rail, v.toast = newHeader(v), newRail(v), newToast(v.desk)
	v.stage, v.banner = container.NewStack(), container.NewStack()
	// The keyboard goes in the order of these: the header, the page, the rail.
	page := container.New(below{}, container.New(layout.NewCustomPaddedLayout(0, look.Grid, 3, 12), v.header.box), v.stage)
	main := container.New(below{}, v.banner, container.New(margins{v.header.low}, page))
	v.root.Objects = []fyne.CanvasObject{canvas.NewRectangle(c.Back), container.New(&halves{fold: v.rail.fold}, main, v.rail.box), v.toast.box}
	v.open(v.room, "")
	v.root.Refresh()
}

// Restyle makes everything anew if the theme has changed its colours.
func (v *View) Restyle() {
	if v.dark != look.Dark() {
		v.build()
	}
}

// Follow shows the agent's snapshots until the window's context ends. When the agent is gone it says so and
// tries again. It may be called from any goroutine.
func (v *View) Follow() {
	ctx := v.desk.Ctx
	go v.tick(ctx)
	for ctx.Err() == nil {
		_ = v.desk.Agent.Watch(ctx, func(s api.Snapshot) error {
			v.desk.UI(func() { v.Show(s) })
			return nil
		})
		v.desk.UI(v.lost)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
}

func (v *View) tick(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			v.desk.UI(v.refresh)
		case <-ctx.Done():
			return
		}
	}
}

// lost says that the agent is gone.
func (v *View) lost() {
	if v.desk.Gone || v.desk.Ctx.Err() != nil {
		return
	}
	v.desk.Gone = true
	v.refresh()
}

// Show draws a snapshot.
func (v *View) Show(s api.Snapshot) {
	v.desk.Snapshot, v.desk.Gone = s, false
	if s.Locked {
		v.desk.Cover()
	}
	if p := i18n.New(s.Settings.Language); p.Language() != v.desk.P.Language() && s.Version != 0 {
		v.say(p)
		v.build()
	} else {
		v.rooms[v.room].Show()
	}
	if !v.met && s.Version != 0 {
		v.met = true
		if !v.chosen && setup.Wanted(s) {
			v.Enter(api.RoomSetup, "")
		}
	}
	v.refresh()
}

// say has everything that is drawn from now on in p's language.
func (v *View) say(p *i18n.Printer) {
	v.desk.P = p
	v.desk.Win.SetTitle(p.T("window.title"))
	if v.speak != nil {
		v.speak(p.Language())
	}
}

// Enter opens a room, and there what about names.
func (v *View) Enter(room api.Room, about string) {
	if v.rooms[v.room] != nil {
		v.rooms[v.room].Cover()
	}
	v.desk.Cover()
	v.desk.Win.Canvas().Unfocus()
	v.open(room, about)
	v.refresh()
}

func (v *View) open(room api.Room, about string) {
	if v.rooms[room] == nil {
		v.rooms[room] = makers[room](v.desk)
	}
	v.room = room
	r := v.rooms[room]
	v.stage.Objects = []fyne.CanvasObject{r.Content()}
	v.stage.Refresh()
	v.header.clear()
	r.Show()
	r.Enter(about)
	v.rail.choose(room)
	v.header.update(time.Now())
}

// refresh draws what the passing of time changes.
func (v *View) refresh() {
	now := time.Now().Round(0)
	v.rooms[v.room].Tick(now)
	v.header.update(now)
	v.rail.update(now)
	v.warn()
}

// Attend tells whether the user looks at the window. What must not stand open goes when they do not.
func (v *View) Attend(active bool) {
	v.desk.Active = active
	if !active {
		v.rooms[v.room].Cover()
		v.desk.Cover()
	}
	v.refresh()
}

// below puts the last part under the first, and gives it all the height that is left.
type below struct{}

// Layout implements fyne.Layout.
func (below) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width, o[0].MinSize().Height))
	top := o[0].MinSize().Height // only now does wrapped text know its height
	o[0].Resize(fyne.NewSize(size.Width, top))
	o[1].Move(fyne.NewPos(0, top))
	o[1].Resize(fyne.NewSize(size.Width, max(0, size.Height-top)))
}

// MinSize implements fyne.Layout.
func (below) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}

// margins are the room around a page; less of it where the window is narrow or low.
type margins struct{ low func(bool) }

// low is the height below which a page is left no more than it needs.
const low = 40 * look.Grid

// Layout implements fyne.Layout.
func (m margins) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	side, top, bottom := sideMargin(size.Width), float32(3*look.Grid), float32(2*look.Grid)
	if size.Height < low {
		top, bottom = look.Grid, 0
	}
	m.low(size.Height < low)
	layout.NewCustomPaddedLayout(top, bottom, side, side).Layout(objects, size)
}

// MinSize implements fyne.Layout.
func (margins) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return layout.NewCustomPaddedLayout(look.Grid, 0, look.Grid, look.Grid).MinSize(objects)
}

func sideMargin(width float32) float32 {
	if width < 80*look.Grid {
		return look.Grid
	}
	return 4 * look.Grid
}
