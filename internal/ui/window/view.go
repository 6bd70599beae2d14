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
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// View is the window's content.
type View struct {
	agent api.Agent
	win   fyne.Window
	p     *i18n.Printer
	ctx   context.Context

	snapshot api.Snapshot
	gone     bool // the agent does not answer
	cards    map[string]*card
	order    []string
	title    *canvas.Text
	sub      *canvas.Text
	foot     *widget.Label
	list     *fyne.Container
	body     *fyne.Container
	page     *fyne.Container // list and body
	moved    bool            // cards came, went or changed places
	told     []api.Finding   // the findings as they are shown
	root     fyne.CanvasObject
}

// New makes the content for a window. Actions end with ctx.
func New(ctx context.Context, agent api.Agent, win fyne.Window, p *i18n.Printer) *View {
	v := &View{agent: agent, win: win, p: p, ctx: ctx, cards: map[string]*card{}}
	c := current()
	v.title, v.sub = text(p.T("window.room.sessions"), sizeTitle, c.ink, true), text("", sizeText, c.dim, false)
	v.list, v.body = container.New(layout.NewCustomPaddedVBoxLayout(2*grid)), container.NewVBox()
	v.page = container.New(layout.NewCustomPaddedVBoxLayout(2*grid), v.list, v.body)
	v.foot = widget.NewLabel("")
	v.foot.SizeName, v.foot.Wrapping, v.foot.Importance = theme.SizeNameCaptionText, fyne.TextWrapWord, widget.LowImportance
	add := action(p.T("window.action.add"), true, v.askRegistry)
	header := container.NewBorder(nil, nil, container.NewHBox(v.title, space(2*grid), container.NewCenter(v.sub)), add)
	main := container.New(layout.NewCustomPaddedLayout(3*grid, 2*grid, 4*grid, 4*grid), container.NewBorder(
		container.NewVBox(container.New(layout.NewCustomPaddedLayout(0, 0, 0, grid), header), space(grid)), nil, nil, nil, container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, grid), v.page))))
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
				fyne.Do(v.refresh)
			case <-ctx.Done():
				return
			}
		}
	}()
	for ctx.Err() == nil {
		_ = v.agent.Watch(ctx, func(s api.Snapshot) error {
			fyne.Do(func() { v.Show(s) })
			return nil
		})
		fyne.Do(func() {
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
	v.snapshot, v.gone = s, false
	v.arrange()
	v.refresh()
}

// arrange makes a card for every session, in the snapshot's order.
func (v *View) arrange() {
	var order []string
	for _, s := range v.snapshot.Sessions {
		order = append(order, s.Registry)
		if v.cards[s.Registry] == nil {
			v.cards[s.Registry] = newCard(v.press)
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
	case v.gone:
		sub = v.p.T("window.gone")
	case v.snapshot.Version == 0:
		sub = v.p.T("window.loading")
	}
	setText(v.sub, sub, current().dim)
	foot := v.p.T("window.foot", i18n.Args{"Store": v.p.T("window.store." + string(v.store()))})
	if v.foot.Text != foot {
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
		fyne.Do(func() { v.tell(err) })
	}()
}

// tell shows an error with what to do about it.
func (v *View) tell(err error) {
	var told *api.Error
	if !errors.As(err, &told) {
		told = &api.Error{Code: api.CodeInternal, Cause: err.Error()}
	}
	args := i18n.Args{"Cause": told.Cause}
	for k, value := range told.Args {
		args[k] = value
	}
	dialog.ShowInformation(v.p.T("error."+told.Code, args), v.p.T("error."+told.Code+".hint", args), v.win)
}
