package settings

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// changing is the dialog that shows what a change of settings writes, and makes it. Nothing changes before its
// Apply is pressed.
type changing struct {
	d       *desk.Desk
	hand    *look.Hand
	box     *desk.Box
	title   string
	whole   *fyne.Container
	shown   *fyne.Container // the plan
	cancel  *look.Button
	apply   *look.Button
	request func() api.SetupRequest
	plan    api.Plan
	folds   plan.Folds
	failed  bool // Apply tries again
	ctx     context.Context
	end     context.CancelFunc
	turn    int
}

// change opens the dialog at once.
func (r *Room) change(title string, head fyne.CanvasObject, request func() api.SetupRequest) {
	x := r.changing(title, head, request)
	x.open()
	look.Focus(x.cancel)
}

// changing makes the dialog, with head above the plan.
func (r *Room) changing(title string, head fyne.CanvasObject, request func() api.SetupRequest) *changing {
	x := &changing{d: r.d, title: title, request: request, folds: plan.Folds{}, shown: look.Column(look.Grid + look.Grid/2)}
	x.ctx, x.end = context.WithCancel(r.d.Ctx)
	x.whole = look.Column(2 * look.Grid)
	if head != nil {
		x.whole.Add(head)
		x.whole.Add(look.Rule())
	}
	x.whole.Add(x.shown)
	x.hand = &look.Hand{Scroll: container.NewVScroll(container.New(layout.NewCustomPaddedLayout(look.Grid/2, look.Grid, 3, 12), x.whole)), Typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			x.box.Hide()
		}
	}}
	x.cancel = x.hand.Button(r.d.P.T("window.action.cancel"), false, func() { x.box.Hide() })
	x.apply = x.hand.Button(r.d.P.T("settings.change.apply"), true, x.carryOut)
	return x
}

// open shows the dialog and asks for the first plan.
func (x *changing) open() {
	x.box = x.d.Box(x.title, x.hand.Scroll, x.cancel, x.apply)
	x.box.SetOnClosed(x.end)
	room := x.d.Win.Canvas().Size()
	x.box.Resize(fyne.NewSize(min(90*look.Grid, room.Width-2*look.Grid), min(72*look.Grid, room.Height-2*look.Grid)))
	x.box.Show()
	x.ask()
}

// ask gets the plan for what is chosen now.
func (x *changing) ask() { x.askAgain("") }

// askAgain gets it, and says why one that was shown is no longer true.
func (x *changing) askAgain(why string) {
	x.apply.Disable()
	x.apply.SetText(x.d.P.T("settings.change.apply"))
	x.failed = false
	x.show(look.Prose(x.d.P.T("settings.change.planning")))
	req := x.request()
	x.call(func(ctx context.Context) (api.Plan, error) { return x.d.Agent.Plan(ctx, req) }, func(p api.Plan, err error) {
		if err != nil {
			x.fail(err)
			return
		}
		x.plan = p
		var parts []fyne.CanvasObject
		if why != "" {
			parts = append(parts, look.Prose(why))
		}
		if len(p.Edits) == 0 && !p.Move && !p.Mode && !p.Desktop {
			x.show(append(parts, look.Prose(x.d.P.T("settings.change.nothing")))...)
			return
		}
		x.apply.Enable()
		x.show(append(parts, plan.View(x.d, x.hand, p, x.folds))...)
	})
}

// carryOut makes the changes that are on the screen, or asks for them again where that did not work.
func (x *changing) carryOut() {
	if x.failed {
		x.ask()
		return
	}
	id := x.plan.ID
	x.apply.Disable()
	x.apply.SetText(x.d.P.T("settings.change.applying"))
	x.call(func(ctx context.Context) (api.Plan, error) { return api.Plan{}, x.d.Agent.Apply(ctx, id) }, func(_ api.Plan, err error) {
		var told *api.Error
		switch {
		case err == nil:
			x.box.Hide()
			x.d.Toast(x.d.P.T("settings.change.done"))
		case errors.As(err, &told) && told.Code == api.CodeStale:
			x.askAgain(x.d.P.T("settings.change.stale"))
		default:
			x.fail(err)
		}
	})
}

func (x *changing) fail(err error) {
	x.failed = true
	x.apply.SetText(x.d.P.T("settings.change.again"))
	x.apply.Enable()
	x.show(x.d.Failure(err))
}

// call runs beside the window's goroutine. The answer to an older question is dropped, and so is all that comes
// when the dialog is closed.
func (x *changing) call(call func(context.Context) (api.Plan, error), then func(api.Plan, error)) {
	x.turn++
	turn := x.turn
	go func() {
		p, err := call(x.ctx)
		x.d.UI(func() {
			if turn == x.turn && x.ctx.Err() == nil {
				then(p, err)
			}
		})
	}()
}

func (x *changing) show(parts ...fyne.CanvasObject) {
	x.shown.Objects = parts
	x.shown.Refresh()
	x.whole.Refresh()
}
