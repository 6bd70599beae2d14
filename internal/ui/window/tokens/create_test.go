package tokens

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// fields are the fields of the open dialog that can be seen, by what stands in them while they are empty.
func (pg *testPage) field(t *testing.T, hint string) *look.Field {
	t.Helper()
	seen := map[fyne.Focusable]bool{}
	for {
		pg.Press(fyne.KeyTab)
		o := pg.Win.Canvas().Focused()
		if o == nil || seen[o] {
			t.Fatalf("there is no field %q:%s", hint, pg.Read())
		}
		seen[o] = true
		if f, ok := o.(*look.Field); ok && f.PlaceHolder == hint {
			return f
		}
	}
}

// says reports whether a text can be read.
func (pg *testPage) says(text string) func() bool {
	return func() bool { return strings.Contains(pg.Read(), text) }
}

// order is the last request for an access token.
func (pg *testPage) order() api.TokenOrder {
	all := pg.asked("make-token")
	return all[len(all)-1].(api.TokenOrder)
}

func made(now time.Time) api.NewToken {
	return api.NewToken{Token: api.AccessToken{Token: access.Token{ID: "99999999-new", Name: "ci-new", Masked: "npm_C4n4…ry00"}, Kept: "kept-9"}, Secret: fakeagent.Canary}
}

// TestN05_CreateShowsNothingUnasked: what it is for fills in the least; the request is shown; the password and a code are asked for; and when it
// is made, it says where it lies.
func TestN05_CreateShowsNothingUnasked(t *testing.T) {
	for _, w := range append(windowkit.Ways, windowkit.Way{Language: "en", Width: 340, Height: 500}) {
		t.Run(fmt.Sprintf("%s-%.0f", w.Name(), w.Width), func(t *testing.T) {
			now := time.Now()
			w.Outside = desk.Outside{Copy: func(s secret) error { return nil }}
			pg := open(t, w, few(now), local(now))
			p := pg.Desk.P
			shot := func(name string) { pg.Shot(t, fmt.Sprintf("create-%s-%s-%.0f", name, w.Name(), w.Width)) }
			pg.room.Header(now).Do()
			pg.Tap(t, p.T("tokens.create.do"))
			pg.Wants(t, p.T("access.problem.name"))
			if len(pg.asked("make-token")) != 0 {
				t.Error("asked though it has no name")
			}
			pg.field(t, "ci-acme-site").SetText("ci-new")
			pg.agent.Made = api.NewToken{Drafts: []api.Draft{{Method: "POST", URL: "https://registry.example.com/-/npm/v1/tokens", Header: []string{"Authorization: Bearer [session]"}, Body: `{"name":"ci-new"}`}}}
			pg.Tap(t, p.T("tokens.draft.show"))
			pg.Until(t, "the request", pg.says("Bearer [session]"))
			if o := pg.order(); !o.DryRun || !reflect.DeepEqual(o.Spec, access.Spec{Name: "ci-new", Days: 30, Scopes: []string{"@acme"}, Permission: access.ReadOnly, OrgPermission: access.NoAccess}) {
				t.Errorf("asked for %+v", o)
			}
			pg.Inside(t)
			shot("draft")
			pg.agent.Made = made(now)
			pg.agent.Errors = map[string]error{"make-token": &api.Error{Code: api.CodeOTP, Args: map[string]string{"Way": "mail"}}}
			password := pg.field(t, p.T("tokens.password.hint"))
			password.SetText("correct horse")
			pg.Tap(t, p.T("tokens.create.do"))
			pg.Until(t, "the code", pg.says(p.T("tokens.otp.mail", map[string]any{"Registry": "npm"})))
			pg.Inside(t)
			shot("code")
			pg.agent.Errors = nil
			code := pg.Win.Canvas().Focused().(*look.Field)
			code.SetText("12345678")
			code.OnSubmitted("")
			pg.Until(t, "the end", pg.says(p.T("tokens.made.keyring")))
			if o := pg.order(); o.DryRun || o.Password.Reveal() != "correct horse" || o.OTP.Reveal() != "12345678" {
				t.Error("the password or the code did not come")
			}
			if password.Text+code.Text != "" {
				t.Error("the password is still in its field")
			}
			if strings.Contains(pg.Read(), fakeagent.Canary.Reveal()) {
				t.Error("the secret is shown unasked")
			}
			pg.Wants(t, "sandglass tokens emit kept-9 | gh secret set NPM_TOKEN --repo OWNER/REPO")
			pg.Inside(t)
			shot("made")
			pg.Tap(t, p.T("sessions.show"))
			pg.Until(t, "the secret", pg.says(fakeagent.Canary.Reveal()[:12]))
			pg.Inside(t)
			pg.room.Cover()
			if strings.Contains(pg.Read(), fakeagent.Canary.Reveal()[:12]) {
				t.Error("the secret stands open though the user has looked away")
			}
			if g := pg.asked("grant")[0].(api.GrantRequest); g.Use != api.UseShow || g.Kept != "kept-9" {
				t.Errorf("the agent was asked for %+v", g)
			}
			pg.Press(fyne.KeyEscape)
			pg.Until(t, "the list", func() bool { return len(pg.asked("tokens")) == 2 })
		})
	}
}

