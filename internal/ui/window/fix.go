package window

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// fix is the dialog that shows the edit which puts a finding right, and makes it.
type fix struct {
	v             *View
	finding       api.Finding
	hand          *hand
	shown         *fyne.Container
	cancel, apply *button
	box           *dialog.CustomDialog
	plan          api.Plan
	ctx           context.Context
	end           context.CancelFunc
}

// showFix opens the dialog. Nothing changes before its Apply is pressed.
func (v *View) showFix(f api.Finding) {
	x := &fix{v: v, finding: f, shown: container.NewVBox()}
	x.ctx, x.end = context.WithCancel(v.ctx)
	v.fix = x
	x.hand = &hand{scroll: container.NewVScroll(container.New(layout.NewCustomPaddedLayout(2, grid, 2, 12), x.shown)), typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			x.box.Hide()
		}
	}}
	x.hand.scroll.SetMinSize(fyne.NewSize(90*grid, 40*grid))
	x.cancel = x.hand.button(v.p.T("window.action.cancel"), false, func() { x.box.Hide() })
	x.apply = x.hand.button(v.p.T("window.setup.apply"), true, x.carryOut)
	x.box = dialog.NewCustomWithoutButtons(v.findingWords(f).title, x.hand.scroll, v.win)
	x.box.SetButtons([]fyne.CanvasObject{container.NewHBox(x.cancel, space(grid), x.apply)})
	x.box.SetOnClosed(x.end)
	x.box.Show()
	x.ask("")
	focus(x.cancel)
}

// ask gets the plan. why says what made an earlier one useless.
func (x *fix) ask(why string) {
	x.apply.Disable()
	x.show(notice(x.v.p.T("window.setup.planning")))
	req := api.SetupRequest{Fixes: []api.Fix{{Code: x.finding.Code, File: x.finding.File, Line: x.finding.Line}}}
	x.call(func(ctx context.Context) (api.Plan, error) { return x.v.agent.Plan(ctx, req) }, func(p api.Plan, err error) {
		switch {
		case err != nil:
			x.show(x.v.failure(err))
			return
		case len(p.Edits) == 0:
			x.show(notice(x.v.p.T("window.setup.nothing")))
			return
		}
		x.plan = p
		x.apply.Enable()
		about := []fyne.CanvasObject{notice(x.v.findingWords(x.finding).text)}
		if why != "" {
			about = []fyne.CanvasObject{notice(why)}
		}
		x.show(append(about, x.v.planView(x.hand, p, folds{}))...)
	})
}

// carryOut makes the edit that is on the screen.
func (x *fix) carryOut() {
	id := x.plan.ID
	x.apply.Disable()
	x.call(func(ctx context.Context) (api.Plan, error) { return api.Plan{}, x.v.agent.Apply(ctx, id) }, func(_ api.Plan, err error) {
		var told *api.Error
		switch {
		case err == nil:
			x.box.Hide()
		case errors.As(err, &told) && told.Code == api.CodeStale:
			x.ask(x.v.p.T("window.setup.stale"))
		default:
			x.show(x.v.failure(err))
		}
	})
}

// call runs beside the window's goroutine. Nothing comes back to a dialog that is closed.
func (x *fix) call(call func(context.Context) (api.Plan, error), then func(api.Plan, error)) {
	go func() {
		p, err := call(x.ctx)
		x.v.ui(func() {
			if x.ctx.Err() == nil {
				then(p, err)
			}
		})
	}()
}

func (x *fix) show(parts ...fyne.CanvasObject) {
	x.shown.Objects = parts
	x.shown.Refresh()
}
