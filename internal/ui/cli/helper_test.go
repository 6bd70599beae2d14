package cli

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// renewing is an agent whose session is over until somebody signs in.
type renewing struct {
	*fakeagent.Agent
	signedIn bool
	patience time.Duration // that the user needs to sign in
}

func (r *renewing) Grant(ctx context.Context, req api.GrantRequest) (api.Grant, error) {
	g, err := r.Agent.Grant(ctx, req)
	if !r.signedIn {
		return api.Grant{}, &api.Error{Code: api.CodeEnded, Args: map[string]string{"Registry": "npm"}}
	}
	return g, err
}

func (r *renewing) Login(ctx context.Context, req api.LoginRequest, report func(api.Login)) error {
	_ = r.Agent.Login(ctx, req, report)
	select {
	case <-time.After(r.patience):
		r.signedIn = true
		return nil
	case <-ctx.Done():
		return &api.Error{Code: api.CodeCancelled}
	}
}

// testApp is a command line that talks to agent. What it prints is in out and talk.
func testApp(agent api.Agent, env map[string]string) (a *app, out, talk *bytes.Buffer) {
	out, talk = &bytes.Buffer{}, &bytes.Buffer{}
	a = &app{agent: agent, language: "en", Env: Env{
		Stdin: bytes.NewReader(nil), Stdout: out, Stderr: talk, Now: time.Now, Agent: agent,
		Getenv:   func(name string) string { return env[name] },
		Environ:  func() []string { return nil },
		Identify: func(string) (injection.Manager, bool) { return injection.Manager{}, false },
	}}
	return a, out, talk
}

func newRenewing(patience time.Duration) *renewing {
	r := &renewing{Agent: fakeagent.New(time.Now()), patience: patience}
	s, _ := r.Snapshot(context.Background())
	r.Over = s.Sessions
	return r
}

// TestI09_HelperRenewsFirst: the user signs in within the time that pnpm gives, and pnpm gets its line.
func TestI09_HelperRenewsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agent := newRenewing(49 * time.Second)
		a, out, talk := testApp(agent, nil)
		err := a.helper(t.Context(), registry.Public.String(), false)
		if want := "Bearer " + fakeagent.Canary.Reveal() + "\n"; err != nil || out.String() != want || talk.Len() > 0 {
			t.Errorf("%v, %q, %q", err, out, talk)
		}
	})
}

// TestI09_HelperGivesUp before pnpm kills it, and has the next call not wait again.
func TestI09_HelperGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agent := newRenewing(time.Hour)
		a, out, _ := testApp(agent, nil)
		began := time.Now()
		err := a.helper(t.Context(), registry.Public.String(), false)
		if waited := time.Since(began); exitCode(err) != 3 || out.Len() > 0 || waited != helperPatience {
			t.Errorf("%v after %v, %q", err, waited, out)
		}
		if got := snoozed(agent.Agent); got != snoozeFailed {
			t.Errorf("snoozed for %v", got)
		}
	})
}

// snoozed is for how long the agent was told to keep still.
func snoozed(agent *fakeagent.Agent) time.Duration {
	for _, c := range agent.Calls() {
		if do, ok := c.Params.(api.Action); ok && do.Verb == api.VerbSnooze {
			return time.Until(do.Until)
		}
	}
	return 0
}

// TestHelperStopped: a pnpm that goes away takes its helper along, at once and without a snooze.
func TestHelperStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		agent := newRenewing(time.Hour)
		a, out, _ := testApp(agent, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := a.helper(ctx, "npm", false)
		if !errors.Is(err, context.DeadlineExceeded) || out.Len() > 0 || snoozed(agent.Agent) != 0 {
			t.Errorf("%v, %q", err, out)
		}
	})
}

// TestHelperIsOneRoundTrip where the session lives: pnpm calls it up to three times in an install.
func TestHelperIsOneRoundTrip(t *testing.T) {
	agent := newRenewing(0)
	agent.signedIn = true
	before := len(agent.Calls())
	a, _, _ := testApp(agent, nil)
	if err := a.helper(t.Context(), "npm", false); err != nil || len(agent.Calls()) != before+1 {
		t.Errorf("%v, %+v", err, agent.Calls())
	}
}
