package agentsuite

import (
	"context"
	"slices"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// login reports each step, the first one at once; when it returns the session is in the snapshot.
func login(t *testing.T, r Rig) {
	var states []api.LoginState
	err := r.Agent.Login(t.Context(), api.LoginRequest{Registry: r.url()}, func(l api.Login) {
		if l.Registry != r.url() || l.Since.IsZero() {
			t.Errorf("step %+v", l)
		}
		if states = append(states, l.State); l.State == api.LoginWaiting {
			if l.URL == "" || l.Host == "" {
				t.Errorf("nobody can go to the page: %+v", l)
			}
			r.World.Complete()
		}
	})
	must(t, err)
	if want := []api.LoginState{api.LoginStarting, api.LoginWaiting, api.LoginDone}; !slices.Equal(states, want) {
		t.Errorf("steps %v, want %v", states, want)
	}
	if s := r.session(r.now(t)); s.State != api.StateRunning || s.Login != nil || s.Fingerprint == "" || s.Ends.IsZero() || len(s.Variables) == 0 {
		t.Errorf("after the login: %+v", s)
	}
	if got := r.secret(t); got != r.World.Secrets()[0] {
		t.Error("what is handed out is not what the registry issued")
	}
}

// loginJoined: a second login to one registry is the first one.
func loginJoined(t *testing.T, r Rig) {
	first := r.begin(t, t.Context())
	second := r.begin(t, t.Context())
	s := r.session(r.now(t))
	if s.Login == nil || s.Login.State != api.LoginWaiting || s.State != api.StateNone {
		t.Errorf("under way: %+v", s)
	}
	r.World.Complete()
	for _, ended := range []chan error{first, second} {
		must(t, <-ended)
	}
	if n := len(r.World.Secrets()); n != 1 {
		t.Errorf("%d credentials for one login", n)
	}
}

// begin starts a login and returns once its page is open.
func (r Rig) begin(t *testing.T, ctx context.Context) chan error {
	t.Helper()
	open, ended := make(chan struct{}, 16), make(chan error, 1)
	go func() {
		ended <- r.Agent.Login(ctx, api.LoginRequest{Registry: r.url()}, func(l api.Login) {
			if l.State == api.LoginWaiting {
				open <- struct{}{}
			}
		})
	}()
	select {
	case <-open:
	case err := <-ended:
		t.Fatalf("the login ended with %v", err)
	}
	return ended
}

// loginCancelled: the verb ends it for all who wait.
func loginCancelled(t *testing.T, r Rig) {
	first, second := r.begin(t, t.Context()), r.begin(t, t.Context())
	url, name := r.World.Registry()
	r.do(t, api.Action{Verb: api.VerbCancel, Registry: url})
	for _, ended := range []chan error{first, second} {
		names(t, refused(t, <-ended, api.CodeCancelled), name, url)
	}
	if s := r.now(t); r.session(s).Login != nil || hasFinding(s, api.FindingLogin) {
		t.Errorf("after it was cancelled: %+v", r.session(s))
	}
	r.signIn(t)
}

// loginLeft: it goes on while one waits, and ends with the last.
func loginLeft(t *testing.T, r Rig) {
	ctx, leave := context.WithCancel(t.Context())
	first, second := r.begin(t, ctx), r.begin(t, t.Context())
	leave()
	refused(t, <-first, api.CodeCancelled)
	if r.session(r.now(t)).Login == nil {
		t.Error("the login ended though somebody waits for it")
	}
	r.World.Complete()
	must(t, <-second)
	ctx, leave = context.WithCancel(t.Context())
	last := r.begin(t, ctx)
	leave()
	refused(t, <-last, api.CodeCancelled)
	r.until(t, "the end of a login that nobody waits for", func(s api.Snapshot) bool { return r.session(s).Login == nil })
}

func loginRefused(t *testing.T, r Rig) {
	url, name := r.World.Registry()
	bad := "not a registry"
	if e := refused(t, r.Agent.Login(t.Context(), api.LoginRequest{Registry: bad}, nil), api.CodeURL); e.Args["URL"] != bad || e.Cause == "" {
		t.Errorf("%+v", e)
	}
	r.World.Offline(true)
	var steps []api.Login
	err := r.Agent.Login(t.Context(), api.LoginRequest{Registry: url}, func(l api.Login) { steps = append(steps, l) })
	e := refused(t, err, api.CodeNetwork)
	names(t, e, name, url)
	if last := steps[len(steps)-1]; last.State != api.LoginFailed || last.Error == nil || last.Error.Code != e.Code {
		t.Errorf("the last step is %+v", last)
	}
	r.until(t, "the finding", func(s api.Snapshot) bool { return hasFinding(s, api.FindingLogin) })
	r.World.Offline(false)
	r.signIn(t)
	if hasFinding(r.now(t), api.FindingLogin) {
		t.Error("the finding outlives the next login")
	}
}

func loginByPassword(t *testing.T, r Rig) {
	url, name := r.World.Registry()
	req := api.LoginRequest{Registry: url, Couch: &api.Couch{Name: "alice", Password: token.NewSecret(wrongPassword)}}
	names(t, refused(t, r.Agent.Login(t.Context(), req, nil), api.CodeDenied), name, url)
	req.Couch.Password = token.NewSecret(r.World.Password())
	var states []api.LoginState
	must(t, r.Agent.Login(t.Context(), req, func(l api.Login) { states = append(states, l.State) }))
	if len(states) == 0 || states[len(states)-1] != api.LoginDone || r.session(r.now(t)).State != api.StateRunning {
		t.Errorf("steps %v, session %+v", states, r.session(r.now(t)))
	}
}

func logout(t *testing.T, r Rig) {
	url, name := r.World.Registry()
	names(t, refused(t, r.Agent.Logout(t.Context(), url), api.CodeUnknown), name, url)
	refused(t, r.Agent.Logout(t.Context(), "not a registry"), api.CodeURL)
	r.signIn(t)
	must(t, r.Agent.Logout(t.Context(), url))
	if s := r.session(r.now(t)); s.State != api.StateNone && s.State != api.StateEnded || r.secret(t) != "" || r.World.Holds(api.StoreKeyring) != 0 {
		t.Errorf("after the logout: %+v", s)
	}
	r.signIn(t)
	r.World.Offline(true)
	e := refused(t, r.Agent.Logout(t.Context(), url), api.CodePartly)
	if names(t, e, name, url); e.Cause == "" || r.secret(t) != "" {
		t.Errorf("%+v", e)
	}
}
