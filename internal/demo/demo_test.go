package demo

import (
	"context"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func start(t *testing.T, o Options) *Registry {
	t.Helper()
	r, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// response is an answer, read whole.
type response struct {
	status int
	header http.Header
	body   string
}

// ask sends one request. headers are "Name: value".
func ask(t *testing.T, method, url, body string, headers ...string) response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			req.Host = value
			continue
		}
		req.Header.Set(name, value)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response{res.StatusCode, res.Header, string(raw)}
}

func (r response) decode(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), into); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
}

func want(t *testing.T, r response, status int) response {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

type addresses struct{ LoginURL, DoneURL string }

func begin(t *testing.T, r *Registry) addresses {
	t.Helper()
	var a addresses
	want(t, ask(t, "POST", r.URL()+"-/v1/login", "{}"), 200).decode(t, &a)
	return a
}

// login returns a session as an Authorization header.
func login(t *testing.T, r *Registry) (header, text string) {
	t.Helper()
	a := begin(t, r)
	if err := r.Answer(t.Context(), a.LoginURL, DefaultUser, token.NewSecret(DefaultPassword)); err != nil {
		t.Fatal(err)
	}
	var out struct{ Token string }
	want(t, ask(t, "GET", a.DoneURL, ""), 200).decode(t, &out)
	return "Authorization: Bearer " + out.Token, out.Token
}

func TestSessionEndsByTheClock(t *testing.T) {
	c := newClock()
	r := start(t, Options{Session: time.Minute, Clock: c.Now})
	auth, _ := login(t, r)
	c.forward(time.Minute - time.Second)
	res := want(t, ask(t, "GET", r.URL()+"-/whoami", "", auth), 200)
	if got := res.header.Get("Date"); got != c.Now().Format(http.TimeFormat) {
		t.Errorf("Date %q is not the registry's clock", got)
	}
	c.forward(time.Second)
	want(t, ask(t, "GET", r.URL()+"-/whoami", "", auth), 401)
	if s := r.Sessions(); len(s) != 0 {
		t.Errorf("%d sessions after the end", len(s))
	}
}

func TestTokensLookLikeNpms(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		s := newToken()
		if !token.LooksLikeNPM(s) || !token.ChecksumOK(s) || len(s.Reveal()) != 40 || seen[s.Reveal()] {
			t.Fatal("a token has not the shape of npm's, or came twice")
		}
		seen[s.Reveal()] = true
	}
}

func TestPollingPace(t *testing.T) {
	c := newClock()
	r := start(t, Options{Clock: c.Now})
	a := begin(t, r)
	res := want(t, ask(t, "GET", a.DoneURL, ""), 202)
	if res.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", res.header.Get("Retry-After"))
	}
	c.forward(pageLife)
	want(t, ask(t, "GET", a.DoneURL, ""), 404)
	want(t, ask(t, "GET", a.LoginURL, ""), 404)
	if r.Answer(t.Context(), a.LoginURL, DefaultUser, token.NewSecret(DefaultPassword)) == nil {
		t.Error("an expired page took a login")
	}
}

func TestPageAddressDoesNotCollect(t *testing.T) {
	r := start(t, Options{})
	a := begin(t, r)
	if err := r.Answer(t.Context(), a.LoginURL, DefaultUser, token.NewSecret(DefaultPassword)); err != nil {
		t.Fatal(err)
	}
	id := a.LoginURL[strings.LastIndex(a.LoginURL, "/")+1:]
	want(t, ask(t, "GET", r.URL()+"-/v1/done?authId="+id, ""), 404)
	want(t, ask(t, "GET", a.DoneURL, ""), 200)
}

func TestHiddenPackage(t *testing.T) {
	r := start(t, Options{})
	auth, _ := login(t, r)
	for _, path := range []string{"@acme%2fprivate", "@acme/private", "@acme/private/-/private-1.0.0.tgz", "@acme/none", "nothing"} {
		want(t, ask(t, "GET", r.URL()+path, ""), 404)
		want(t, ask(t, "GET", r.URL()+path, "", "Authorization: Bearer garbage"), 404)
	}
	for _, path := range []string{"@acme%2fprivate", "@acme/private", "@acme/private/-/private-1.0.0.tgz"} {
		want(t, ask(t, "GET", r.URL()+path, "", auth), 200)
	}
	want(t, ask(t, "GET", r.URL()+"@acme%2fpublic", ""), 200)
	want(t, ask(t, "PUT", r.URL()+"@acme%2fprivate", "{}"), 404)
	want(t, ask(t, "PUT", r.URL()+"@acme%2fprivate", "{}", auth), 403)
}

