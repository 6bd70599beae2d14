package registry_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// sorted wants that an error is one of those that callers know, and fit to be shown.
func sorted(t *testing.T, err error) {
	t.Helper()
	var refused *agent.SpecError
	known := errors.As(err, &refused)
	for _, sentinel := range []error{agent.ErrRefused, agent.ErrDenied, agent.ErrForbidden, agent.ErrNoTokens, agent.ErrNotFound, agent.ErrOffline, agent.ErrBadAnswer, agent.ErrUnsafe, agent.ErrOTP, agent.ErrLoginGone} {
		known = known || errors.Is(err, sentinel)
	}
	if !known || strings.Contains(err.Error(), canary.Reveal()) || strings.Contains(err.Error(), password) || strings.ContainsFunc(err.Error(), steers) {
		t.Fatalf("error %q", err)
	}
}

// shown wants that what is told of an access token is short, clean and no secret.
func shown(t *testing.T, a access.Token) {
	t.Helper()
	texts := append([]string{a.ID, a.Name, a.Description, a.Masked}, a.Packages...)
	for _, s := range append(append(append(texts, a.Scopes...), a.Orgs...), a.Addresses...) {
		if len([]rune(s)) > 201 || strings.ContainsFunc(s, steers) || strings.Contains(s, canary.Reveal()) {
			t.Fatalf("%q in %+v", s, a)
		}
	}
	if len([]rune(a.Masked)) > 24 || strings.HasPrefix(strings.ToLower(a.ID), "npm_") || strings.ContainsAny(a.ID, "/?#% \\") || a.ID == ".." {
		t.Fatalf("id %q, masked %q", a.ID, a.Masked)
	}
}

// FuzzTokenList: whatever a registry answers, there are clean entries or a sorted error, of its own address alone.
func FuzzTokenList(f *testing.F) {
	f.Add(200, `{"objects":[{"key":"1","token":"npm_aBcD...7890","permissions":[{"name":"package","action":"write"}],"scopes":[{"type":"org","name":"a"}],"cidr":["10.0.0.0/8"],"revoked":true}],"urls":{"next":"/x?page=1"}}`, "")
	f.Add(200, `{"objects":[{"key":1,"name":"`+canary.Reveal()+`","token":"\u202e","expiry":1795262400000,"scopes":["@a"],"packages":["*"],"cidr":"a,b"}],"urls":{"next":"https://evil.example.com/?x"}}`, "")
	f.Add(401, `{"authUrl":"https://a.example.com/","doneUrl":"https://registry.example.com/"}`, "OTP")
	f.Add(403, `{"error":"npm tokens that bypass 2FA are being restricted `+canary.Reveal()+`"}`, "")
	reg := far(f)
	f.Fuzz(func(t *testing.T, status int, body, challenge string) {
		c := client.New(client.Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host != "registry.example.com" || r.URL.Path != "/npm/-/npm/v1/tokens" {
				t.Errorf("asks %s", r.URL)
			}
			return reply(status, body, "www-authenticate: "+challenge), nil
		})})
		all, err := c.List(t.Context(), reg, canary)
		if err != nil {
			sorted(t, err)
			return
		}
		for _, a := range all {
			if shown(t, a); a.ID == "" && a.Masked == "" {
				t.Fatalf("nameless: %+v", a)
			}
		}
	})
}

// FuzzCreated: whatever a registry answers to an order, there is a credential that may travel and an entry that does
// not hold it, or a sorted error.
func FuzzCreated(f *testing.F) {
	f.Add(201, `{"token":"npm_abcdefghijklmnopqrstuvwxyz0123456789","key":"1","name":"npm_abcdefghijklmnopqrstuvwxyz0123456789","expiry":"2027-01-01T00:00:00Z"}`, "")
	f.Add(201, `{"token":"`+canary.Reveal()+`","key":"`+canary.Reveal()+`"}`, "")
	f.Add(400, `{"error":"Read-write tokens cannot have expiration longer than 90 days"}`, "")
	f.Add(401, `{"error":"A One Time Password (OTP) by email is required."}`, "otp")
	f.Add(422, `{"message":"`+password+`"}`, "")
	reg := far(f)
	f.Fuzz(func(t *testing.T, status int, body, challenge string) {
		c := client.New(client.Options{Transport: always(status, body, "www-authenticate: "+challenge)})
		made, err := c.Create(t.Context(), agent.CreateOrder{Registry: reg, Session: canary, Password: token.NewSecret(password), Spec: access.Spec{Name: "x"}})
		shown(t, made.Token)
		switch {
		case err != nil:
			if sorted(t, err); !made.Secret.IsZero() {
				t.Fatal("an error and a credential")
			}
		case made.Secret.Check() != nil, made.Secret.Equal(canary), len(made.Secret.Reveal()) > 24 && strings.Contains(fmt.Sprint(made.Token), made.Secret.Reveal()):
			t.Fatalf("%+v", made.Token)
		}
	})
}

// FuzzRevoked: whatever a registry answers and whatever an id is, the error is sorted and the address is ours.
func FuzzRevoked(f *testing.F) {
	f.Add("11111111-2222-4333-8444-555555555555", 400, `{"message":"could not delete token"}`)
	f.Add(canary.Reveal(), 204, ``)
	f.Add("..", 404, `{"message":"`+canary.Reveal()+`"}`)
	reg := far(f)
	f.Fuzz(func(t *testing.T, id string, status int, body string) {
		c := client.New(client.Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
			if rest, ours := strings.CutPrefix(r.URL.EscapedPath(), "/npm/-/npm/v1/tokens/token/"); !ours || rest == "" || strings.Contains(rest, "/") || strings.Contains(r.URL.String(), "npm_") || r.URL.RawQuery != "" {
				t.Errorf("asks %s", r.URL)
			}
			return reply(status, body), nil
		})})
		if err := c.Revoke(t.Context(), agent.RevokeOrder{Registry: reg, Session: canary, ID: id}); err != nil {
			sorted(t, err)
		}
	})
}
