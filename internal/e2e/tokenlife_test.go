package e2e

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// tokenLife is a user with an agent that can be killed, at a registry that wants a second factor by a page.
type tokenLife struct {
	*user
	r     *verdaccio.Server
	agent *ipc.Client
	kill  func()
	pages int
}

func (l *tokenLife) starts() {
	l.t.Helper()
	cmd := l.command(context.Background(), "sandglass-agent", "--no-tray")
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.kill = func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
		l.kill = func() {}
	}
	l.answers()
	l.agent = ipc.Dial(filepath.Join(l.home.Dir, "run", "sandglass"))
}

// again is kill -9, and the next agent.
func (l *tokenLife) again() {
	l.t.Helper()
	l.kill()
	l.starts()
	l.await("the session to come back", func() bool { return l.session(l.r).State == api.StateRunning })
}

// confirms is at the page when it opens.
func (l *tokenLife) confirms(s api.TokenStep) {
	if s.Step != api.StepPage {
		return
	}
	l.pages++
	if err := l.r.Confirm(s.URL); err != nil {
		l.t.Error(err)
	}
}

func (l *tokenLife) order(name string) api.TokenOrder {
	return api.TokenOrder{Registry: l.r.URL, Password: token.NewSecret(verdaccio.Password("alice")),
		Spec: access.Spec{Name: name, Packages: []string{"@acme/private"}, Permission: access.ReadOnly, Days: 30}}
}

// TestTokenLife makes, rotates and revokes with the agent, the keyring and the registry's second factor as they are, and
// kills the agent in between.
func TestTokenLife(t *testing.T) {
	npm := clients.Need(t, "npm12")
	r := verdaccio.Start(t, verdaccio.Options{})
	r.SetAccount("alice", verdaccio.Account{Factor: verdaccio.FactorPage})
	u, _ := withKeyring(t, r, npm)
	l := &tokenLife{user: u, r: r}
	l.starts()
	t.Cleanup(func() { l.kill() })
	signIn(t, l.agent, r)
	l.await("the session in the keyring", func() bool { return l.session(r).State == api.StateRunning })

	left := make(chan error, 1)
	open := make(chan struct{})
	go func() { // nobody confirms this one: the agent dies while its page waits
		_, err := l.agent.MakeToken(t.Context(), l.order("never"), func(s api.TokenStep) {
			if s.Step == api.StepPage {
				close(open)
			}
		})
		left <- err
	}()
	<-open
	l.kill()
	if err := <-left; err == nil {
		t.Error("a dead agent has made an access token")
	}
	l.again()

	made, err := l.agent.MakeToken(t.Context(), l.order("ci"), l.confirms)
	if err != nil {
		t.Fatal(err)
	}
	l.again()
	g, err := l.agent.Grant(t.Context(), api.GrantRequest{Use: api.UseEmit, Kept: made.Token.Kept, Program: "test"})
	if err != nil || !g.Items[0].Secret.Equal(made.Secret) {
		t.Fatalf("it did not survive: %v", err)
	}

	turn, err := l.agent.RotateToken(t.Context(), api.RotateRequest{Registry: r.URL, ID: made.Token.ID, Password: token.NewSecret(verdaccio.Password("alice"))}, l.confirms)
	if err != nil || turn.Job.Error != nil || turn.Job.Step != api.NextPlaces || turn.Job.Package != "@acme/private" {
		t.Fatalf("%+v, %v", turn.Job, err)
	}
	l.again()
	jobs := l.status().Jobs
	if len(jobs) != 1 || jobs[0].ID != turn.Job.ID {
		t.Fatalf("jobs %+v", jobs)
	}
	end, err := l.agent.RotateToken(t.Context(), api.RotateRequest{Job: jobs[0].ID, Continue: true}, l.confirms)
	if err != nil || !end.Done {
		t.Fatalf("%+v, %v", end.Job, err)
	}
	list, err := l.agent.Tokens(t.Context(), api.TokensRequest{Registry: r.URL, Fresh: true})
	if err != nil || len(list.Tokens) != 1 || list.Tokens[0].ID != turn.Job.New || list.Tokens[0].Kept != turn.Job.Kept {
		t.Errorf("%+v, %v", list.Tokens, err)
	}

	all, err := l.agent.RevokeTokens(t.Context(), api.RevokeRequest{Panic: true, Checked: true}, l.confirms)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range all.Items {
		if it.State != api.RevokeDone {
			t.Errorf("%+v, %+v", it, it.Error)
		}
	}
	if s := l.status(); len(s.Kept) != 0 || len(s.Jobs) != 0 || l.session(r).State != api.StateNone || l.pages < 3 {
		t.Errorf("left: kept %+v, jobs %+v, session %s, %d pages", s.Kept, s.Jobs, l.session(r).State, l.pages)
	}
}
