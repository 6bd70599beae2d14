package tokens

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

type (
	secret = token.Secret
	ctx    = context.Context
)

// usable reports whether the button can be pressed.
func (pg *testPage) usable(label string) bool {
	b, ok := pg.Button(label).(*look.Button)
	return ok && !b.Disabled()
}

// revoked is the last request to revoke.
func (pg *testPage) revoked() api.RevokeRequest {
	all := pg.asked("revoke-tokens")
	return all[len(all)-1].(api.RevokeRequest)
}

var (
	usedHere = api.Revoked{ID: "22222222-laptop", Name: "laptop-read", What: "token", State: api.RevokeInUse, Breaks: []api.Place{{File: "/home/alice/.npmrc", Line: 3}}}
	unused   = api.Revoked{ID: "44444444-old", Name: "old-release", What: "token", State: api.RevokePlanned}
)

// TestN01_InUseTakesATickOfItsOwn: what breaks is shown first, what is used here takes a tick of its own, and what became of each is told.
func TestN01_InUseTakesATickOfItsOwn(t *testing.T) {
	for _, w := range append(windowkit.Ways, windowkit.Way{Language: "ja", Width: 340, Height: 500}, windowkit.Way{Language: "en", Width: 284, Scale: 1.6}) {
		t.Run(fmt.Sprintf("%s-%.0f", w.Name(), w.Width), func(t *testing.T) {
			now := time.Now()
			pg := open(t, w, few(now), local(now))
			p, yes := pg.Desk.P, pg.Desk.P.T("tokens.revoke.yes")
			shot := func(name string) { pg.Shot(t, fmt.Sprintf("revoke-%s-%s-%.0f", name, w.Name(), w.Width)) }
			pg.agent.Ended = api.RevokeReport{Items: []api.Revoked{usedHere, unused}}
			pg.room.table.choose(pg.row(t, "laptop-read"))
			pg.room.table.toggle(pg.row(t, "old-release"))
			pg.Tap(t, p.T("tokens.revoke"))
			if pg.usable(yes) {
				t.Error("it can be agreed to before anything is shown")
			}
			pg.Until(t, "the plan", pg.says(p.T("tokens.revoke.breaks")))
			if r := pg.revoked(); !r.DryRun || !slices.Equal(r.IDs, []string{"22222222-laptop", "44444444-old"}) && !slices.Equal(r.IDs, []string{"44444444-old", "22222222-laptop"}) {
				t.Errorf("asked for %+v", r)
			}
			pg.Wants(t, p.T("tokens.revoke.hour"), p.T("tokens.revoke.nothing"))
			pg.Inside(t)
			shot("ask")
			pg.Tap(t, p.T("tokens.revoke.inuse", map[string]any{"Name": "laptop-read"}))
			done, failed := usedHere, unused
			done.State, failed.State, failed.Error = api.RevokeDone, api.RevokeFailed, &api.Error{Code: api.CodeNetwork}
			pg.agent.Ended = api.RevokeReport{Items: []api.Revoked{done, failed}}
			pg.agent.Errors = map[string]error{"revoke-tokens": &api.Error{Code: api.CodePartly}}
			pg.TabTo(t, yes)
			pg.Press(fyne.KeyReturn)
			pg.Until(t, "the report", pg.says(p.N("tokens.revoked", 1)))
			if r := pg.revoked(); r.DryRun || !r.Checked || !slices.Equal(r.Sure, []string{"22222222-laptop"}) {
				t.Errorf("asked for %+v", r)
			}
			pg.Wants(t, p.T("tokens.revoked.revoked"), p.T("tokens.revoked.failed"), p.T("tokens.revoke.hour"))
			pg.Inside(t)
			shot("done")
			pg.Press(fyne.KeyEscape)
			pg.Until(t, "the list", func() bool { return len(pg.asked("tokens")) == 2 })
		})
	}
}

// TestN02_SignsComeFirst: what on this computer could wait for a revocation is named, and nothing is revoked before the
// user says that it was looked at.
func TestN02_SignsComeFirst(t *testing.T) {
	for _, w := range windowkit.Ways {
		t.Run(w.Name(), func(t *testing.T) {
			now := time.Now()
			pg := open(t, w, few(now), local(now))
			p, yes := pg.Desk.P, pg.Desk.P.T("tokens.revoke.yes")
			pg.agent.Ended = api.RevokeReport{Items: []api.Revoked{unused}, Signs: []api.Sign{{File: "/home/alice/.config/systemd/user/monitor.service", What: "watches-credentials", Detail: "monitor.service", Since: now.Add(-2 * day)}}}
			pg.room.revokeIDs(npm, []string{"44444444-old"})
			pg.Until(t, "the signs", pg.says(p.T("tokens.signs")))
			pg.Wants(t, "monitor.service", p.T("tokens.signs.text"))
			pg.Inside(t)
			pg.Shot(t, "revoke-signs-"+w.Name())
			if pg.usable(yes) {
				t.Error("it can be agreed to with the signs unseen")
			}
			pg.Tap(t, p.T("tokens.signs.seen"))
			if !pg.usable(yes) {
				t.Error("it cannot be agreed to")
			}
		})
	}
}

