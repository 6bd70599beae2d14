package agent

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// TestN07_OtherRegistrysCopy: a registry that lists what looks like a credential of another one does not get that dropped.
func TestN07_OtherRegistrysCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		secret, masked := someToken(7)
		tok := granular(7, "bait", time.Now().AddDate(1, 0, 0))
		tok.Masked = masked
		m := makes(t, tok)
		defer m.stop()
		other, _ := registry.Parse("https://other.example.com/")
		id, err := m.a.stow(t.Context(), keptRecord{Registry: other, Kind: token.KindGranular, Masked: masked, Variable: "OTHER_TOKEN"}, token.NewSecret(secret))
		if err != nil {
			t.Fatal(err)
		}
		list, err := m.a.Tokens(t.Context(), api.TokensRequest{Registry: reg.String()})
		if err != nil || list.Tokens[0].Kept != "" {
			t.Errorf("told to be kept: %v %+v", err, list.Tokens)
		}
		r, err := m.a.RevokeTokens(t.Context(), api.RevokeRequest{Registry: reg.String(), IDs: []string{tok.ID}, Sure: []string{tok.ID}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if m.keys[keptName(id)] != secret {
			t.Errorf("the copy is gone: %+v", r)
		}
	})
}

// TestN01_GranularAsks: an access token that stands where a session does asks nothing.
func TestN01_GranularAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		f := w.withTokens(granular(1, "x", time.Time{}))
		a, stop := w.run(t)
		defer stop()
		_ = f
		entropy := strings.Repeat("G", 30)
		s := token.NewSecret("npm_" + entropy + token.Checksum(entropy))
		w.set(func() { w.issued[s.Reveal()] = time.Now().AddDate(1, 0, 0) })
		if _, err := ask(t.Context(), a, func() (struct{}, error) {
			a.core.adopt(reg, credential{secret: s, kind: token.KindGranular, since: a.core.now()})
			return struct{}{}, nil
		}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		_, err := a.Tokens(t.Context(), api.TokensRequest{Registry: reg.String()})
		var told *api.Error
		if !errors.As(err, &told) || f.called("list") > 0 {
			t.Errorf("%v; calls %v; kind %v", err, f.calls, snapshot(t, a).Sessions)
		}
	})
}

// TestN02_PanicGoesOn: a registry whose page nobody completes, or that wants a code, keeps no other one's access tokens
// alive, and a code that was typed for one is shown to no other.
func TestN02_PanicGoesOn(t *testing.T) {
	for _, way := range []ChallengeWay{WayPage, WayDigits} {
		t.Run(string(way), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first, second := granular(1, "a", time.Now().AddDate(1, 0, 0)), granular(2, "b", time.Now().AddDate(1, 0, 0))
				m := makes(t, first)
				defer m.stop()
				other, _ := registry.Parse("https://zother.example.com/")
				m.set(func() { m.f.lists[other] = []access.Token{second} })
				m.complete <- struct{}{}
				if err := m.a.Login(t.Context(), api.LoginRequest{Registry: other.String()}, nil); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				var shown []string
				m.set(func() {
					m.f.fault = func(call string, otp token.Secret) error {
						if call != "revoke" {
							return nil
						}
						if shown = append(shown, otp.Reveal()); otp.IsZero() && len(shown) == 1 {
							return &Challenge{Way: way, Page: "https://registry.example.com/auth/1", Host: "registry.example.com", Done: "https://registry.example.com/done/1"}
						}
						return nil
					}
				})
				r, err := m.a.RevokeTokens(t.Context(), api.RevokeRequest{Panic: true}, nil)
				got := states(r)
				if err != nil || got["token a"] != api.RevokeFailed || got["token b"] != api.RevokeDone || got["session "+reg.Name()] != api.RevokeLeft {
					t.Errorf("%v, %v", err, got)
				}
				if way == WayPage {
					return
				}
				m.set(func() { m.f.lists[other] = []access.Token{second} })
				got = states(revoke(t, m, api.RevokeRequest{Panic: true, OTP: token.NewSecret("123456")}))
				if got["token a"] != api.RevokeDone || got["session "+reg.Name()] != api.RevokeDone || len(snapshot(t, m.a).Jobs) != 0 {
					t.Errorf("with the code: %v", got)
				}
				if !slices.Equal(shown, []string{"", "", "123456"}) {
					t.Errorf("the registries were shown %q", shown)
				}
			})
		})
	}
}

