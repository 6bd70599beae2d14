package registry_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// canary is a credential with npm's shape. It must turn up nowhere but in headers, bodies and logout's path.
var canary = token.NewSecret("npm_canary00000000000000000000" + "0123456789")

const password = "correct horse battery"

// wire is a transport in memory: synctest bubbles cannot wait for sockets.
type wire func(*http.Request) (*http.Response, error)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

// reply makes a response. headers are "Name: value".
func reply(status int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// always answers every request alike.
func always(status int, body string, headers ...string) wire {
	return func(*http.Request) (*http.Response, error) { return reply(status, body, headers...), nil }
}

func mustParse(t testing.TB, raw string) registry.URL {
	t.Helper()
	u, err := registry.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func far(t testing.TB) registry.URL { return mustParse(t, "https://registry.example.com/npm/") }

// serve starts a real server on loopback.
func serve(t *testing.T, h http.HandlerFunc) registry.URL {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return mustParse(t, s.URL)
}

// real returns a client on sockets.
func real(t *testing.T, o client.Options) *client.Client {
	t.Helper()
	c := client.New(o)
	t.Cleanup(c.Close)
	return c
}

func wantError(t *testing.T, err, sentinel error) {
	t.Helper()
	if !errors.Is(err, sentinel) {
		t.Errorf("error %v, want one that is %q", err, sentinel)
	}
	leaks(t, err)
}

// leaks fails the test if a text holds the canary, the password or a character that steers terminals.
func leaks(t *testing.T, v any) {
	t.Helper()
	for _, text := range []string{fmt.Sprint(v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v)} {
		if strings.Contains(text, canary.Reveal()) || strings.Contains(text, "canary") || strings.Contains(text, password) {
			t.Errorf("a secret leaks into %q", strings.ReplaceAll(text, canary.Reveal(), "CANARY"))
		}
	}
	if err, ok := v.(error); ok && strings.ContainsFunc(err.Error(), steers) {
		t.Errorf("%q steers terminals", err.Error())
	}
}

func steers(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff
}