// TestPurpose: each purpose fills in the least that is enough for it, and none takes away what was typed.
func TestPurpose(t *testing.T) {
	now := time.Now()
	pg := open(t, windowkit.Way{Language: "en"}, few(now), local(now))
	f := newForm(pg.room, &look.Hand{}, func() {})
	pick := func(value string) access.Spec {
		for _, c := range f.purpose {
			c.Set(c.Value == value)
		}
		f.suggest()
		s, _ := f.spec()
		return s
	}
	if s := pick(toStage); s.Permission != access.StageOnly || s.Days != 90 || s.Bypass {
		t.Errorf("to stage: %+v", s)
	}
	f.packages.SetText("@acme/site")
	if s := pick(toPublish); s.Permission != access.StageOnly || !slices.Equal(s.Packages, []string{"@acme/site"}) || len(s.Scopes) != 0 {
		t.Errorf("to publish: %+v", s)
	}
	f.permission[2].Row.Tapped(nil)
	if s := pick(toOther); s.Permission != access.ReadWrite {
		t.Errorf("something else: %+v", s)
	}
}

// TestProblems: each stands at its field, and those that warn do not stop anything.
func TestProblems(t *testing.T) {
	now := time.Now()
	pg := open(t, windowkit.Way{Language: "ja"}, few(now), local(now))
	pg.room.create()
	f := newForm(pg.room, &look.Hand{}, func() {})
	f.name.SetText("ci")
	if _, fine := f.check(); !fine {
		t.Error("what is filled in is refused")
	}
	f.days.SetText("91")
	f.permission[2].Row.Tapped(nil)
	f.addresses.SetText("here")
	f.bypass.Row.Tapped(nil)
	f.variable.SetText("1X")
	if _, fine := f.check(); fine {
		t.Error("nothing is refused")
	}
	for field, want := range map[string]string{"days": "access.problem.days-write", "addresses": "access.problem.address", "bypass_2fa": "access.problem.bypass-ends", "variable": "tokens.form.variable.wrong"} {
		words := strings.Join(windowkit.Texts(f.wrong[field]), "\n")
		if want := pg.Desk.P.T(want, map[string]any{"Most": "90", "Name": "here"}); words != want {
			t.Errorf("at %s stands %q, want %q", field, words, want)
		}
	}
	f.days.SetText("x")
	if _, fine := f.check(); fine {
		t.Error("days that are none are taken")
	}
}

// TestPage: while the browser waits, its host is named, and Cancel stops it.
func TestPage(t *testing.T) {
	for _, w := range append(windowkit.Ways[:1:1], windowkit.Way{Language: "ja", Dark: true}, windowkit.Way{Language: "en", Width: 284, Scale: 1.6}) {
		t.Run(fmt.Sprintf("%s-%.0f", w.Name(), w.Width), func(t *testing.T) {
			now := time.Now()
			browsed := ""
			w.Outside = desk.Outside{Browse: func(page string) error {
				browsed = page
				return nil
			}}
			pg := open(t, w, few(now), local(now))
			p, hang := pg.Desk.P, make(chan struct{})
			x := pg.room.dialog()
			x.agree(p.T("tokens.create.do"), false, func() {})
			x.open("x", look.Prose("x"))
			x.run(func(ctx ctx, report func(api.TokenStep)) error {
				report(api.TokenStep{Step: api.StepPage, URL: "https://registry.example.com/auth/1", Host: "registry.example.com"})
				<-ctx.Done()
				close(hang)
				return &api.Error{Code: api.CodeCancelled}
			}, func() { t.Error("it went well") })
			pg.Until(t, "the page", pg.says(p.T("tokens.step.page")))
			pg.Wants(t, p.T("tokens.step.page.text", map[string]any{"Host": "registry.example.com"}), "https://registry.example.com/auth/1")
			pg.Inside(t)
			pg.Shot(t, fmt.Sprintf("page-%s-%.0f", w.Name(), w.Width))
			pg.Tap(t, p.T("tokens.step.page.open"))
			if browsed != "https://registry.example.com/auth/1" {
				t.Errorf("opened %q", browsed)
			}
			pg.Tap(t, p.T("window.action.cancel"))
			<-hang
			pg.Until(t, "the word", pg.says(p.T("tokens.stopped")))
			if pg.Win.Canvas().Overlays().Top() == nil {
				t.Error("the dialog is gone with what was typed")
			}
		})
	}
}
