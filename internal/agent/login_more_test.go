package agent

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// TestLogoutNeedsTheSecret: locked by the user, and the keyring is locked, too: logout says that it cannot
// revoke, and changes nothing. Once the keyring answers, it revokes.
func TestLogoutNeedsTheSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		do(t, a, api.VerbLock)
		w.set(func() { w.keyErr = ErrKeyringLocked })
		if err := a.Logout(t.Context(), reg.String()); codeOf(err) != api.CodeKeyring {
			t.Errorf("logout without the secret says %v", err)
		}
		if s := only(t, a); s.State != api.StateLocked || w.keys[keyName(reg)] != secret {
			t.Errorf("a logout that failed left the session %s", s.State)
		}
		w.set(func() { w.keyErr = nil })
		if err := a.Logout(t.Context(), reg.String()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if _, alive := w.issued[secret]; alive || len(w.keys) != 0 || only(t, a).State != api.StateNone {
			t.Errorf("after logout: alive at the registry %v, %d keys", alive, len(w.keys))
		}
	})
}

// TestNpmLogoutIsNoticed: npm logout revokes the session and takes its line away; the window says so at once,
// and shells get nothing. A line that the user takes away by hand ends nothing.
func TestNpmLogoutIsNoticed(t *testing.T) {
	for _, tt := range []struct {
		name    string
		revoked bool
		state   api.State
	}{{"npm logout", true, api.StateEnded}, {"line taken away", false, api.StateRunning}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.settings.Move = true
				w.files[userRC] = placeholderFile
				a, stop := w.run(t)
				defer stop()
				secret := w.issue()
				w.save(userRC, rewritten(secret))
				if tt.revoked {
					w.set(func() { delete(w.issued, secret) })
				}
				w.save(userRC, "registry=https://registry.example.com/\nfund=false\n")
				s := only(t, a)
				if s.State != tt.state || (w.shell(s.Variables[0]) != "") == tt.revoked {
					t.Errorf("session %s, in the env file: %v", s.State, w.shell(s.Variables[0]) != "")
				}
			})
		})
	}
}

// slowLogout is a registry that takes its time to revoke.
type slowLogout struct{ *world }

func (s slowLogout) Logout(ctx context.Context, u registry.URL, secret token.Secret) error {
	<-time.After(5 * time.Second)
	return s.world.Logout(ctx, u, secret)
}

// TestLoginDuringALogout: the registry is slow to revoke, and meanwhile the user logs in again with npm. The
// new session stays, everywhere.
func TestLoginDuringALogout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		a.ports.Registry = slowLogout{w}
		old, fresh := w.issue(), w.issue()
		w.save(userRC, rewritten(old))
		done := make(chan error, 1)
		go func() { done <- a.Logout(t.Context(), reg.String()) }()
		<-time.After(time.Second)
		w.save(userRC, rewritten(fresh))
		if err := <-done; err != nil {
			t.Errorf("logout: %v", err)
		}
		synctest.Wait()
		if s := only(t, a); s.State != api.StateRunning || w.keys[keyName(reg)] != fresh || w.shell("NPM_TOKEN") != fresh {
			t.Errorf("the login made during the logout is lost: %s", s.State)
		}
		if _, alive := w.issued[old]; alive || w.text(userRC) != placeholderFile {
			t.Errorf("old session alive: %v, file %q", alive, w.text(userRC))
		}
	})
}

// tabs counts the pages that were opened.
type tabs struct{ n *atomic.Int32 }

func (b tabs) Open(context.Context, string) error { b.n.Add(1); return nil }

// TestRenewAlwaysOpensThePage: Renew opens the login page also where a login without a browser waits
// already, goes on when that one is given up, and opens the page again for who closed its tab.
func TestRenewAlwaysOpensThePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		var n atomic.Int32
		a.ports.Browser = tabs{&n}
		w.save(userRC, rewritten(w.issue()))
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error, 1)
		go func() { got <- a.Login(ctx, api.LoginRequest{NoBrowser: true}, nil) }()
		synctest.Wait()
		if n.Load() != 0 {
			t.Error("a login without a browser opened one")
		}
		press := func(want int32) {
			t.Helper()
			w.press <- Pressed{ID: reg.String(), Key: buttonRenew}
			synctest.Wait()
			if got := n.Load(); got != want {
				t.Errorf("%d pages opened, want %d", got, want)
			}
		}
		press(1)
		cancel()
		if code := codeOf(<-got); code != api.CodeCancelled {
			t.Errorf("who gave up got %q", code)
		}
		press(2)
		if s := only(t, a); s.Login == nil || w.logins != 1 {
			t.Errorf("%d logins were started; one goes on: %v", w.logins, s.Login != nil)
		}
	})
}

