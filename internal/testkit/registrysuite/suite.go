// Package registrysuite is the contract between adapter/registry and a registry that speaks npm's
// protocol. Run the same cases against every registry that the tests can start: the embedded demo
// registry, Verdaccio, and whatever comes.
//
// Run starts no process itself; start is called once for each case, and whoever writes it ends what it
// started with t.Cleanup.
package registrysuite

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// caseLimit ends a case whose registry hangs.
const caseLimit = time.Minute

// Server is a registry that runs.
type Server struct {
	URL      string
	User     string
	Password string
	// AnswerPage signs in on a login page as a browser would; an error if the page does not take it.
	AnswerPage func(ctx context.Context, loginPageURL, user, password string) error
	// Expire returns a session of User's that has ended by itself: s, or another one.
	Expire func(ctx context.Context, s token.Secret) (token.Secret, error)
	// RevokesOnLogout: a session is dead after its logout. Verdaccio's live on.
	RevokesOnLogout bool
	// Couch: users can log in by name and password too. Verdaccio 9's cannot.
	Couch bool
}

// Run runs every case against a server of its own.
func Run(t *testing.T, start func(t *testing.T) Server) {
	t.Helper()
	cases := []struct {
		name string
		run  func(*testing.T, *subject)
	}{
		{"G01_web_login_and_whoami", webLogin},
		{"G04_wrong_password_on_the_page", wrongPassword},
		{"G15_two_logins_at_once", twoLogins},
		{"login_is_collected_once", collectedOnce},
		{"E_session_that_ended_is_refused", expiry},
		{"F28_garbage_is_refused", garbage},
		{"logout", logout},
		{"password_login", couch},
		{"cancelled_login", cancelled},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), caseLimit)
			defer cancel()
			server := start(t)
			reg, err := registry.Parse(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			cl := client.New(client.Options{UserAgent: "sandglass-test"})
			defer cl.Close()
			c.run(t, &subject{ctx, server, reg, cl})
		})
	}
}

type subject struct {
	ctx context.Context
	Server
	reg    registry.URL
	client *client.Client
}

// login logs in by the page and returns the session.
func (s *subject) login(t *testing.T) token.Secret {
	t.Helper()
	page, err := s.client.StartLogin(s.ctx, s.reg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AnswerPage(s.ctx, page.Page, s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	issued, err := s.client.AwaitLogin(s.ctx, page)
	if err != nil {
		t.Fatal(err)
	}
	return issued.Secret
}

// is asks whoami and wants User's name.
func (s *subject) is(t *testing.T, secret token.Secret) agent.Identity {
	t.Helper()
	id, err := s.client.Whoami(s.ctx, s.reg, secret)
	if err != nil || id.Name != s.User {
		t.Fatalf("whoami: %q, %v; want %q", id.Name, err, s.User)
	}
	return id
}

func (s *subject) refused(t *testing.T, secret token.Secret) {
	t.Helper()
	if id, err := s.client.Whoami(s.ctx, s.reg, secret); !errors.Is(err, agent.ErrRefused) {
		t.Fatalf("whoami: %q, %v; want ErrRefused", id.Name, err)
	}
}

// webLogin waits for the page while it is answered, as happens to people.
func webLogin(t *testing.T, s *subject) {
	page, err := s.client.StartLogin(s.ctx, s.reg)
	if err != nil {
		t.Fatal(err)
	}
	if page.Host != s.reg.Host() || page.Registry != s.reg {
		t.Errorf("page of %q on %q, want %q", page.Registry, page.Host, s.reg.Host())
	}
	answered := make(chan error, 1)
	go func() { answered <- s.AnswerPage(s.ctx, page.Page, s.User, s.Password) }()
	issued, err := s.client.AwaitLogin(s.ctx, page)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if issued.Date.IsZero() {
		t.Error("the registry told no date")
	}
	if id := s.is(t, issued.Secret); id.Date.Before(issued.Date) {
		t.Errorf("whoami's date %v lies before the login's %v", id.Date, issued.Date)
	}
}

func wrongPassword(t *testing.T, s *subject) {
	page, err := s.client.StartLogin(s.ctx, s.reg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AnswerPage(s.ctx, page.Page, s.User, s.Password+"x"); err == nil {
		t.Fatal("the page took a wrong password")
	}
	if err := s.AnswerPage(s.ctx, page.Page, s.User, s.Password); err != nil {
		t.Fatalf("second try: %v", err)
	}
	issued, err := s.client.AwaitLogin(s.ctx, page)
	if err != nil {
		t.Fatal(err)
	}
	s.is(t, issued.Secret)
}

func twoLogins(t *testing.T, s *subject) {
	one, err := s.client.StartLogin(s.ctx, s.reg)
	if err != nil {
		t.Fatal(err)
	}
	second := s.login(t)
	if err := s.AnswerPage(s.ctx, one.Page, s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	issued, err := s.client.AwaitLogin(s.ctx, one)
	if err != nil {
		t.Fatal(err)
	}
	s.is(t, issued.Secret)
	s.is(t, second)
}

func collectedOnce(t *testing.T, s *subject) {
	page, err := s.client.StartLogin(s.ctx, s.reg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.AnswerPage(s.ctx, page.Page, s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.AwaitLogin(s.ctx, page); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.AwaitLogin(s.ctx, page); !errors.Is(err, agent.ErrLoginGone) {
		t.Errorf("second collection: %v, want ErrLoginGone", err)
	}
}

func expiry(t *testing.T, s *subject) {
	secret := s.login(t)
	s.is(t, secret)
	ended, err := s.Expire(s.ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	s.refused(t, ended)
	s.is(t, s.login(t)) // the next login works
}

func garbage(t *testing.T, s *subject) {
	s.refused(t, token.NewSecret("npm_"+strings.Repeat("0", 36)))
	s.refused(t, token.NewSecret("garbage"))
}

func logout(t *testing.T, s *subject) {
	gone, kept := s.login(t), s.login(t)
	if err := s.client.Logout(s.ctx, s.reg, gone); err != nil {
		t.Fatal(err)
	}
	if !s.RevokesOnLogout {
		s.is(t, gone)
		return
	}
	s.refused(t, gone)
	if !gone.Equal(kept) {
		s.is(t, kept)
	}
}

func couch(t *testing.T, s *subject) {
	who := api.Couch{Name: s.User, Password: token.NewSecret(s.Password)}
	if !s.Couch {
		if _, err := s.client.CouchLogin(s.ctx, s.reg, who); err == nil {
			t.Error("a registry without password login took one: set Couch")
		}
		return
	}
	issued, err := s.client.CouchLogin(s.ctx, s.reg, who)
	if err != nil {
		t.Fatal(err)
	}
	s.is(t, issued.Secret)
	who.Password = token.NewSecret(s.Password + "x")
	if _, err := s.client.CouchLogin(s.ctx, s.reg, who); !errors.Is(err, agent.ErrDenied) {
		t.Errorf("wrong password: %v, want ErrDenied", err)
	}
}

func cancelled(t *testing.T, s *subject) {
	page, err := s.client.StartLogin(s.ctx, s.reg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := s.client.AwaitLogin(ctx, page); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v, want context.Canceled", err)
	}
}
