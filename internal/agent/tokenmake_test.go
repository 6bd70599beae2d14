package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// TestN05_SecretIsKeptBeforeItIsShown: it lies in the keyring when it is handed out, and nowhere else.
func TestN05_SecretIsKeptBeforeItIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t)
		defer m.stop()
		o := order("laptop")
		o.Variable, o.Where = "NPM_READ", "GitHub secret NPM_TOKEN of acme/site"
		var told []string
		made, err := m.a.MakeToken(t.Context(), o, steps(&told))
		if err != nil {
			t.Fatal(err)
		}
		s := snapshot(t, m.a)
		if len(s.Kept) != 1 || len(s.Jobs) != 0 || m.keys[keptName(made.Token.Kept)] != made.Secret.Reveal() || made.Secret.IsZero() {
			t.Errorf("kept %+v, jobs %+v", s.Kept, s.Jobs)
		}
		k := s.Kept[0]
		if k.Token != made.Token.ID || k.Name != "laptop" || k.Kind != token.KindGranular || k.Variable != "NPM_READ" || !k.Ends.Equal(made.Token.Ends) || k.Ends.IsZero() || k.Registry != reg.String() {
			t.Errorf("kept as %+v", k)
		}
		if m.shell("NPM_READ") != made.Secret.Reveal() || !made.Token.InUse || made.Token.Note == "" || len(s.Notes) != 1 || s.Notes[0].ID != made.Token.ID {
			t.Errorf("in the shell or the notes it is not: %+v", made.Token)
		}
		if !slices.Equal(told, []string{api.StepAsking, api.StepMade, api.StepKept}) {
			t.Errorf("told %v", told)
		}
		list, err := m.a.Tokens(t.Context(), api.TokensRequest{})
		if err != nil || len(list.Tokens) != 1 || list.Tokens[0].Kept != k.ID || !list.Tokens[0].InUse {
			t.Errorf("list %+v, %v", list.Tokens, err)
		}
	})
}

// TestN05_NoKeyring: where nothing keeps it, nothing is made; where the keyring fails in the middle, it is taken back.
func TestN05_NoKeyring(t *testing.T) {
	for name, c := range map[string]struct {
		fault   func(m *maker)
		revoked string
		creates int
		jobs    int
	}{
		"memory only":          {func(m *maker) { m.set(func() { m.inUse = api.StoreMemory }) }, "", 0, 0},
		"fails in the middle":  {func(m *maker) { m.f.late = m.breaks }, "yes", 1, 0},
		"and cannot be undone": {func(m *maker) { m.f.late, m.f.fault = m.breaks, noRevoke }, "no", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := makes(t)
				defer m.stop()
				c.fault(m)
				made, err := m.a.MakeToken(t.Context(), order("laptop"), nil)
				var told *api.Error
				if !errors.As(err, &told) || told.Code != api.CodeKeyring || told.Args["Revoked"] != c.revoked || !made.Secret.IsZero() {
					t.Errorf("%+v, revoked %q", err, told.Args["Revoked"])
				}
				jobs := snapshot(t, m.a).Jobs
				if m.f.called("create") != c.creates || len(jobs) != c.jobs || len(m.f.lists[reg]) != c.jobs || len(snapshot(t, m.a).Kept) != 0 {
					t.Errorf("%d requests, jobs %+v, listed %d", m.f.called("create"), jobs, len(m.f.lists[reg]))
				}
				if c.jobs == 1 && (!jobs[0].Lost || jobs[0].New != m.f.lists[reg][0].ID) {
					t.Errorf("job %+v", jobs[0])
				}
			})
		})
	}
}

// breaks has the keyring fail once an access token was made.
func (m *maker) breaks(call string) error {
	if call == "create" {
		m.set(func() { m.keyErr = ErrKeyringSlow })
	}
	return nil
}

func noRevoke(call string, _ token.Secret) error {
	if call == "revoke" {
		return ErrOffline
	}
	return nil
}

