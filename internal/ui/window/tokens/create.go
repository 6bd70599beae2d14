package tokens

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// create opens the dialog that makes an access token.
func (r *Room) create() {
	p, x := r.d.P, r.dialog()
	f := newForm(r, x.hand, x.grow)
	dry := x.bar.Button(p.T("tokens.draft.show"), false, func() { x.draft(f) })
	x.agree(p.T("tokens.create.do"), false, func() { x.make(f) })
	x.open(p.T("tokens.create.title", i18n.Args{"Registry": r.d.NameOf(r.registry)}), f.content, dry)
	x.proof.ask()
	look.Focus(f.purpose[0].Row)
}

// grow gives the dialog the room that what it holds needs now.
func (x *dialog) grow() {
	if x.all != nil {
		x.all.Refresh()
		x.fit()
	}
}

// draft shows the request as it would be sent, without secrets.
func (x *dialog) draft(f *form) {
	s, fine := f.check()
	if !fine {
		f.lead()
		return
	}
	order := f.order(s)
	order.DryRun = true
	var made api.NewToken
	x.run(func(ctx context.Context, report func(api.TokenStep)) (err error) {
		made, err = x.d.Agent.MakeToken(ctx, order, report)
		return err
	}, func() {
		x.say(x.drafts(made.Drafts))
	})
}

// drafts are requests as they would be sent.
func (x *dialog) drafts(all []api.Draft) fyne.CanvasObject {
	box := look.Column(look.Grid, look.Prose(x.d.P.T("tokens.draft")).Bold())
	for _, d := range all {
		text := desk.Plain(d.Method) + " " + desk.Plain(d.URL)
		for _, h := range d.Header {
			text += "\n" + desk.Plain(h)
		}
		if d.Body != "" {
			text += "\n\n" + desk.Plain(d.Body)
		}
		box.Add(look.Code(text))
	}
	return box
}

// make asks for the access token.
func (x *dialog) make(f *form) {
	s, fine := f.check()
	if !fine {
		f.lead()
		return
	}
	order := f.order(s)
	order.Password, order.OTP = x.proof.secrets()
	var made api.NewToken
	x.run(func(ctx context.Context, report func(api.TokenStep)) (err error) {
		made, err = x.d.Agent.MakeToken(ctx, order, report)
		return err
	}, func() { x.made(made.Token, order) })
}

// made says where the new access token lies, and what can be done with it.
func (x *dialog) made(t api.AccessToken, order api.TokenOrder) {
	p := x.d.P
	x.proof.box.Hide()
	body := look.Column(2*look.Grid, look.Prose(p.T("tokens.made", args(t.Name))).Bold(), look.Prose(p.T("tokens.made.keyring")))
	if t.Kept != "" {
		body.Add(x.r.secret(x, t.Kept))
	}
	if order.Variable != "" {
		body.Add(look.Prose(p.T("tokens.made.variable", i18n.Args{"Variable": desk.Plain(order.Variable)})))
	}
	if t.Kept != "" {
		body.Add(x.r.handOut(x.hand, access.EmitCommands(t.Kept, order.Variable, order.Where)))
	}
	x.finish(body)
	x.r.want = t.ID
}

// finish leaves the dialog a single button, which closes it.
func (x *dialog) finish(body fyne.CanvasObject) {
	x.no.SetText(x.d.P.T("window.action.close"))
	x.foot.Objects = []fyne.CanvasObject{container.New(&across{}, look.Space(0), x.no)}
	x.yes = nil
	x.foot.Refresh()
	x.show(body)
	look.Focus(x.no)
}