// TestLoginOvertakenByNpm: a login page waits while the user logs in with npm. Who waited is done, no page
// waits any more, and nothing says later that a login failed.
func TestLoginOvertakenByNpm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		got := make(chan error, 1)
		go func() { got <- a.Login(t.Context(), api.LoginRequest{}, nil) }()
		synctest.Wait()
		fresh := w.issue()
		w.save(userRC, rewritten(fresh))
		if s := only(t, a); s.Login != nil || s.State != api.StateRunning || w.shell("NPM_TOKEN") != fresh {
			t.Errorf("session %s, a page still waits: %v", s.State, s.Login != nil)
		}
		if err := <-got; err != nil {
			t.Errorf("who waited for the page got %v", err)
		}
		<-time.After(11 * time.Minute) // the page would have expired
		if slices.Contains(codes(snapshot(t, a)), api.FindingLogin) {
			t.Error("a login is said to have failed while the session runs")
		}
	})
}

// stumbling is a registry that refuses everybody for a while.
type stumbling struct {
	*world
	no *atomic.Bool
}

func (s stumbling) Whoami(ctx context.Context, u registry.URL, secret token.Secret) (Identity, error) {
	if s.no.Load() {
		return Identity{}, ErrRefused
	}
	return s.world.Whoami(ctx, u, secret)
}

// TestOneRefusalIsNotTheEnd: a proxy answers 401 once. The session is asked about again, after a minute or
// when the user looks again, and is back in the shells.
func TestOneRefusalIsNotTheEnd(t *testing.T) {
	for _, tt := range []struct {
		name  string
		again func(t *testing.T, a *Agent)
	}{
		{"by itself", func(*testing.T, *Agent) { <-time.After(askTwice + time.Second) }},
		{"when the user looks again", func(t *testing.T, a *Agent) { do(t, a, api.VerbProbe) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.settings.Move = true
				w.files[userRC] = placeholderFile
				a, stop := w.run(t)
				defer stop()
				var no atomic.Bool
				a.ports.Registry = stumbling{w, &no}
				secret := w.issue()
				w.save(userRC, rewritten(secret))
				<-time.After(30 * time.Minute)
				no.Store(true)
				do(t, a, api.VerbProbe)
				if s := only(t, a); s.State != api.StateEnded || w.shell("NPM_TOKEN") != "" {
					t.Errorf("refused: %s", s.State)
				}
				no.Store(false)
				tt.again(t, a)
				synctest.Wait()
				if s := only(t, a); s.State != api.StateRunning || !s.Ends.Equal(s.Started.Add(2*time.Hour)) || w.shell("NPM_TOKEN") != secret {
					t.Errorf("taken again: %+v", s)
				}
			})
		})
	}
}

// TestLoginWithoutANameIgnoresProjects: a cloned repository names a registry, and the user, who has no session
// yet, logs in without naming one. The login goes to npm's public registry.
func TestLoginWithoutANameIgnoresProjects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Projects = []string{"/repo"}
		w.files["/repo/.npmrc"] = "registry=https://evil.example.com/\n//evil.example.com/:_authToken=${X_TOKEN}\n"
		a, stop := w.run(t)
		defer stop()
		var to []string
		w.complete <- struct{}{}
		if err := a.Login(t.Context(), api.LoginRequest{}, func(l api.Login) { to = append(to, l.Registry) }); err != nil {
			t.Fatal(err)
		}
		if to = slices.Compact(to); !slices.Equal(to, []string{registry.Public.String()}) {
			t.Errorf("the login went to %v", to)
		}
	})
}

// TestPlanShowsTheLineToAdd: after a login in the window no file refers to the session. Setup shows the line
// that it would write, and writes exactly that.
func TestPlanShowsTheLineToAdd(t *testing.T) {
	for _, before := range []string{"", "fund=false\n"} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld()
			if before != "" {
				w.files[userRC] = before
			}
			a, stop := w.run(t)
			defer stop()
			w.complete <- struct{}{}
			if err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, nil); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			plan, err := a.Plan(t.Context(), api.SetupRequest{Move: true})
			if err != nil || len(plan.Edits) != 1 || plan.Edits[0].File != userRC || plan.Edits[0].Create != (before == "") {
				t.Fatalf("%v, plan %+v", err, plan.Edits)
			}
			if w.text(userRC) != before {
				t.Fatal("the preview wrote")
			}
			var shown strings.Builder // what the diff says that the file will be
			for _, l := range plan.Edits[0].Diff {
				if !strings.HasPrefix(l, "-") {
					shown.WriteString(l[1:] + "\n")
				}
			}
			if err := a.Apply(t.Context(), plan.ID); err != nil {
				t.Fatal(err)
			}
			want := before + line("${"+only(t, a).Variables[0]+"}")
			if w.text(userRC) != want || shown.String() != want {
				t.Errorf("shown %q, written %q, want %q", shown.String(), w.text(userRC), want)
			}
		})
	}
}