// TestN03_RotationShowsSigns: what could wait for a revocation is told before a rotation revokes the old one, once.
func TestN03_RotationShowsSigns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "old", time.Now().AddDate(0, 3, 0)))
		defer m.stop()
		m.signs = []api.Sign{{File: "/home/u/.config/autostart/x.desktop", What: "known-name"}}
		r, err := m.a.RotateToken(t.Context(), api.RotateRequest{Registry: reg.String(), ID: "old"}, nil)
		if err != nil || r.Job.Step != api.NextPlaces {
			t.Fatalf("%v, %+v", err, r.Job)
		}
		word := api.RotateRequest{Registry: reg.String(), Job: r.Job.ID, Continue: true}
		r, err = m.a.RotateToken(t.Context(), word, nil)
		if err != nil || r.Job.Error == nil || r.Job.Error.Code != api.CodeInUse || r.Job.Error.Args["Sign"] == "" || m.f.called("revoke") > 0 {
			t.Errorf("%v, %+v, %v", err, r.Job, m.f.calls)
		}
		if r, err = m.a.RotateToken(t.Context(), word, nil); err != nil || !r.Done || m.f.called("revoke") != 1 {
			t.Errorf("%v, %+v, %v", err, r, m.f.calls)
		}
	})
}

// TestN02_SessionIsNoAccessToken: what a panic has left of sessions and copies is ended by no revocation of access tokens, and
// not said to be.
func TestN02_SessionIsNoAccessToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "a", time.Now().AddDate(1, 0, 0)))
		defer m.stop()
		m.set(func() {
			m.f.fault = func(call string, _ token.Secret) error {
				if call == "revoke" {
					return ErrOffline
				}
				return nil
			}
		})
		revoke(t, m, api.RevokeRequest{Panic: true})
		m.set(func() { m.f.fault = nil })
		jobs := snapshot(t, m.a).Jobs
		if len(jobs) != 1 || !slices.Contains(jobs[0].Left, reg.String()) {
			t.Fatalf("%+v", jobs)
		}
		r, err := m.a.RevokeTokens(t.Context(), api.RevokeRequest{Registry: reg.String(), IDs: []string{reg.String()}}, nil)
		if codeOf(err) != api.CodeNoToken {
			t.Errorf("%v, %v", err, states(r))
		}
		if jobs := snapshot(t, m.a).Jobs; len(jobs) != 1 || !slices.Contains(jobs[0].Left, reg.String()) {
			t.Errorf("no longer left: %+v", jobs)
		}
	})
}

// TestN02_PanicOfOneRegistry: who revokes everything at one registry keeps what others have.
func TestN02_PanicOfOneRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := makes(t, granular(1, "a", time.Now().AddDate(1, 0, 0)))
		defer m.stop()
		other, _ := registry.Parse("https://zother.example.com/")
		m.set(func() { m.f.lists[other] = []access.Token{granular(2, "b", time.Now().AddDate(1, 0, 0))} })
		m.complete <- struct{}{}
		if err := m.a.Login(t.Context(), api.LoginRequest{Registry: other.String()}, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got := states(revoke(t, m, api.RevokeRequest{Registry: reg.String(), Panic: true}))
		if len(got) != 2 || got["token a"] != api.RevokeDone || got["session "+reg.Name()] != api.RevokeDone || m.f.called("revoke") != 1 {
			t.Errorf("%v, %v", got, m.f.calls)
		}
	})
}
