package agent

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// states are what became of each, by name.
func states(r api.RevokeReport) map[string]string {
	out := map[string]string{}
	for _, it := range r.Items {
		out[it.What+" "+it.Name] = it.State
	}
	return out
}

func revoke(t *testing.T, m *maker, req api.RevokeRequest) api.RevokeReport {
	t.Helper()
	r, err := m.a.RevokeTokens(t.Context(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return r
}

// TestN01_InUse: what this machine uses goes only when the user has said so of this one.
func TestN01_InUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "free", time.Time{}))
		defer m.stop()
		o := order("used")
		o.Variable = "NPM_READ"
		made, err := m.a.MakeToken(t.Context(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := revoke(t, m, api.RevokeRequest{IDs: []string{"used", "free"}})
		if got := states(r); got["token used"] != api.RevokeInUse || got["token free"] != api.RevokeDone || len(m.f.lists[reg]) != 1 {
			t.Errorf("%v", got)
		}
		if m.shell("NPM_READ") == "" {
			t.Error("it was taken away all the same")
		}
		r = revoke(t, m, api.RevokeRequest{IDs: []string{"used"}, Sure: []string{made.Token.ID}})
		if s := snapshot(t, m.a); states(r)["token used"] != api.RevokeDone || len(s.Kept) != 0 || m.keys[keptName(made.Token.Kept)] != "" || m.shell("NPM_READ") != "" || len(s.Jobs) != 0 {
			t.Errorf("%v, kept %+v, jobs %+v", states(r), s.Kept, s.Jobs)
		}
	})
}

// TestN01_LiteralInFile: a file that holds it is told, and stays as it is.
func TestN01_LiteralInFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t)
		defer m.stop()
		made, err := m.a.MakeToken(t.Context(), order("ci"), nil)
		if err != nil {
			t.Fatal(err)
		}
		asItIs := m.settings
		asItIs.Move = false
		if err := m.a.Do(t.Context(), api.Action{Verb: api.VerbSet, Settings: &asItIs}); err != nil {
			t.Fatal(err)
		}
		line := m.text(userRC) + "//npm.example.com/:_authToken=" + made.Secret.Reveal() + "\n"
		m.save(userRC, line)
		r := revoke(t, m, api.RevokeRequest{IDs: []string{made.Token.ID[:8]}})
		if it := r.Items[0]; it.State != api.RevokeInUse || len(it.Breaks) != 1 || it.Breaks[0].File != userRC || !it.Breaks[0].Literal {
			t.Errorf("%+v", it)
		}
		revoke(t, m, api.RevokeRequest{IDs: []string{made.Token.ID}, Sure: []string{made.Token.ID}})
		if m.text(userRC) != line || len(m.f.lists[reg]) != 0 {
			t.Errorf("the file is %q", m.text(userRC))
		}
	})
}

// TestN02_SignsFirst: what could wait for a revocation is shown before anything is revoked, and stops nobody who has seen it.
func TestN02_SignsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "one", time.Time{}))
		defer m.stop()
		m.signs = []api.Sign{{File: "/home/u/.config/systemd/user/x.service", What: "unit"}}
		for _, req := range []api.RevokeRequest{{IDs: []string{"one"}}, {Panic: true}} {
			r := revoke(t, m, req)
			if len(r.Signs) != 1 || r.Items[0].State != api.RevokePlanned || m.f.called("revoke") != 0 || len(r.Drafts) != 0 {
				t.Errorf("%+v", r)
			}
		}
		if r := revoke(t, m, api.RevokeRequest{IDs: []string{"one"}, Checked: true}); r.Items[0].State != api.RevokeDone || len(r.Signs) != 1 {
			t.Errorf("%+v", r)
		}
	})
}

