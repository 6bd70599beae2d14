package plan

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// Fixing is the dialog that shows the edit which puts a finding right, and makes it.
type Fixing struct {
	d             *desk.Desk
	finding       api.Finding
	hand          *look.Hand
	shown         *fyne.Container
	cancel, apply *look.Button
	box           *desk.Box
	plan          api.Plan
	ctx           context.Context
	end           context.CancelFunc
}

// Fix opens the dialog that shows what would put a finding right. Nothing changes before its Apply is pressed.
func Fix(d *desk.Desk, f api.Finding) *Fixing {
	x := &Fixing{d: d, finding: f, shown: look.Column(2 * look.Grid)}
	x.ctx, x.end = context.WithCancel(d.Ctx)
	x.hand = &look.Hand{Scroll: container.NewVScroll(container.New(layout.NewCustomPaddedLayout(2, look.Grid, 2, 12), x.shown)), Typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			x.box.Hide()
		}
	}}
	room := d.Win.Canvas().Size()
	x.hand.Scroll.SetMinSize(fyne.NewSize(min(90*look.Grid, room.Width-6*look.Grid), min(40*look.Grid, room.Height-20*look.Grid)))
	x.cancel = x.hand.Button(d.P.T("window.action.cancel"), false, func() { x.box.Hide() })
	x.apply = x.hand.Button(d.P.T("window.setup.apply"), true, x.carryOut)
	x.box = d.Box(d.FindingWords(f).Title, x.hand.Scroll, x.cancel, x.apply)
	x.box.SetOnClosed(x.end)
	x.box.Show()
	x.ask("")
	look.Focus(x.cancel)
	return x
}

// ask gets the plan. why says what made an earlier one useless.
func (x *Fixing) ask(why string) {
	x.apply.Disable()
	x.show(look.Prose(x.d.P.T("window.setup.planning")))
	req := api.SetupRequest{Fixes: []api.Fix{{Code: x.finding.Code, File: x.finding.File, Line: x.finding.Line}}}
	x.call(func(ctx context.Context) (api.Plan, error) { return x.d.Agent.Plan(ctx, req) }, func(p api.Plan, err error) {
		switch {
		case err != nil:
			x.show(x.d.Failure(err))
			return
		case len(p.Edits)+len(p.Commands) == 0:
			x.show(look.Prose(x.d.P.T("window.setup.nothing")))
			return
		}
		x.plan = p
		x.apply.Enable()
		about := []fyne.CanvasObject{look.Prose(x.d.FindingWords(x.finding).Text)}
		if why != "" {
			about = []fyne.CanvasObject{look.Prose(why)}
		}
		x.show(append(about, View(x.d, x.hand, p, Folds{}))...)
	})
}

// carryOut makes the edit that is on the screen.
func (x *Fixing) carryOut() {
	id := x.plan.ID
	x.apply.Disable()
	x.call(func(ctx context.Context) (api.Plan, error) { return api.Plan{}, x.d.Agent.Apply(ctx, id) }, func(_ api.Plan, err error) {
		var told *api.Error
		switch {
		case err == nil:
			x.box.Hide()
		case errors.As(err, &told) && told.Code == api.CodeStale:
			x.ask(x.d.P.T("window.setup.stale"))
		default:
			x.show(x.d.Failure(err))
		}
	})
}

// call runs beside the window's goroutine. Nothing comes back to a dialog that is closed.
func (x *Fixing) call(call func(context.Context) (api.Plan, error), then func(api.Plan, error)) {
	go func() {
		p, err := call(x.ctx)
		x.d.UI(func() {
			if x.ctx.Err() == nil {
				then(p, err)
			}
		})
	}()
}

func (x *Fixing) show(parts ...fyne.CanvasObject) {
	x.shown.Objects = parts
	x.shown.Refresh()
}
