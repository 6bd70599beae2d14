package tokens

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// rotating is the dialog that replaces an access token: a twin is made, proven and kept, the user changes the places, and
// only then the old one is revoked.
type rotating struct {
	*dialog
	req    api.RotateRequest
	at     api.Rotation
	change *look.Choice // the user's word that the places are changed
}

// The steps of a rotation, in their order. What the user does is between storing and revoking.
var turns = []string{api.NextCreate, api.NextStore, api.NextVerify, api.NextPlaces, api.NextRevoke}

// rotate asks whether an access token is to be replaced, and says what happens then.
func (r *Room) rotate(e *entry) {
	v := &rotating{dialog: r.dialog(), req: api.RotateRequest{Registry: r.registry, ID: e.token.ID}}
	p := r.d.P
	v.agree(p.T("tokens.rotate.yes"), false, v.begin)
	dry := v.bar.Button(p.T("tokens.draft.show"), false, v.draft)
	body := look.Column(2*look.Grid, look.Prose(p.T("tokens.rotate.text")), v.steps("create"))
	if t := e.token.Token; t.Bypass && t.Permission == access.ReadWrite {
		body.Add(v.narrower(t))
	}
	v.open(p.T("tokens.rotate.title", args(e.name)), body, dry)
	v.dialog.proof.ask()
}

// narrower offers that the new one only stages: the twin of one that bypasses the second factor would stop publishing, too.
func (v *rotating) narrower(t access.Token) fyne.CanvasObject {
	p := v.d.P
	spec := access.Twin(t)
	spec.Bypass, spec.Permission = false, access.StageOnly
	var only *look.Choice
	only = v.hand.Choice(look.ChoiceText{Title: p.T("tokens.rotate.stage"), Text: p.T("tokens.rotate.stage.text")}, false, func() {
		if v.req.Spec = nil; only.On {
			v.req.Spec = &spec
		}
	})
	return only.Row
}

// resume shows where a rotation stands that waits.
func (r *Room) resume(j api.TokenJob) {
	v := &rotating{dialog: r.dialog(), req: api.RotateRequest{Registry: j.Registry, Job: j.ID}}
	p := r.d.P
	v.agree(p.T("tokens.job.on"), false, v.begin)
	v.open(p.T("tokens.rotate.title", args(j.Name)), look.Column(2*look.Grid, v.steps(j.Step)))
	if j.Step == "create" {
		v.dialog.proof.ask()
		return
	}
	v.begin()
}

// steps are all that a rotation does, with a mark at those that are done. next is the one that comes next, "" none.
func (v *rotating) steps(next string) fyne.CanvasObject {
	p, box := v.d.P, look.Column(look.Grid)
	at := slices.Index(turns, next)
	if next == "" {
		at = len(turns)
	}
	for i, step := range turns {
		sign, tone, key := "○", look.Dim, "todo"
		switch {
		case i < at:
			sign, tone, key = "✓", look.Good, "done"
		case i == at:
			sign, tone, key = "●", look.Ink, "now"
		}
		mark := look.NewLabel(sign, look.SizeText, tone)
		mark.TextStyle.Bold = true
		words := look.NewLabel(p.T("tokens.turn."+step), look.SizeText, tone).Wrapped()
		if key == "now" {
			words.Bold()
		}
		box.Add(container.NewBorder(nil, nil, container.NewVBox(look.Wide(mark, look.Scaled(3*look.Grid))), nil, words))
	}
	return box
}

// draft shows the requests, without secrets.
func (v *rotating) draft() {
	req := v.req
	req.DryRun = true
	var turn api.Rotation
	v.run(func(ctx context.Context, tell func(api.TokenStep)) (err error) {
		turn, err = v.d.Agent.RotateToken(ctx, req, tell)
		return err
	}, func() { v.say(v.drafts(turn.Drafts)) })
}

// begin makes the new one, or goes on where a rotation waits.
func (v *rotating) begin() {
	req := v.req
	req.Password, req.OTP = v.dialog.proof.secrets()
	var turn api.Rotation
	v.run(func(ctx context.Context, tell func(api.TokenStep)) (err error) {
		turn, err = v.d.Agent.RotateToken(ctx, req, tell)
		return err
	}, func() { v.arrive(turn) })
}

// arrive shows where it stands.
func (v *rotating) arrive(turn api.Rotation) {
	p := v.d.P
	v.at, v.req = turn, api.RotateRequest{Registry: v.req.Registry, Job: turn.Job.ID}
	v.dialog.proof.passwordBox.Hide()
	if turn.Done {
		v.dialog.proof.box.Hide()
		v.r.want = turn.New.ID
		v.finish(look.Column(2*look.Grid, v.steps(""), look.Prose(p.T("tokens.rotated")).Bold(), look.Caption(p.T("tokens.revoke.hour"))))
		return
	}
	body := look.Column(2*look.Grid, v.steps(turn.Job.Step))
	kept := turn.Job.Kept
	if kept == "" {
		kept = turn.New.Kept
	}
	if turn.Job.Step != "places" && turn.Job.Step != "revoke" {
		v.show(body)
		v.trouble(turn.Job.Error)
		return
	}
	body.Add(look.Prose(p.T("tokens.rotate.new", args(turn.New.Name))))
	if kept != "" {
		body.Add(v.r.secret(v.dialog, kept))
	}
	body.Add(look.Prose(p.T("tokens.rotate.places")).Bold())
	body.Add(v.r.placeList(v.hand, turn.Places, p.T("tokens.rotate.noplaces")))
	commands := turn.Commands
	if len(commands) == 0 {
		commands = access.EmitCommands(kept, "", turn.New.Note)
	}
	if len(commands) > 0 {
		body.Add(v.r.handOut(v.hand, commands))
	}
	v.change = v.hand.Choice(look.ChoiceText{Title: p.T("tokens.rotate.changed")}, false, func() { allow(v.yes, v.change.On) })
	body.Add(v.change.Row)
	v.no.SetText(p.T("tokens.rotate.later"))
	v.yes = v.bar.Button(p.T("tokens.rotate.revoke"), true, v.goOn)
	v.foot.Objects = []fyne.CanvasObject{container.New(&across{}, look.Space(0), v.no, v.yes)}
	v.yes.Disable()
	v.foot.Refresh()
	v.show(body)
	look.Focus(v.no)
	v.trouble(turn.Job.Error)
}

// trouble says why it stopped where it stands, and asks for what the registry wants. The same button goes on.
func (v *rotating) trouble(err *api.Error) {
	switch {
	case err == nil, v.dialog.proof.wants(err):
	default:
		v.say(v.failure(err))
	}
}

// goOn is the user's word: the old one is revoked.
func (v *rotating) goOn() {
	req := v.req
	req.Continue = true
	_, req.OTP = v.dialog.proof.secrets()
	var turn api.Rotation
	v.run(func(ctx context.Context, tell func(api.TokenStep)) (err error) {
		turn, err = v.d.Agent.RotateToken(ctx, req, tell)
		return err
	}, func() { v.arrive(turn) })
}
