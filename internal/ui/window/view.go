package window

import (
	"context"
	"errors"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// The rooms of the window.
const (
	roomSessions = "sessions"
	roomSetup    = "setup"
)

// View is the window's content.
type View struct {
	agent api.Agent
	win   fyne.Window
	p     *i18n.Printer
	ctx   context.Context
	ui    func(func()) // runs a function on the window's goroutine

	snapshot api.Snapshot
	gone     bool   // the agent does not answer
	met      bool   // a snapshot was shown
	room     string // that is open
	rooms    map[string]fyne.CanvasObject
	hand     *hand // in the room of the sessions
	setup    *setup
	fix      *fix // the dialog that was opened last
	cards    map[string]*card
	order    []string
	title    *canvas.Text
	sub      *canvas.Text
	foot     *widget.Label
	rails    map[string]*railRow
	add      *button
	list     *fyne.Container
	body     *fyne.Container
	page     *fyne.Container // list and body
	moved    bool            // cards came, went or changed places
	told     []api.Finding   // the findings as they are shown
	stage    *fyne.Container // the open room
	root     fyne.CanvasObject
}

// New makes the content for a window. Actions end with ctx.
func New(ctx context.Context, agent api.Agent, win fyne.Window, p *i18n.Printer) *View {
	v := &View{agent: agent, win: win, p: p, ctx: ctx, ui: fyne.Do, cards: map[string]*card{}, room: roomSessions}
	c := current()
	v.hand = &hand{typed: v.typed}
	v.title, v.sub = text(p.T("window.room.sessions"), sizeTitle, c.ink, true), text("", sizeText, c.dim, false)
	v.list, v.body = container.New(layout.NewCustomPaddedVBoxLayout(2*grid)), container.NewVBox()
	v.page = container.New(layout.NewCustomPaddedVBoxLayout(2*grid), v.list, v.body)
	v.hand.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(grid/2, grid/2, grid/2, grid), v.page))
	v.foot = caption("")
	v.add = (&hand{typed: v.typed}).button(p.T("window.action.add"), true, v.askRegistry)
	v.setup = newSetup(v)
	v.rooms = map[string]fyne.CanvasObject{roomSessions: v.hand.scroll, roomSetup: v.setup.view}
	v.stage = container.NewStack(v.hand.scroll)
	header := container.NewBorder(nil, nil, container.NewHBox(v.title, space(2*grid), container.NewCenter(v.sub)), container.NewCenter(v.add))
	main := container.New(layout.NewCustomPaddedLayout(3*grid, 2*grid, 4*grid, 4*grid), container.NewBorder(
		container.NewVBox(container.New(layout.NewCustomPaddedLayout(0, 0, 0, grid), header), space(grid)), nil, nil, nil, v.stage))
	rail := container.NewStack(canvas.NewRectangle(c.rail), container.New(layout.NewCustomPaddedLayout(2*grid, grid, grid, grid), v.rail()))
	v.root = container.NewStack(canvas.NewRectangle(c.back), container.NewBorder(nil, nil, fixed(rail, 26*grid), nil, main))
	v.keys()
	return v
}

// Content is what the window shows.
func (v *View) Content() fyne.CanvasObject { return v.root }

// space is empty room of some height and width.
func space(size float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSquareSize(size))
	return r
}

// Follow shows the agent's snapshots until ctx ends. When the agent is gone it says so and tries again.
func (v *View) Follow(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	go func() {
		for {
			select {
			case <-tick.C:
				v.ui(v.refresh)
			case <-ctx.Done():
				return
			}
		}
	}()
	for ctx.Err() == nil {
		_ = v.agent.Watch(ctx, func(s api.Snapshot) error {
			v.ui(func() { v.Show(s) })
			return nil
		})
		v.ui(func() {
			v.gone = true
			v.refresh()
		})
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
}

// Show draws a snapshot.
func (v *View) Show(s api.Snapshot) {
	returned := v.gone
	v.snapshot, v.gone = s, false
	v.arrange()
	v.refresh()
	if v.setup.notice(s, returned); !v.met && s.Version != 0 {
		v.met = true
		if firstRun(s) {
			v.enter(roomSetup)
		}
	}
}

// enter opens a room.
func (v *View) enter(room string) {
	v.room = room
	v.stage.Objects = []fyne.CanvasObject{v.rooms[room]}
	for name, r := range v.rails {
		r.choose(name == room)
	}
	v.title.Text = v.p.T("window.room." + room)
	v.add.Hidden = room != roomSessions
	v.win.Canvas().Unfocus()
	v.refresh()
	v.root.Refresh()
	if room == roomSetup {
		v.setup.begin()
	}
}

// arrange makes a card for every session, in the snapshot's order.
func (v *View) arrange() {
	var order []string
	for _, s := range v.snapshot.Sessions {
		order = append(order, s.Registry)
		if v.cards[s.Registry] == nil {
			v.cards[s.Registry] = newCard(v.hand, v.press)
		}
	}
	if !equal(order, v.order) || len(order) == 0 {
		v.order, v.moved = order, true
		v.list.RemoveAll()
		for _, r := range order {
			v.list.Add(v.cards[r].box)
		}
		if len(order) == 0 {
			v.list.Add(v.empty())
		}
	}
	v.arrangeFindings()
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// refresh draws what the passing of time changes.
func (v *View) refresh() {
	now, grown := time.Now(), false
	for _, s := range v.snapshot.Sessions {
		if c := v.cards[s.Registry]; c != nil {
			grown = c.update(s, v.p, now) || grown
		}
	}
	if grown || v.moved {
		v.moved = false
		v.page.Refresh()
	}
	sub := subtitle(v.snapshot, v.p, now)
	switch {
	case v.room == roomSetup && !v.gone:
		sub = ""
		if v.setup.stage < stageApplying {
			sub = v.p.T("window.setup.sub")
		}
	case v.gone:
		sub = v.p.T("window.gone")
	case v.snapshot.Version == 0:
		sub = v.p.T("window.loading")
	}
	setText(v.sub, sub, current().dim)
	foot := v.p.T("window.foot", i18n.Args{"Store": v.p.T("window.store." + string(v.store()))})
	if v.foot.Text != foot {
		v.foot.Wrapping = wrapping(foot)
		v.foot.SetText(foot)
	}
}

func (v *View) store() api.Store {
	if v.snapshot.Agent.Store == "" {
		return api.StoreMemory
	}
	return v.snapshot.Agent.Store
}

// press does what a card's button says: log in, or stop the login.
func (v *View) press(s api.Session) {
	if s.Login != nil {
		v.do(func(ctx context.Context) error {
			return v.agent.Do(ctx, api.Action{Verb: api.VerbCancel, Registry: s.Registry})
		})
		return
	}
	v.login(s.Registry)
}

func (v *View) login(registry string) {
	v.do(func(ctx context.Context) error {
		return v.agent.Login(ctx, api.LoginRequest{Registry: registry}, nil)
	})
}

// do runs a call to the agent off the window's goroutine and shows what went wrong.
func (v *View) do(call func(context.Context) error) {
	go func() {
		err := call(v.ctx)
		var told *api.Error
		if err == nil || v.ctx.Err() != nil || errors.As(err, &told) && told.Code == api.CodeCancelled {
			return
		}
		v.ui(func() { v.tell(err) })
	}()
}

// tell shows an error with what to do about it.
func (v *View) tell(err error) {
	title, hint := v.errorWords(err)
	dialog.ShowInformation(title, hint, v.win)
}
