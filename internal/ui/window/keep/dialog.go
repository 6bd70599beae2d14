package keep

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// asking is a dialog that ends with a call of Keep. It stays open until the agent says that all is well.
type asking struct {
	d       *desk.Desk
	hand    *look.Hand
	box     *desk.Box
	told    *fyne.Container // what went wrong
	body    *fyne.Container
	yes     *look.Button
	request func() (api.KeepRequest, bool) // false: nothing to ask for yet, and it was said why
	busy    bool
}

// Ask opens the dialog that changes the store.
func Ask(d *desk.Desk) {
	x := begin(d)
	form := New(d, x.hand, nil)
	x.request = func() (api.KeepRequest, bool) {
		req, fine := form.Request()
		switch {
		case !form.Changes():
			x.box.Hide()
			return req, false
		case !fine:
			form.Complain()
		}
		return req, fine
	}
	x.show(d.P.T("setup.keep"), d.P.T("setup.keep.change"), form.Content())
	look.Focus(form.First())
}

// Open opens the dialog that opens the encrypted file.
func Open(d *desk.Desk) {
	x := begin(d)
	field := x.hand.Secret(d.P.T("setup.keep.passphrase"), func() {})
	field.OnSubmitted = func(string) { x.carryOut() }
	x.request = func() (api.KeepRequest, bool) {
		return api.KeepRequest{Store: api.StoreFile, Passphrase: token.NewSecret(field.Text)}, field.Text != ""
	}
	x.show(d.P.T("setup.keep.open"), d.P.T("setup.keep.open.yes"), look.Column(look.Grid, look.Prose(d.P.T("setup.keep.file.text")), field))
	look.Focus(field)
}

func begin(d *desk.Desk) *asking {
	x := &asking{d: d, told: look.Column(0)}
	x.hand = &look.Hand{Typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			x.box.Hide()
		}
	}}
	return x
}

func (x *asking) show(title, yes string, body fyne.CanvasObject) {
	room := x.d.Win.Canvas().Size()
	x.body = look.Column(2*look.Grid, body, x.told)
	x.hand.Scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(look.Grid/2, look.Grid, 3, 12), x.body))
	x.yes = x.hand.Button(yes, true, x.carryOut)
	no := x.hand.Button(x.d.P.T("window.action.cancel"), false, func() { x.box.Hide() })
	x.box = x.d.Box(title, x.hand.Scroll, no, x.yes)
	x.box.Resize(fyne.NewSize(min(66*look.Grid, room.Width-2*look.Grid), min(58*look.Grid, room.Height-2*look.Grid)))
	x.box.Show()
}

// carryOut asks the agent, and closes once it holds.
func (x *asking) carryOut() {
	req, fine := x.request()
	if !fine || x.busy {
		return
	}
	x.busy = true
	x.yes.Disable()
	x.say(look.Prose(x.d.P.T("setup.keep.changing")))
	go func() {
		err := x.d.Agent.Keep(x.d.Ctx, req)
		if x.d.Ctx.Err() == context.Canceled {
			return
		}
		x.d.UI(func() { x.answered(err) })
	}()
}

func (x *asking) answered(err error) {
	x.busy = false
	x.yes.Enable()
	if err == nil {
		x.box.Hide()
		return
	}
	x.say(x.d.Failure(err))
	x.hand.Scroll.ScrollToBottom()
}

func (x *asking) say(o fyne.CanvasObject) {
	x.told.Objects = []fyne.CanvasObject{o}
	x.body.Refresh()
}