// TestN06_SecondFactor: absent, wrong, right, and by a page; nothing is left over of what was not made.
func TestN06_SecondFactor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t)
		defer m.stop()
		m.f.fault = func(call string, otp token.Secret) error {
			if call == "create" && otp.Reveal() != "123456" {
				return &Challenge{Way: map[bool]ChallengeWay{true: WayMail, false: WayDigits}[otp.IsZero()]} // of a wrong one npm says no more
			}
			return nil
		}
		o := order("laptop")
		for _, wrong := range []string{"", "000000"} {
			if wrong != "" {
				o.OTP = token.NewSecret(wrong)
			}
			_, err := m.a.MakeToken(t.Context(), o, nil)
			var told *api.Error
			if !errors.As(err, &told) || told.Code != api.CodeOTP || told.Args["Way"] != "mail" || len(snapshot(t, m.a).Jobs) != 0 {
				t.Errorf("with %q: %v", wrong, err)
			}
		}
		o.OTP = token.NewSecret("123456")
		if _, err := m.a.MakeToken(t.Context(), o, nil); err != nil {
			t.Error(err)
		}
		m.f.fault = page("onetime")
		m.f.proof <- "onetime"
		var told []api.TokenStep
		if _, err := m.a.MakeToken(t.Context(), order("by page"), func(s api.TokenStep) { told = append(told, s) }); err != nil {
			t.Error(err)
		}
		if len(told) != 4 || told[1].Step != api.StepPage || told[1].Host != "registry.example.com" || !told[1].Browser || !slices.Equal(m.pages, []string{told[1].URL}) {
			t.Errorf("told %+v, opened %v", told, m.pages)
		}
		m.f.proof <- "wrong"
		if _, err := m.a.MakeToken(t.Context(), order("twice asked"), nil); code(err) != api.CodeDenied || len(snapshot(t, m.a).Jobs) != 0 {
			t.Errorf("a second challenge: %v", err)
		}
		if _, err := m.a.MakeToken(t.Context(), order("nobody came"), nil); code(err) != api.CodeLoginExpire || len(snapshot(t, m.a).Jobs) != 0 {
			t.Errorf("an expired page: %v", err)
		}
	})
}

// TestN06_BrowserHangs: nobody waits for a browser.
func TestN06_BrowserHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t)
		m.hangs = make(chan struct{})
		defer m.stop()
		defer close(m.hangs)
		m.f.fault = page("onetime")
		m.f.proof <- "onetime"
		browser := true
		if _, err := m.a.MakeToken(t.Context(), order("x"), func(s api.TokenStep) { browser = browser && (s.Step != api.StepPage || s.Browser) }); err != nil || browser {
			t.Errorf("%v, told that a browser was started: %v", err, browser)
		}
	})
}

// TestN06_OnePageAtATime: who comes second waits, is told so, and may leave.
func TestN06_OnePageAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t)
		defer m.stop()
		m.f.fault = page("onetime")
		got := make(chan error, 3)
		makeOne := func(ctx context.Context, name string, report func(api.TokenStep)) {
			_, err := m.a.MakeToken(ctx, order(name), report)
			got <- err
		}
		go makeOne(t.Context(), "first", nil)
		synctest.Wait()
		var second []string
		go makeOne(t.Context(), "second", steps(&second))
		synctest.Wait()
		third, leave := context.WithCancel(t.Context())
		go makeOne(third, "third", nil)
		synctest.Wait()
		leave()
		if err := <-got; code(err) != api.CodeCancelled {
			t.Errorf("who left got %v", err)
		}
		time.Sleep(2 * time.Second) // of the bubble: the faces were told of the page
		if !slices.Equal(second, []string{api.StepWaiting}) || len(m.pages) != 1 || m.f.called("create") != 1 {
			t.Errorf("second told %v, pages %v, %d requests", second, m.pages, m.f.called("create"))
		}
		m.f.proof <- "onetime"
		m.f.proof <- "onetime"
		if err := errors.Join(<-got, <-got); err != nil || len(m.pages) != 2 {
			t.Errorf("%v, pages %v", err, m.pages)
		}
		if jobs := snapshot(t, m.a).Jobs; len(jobs) != 0 || len(snapshot(t, m.a).Kept) != 2 {
			t.Errorf("jobs %+v", jobs)
		}
	})
}

