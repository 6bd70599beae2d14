package registry_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

func whoami(t *testing.T, w wire) (agent.Identity, error) {
	t.Helper()
	id, err := client.New(client.Options{Transport: w}).Whoami(t.Context(), far(t), canary)
	leaks(t, err)
	return id, err
}

func TestWhoami(t *testing.T) {
	id, err := whoami(t, func(r *http.Request) (*http.Response, error) {
		if r.Method != "GET" || r.URL.String() != "https://registry.example.com/npm/-/whoami" || r.Header.Get("Authorization") != "Bearer "+canary.Reveal() {
			t.Errorf("asks %s %s", r.Method, r.URL)
		}
		return reply(200, `{"username":"ann","extra":{"a":[1]}}`, "Date: Sat, 21 Nov 2026 12:00:00 GMT"), nil
	})
	if err != nil || id.Name != "ann" || !id.Date.Equal(time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v, %v", id, err)
	}
	if id, err := whoami(t, always(200, `{"username":"ann"}`, "Date: yesterday")); err != nil || !id.Date.IsZero() {
		t.Errorf("nonsense date: %+v, %v", id, err)
	}
}

// TestF28 is the table of what an answer says of a credential.
func TestF28_Diagnosis(t *testing.T) {
	cases := []struct {
		status   int
		body     string
		sentinel error
	}{
		{401, `{"error":"Access token expired or revoked."}`, agent.ErrRefused},
		{401, ``, agent.ErrRefused},
		{403, `{"error":"token is read-only"}`, agent.ErrRefused},
		{200, `{}`, agent.ErrRefused}, // Verdaccio 6
		{200, `{"username":""}`, agent.ErrRefused},
		{200, `{"username":null}`, agent.ErrRefused},
		{404, `Not found`, agent.ErrNoSuchProbe}, // Gitea
		{405, ``, agent.ErrNoSuchProbe},
		{501, ``, agent.ErrNoSuchProbe},
		{500, ``, agent.ErrOffline}, {502, ``, agent.ErrOffline}, {503, ``, agent.ErrOffline}, {504, ``, agent.ErrOffline},
		{408, ``, agent.ErrOffline}, {425, ``, agent.ErrOffline}, {429, ``, agent.ErrOffline}, {407, ``, agent.ErrOffline},
		{200, `{"username":7}`, agent.ErrBadAnswer},
		{200, `<html>`, agent.ErrBadAnswer},
		{302, ``, agent.ErrBadAnswer},
		{204, ``, agent.ErrBadAnswer},
		{418, ``, agent.ErrBadAnswer},
		{422, `{"error":"E422"}`, agent.ErrBadAnswer},
	}
	for _, c := range cases {
		t.Run(strconv.Itoa(c.status)+c.body, func(t *testing.T) {
			_, err := whoami(t, always(c.status, c.body, "Location: https://evil.example.net/"))
			wantError(t, err, c.sentinel)
		})
	}
	for name, body := range badObjects(`"username":"ann"`) {
		t.Run(name, func(t *testing.T) {
			_, err := whoami(t, always(200, body))
			wantError(t, err, agent.ErrBadAnswer)
		})
	}
}

func TestJ06_NamesThatSteerTerminals(t *testing.T) {
	for _, name := range []string{`a\u001b[31m`, `a\u202eb`, `a\u200bb`, `a\nb`, `a\u0085b`, ` a`, `a\u00adb`, `a\ufe0f`, strings.Repeat("x", 10_000), canary.Reveal()} {
		_, err := whoami(t, always(200, `{"username":"`+name+`"}`))
		wantError(t, err, agent.ErrBadAnswer)
	}
	if id, err := whoami(t, always(200, `{"username":"日本-太郎"}`)); err != nil || id.Name != "日本-太郎" {
		t.Errorf("%+v %v", id, err)
	}
}

