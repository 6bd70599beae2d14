package agent

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// TestOneLoginAtATime: a second asker joins; cancelling one leaves the other; the last one's leaving
// ends it.
func TestOneLoginAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		ctx1, cancel1 := context.WithCancel(t.Context())
		got := make(chan error, 2)
		go func() { got <- a.Login(ctx1, api.LoginRequest{Registry: reg.String(), NoBrowser: true}, nil) }()
		synctest.Wait()
		var steps []api.LoginState
		go func() {
			got <- a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, func(l api.Login) { steps = append(steps, l.State) })
		}()
		synctest.Wait()
		cancel1()
		if code := codeOf(<-got); code != api.CodeCancelled {
			t.Errorf("the first asker got %q", code)
		}
		w.complete <- struct{}{}
		if err := <-got; err != nil || w.logins != 1 {
			t.Errorf("joined login: %v after %d login pages", err, w.logins)
		}
		if !slices.Equal(steps, []api.LoginState{api.LoginWaiting, api.LoginDone}) {
			t.Errorf("steps %v", steps)
		}
	})
}

func TestLoginEndsWithItsLastWaiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error, 1)
		go func() { got <- a.Login(ctx, api.LoginRequest{Registry: reg.String()}, nil) }()
		synctest.Wait()
		cancel()
		<-got
		synctest.Wait()
		if s := only(t, a); s.Login != nil {
			t.Errorf("the login goes on: %+v", s.Login)
		}
	})
}

// TestG03_LoginPageNeverCompleted ends after ten minutes and waits for the user.
func TestG03_LoginPageNeverCompleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, nil)
		if codeOf(err) != api.CodeLoginExpire || w.logins != 1 {
			t.Errorf("%v after %d pages", err, w.logins)
		}
	})
}

func codeOf(err error) string {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func TestLogout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		if err := a.Logout(t.Context(), reg.String()); err != nil {
			t.Fatal(err)
		}
		if len(w.issued) != 0 || len(w.keys) != 0 || w.shell("NPM_TOKEN") != "" {
			t.Errorf("after logout: %d at the registry, %d in the keyring", len(w.issued), len(w.keys))
		}
		if _, defined := w.env[len(w.env)-1]["NPM_TOKEN"]; !defined {
			t.Error("the variable must stay defined")
		}
		if codeOf(a.Logout(t.Context(), reg.String())) != api.CodeNone {
			t.Error("a second logout must say that nobody is signed in")
		}
	})
}

func TestSignInByCouch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		a, stop := w.run(t)
		defer stop()
		bad := api.LoginRequest{Registry: reg.String(), Couch: couchOf("no")}
		if codeOf(a.Login(t.Context(), bad, nil)) != api.CodeDenied {
			t.Error("a wrong password must be denied")
		}
		if err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String(), Couch: couchOf("pw")}, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		s := only(t, a)
		// Agreed to moves: the user's file gets a line with our own name.
		if got := w.text(userRC); got != "//registry.example.com/:_authToken=${"+s.Variables[0]+"}\n" {
			t.Errorf("file: %q", got)
		}
	})
}
