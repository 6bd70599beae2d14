package verdaccio_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// ask sends a request with a token and returns the status and the body.
func ask(t *testing.T, method, url, bearer string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// signIn logs in without a client and returns the token.
func signIn(t *testing.T, s *verdaccio.Server, user string) string {
	t.Helper()
	var started struct{ LoginURL, DoneURL string }
	status, body := ask(t, http.MethodPost, s.URL+"-/v1/login", "")
	if err := json.Unmarshal([]byte(body), &started); err != nil || status != http.StatusOK {
		t.Fatalf("start the login: %d %s", status, body)
	}
	if status, _ := ask(t, http.MethodGet, started.DoneURL, ""); status != http.StatusAccepted {
		t.Fatalf("a login that nobody answered: got %d, want 202", status)
	}
	if err := s.Answer(started.LoginURL, user, "wrong"); err == nil {
		t.Fatal("a wrong password was taken")
	}
	if err := s.Answer(started.LoginURL, user, verdaccio.Password(user)); err != nil {
		t.Fatal(err)
	}
	var told struct{ Token string }
	if status, body = ask(t, http.MethodGet, started.DoneURL, ""); status != http.StatusOK {
		t.Fatalf("an answered login: got %d %s", status, body)
	}
	if err := json.Unmarshal([]byte(body), &told); err != nil {
		t.Fatal(err)
	}
	if status, _ := ask(t, http.MethodGet, started.DoneURL, ""); status != http.StatusNotFound {
		t.Errorf("the token was told twice: %d", status)
	}
	return told.Token
}

func TestLogin(t *testing.T) {
	const life = 30 * time.Minute
	for name, opaque := range map[string]bool{"jwt": false, "opaque": true} {
		t.Run(name, func(t *testing.T) {
			s := verdaccio.Start(t, verdaccio.Options{Session: life, Opaque: opaque})
			got := signIn(t, s, "alice")
			times, told := token.JWTTimes(token.NewSecret(got))
			if told == opaque {
				t.Errorf("the session tells its end: %v, want %v", told, !opaque)
			}
			if told && times.Expires.Sub(times.Issued) != life {
				t.Errorf("the session tells a life of %v", times.Expires.Sub(times.Issued))
			}
			if opaque && !token.LooksLikeNPM(token.NewSecret(got)) {
				t.Errorf("the session does not look like npm's")
			}
			status, body := ask(t, http.MethodGet, s.URL+"-/whoami", got)
			if status != http.StatusOK || !strings.Contains(body, `"alice"`) {
				t.Errorf("whoami: %d %s", status, body)
			}
		})
	}
}

func TestWhatASessionMayRead(t *testing.T) {
	open := verdaccio.Start(t, verdaccio.Options{})
	hidden := verdaccio.Start(t, verdaccio.Options{Hide: true, Opaque: true})
	for _, c := range []struct {
		name          string
		server        *verdaccio.Server
		life          time.Duration
		path          string
		status, logon int // of the package, of whoami
	}{
		{"live", open, time.Hour, "@acme/private", 200, 200},
		{"another's package", open, time.Hour, "@bob/own", 403, 200},
		{"over", open, -time.Hour, "@acme/private", 401, 401},
		{"over, hidden", hidden, -time.Hour, "@acme/private", 404, 401},
		{"another's package, hidden", hidden, time.Hour, "@bob/own", 404, 200},
		{"over, open package", hidden, -time.Hour, "plain-sand", 200, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			session := c.server.Mint("alice", c.life)
			if got, body := ask(t, http.MethodGet, c.server.URL+c.path, session); got != c.status {
				t.Errorf("%s: got %d, want %d: %s", c.path, got, c.status, body)
			}
			if got, body := ask(t, http.MethodGet, c.server.URL+"-/whoami", session); got != c.logon {
				t.Errorf("whoami: got %d, want %d: %s", got, c.logon, body)
			}
		})
	}
}

func TestLogoutRevokes(t *testing.T) {
	s := verdaccio.Start(t, verdaccio.Options{})
	mine, other := s.Mint("alice", time.Hour), s.Mint("alice", time.Hour)
	if mine == other {
		t.Fatal("two sessions are one")
	}
	if status, body := ask(t, http.MethodDelete, s.URL+"-/user/token/"+mine, mine); status != http.StatusOK {
		t.Fatalf("logout: %d %s", status, body)
	}
	if status, _ := ask(t, http.MethodGet, s.URL+"-/whoami", mine); status != http.StatusUnauthorized || s.Live(mine) {
		t.Errorf("the session lives on after its logout: %d", status)
	}
	if status, _ := ask(t, http.MethodGet, s.URL+"-/whoami", other); status != http.StatusOK {
		t.Errorf("another session ended too: %d", status)
	}
	got := s.Requests()
	if len(got) != 3 || got[0].Method != http.MethodDelete || got[0].Token != mine || got[1].Status != 401 {
		t.Errorf("record of requests: %d", len(got))
	}
}

func TestSkewedClock(t *testing.T) {
	s := verdaccio.Start(t, verdaccio.Options{Skew: -3 * time.Hour})
	res, err := http.Get(s.URL + "-/ping")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	date, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil || len(res.Header.Values("Date")) != 1 {
		t.Fatalf("dates %q: %v", res.Header.Values("Date"), err)
	}
	if off := time.Since(date); off < 2*time.Hour || off > 4*time.Hour {
		t.Errorf("the clock is off by %v", off)
	}
}