// TestF30 also covers F29: whatever a registry says is shown cleaned and without secrets.
func TestF29F30_RegistrysWords(t *testing.T) {
	cut := canary.Reveal()[:10] + "\u200b" + canary.Reveal()[10:] // whole again once the invisible is gone
	cases := []struct{ body, notice, want string }{
		{`{"error":"Access token expired\r\nor revoked"}`, "", "(401: Access token expired or revoked)"},
		{`{"error":"","message":"\u001b]0;pwned\u0007 sorry \u202ereversed"}`, "", "(401: ]0;pwned sorry reversed)"},
		{`{"reason":"your ` + canary.Reveal() + ` is dead"}`, "", "(401: your [secret] is dead)"},
		{`{"error":"your ` + cut + ` is dead"}`, "", "(401: your [secret] is dead)"},
		{`<html>`, "Access token expired\x9b31m or revoked: " + canary.Reveal(), "(401: Access token expired31m or revoked: [secret])"},
		{`{"error":7,"message":"` + strings.Repeat("あ", 500) + `"}`, "", "(401: " + strings.Repeat("あ", 199) + "…)"},
		{``, "", "(401)"},
	}
	for _, c := range cases {
		_, err := whoami(t, always(401, c.body, "npm-notice: "+c.notice))
		wantError(t, err, agent.ErrRefused)
		if !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%q does not end in %q", err, c.want)
		}
	}
}

func TestF01_TimeLimitIsTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, err := whoami(t, hang)
		wantError(t, err, agent.ErrOffline)
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestUnsendableCredentials(t *testing.T) {
	c := client.New(client.Options{Transport: wire(func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return nil, errors.New("no")
	})})
	for _, s := range []string{"", "canary\r\nHost: evil.example.net", "${NPM_TOKEN}", strings.Repeat("a", 9000)} {
		_, err := c.Whoami(t.Context(), far(t), token.NewSecret(s))
		wantError(t, err, agent.ErrRefused)
		wantError(t, c.Logout(t.Context(), far(t), token.NewSecret(s)), agent.ErrRefused)
	}
}

func TestLogout(t *testing.T) {
	odd := token.NewSecret("a/b+c=:~")
	err := client.New(client.Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
		if r.Method != "DELETE" || r.URL.EscapedPath() != "/npm/-/user/token/a%2Fb%2Bc%3D%3A~" || r.Header.Get("Authorization") != "Bearer "+odd.Reveal() {
			t.Errorf("asks %s %s", r.Method, r.URL.EscapedPath())
		}
		return reply(204, ""), nil
	})}).Logout(t.Context(), far(t), odd)
	if err != nil {
		t.Error(err)
	}
}

func TestJ05_LogoutKeepsTheCredentialOutOfErrors(t *testing.T) {
	path := "/-/user/token/" + canary.Reveal()
	faults := map[string]struct {
		w        wire
		sentinel error
	}{
		"refused":   {always(401, `{"error":"`+path+`"}`), agent.ErrRefused},
		"missing":   {always(404, `{"error":"no `+path+`"}`), agent.ErrNotFound},
		"busy":      {always(503, ``, "npm-notice: "+path), agent.ErrOffline},
		"redirect":  {always(307, ``, "Location: https://evil.example.net"+path), agent.ErrBadAnswer},
		"transport": {func(*http.Request) (*http.Response, error) { return nil, errors.New("DELETE " + path) }, agent.ErrOffline},
	}
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			wantError(t, client.New(client.Options{Transport: f.w}).Logout(t.Context(), far(t), canary), f.sentinel)
		})
	}
}

// counted is a body without end that counts what is read of it.
type counted struct{ n int }

func (c *counted) Read(p []byte) (int, error) { c.n += len(p); return len(p), nil }
func (c *counted) Close() error               { return nil }

func TestF07_EndlessBodyIsCutOff(t *testing.T) {
	body := &counted{}
	_, err := whoami(t, func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body}, nil
	})
	wantError(t, err, agent.ErrBadAnswer)
	if body.n > 128<<10 {
		t.Errorf("%d bytes were read", body.n)
	}
}