// TestPanic: everything goes only after a word was typed.
func TestPanic(t *testing.T) {
	for _, w := range windowkit.Ways {
		t.Run(w.Name(), func(t *testing.T) {
			now := time.Now()
			pg := open(t, w, few(now), local(now))
			p, yes := pg.Desk.P, pg.Desk.P.T("tokens.panic.yes")
			pg.agent.Ended = api.RevokeReport{Items: []api.Revoked{unused, usedHere, {Name: "npm", What: "session", State: api.RevokePlanned}, {Name: "laptop-read", What: "copy", State: api.RevokePlanned}}}
			pg.Tap(t, p.T("tokens.more"))
			pg.Inside(t)
			pg.Shot(t, "menu-"+w.Name())
			pg.Tap(t, p.T("tokens.panic"))
			pg.Until(t, "the plan", pg.says(p.T("tokens.panic.text")))
			pg.Tap(t, p.T("tokens.revoke.inuse", map[string]any{"Name": "laptop-read"}))
			if pg.usable(yes) {
				t.Error("it can be agreed to without the word")
			}
			pg.field(t, p.T("tokens.panic.word")).SetText(p.T("tokens.panic.word"))
			pg.Inside(t)
			pg.Shot(t, "panic-"+w.Name())
			pg.Tap(t, yes)
			pg.Until(t, "the report", pg.says(p.N("tokens.revoked", 0)))
			if r := pg.revoked(); !r.Panic || r.DryRun || !slices.Equal(r.Sure, []string{"22222222-laptop"}) {
				t.Errorf("asked for %+v", r)
			}
		})
	}
}

// turned is the last request of a rotation.
func (pg *testPage) turned() api.RotateRequest {
	all := pg.asked("rotate-token")
	return all[len(all)-1].(api.RotateRequest)
}

// TestRotate: the new one is made, the user changes the places, and only then the old one goes.
func TestRotate(t *testing.T) {
	for _, w := range append(windowkit.Ways, windowkit.Way{Language: "ja", Width: 340, Height: 500}, windowkit.Way{Language: "en", Width: 284, Scale: 1.6}) {
		t.Run(fmt.Sprintf("%s-%.0f", w.Name(), w.Width), func(t *testing.T) {
			now := time.Now()
			pg := open(t, w, few(now), local(now))
			p, last := pg.Desk.P, pg.Desk.P.T("tokens.rotate.revoke")
			shot := func(name string) { pg.Shot(t, fmt.Sprintf("rotate-%s-%s-%.0f", name, w.Name(), w.Width)) }
			job := api.TokenJob{ID: "job-1", What: "rotate", Registry: npm, Step: "places", Since: now, Name: "ci-publish", Old: "11111111-ci", Kept: "kept-9"}
			pg.agent.Turned = api.Rotation{Job: job, New: api.AccessToken{Token: access.Token{ID: "99999999-new", Name: "ci-publish (2)"}, Kept: "kept-9"}, Places: []api.Place{{File: "/home/alice/.npmrc", Line: 3}}, Commands: []string{"sandglass tokens emit kept-9 | gh secret set NPM_TOKEN --repo acme/site"}}
			pg.room.table.choose(pg.row(t, "ci-publish"))
			pg.Tap(t, p.T("tokens.rotate"))
			pg.Wants(t, p.T("tokens.rotate.text"), p.T("tokens.turn.places"))
			pg.Inside(t)
			shot("ask")
			pg.field(t, p.T("tokens.password.hint")).SetText("correct horse")
			pg.Tap(t, p.T("tokens.rotate.yes"))
			pg.Until(t, "the places", pg.says(p.T("tokens.rotate.places")))
			if r := pg.turned(); r.ID != "11111111-ci" || r.Password.Reveal() != "correct horse" || r.Continue {
				t.Errorf("asked for %+v", r)
			}
			pg.Inside(t)
			shot("places")
			if pg.usable(last) {
				t.Error("the old one can be revoked before the places are changed")
			}
			pg.Tap(t, p.T("tokens.rotate.changed"))
			pg.agent.Turned.Done = true
			pg.Tap(t, last)
			pg.Until(t, "the end", pg.says(p.T("tokens.rotated")))
			if r := pg.turned(); r.Job != "job-1" || !r.Continue {
				t.Errorf("asked for %+v", r)
			}
			pg.Inside(t)
			shot("done")
		})
	}
}

