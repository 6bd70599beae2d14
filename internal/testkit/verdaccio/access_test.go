package verdaccio_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// TestAccessTokens asks with each kind of access token.
func TestAccessTokens(t *testing.T) {
	s := verdaccio.Start(t, verdaccio.Options{Hide: true, Orgs: []verdaccio.Org{acme()}})
	const private, plain, whoami = "@acme%2fprivate", "plain-sand", "-/whoami"
	for _, c := range []struct {
		name                   string
		a                      verdaccio.AccessToken
		private, plain, whoami int
	}{
		{"all", verdaccio.AccessToken{}, 200, 200, 200},
		{"its scope", verdaccio.AccessToken{Scopes: []string{"@acme"}}, 200, 200, 200},
		{"its package", verdaccio.AccessToken{Packages: []string{"@acme/private"}, ReadOnly: true}, 200, 200, 200},
		{"another scope", verdaccio.AccessToken{Scopes: []string{"@sand"}}, 404, 200, 200},
		{"here", verdaccio.AccessToken{Addresses: []string{"127.0.0.0/8"}}, 200, 200, 200},
		{"elsewhere", verdaccio.AccessToken{Addresses: []string{"10.0.0.0/8", "nonsense"}}, 401, 401, 401},
		{"over", verdaccio.AccessToken{Ends: time.Now().Add(-time.Hour)}, 404, 200, 401},
		{"living", verdaccio.AccessToken{Ends: time.Now().Add(time.Hour)}, 200, 200, 200},
		{"revoked", verdaccio.AccessToken{Revoked: true}, 404, 200, 401},
		{"classic", verdaccio.AccessToken{Classic: true}, 404, 200, 401},
		{"stage", verdaccio.AccessToken{Stage: true}, 200, 200, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			value := s.Issue("alice", c.a)
			if !c.a.Classic && !token.ChecksumOK(token.NewSecret(value)) {
				t.Error("it has not npm's shape")
			}
			for path, want := range map[string]int{private: c.private, plain: c.plain, whoami: c.whoami} {
				if got, body := ask(t, http.MethodGet, s.URL+path, value); got != want {
					t.Errorf("%s: got %d, want %d: %s", path, got, want, body)
				}
			}
			s.Revoke(value)
			if status, _ := ask(t, http.MethodGet, s.URL+private, value); s.Live(value) || status == http.StatusOK {
				t.Errorf("it opens after it was revoked: %d", status)
			}
		})
	}
}

// TestRealAccessTokens shows npm what access tokens may not do.
func TestRealAccessTokens(t *testing.T) {
	t.Parallel()
	m := with(t, verdaccio.Options{}, func(s *verdaccio.Server) string {
		return s.Issue("alice", verdaccio.AccessToken{Addresses: []string{"10.0.0.0/8"}})
	})
	out, err := m.run("whoami")
	fails(t, out, err, "EAUTHIP")
	for _, a := range []verdaccio.AccessToken{{ReadOnly: true}, {Stage: true}, {Packages: []string{"other"}}} {
		m.use(m.server.Issue("alice", a))
		out, err = m.publish("narrow")
		fails(t, out, err, "E403", "You may not perform that action with these credentials")
	}
	out, err = m.run("token", "list")
	fails(t, out, err, "E401", "being restricted")
	out, err = m.run("access", "get", "status", "@acme/private")
	fails(t, out, err, "E401", "being restricted")
}

// TestRealTokenList lets npm read the list, over its pages.
func TestRealTokenList(t *testing.T) {
	t.Parallel()
	for _, spelling := range []verdaccio.Spelling{verdaccio.SpellingNew, verdaccio.SpellingOld} {
		t.Run(string(spelling), func(t *testing.T) {
			m := with(t, verdaccio.Options{Spelling: spelling}, session("alice"))
			for n := range 23 {
				m.server.Issue("alice", verdaccio.AccessToken{Name: fmt.Sprint("t", n), Addresses: []string{"10.0.0.0/8"}})
			}
			m.server.Issue("alice", verdaccio.AccessToken{Classic: true})
			m.server.Issue("bob", verdaccio.AccessToken{Name: "bobs"})
			text, err := m.command("token", "list", "--json").Output() // what it notices is beside it
			out := string(text)
			works(t, out, err)
			var list []map[string]any
			if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 23 {
				t.Fatalf("%d entries, %v: %s", len(list), err, out)
			}
			addresses := "cidr"
			if spelling == verdaccio.SpellingOld {
				addresses = "cidr_whitelist"
			}
			if list[22]["name"] != "t22" || list[22][addresses] == nil {
				t.Errorf("the last is %v", list[22])
			}
		})
	}
}

// TestTokenListRevokes takes an access token out of the list by its key.
func TestTokenListRevokes(t *testing.T) {
	s := verdaccio.Start(t, verdaccio.Options{})
	mine, value := s.Mint("alice", time.Hour), s.Issue("alice", verdaccio.AccessToken{ReadOnly: true, Stage: true, Scopes: []string{"@acme"}, Packages: []string{"a"}})
	var list struct{ Objects []struct{ Key, Token string } }
	_, body := ask(t, http.MethodGet, s.URL+"-/npm/v1/tokens?page=0&perPage=5", mine)
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Objects) != 1 {
		t.Fatalf("%s: %v", body, err)
	}
	entry := list.Objects[0]
	if !strings.HasPrefix(value, entry.Token[:8]) || !strings.HasSuffix(value, entry.Token[len(entry.Token)-4:]) || strings.Contains(body, value) {
		t.Errorf("the list shows %q", entry.Token)
	}
	path := s.URL + "-/npm/v1/tokens/token/" + entry.Key
	if status, _ := ask(t, http.MethodDelete, path, mine); status != http.StatusNoContent || s.Live(value) {
		t.Errorf("revoke: %d", status)
	}
	if status, _ := ask(t, http.MethodDelete, path, mine); status != http.StatusNotFound {
		t.Errorf("revoke again: %d", status)
	}
	if status, _ := ask(t, http.MethodGet, s.URL+"-/npm/v1/tokens", ""); status != http.StatusUnauthorized {
		t.Errorf("nobody lists: %d", status)
	}
	s.SetAccount("alice", verdaccio.Account{Factor: verdaccio.FactorDigits})
	if status, body := ask(t, http.MethodDelete, path, mine); status != http.StatusUnauthorized || !strings.Contains(body, "one-time pass") {
		t.Errorf("revoke without a second factor: %d %s", status, body)
	}
}