// TestN02_PanicOrder: access tokens, then the sessions by which they are revoked, then copies; nothing is left on this machine.
func TestN02_PanicOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "one", time.Time{}), granular(2, "two", time.Time{}))
		defer m.stop()
		o := order("mine")
		o.Variable = "NPM_READ"
		if _, err := m.a.MakeToken(t.Context(), o, nil); err != nil {
			t.Fatal(err)
		}
		var told []api.TokenStep
		r, err := m.a.RevokeTokens(t.Context(), api.RevokeRequest{Panic: true}, func(s api.TokenStep) { told = append(told, s) })
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, it := range r.Items {
			order = append(order, it.What)
			if it.State != api.RevokeDone {
				t.Errorf("%+v", it)
			}
		}
		if !slices.Equal(order, []string{"token", "token", "token", "session", "copy"}) {
			t.Errorf("in the order %v", order)
		}
		s := snapshot(t, m.a)
		if len(m.keys) != 0 || len(m.issued) != 0 || len(m.f.lists[reg]) != 0 || len(s.Kept) != 0 || len(s.Jobs) != 0 || m.shell("NPM_READ")+m.shell("NPM_TOKEN") != "" {
			t.Errorf("left: %d in the keyring, %d alive, jobs %+v", len(m.keys), len(m.issued), s.Jobs)
		}
		if last := told[len(told)-1]; last.Done != 5 || last.Total != 5 {
			t.Errorf("told %+v", last)
		}
	})
}

// TestN02_PanicOffline leaves what cannot be ended now, so that it can be later.
func TestN02_PanicOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "one", time.Time{}), granular(2, "two", time.Time{}))
		defer m.stop()
		m.f.fault = func(call string, _ token.Secret) error {
			if call == "revoke" && m.f.called("revoke") > 1 {
				return ErrOffline
			}
			return nil
		}
		got := states(revoke(t, m, api.RevokeRequest{Panic: true}))
		if got["token one"] != api.RevokeDone || got["token two"] != api.RevokeFailed || got["session "+reg.Name()] != api.RevokeLeft || len(m.keys) != 1 {
			t.Errorf("%v", got)
		}
		if jobs := snapshot(t, m.a).Jobs; len(jobs) != 1 || jobs[0].Name != "" || len(jobs[0].Left) != 2 || jobs[0].Error == nil {
			t.Errorf("jobs %+v", jobs)
		}
		m.f.fault = nil
		got = states(revoke(t, m, api.RevokeRequest{Panic: true}))
		if len(got) != 2 || got["token two"] != api.RevokeDone || len(m.keys) != 0 || len(snapshot(t, m.a).Jobs) != 0 {
			t.Errorf("%v, jobs %+v", got, snapshot(t, m.a).Jobs)
		}
	})
}

// TestN03_PartialFailure: of each it is told what became of it; one that fails does not stop the others, a registry that is
// gone does.
func TestN03_PartialFailure(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		last string
		code string
	}{
		"one alone":    {ErrForbidden, api.RevokeDone, api.CodeBadAnswer},
		"offline":      {ErrOffline, api.RevokeLeft, api.CodeNetwork},
		"session ends": {ErrRefused, api.RevokeLeft, api.CodeEnded},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := makes(t, granular(1, "one", time.Time{}), granular(2, "two", time.Time{}), granular(3, "three", time.Time{}))
				defer m.stop()
				m.f.fault = func(call string, _ token.Secret) error {
					if call == "revoke" && m.f.called("revoke") == 2 {
						return c.err
					}
					return nil
				}
				ids := []string{"one", "two", "three"}
				r := revoke(t, m, api.RevokeRequest{IDs: ids})
				got := states(r)
				if got["token one"] != api.RevokeDone || got["token two"] != api.RevokeFailed || got["token three"] != c.last || r.Items[1].Error == nil || r.Items[1].Error.Code != c.code {
					t.Errorf("%v, %+v", got, r.Items[1].Error)
				}
				if jobs := snapshot(t, m.a).Jobs; len(jobs) != 1 || !slices.Contains(jobs[0].Left, fakeTokenID(2)) || jobs[0].Error == nil {
					t.Errorf("jobs %+v", jobs)
				}
				m.f.fault = nil
				for what, state := range states(revoke(t, m, api.RevokeRequest{IDs: ids})) { // the very same again
					if state != api.RevokeDone {
						t.Errorf("again: %s is %s", what, state)
					}
				}
				if len(m.f.lists[reg]) != 0 || len(snapshot(t, m.a).Jobs) != 0 {
					t.Errorf("left %+v, jobs %+v", m.f.lists[reg], snapshot(t, m.a).Jobs)
				}
			})
		})
	}
}