// TestN06_CancelWhileThePageWaits leaves nothing, neither here nor there, and lets the next one through.
func TestN06_CancelWhileThePageWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "old", time.Time{}))
		defer m.stop()
		m.f.fault = page("onetime")
		for name, act := range map[string]func(ctx context.Context) error{
			"make": func(ctx context.Context) error { _, err := m.a.MakeToken(ctx, order("x"), nil); return err },
			"revoke": func(ctx context.Context) error {
				_, err := m.a.RevokeTokens(ctx, api.RevokeRequest{IDs: []string{"old"}}, nil)
				return err
			},
			"rotate": func(ctx context.Context) error {
				_, err := m.a.RotateToken(ctx, api.RotateRequest{ID: "old"}, nil)
				return err
			},
		} {
			ctx, cancel := context.WithCancel(t.Context())
			got := make(chan error, 1)
			go func() { got <- act(ctx) }()
			synctest.Wait()
			time.Sleep(2 * time.Second)
			cancel()
			if err := <-got; code(err) != api.CodeCancelled {
				t.Errorf("%s: %v", name, err)
			}
			synctest.Wait()
			if jobs := snapshot(t, m.a).Jobs; len(jobs) != 0 || len(m.f.lists[reg]) != 1 || len(snapshot(t, m.a).Kept) != 0 {
				t.Errorf("%s: jobs %+v, %d listed", name, jobs, len(m.f.lists[reg]))
			}
		}
	})
}

// TestN07_DryRun tells what would be sent, and sends nothing.
func TestN07_DryRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "old", time.Time{}))
		defer m.stop()
		o := order("x")
		o.DryRun = true
		made, err := m.a.MakeToken(t.Context(), o, nil)
		gone, err2 := m.a.RevokeTokens(t.Context(), api.RevokeRequest{IDs: []string{"old"}, DryRun: true}, nil)
		all, err3 := m.a.RevokeTokens(t.Context(), api.RevokeRequest{Panic: true, DryRun: true}, nil)
		turned, err4 := m.a.RotateToken(t.Context(), api.RotateRequest{ID: "old", DryRun: true}, nil)
		if err := errors.Join(err, err2, err3, err4); err != nil {
			t.Fatal(err)
		}
		if len(made.Drafts) != 1 || len(gone.Drafts) != 1 || len(all.Drafts) != 1 || len(turned.Drafts) != 2 || !made.Secret.IsZero() {
			t.Errorf("drafts: %d %d %d %d", len(made.Drafts), len(gone.Drafts), len(all.Drafts), len(turned.Drafts))
		}
		if gone.Items[0].State != api.RevokePlanned || len(all.Items) != 2 || all.Items[1].What != endsSession {
			t.Errorf("items %+v %+v", gone.Items, all.Items)
		}
		if m.f.called("create")+m.f.called("revoke") != 0 || len(snapshot(t, m.a).Jobs) != 0 {
			t.Errorf("sent %v", m.f.calls)
		}
	})
}

// TestMakeRefused: what cannot be is told before anybody is asked.
func TestMakeRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t)
		defer m.stop()
		own := only(t, m.a).Variables
		with := func(change func(*api.TokenOrder)) api.TokenOrder { o := order("x"); change(&o); return o }
		for name, c := range map[string]struct {
			o    api.TokenOrder
			code string
		}{
			"no name":        {with(func(o *api.TokenOrder) { o.Spec.Name = "" }), api.CodeSpec},
			"no reach":       {with(func(o *api.TokenOrder) { o.Spec.Scopes = nil }), api.CodeSpec},
			"bad variable":   {with(func(o *api.TokenOrder) { o.Variable = "PATH" }), api.CodeUsage},
			"taken variable": {with(func(o *api.TokenOrder) { o.Variable = own[0] }), api.CodeUsage},
			"no session":     {with(func(o *api.TokenOrder) { o.Registry = "https://other.example.com/" }), api.CodeNone},
			"secret in note": {with(func(o *api.TokenOrder) { o.Where = m.issue() }), api.CodeUnsafe},
		} {
			if _, err := m.a.MakeToken(t.Context(), c.o, nil); code(err) != c.code {
				t.Errorf("%s: %v", name, err)
			}
		}
		m.f.fault = func(call string, _ token.Secret) error {
			return map[string]error{"create": &SpecError{Problem: access.Problem{Code: "days-write", Field: "days", Args: map[string]string{"Most": "90"}}}}[call]
		}
		_, err := m.a.MakeToken(t.Context(), order("x"), nil)
		var told *api.Error
		if !errors.As(err, &told) || told.Code != api.CodeSpec || told.Args["Problem"] != "days-write" || told.Args["Most"] != "90" {
			t.Errorf("what the registry says: %+v", told)
		}
		m.f.fault = func(call string, _ token.Secret) error { return map[string]error{"create": ErrDenied}[call] }
		if _, err := m.a.MakeToken(t.Context(), order("x"), nil); code(err) != api.CodePassword {
			t.Errorf("without a password: %v", err)
		}
		if jobs := snapshot(t, m.a).Jobs; len(jobs) != 0 {
			t.Errorf("jobs %+v", jobs)
		}
	})
}