// TestRotateNarrower: the twin of one that bypasses the second factor would stop publishing, too; a click has the new one
// stage only.
func TestRotateNarrower(t *testing.T) {
	now := time.Now()
	pg := open(t, windowkit.Way{Language: "en"}, few(now), local(now))
	stage := pg.Desk.P.T("tokens.rotate.stage")
	pg.room.table.choose(pg.row(t, "ci-publish"))
	pg.Tap(t, "Rotate…")
	pg.Tap(t, stage)
	pg.Tap(t, "Begin")
	pg.Until(t, "the call", func() bool {
		return slices.ContainsFunc(pg.agent.Calls(), func(c fakeagent.Call) bool { return c.Method == "rotate-token" })
	})
	if spec := pg.turned().Spec; spec == nil || spec.Permission != access.StageOnly || spec.Bypass || !slices.Equal(spec.Scopes, []string{"@acme"}) {
		t.Errorf("asked for %+v", spec)
	}
	other := open(t, windowkit.Way{Language: "en"}, few(now), local(now))
	other.room.table.choose(other.row(t, "docs-bot"))
	other.Tap(t, "Rotate…")
	if other.says(stage)() {
		t.Error("offered for one that stages only")
	}
}

// TestN06_RotationAsksForTheCode: where a rotation stops for a second factor it is asked for, and the same button goes on.
func TestN06_RotationAsksForTheCode(t *testing.T) {
	now := time.Now()
	pg := open(t, windowkit.Way{Language: "en"}, few(now), local(now))
	job := api.TokenJob{ID: "job-1", What: "rotate", Registry: npm, Step: "places", Since: now, Name: "ci-publish", Kept: "kept-9", Error: &api.Error{Code: api.CodeOTP, Args: map[string]string{"Way": "digits"}}}
	pg.agent.Turned = api.Rotation{Job: job, New: api.AccessToken{Kept: "kept-9"}}
	pg.room.resume(job)
	pg.Until(t, "the code", pg.says("asks for the code of your authenticator app"))
	code := pg.Win.Canvas().Focused().(*look.Field)
	pg.Tap(t, "I have changed them, here and elsewhere")
	code.SetText("123456")
	pg.agent.Turned = api.Rotation{Job: job, Done: true}
	pg.Tap(t, "Revoke old one")
	pg.Until(t, "the end", pg.says("The old one is revoked."))
	if r := pg.turned(); !r.Continue || r.OTP.Reveal() != "123456" || code.Text != "" {
		t.Errorf("asked for %+v", r)
	}
}

// TestJobs: what is not over is shown, and can be taken on or left.
func TestJobs(t *testing.T) {
	for _, w := range append(windowkit.Ways, windowkit.Way{Language: "en", Width: 340}) {
		t.Run(fmt.Sprintf("%s-%.0f", w.Name(), w.Width), func(t *testing.T) {
			now := time.Now()
			s := local(now)
			s.Jobs = []api.TokenJob{
				{ID: "job-1", What: "rotate", Registry: npm, Step: "places", Since: now, Name: "ci-publish", Old: "11111111-ci", Kept: "kept-9"},
				{ID: "job-2", What: "create", Registry: npm, Step: "store", Since: now, Name: "lost-one", New: "77777777-lost", Lost: true},
				{ID: "job-3", What: "revoke", Registry: npm, Step: "revoke", Since: now, Name: "old-release", Left: []string{"44444444-old"}},
			}
			pg := open(t, w, few(now), s)
			p := pg.Desk.P
			pg.Wants(t, p.T("tokens.job.rotate", map[string]any{"Name": "ci-publish"}), p.T("tokens.job.lost"), p.T("tokens.job.revoke", map[string]any{"Name": "old-release"}))
			pg.Inside(t)
			pg.Shot(t, fmt.Sprintf("jobs-%s-%.0f", w.Name(), w.Width))
			pg.agent.Turned = api.Rotation{Job: s.Jobs[0], New: api.AccessToken{Token: access.Token{Name: "ci-publish (2)"}, Kept: "kept-9"}}
			pg.room.resume(s.Jobs[0])
			pg.Until(t, "the places", pg.says(p.T("tokens.rotate.places")))
			if r := pg.turned(); r.Job != "job-1" || r.Continue || r.Abandon {
				t.Errorf("asked for %+v", r)
			}
			pg.Tap(t, p.T("tokens.rotate.later"))
			pg.room.abandon(s.Jobs[0])
			pg.Inside(t)
			pg.Choose(t, true, p.T("tokens.job.abandon"))
			pg.Until(t, "the word", func() bool { return len(pg.Toasts) == 1 })
			if r := pg.turned(); r.Job != "job-1" || !r.Abandon {
				t.Errorf("asked for %+v", r)
			}
		})
	}
}
