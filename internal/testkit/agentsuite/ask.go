package agentsuite

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// Secrets of the user's that open nothing.
const (
	wrongPassphrase = "C4n4ry-passphrase-of-nothing"
	wrongPassword   = "C4n4ry-password-of-nobody"
)

// patience is when a case gives up waiting for what does not come.
const patience = 30 * time.Second

// told is what an error says, nil for none. Any other error than the contract's is a fault.
func told(t *testing.T, err error) *api.Error {
	t.Helper()
	var e *api.Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("%T is no *api.Error: %v", err, err)
	}
	return e
}

// refused checks that a call did not work and why, and returns what it said.
func refused(t *testing.T, err error, code string) *api.Error {
	t.Helper()
	e := told(t, err)
	if e == nil || e.Code != code {
		t.Errorf("told %v, want %s", err, code)
		return &api.Error{}
	}
	return e
}

// names checks that an error says which registry it is about.
func names(t *testing.T, e *api.Error, name, url string) {
	t.Helper()
	if e.Args["Registry"] != name || e.Args["URL"] != url {
		t.Errorf("%s with %v, want %s and %s", e.Code, e.Args, name, url)
	}
}

// must ends the test where a call did not work.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r Rig) url() string { u, _ := r.World.Registry(); return u }

// now is the state.
func (r Rig) now(t *testing.T) api.Snapshot {
	t.Helper()
	s, err := r.Agent.Snapshot(t.Context())
	must(t, err)
	return s
}

// do makes a change.
func (r Rig) do(t *testing.T, a api.Action) {
	t.Helper()
	if err := r.Agent.Do(t.Context(), a); err != nil {
		t.Fatalf("%s: %v", a.Verb, err)
	}
}

// session is that of the registry, as of a snapshot.
func (r Rig) session(s api.Snapshot) api.Session {
	for _, one := range s.Sessions {
		if one.Registry == r.url() {
			return one
		}
	}
	return api.Session{}
}

// until waits for a snapshot.
func (r Rig) until(t *testing.T, what string, ok func(api.Snapshot) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	enough := errors.New("seen")
	if err := r.Agent.Watch(ctx, func(s api.Snapshot) error {
		if ok(s) {
			return enough
		}
		return nil
	}); !errors.Is(err, enough) {
		t.Fatalf("%s did not come: %v", what, err)
	}
}

// in reports whether the session of the registry is in a state.
func (r Rig) in(state api.State) func(api.Snapshot) bool {
	return func(s api.Snapshot) bool { return r.session(s).State == state }
}

// signIn logs in, and returns when the registry has confirmed it.
func (r Rig) signIn(t *testing.T) {
	t.Helper()
	r.World.Complete()
	must(t, r.Agent.Login(t.Context(), api.LoginRequest{Registry: r.url()}, nil))
	r.until(t, "the account", func(s api.Snapshot) bool { return r.session(s).Account == "alice" })
}

// hasFinding reports whether something is told.
func hasFinding(s api.Snapshot, code string) bool {
	for _, f := range s.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

// secret is the one that a grant for the registry holds, "" if there is none.
func (r Rig) secret(t *testing.T) string {
	t.Helper()
	g, err := r.Agent.Grant(t.Context(), api.GrantRequest{Use: api.UseExec, Program: "suite"})
	must(t, err)
	for _, item := range g.Items {
		if item.Registry == r.url() {
			return item.Secret.Reveal()
		}
	}
	return ""
}

// all makes every call once and returns the errors by method.
func all(ctx context.Context, a api.Agent, url string) map[string]error {
	out := map[string]error{}
	_, out["snapshot"] = a.Snapshot(ctx)
	out["watch"] = a.Watch(ctx, func(api.Snapshot) error { return nil })
	out["login"] = a.Login(ctx, api.LoginRequest{Registry: url}, nil)
	out["logout"] = a.Logout(ctx, url)
	_, out["grant"] = a.Grant(ctx, api.GrantRequest{Use: api.UseExec})
	out["do"] = a.Do(ctx, api.Action{Verb: api.VerbLock})
	_, out["plan"] = a.Plan(ctx, api.SetupRequest{Move: true})
	out["apply"] = a.Apply(ctx, "0")
	_, out["due"] = a.Due(ctx, api.DueRequest{Manager: "npm", Args: []string{"ci"}, Dir: "/"})
	out["keep"] = a.Keep(ctx, api.KeepRequest{Store: api.StoreMemory})
	_, out["tokens"] = a.Tokens(ctx, api.TokensRequest{Registry: url})
	_, out["make token"] = a.MakeToken(ctx, api.TokenOrder{Registry: url}, nil)
	_, out["revoke tokens"] = a.RevokeTokens(ctx, api.RevokeRequest{Registry: url, IDs: []string{"none"}}, nil)
	_, out["panic"] = a.RevokeTokens(ctx, api.RevokeRequest{Panic: true, DryRun: true}, nil)
	_, out["rotate token"] = a.RotateToken(ctx, api.RotateRequest{Job: "none"}, nil)
	_, out["prove"] = a.Prove(ctx, api.ProveRequest{Shell: "bash"})
	return out
}
