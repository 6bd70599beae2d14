package tokens

import (
	"context"
	"errors"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// revoking is the dialog that revokes access tokens. What would break, and what on this machine could wait for a
// revocation, is shown first; each that is used here is agreed to by its name.
type revoking struct {
	*dialog
	req   api.RevokeRequest
	sure  []*look.Choice // one for each that this machine uses
	seen  *look.Choice   // of the signs; nil where there are none
	word  *look.Field    // of a panic: what is to be typed; else nil
	drawn api.RevokeReport
}

// revoke asks what revoking these would break, and for the user's word.
func (r *Room) revoke(all []*entry) {
	var ids []string
	for _, e := range all {
		ids = append(ids, e.token.ID)
	}
	r.revokeIDs(r.registry, ids)
}

func (r *Room) revokeIDs(registry string, ids []string) {
	if len(ids) > 0 {
		r.startRevoking(api.RevokeRequest{Registry: registry, IDs: ids}, r.d.P.N("tokens.revoke.title", len(ids)))
	}
}

// panic revokes everything: all that are listed, the session, and what this machine keeps.
func (r *Room) panic() {
	r.startRevoking(api.RevokeRequest{Registry: r.registry, Panic: true}, r.d.P.T("tokens.panic.title", i18n.Args{"Registry": r.d.NameOf(r.registry)}))
}

func (r *Room) startRevoking(req api.RevokeRequest, title string) {
	v := &revoking{dialog: r.dialog(), req: req}
	words := "tokens.revoke.yes"
	if req.Panic {
		words = "tokens.panic.yes"
	}
	v.agree(r.d.P.T(words), true, v.carryOut)
	v.open(title, look.Prose(r.d.P.T("tokens.revoke.looking")))
	v.plan()
}

// plan asks what would break. Nothing is revoked.
func (v *revoking) plan() {
	req := v.req
	req.DryRun = true
	var report api.RevokeReport
	v.run(func(ctx context.Context, tell func(api.TokenStep)) (err error) {
		report, err = v.d.Agent.RevokeTokens(ctx, req, tell)
		return err
	}, func() { v.ask(report) })
	v.yes.Disable()
}

// ask shows the plan, with what is to be agreed to.
func (v *revoking) ask(report api.RevokeReport) {
	p := v.d.P
	v.asked = false // nothing has changed yet
	v.drawn, v.sure, v.seen = report, nil, nil
	v.no.SetText(p.T("window.action.cancel"))
	body := look.Column(2 * look.Grid)
	if len(report.Signs) > 0 {
		body.Add(v.signs(report.Signs))
		v.seen = v.hand.Choice(look.ChoiceText{Title: p.T("tokens.signs.seen")}, false, v.settle)
		body.Add(v.seen.Row)
		body.Add(look.Rule())
	}
	if v.req.Panic {
		body.Add(look.Prose(p.T("tokens.panic.text")))
	}
	for _, one := range report.Items {
		body.Add(v.item(one))
	}
	body.Add(look.Caption(p.T("tokens.revoke.hour")))
	if v.req.Panic {
		v.word = v.hand.Field(p.T("tokens.panic.word"), v.settle)
		body.Add(labelled(p.T("tokens.panic.type", i18n.Args{"Word": p.T("tokens.panic.word")}), "", v.word))
	}
	body.Add(look.Column(look.Grid/2, v.draftButton(report.Drafts)))
	v.show(body)
	v.settle()
	look.Focus(v.no)
}

// draftButton shows the requests where somebody wants to see them.
func (v *revoking) draftButton(all []api.Draft) fyne.CanvasObject {
	b := v.hand.Button(v.d.P.T("tokens.draft.show"), false, func() { v.say(v.drafts(all)) })
	b.Hidden = len(all) == 0
	return look.Beside(0, b)
}

// signs are what starts by itself on this machine, and what to do about it before anything is revoked.
func (v *revoking) signs(all []api.Sign) fyne.CanvasObject {
	p, now := v.d.P, time.Now()
	title := look.Prose(p.T("tokens.signs")).Bold()
	title.Importance = look.Warn
	box := look.Column(look.Grid, title, look.Prose(p.T("tokens.signs.text")))
	for _, s := range all {
		line := look.Column(2)
		if s.Detail != "" {
			line.Add(look.Prose(desk.Plain(s.Detail)).Bold())
		}
		if key := "access.sign." + s.What; p.Has(key) {
			line.Add(look.Prose(p.T(key)))
		}
		if !s.Since.IsZero() {
			line.Add(look.Caption(p.T("tokens.signs.since", i18n.Args{"Clock": p.Clock(s.Since, now)})))
		}
		if s.File != "" {
			line.Add(plan.Place(v.d, v.hand, plan.Spot{File: s.File}))
		}
		box.Add(line)
	}
	return box
}

// item is one that is to go: its name, and where this machine uses it. One that is in use is agreed to by itself.
func (v *revoking) item(one api.Revoked) fyne.CanvasObject {
	p := v.d.P
	box := look.Column(look.Grid/2, look.Prose(revokedName(one, p)).Bold())
	if len(one.Breaks) > 0 {
		box.Add(look.NewLabel(p.T("tokens.revoke.breaks"), look.SizeText, look.Warn).Wrapped())
		box.Add(v.r.placeList(v.hand, one.Breaks, ""))
	}
	carried := ""
	for _, k := range v.d.Snapshot.Kept {
		if one.ID != "" && k.Token == one.ID {
			carried = k.Variable
		}
	}
	if carried != "" {
		box.Add(look.NewLabel(p.T("tokens.revoke.carried", i18n.Args{"Variable": desk.Plain(carried)}), look.SizeText, look.Warn).Wrapped())
	}
	if noted := v.noted(one.ID); noted != "" {
		box.Add(look.NewLabel(p.T("tokens.revoke.noted", i18n.Args{"Where": desk.Plain(noted)}), look.SizeText, look.Warn).Wrapped())
	}
	if one.State == api.RevokeInUse {
		tick := v.hand.Choice(look.ChoiceText{Value: one.ID, Title: p.T("tokens.revoke.inuse", args(revokedName(one, p)))}, false, v.settle)
		v.sure = append(v.sure, tick)
		box.Add(tick.Row)
	} else if one.What == "token" && len(one.Breaks) == 0 && carried == "" {
		box.Add(look.Caption(p.T("tokens.revoke.nothing")))
	}
	return box
}

// noted is where the user says that an access token is kept, "" for nowhere.
func (v *revoking) noted(id string) string {
	for _, n := range v.d.Snapshot.Notes {
		if id != "" && n.ID == id {
			return n.Where
		}
	}
	return ""
}

func revokedName(one api.Revoked, p *i18n.Printer) string {
	if one.What != "token" && p.Has("tokens.revoke.what."+one.What) {
		return p.T("tokens.revoke.what."+one.What, i18n.Args{"Name": desk.Plain(one.Name)})
	}
	if one.Name == "" {
		return desk.Plain(one.Masked)
	}
	return desk.Plain(one.Name)
}

// settle lets the button be pressed once all was agreed to that has to be.
func (v *revoking) settle() {
	may := len(v.drawn.Items) > 0 && (v.seen == nil || v.seen.On)
	left := len(v.drawn.Items)
	for _, tick := range v.sure {
		if !tick.On {
			left--
		}
	}
	if v.req.Panic {
		may = may && left == len(v.drawn.Items) && v.word != nil && v.word.Text == v.d.P.T("tokens.panic.word")
	}
	allow(v.yes, may && left > 0)
}

// asksForCode reports whether the registry wants a second factor before it goes on.
func asksForCode(err error) bool {
	var told *api.Error
	return errors.As(err, &told) && told.Code == api.CodeOTP
}

// carryOut revokes what was agreed to.
func (v *revoking) carryOut() {
	req := v.req
	req.Checked = len(v.drawn.Signs) == 0 || v.seen != nil && v.seen.On
	for _, tick := range v.sure {
		if tick.On {
			req.Sure = append(req.Sure, tick.Value)
		}
	}
	_, req.OTP = v.proof.secrets()
	var report api.RevokeReport
	v.run(func(ctx context.Context, tell func(api.TokenStep)) (err error) {
		report, err = v.d.Agent.RevokeTokens(ctx, req, tell)
		if len(report.Items) > 0 && !asksForCode(err) {
			err = nil // each item says what became of it
		}
		return err
	}, func() {
		if len(report.Signs) > 0 && !slices.ContainsFunc(report.Items, func(i api.Revoked) bool { return i.State == api.RevokeDone }) && !req.Checked {
			v.ask(report) // they came to light only now
			return
		}
		v.report(report)
	})
}

// report says what became of each.
func (v *revoking) report(report api.RevokeReport) {
	p := v.d.P
	v.proof.box.Hide()
	done := 0
	box := look.Column(look.Grid)
	for _, one := range report.Items {
		tone, key := look.Ink, "tokens.revoked."+one.State
		switch one.State {
		case api.RevokeDone:
			done++
			tone = look.Good
		case api.RevokeFailed:
			tone = look.Warn
		}
		line := look.Column(2, look.Prose(revokedName(one, p)).Bold(), look.NewLabel(p.T(key), look.SizeText, tone).Wrapped())
		if one.Error != nil {
			title, hint := v.d.ErrorWords(one.Error)
			line.Add(look.Caption(title + " " + hint))
		}
		box.Add(line)
	}
	body := look.Column(2*look.Grid, look.Prose(p.N("tokens.revoked", done)).Bold(), box)
	if done > 0 {
		body.Add(look.Caption(p.T("tokens.revoke.hour")))
	}
	v.finish(body)
}