func TestArchivesMatchTheirDigests(t *testing.T) {
	r, again := start(t, Options{}), start(t, Options{})
	auth, _ := login(t, r)
	var doc struct {
		Versions map[string]struct {
			Dist struct{ Tarball, Shasum, Integrity string }
		}
	}
	want(t, ask(t, "GET", r.URL()+"@acme%2fprivate", "", auth), 200).decode(t, &doc)
	if len(doc.Versions) != 3 {
		t.Fatalf("%d versions", len(doc.Versions))
	}
	for _, v := range doc.Versions {
		body := want(t, ask(t, "GET", v.Dist.Tarball, "", auth), 200).body
		short, long := sha1.Sum([]byte(body)), sha512.Sum512([]byte(body))
		if v.Dist.Shasum != hex.EncodeToString(short[:]) || v.Dist.Integrity != "sha512-"+base64.StdEncoding.EncodeToString(long[:]) {
			t.Errorf("digests of %s differ from its bytes", v.Dist.Tarball)
		}
	}
	for i, p := range r.packages {
		for j, v := range p.versions {
			if v.integrity != again.packages[i].versions[j].integrity {
				t.Errorf("%s %s is not reproducible", p.name, v.number)
			}
		}
	}
}

func TestForeignPagesCannotPost(t *testing.T) {
	r := start(t, Options{})
	a := begin(t, r)
	form := url.Values{"username": {DefaultUser}, "password": {DefaultPassword}}.Encode()
	kind := "Content-Type: application/x-www-form-urlencoded"
	want(t, ask(t, "POST", a.LoginURL, form, kind, "Origin: https://evil.example.com"), 403)
	want(t, ask(t, "POST", a.LoginURL, form, kind, "Sec-Fetch-Site: cross-site"), 403)
	want(t, ask(t, "GET", a.LoginURL, "", "Host: evil.example.com"), 403)
	want(t, ask(t, "GET", a.DoneURL, ""), 202)
	want(t, ask(t, "POST", a.LoginURL, form, kind, "Origin: "+strings.TrimSuffix(r.URL(), "/"), "Sec-Fetch-Site: same-origin"), 200)
	want(t, ask(t, "GET", a.DoneURL, ""), 200)
}

func TestLogoutOnlyOnesOwn(t *testing.T) {
	users := []User{{"ann", token.NewSecret("a")}, {"bob", token.NewSecret("b")}}
	r := start(t, Options{Users: users})
	session := func(name, password string) string {
		var out struct{ Token string }
		body := fmt.Sprintf(`{"name":%q,"password":%q}`, name, password)
		want(t, ask(t, "PUT", r.URL()+"-/user/org.couchdb.user:"+name, body), 201).decode(t, &out)
		return out.Token
	}
	ann, bob := session("ann", "a"), session("bob", "b")
	want(t, ask(t, "DELETE", r.URL()+"-/user/token/"+ann, "", "Authorization: Bearer "+bob), 404)
	want(t, ask(t, "DELETE", r.URL()+"-/user/token/"+ann, ""), 401)
	want(t, ask(t, "DELETE", r.URL()+"-/user/token/"+ann, "", "Authorization: Bearer "+ann), 200)
	want(t, ask(t, "GET", r.URL()+"-/whoami", "", "Authorization: Bearer "+ann), 401)
	want(t, ask(t, "GET", r.URL()+"-/whoami", "", "Authorization: Bearer "+bob), 200)
	want(t, ask(t, "PUT", r.URL()+"-/user/org.couchdb.user:ann", `{"name":"ann","password":"b"}`), 401)
	want(t, ask(t, "PUT", r.URL()+"-/user/org.couchdb.user:ann", `{"name":"bob","password":"b"}`), 401)
}

func TestJ01_NothingSecretIsRecordedOrLogged(t *testing.T) {
	var log strings.Builder
	r := start(t, Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	auth, text := login(t, r)
	want(t, ask(t, "DELETE", r.URL()+"-/user/token/"+text, "", auth), 200)
	seen := r.Requests()
	if err := r.Close(); err != nil { // the log is complete now
		t.Fatal(err)
	}
	if all := fmt.Sprintf("%+v", seen) + log.String(); strings.Contains(all, text) || strings.Contains(all, "authId") || !strings.Contains(log.String(), "/-/user/token/*") {
		t.Error("a secret was recorded, or logout was not logged")
	}
	last := seen[len(seen)-1]
	if !last.Auth || last.Fingerprint != token.NewSecret(text).Fingerprint() || last.Status != 200 {
		t.Errorf("recorded %+v", last)
	}
}

func TestFaultsAndBounds(t *testing.T) {
	r := start(t, Options{})
	r.Fault("/-/whoami", Fault{Status: 503, Times: 2, RetryAfter: "7"})
	if res := want(t, ask(t, "GET", r.URL()+"-/whoami", ""), 503); res.header.Get("Retry-After") != "7" {
		t.Error("no Retry-After")
	}
	want(t, ask(t, "GET", r.URL()+"-/whoami", ""), 503)
	want(t, ask(t, "GET", r.URL()+"-/whoami", ""), 401)
	r.Fault("/", Fault{Status: 500})
	want(t, ask(t, "GET", r.URL()+"-/ping", ""), 500)
	r.Fault("/", Fault{})
	want(t, ask(t, "GET", r.URL()+"-/ping", ""), 200)
	want(t, ask(t, "PUT", r.URL()+"-/user/org.couchdb.user:demo", `{"name":"`+strings.Repeat("x", maxBody)+`"}`), 400)
	for range maxPages {
		begin(t, r)
	}
	want(t, ask(t, "POST", r.URL()+"-/v1/login", "{}"), 429)
	if n := len(r.Requests()); n != maxRequests {
		t.Errorf("%d requests remembered", n)
	}
}

func TestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Start(ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-r.stopped
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