// TestMakeAndNobodyKnows: the answer is lost. The list says later what became of it.
func TestMakeAndNobodyKnows(t *testing.T) {
	for _, arrives := range []bool{true, false} {
		t.Run(fmt.Sprint("arrives ", arrives), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := makes(t, granular(1, "x", time.Time{})) // an older one of that name
				defer m.stop()
				lost := func(call string) error { return map[string]error{"create": ErrOffline}[call] }
				if arrives {
					m.f.late = lost
				} else {
					m.f.fault = func(call string, _ token.Secret) error { return lost(call) }
				}
				if _, err := m.a.MakeToken(t.Context(), order("x"), nil); code(err) != api.CodeNetwork {
					t.Errorf("%v", err)
				}
				synctest.Wait()
				jobs := snapshot(t, m.a).Jobs
				if !arrives {
					if len(jobs) != 1 || jobs[0].Lost || jobs[0].Error == nil {
						t.Errorf("before it can be known: %+v", jobs)
					}
					time.Sleep(jobArrives + jobAgain)
					synctest.Wait()
					if jobs := snapshot(t, m.a).Jobs; len(jobs) != 0 {
						t.Errorf("after: %+v", jobs)
					}
					return
				}
				if len(jobs) != 1 || !jobs[0].Lost || jobs[0].New != m.f.lists[reg][1].ID {
					t.Fatalf("jobs %+v", jobs)
				}
				m.f.late = nil
				r, err := m.a.RevokeTokens(t.Context(), api.RevokeRequest{IDs: []string{jobs[0].New}}, nil)
				if err != nil || r.Items[0].State != api.RevokeDone || len(snapshot(t, m.a).Jobs) != 0 {
					t.Errorf("%+v, %v; jobs %+v", r.Items, err, snapshot(t, m.a).Jobs)
				}
			})
		})
	}
}

// TestMakeAndLeave: who goes away while the registry is at it loses nothing: it is kept.
func TestMakeAndLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t)
		defer m.stop()
		answer := make(chan struct{})
		m.f.late = func(call string) error {
			if call == "create" {
				<-answer
			}
			return nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error, 1)
		go func() { _, err := m.a.MakeToken(ctx, order("x"), nil); got <- err }()
		synctest.Wait()
		if jobs := snapshot(t, m.a).Jobs; len(jobs) != 1 || jobs[0].Lost || jobs[0].Step != api.NextCreate {
			t.Errorf("under way: %+v", jobs)
		}
		cancel()
		close(answer)
		<-got
		synctest.Wait()
		if s := snapshot(t, m.a); len(s.Jobs) != 0 || len(s.Kept) != 1 || s.Kept[0].Token != m.f.lists[reg][0].ID {
			t.Errorf("jobs %+v, kept %+v", s.Jobs, s.Kept)
		}
	})
}

// TestN06_AgentEndsWhileThePageWaits tells so, and leaves nothing for the next one.
func TestN06_AgentEndsWhileThePageWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "old", time.Time{}))
		m.f.fault = page("onetime")
		got := make(chan error, 2)
		go func() { _, err := m.a.MakeToken(t.Context(), order("x"), nil); got <- err }()
		synctest.Wait()
		go func() {
			_, err := m.a.RevokeTokens(t.Context(), api.RevokeRequest{IDs: []string{"old"}}, nil)
			got <- err
		}()
		time.Sleep(2 * time.Second)
		m.stop()
		for range 2 {
			if err := <-got; code(err) != api.CodeNoAgent {
				t.Errorf("told %v", err)
			}
		}
		m.a, m.stop = m.run(t)
		defer m.stop()
		for _, j := range snapshot(t, m.a).Jobs {
			if j.What == api.ChangeCreate {
				t.Errorf("job %+v", j)
			}
		}
	})
}