// TestN06_DigitsRunOut: a one-time password is tried for each; when it is taken no more, the rest is left for the next one.
func TestN06_DigitsRunOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "one", time.Time{}), granular(2, "two", time.Time{}), granular(3, "three", time.Time{}))
		defer m.stop()
		good := "111111"
		m.f.fault = func(call string, otp token.Secret) error {
			if call == "revoke" && (otp.Reveal() != good || m.f.called("revoke") == 3) {
				return &Challenge{Way: WayDigits}
			}
			return nil
		}
		ids := []string{"one", "two", "three"}
		if _, err := m.a.RevokeTokens(t.Context(), api.RevokeRequest{IDs: ids}, nil); code(err) != api.CodeOTP || len(snapshot(t, m.a).Jobs) != 0 {
			t.Errorf("nothing was done, so that it is an error: %v", err)
		}
		r := revoke(t, m, api.RevokeRequest{IDs: ids, OTP: token.NewSecret(good)})
		if r.Items[0].State != api.RevokeDone || r.Items[1].Error == nil || r.Items[1].Error.Code != api.CodeOTP || r.Items[2].State != api.RevokeLeft {
			t.Errorf("%+v", r.Items)
		}
		good = "222222"
		revoke(t, m, api.RevokeRequest{IDs: []string{r.Items[1].ID, r.Items[2].ID}, OTP: token.NewSecret(good)})
		if len(m.f.lists[reg]) != 0 || len(snapshot(t, m.a).Jobs) != 0 {
			t.Errorf("left %+v, jobs %+v", m.f.lists[reg], snapshot(t, m.a).Jobs)
		}
	})
}

// TestRevokeNone: a word that names none, or several, revokes nothing, and what may be a secret is not repeated.
func TestRevokeNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "same", time.Time{}), granular(2, "same", time.Time{}))
		defer m.stop()
		if err := m.a.Do(t.Context(), api.Action{Verb: api.VerbNote, Note: &api.TokenNote{Registry: reg.String(), Name: "elsewhere"}}); err != nil {
			t.Fatal(err)
		}
		secret := m.issue()
		for _, word := range []string{"none", "same", "elsewhere", secret, ""} {
			_, err := m.a.RevokeTokens(t.Context(), api.RevokeRequest{IDs: []string{word}}, nil)
			if told := m.a.told(err); told == nil || told.Code != api.CodeNoToken || told.Args["Name"] == secret {
				t.Errorf("%q: %v", word, told)
			}
		}
		if _, err := m.a.RevokeTokens(t.Context(), api.RevokeRequest{}, nil); code(err) != api.CodeUsage {
			t.Errorf("nothing named: %v", err)
		}
		if m.f.called("revoke") != 0 {
			t.Error("something was revoked")
		}
	})
}

// TestRevokeWithoutID: what a registry tells no id of is never told as revoked.
func TestRevokeWithoutID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		odd, other := granular(1, "odd", time.Time{}), granular(2, "odder", time.Time{})
		odd.ID, other.ID = "", ""
		m := makes(t, odd, other, granular(3, "fine", time.Time{}))
		defer m.stop()
		for _, req := range []api.RevokeRequest{{IDs: []string{"odd", "odder", "fine"}}, {Panic: true}} {
			got := states(revoke(t, m, req))
			if got["token odd"] != api.RevokeFailed || got["token odder"] != api.RevokeFailed || got["token fine"] == api.RevokeFailed || m.f.called("revoke") != 1 {
				t.Errorf("%v after %v", got, m.f.calls)
			}
		}
		if jobs := snapshot(t, m.a).Jobs; len(jobs) != 0 || len(m.keys) != 0 {
			t.Errorf("jobs %+v", jobs)
		}
	})
}
