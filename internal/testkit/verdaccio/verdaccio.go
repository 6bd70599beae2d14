package verdaccio

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options say how a front behaves. The zero value is a registry with JWT sessions of two hours.
type Options struct {
	// Session is how long a login lasts. Zero: two hours.
	Session time.Duration
	// Opaque makes sessions npm_ and 36 characters, as npm's public registry issues, which do not
	// tell their own end. Otherwise they are Verdaccio's JWTs, which do.
	Opaque bool
	// Hide answers 404 instead of 401 and 403 where a package is asked for that the caller may not see.
	Hide bool
	// Page is how long a login page waits. Zero: five minutes.
	Page time.Duration
	// Skew is added to the clock that the Date header tells.
	Skew time.Duration
	// Done, if set, changes the doneUrl that a login is told.
	Done func(doneURL string) string
}

// Server is a front with the real registry behind it.
type Server struct {
	// URL is the registry's address; it ends in "/".
	URL string
	// Backend is Verdaccio's own address, past the front; it ends in "/".
	Backend string

	opts   Options
	back   *backend
	proxy  *httputil.ReverseProxy
	mu     sync.Mutex
	tokens map[string]session // what this front issued
	dead   map[string]bool    // what was revoked
	logins map[string]*login  // pages that wait, by id
	record []Request
}

// session is a token that the front issued.
type session struct {
	user string
	ends time.Time
}

// Request is one that the front received.
type Request struct {
	Method, Path, Agent string
	// Token is the bearer token that came with it.
	Token string
	// Status is what was answered.
	Status int
}

// Start makes a registry for a test. It ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Session == 0 {
		o.Session = 2 * time.Hour
	}
	if o.Page == 0 {
		o.Page = 5 * time.Minute
	}
	b := sharedBackend(t)
	s := &Server{
		Backend: b.url.String() + "/", opts: o, back: b,
		tokens: map[string]session{}, dead: map[string]bool{}, logins: map[string]*login{},
	}
	s.proxy = s.newProxy()
	front := httptest.NewServer(s.handler())
	t.Cleanup(front.Close)
	s.URL = front.URL + "/"
	return s
}

// Mint makes a session that lasts for life without a login. Below zero, it has ended.
func (s *Server) Mint(user string, life time.Duration) string {
	value := s.back.sign(user, life)
	if s.opts.Opaque {
		value = "npm_" + random(18)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[value] = session{user, time.Now().Add(life)}
	return value
}

// End ends a session at once, as an administrator would.
func (s *Server) End(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead[token] = true
}

// Live reports whether the registry would accept a token that it issued.
func (s *Server) Live(token string) bool {
	_, ok := s.user(token)
	return ok
}

// Requests are all requests so far, in the order of their answers.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request{}, s.record...)
}

// Host is the registry's host and port.
func (s *Server) Host() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		panic(err) // httptest made it
	}
	return u.Host
}

// user tells whose live session a token is.
func (s *Server) user(token string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[token]
	if !ok || s.dead[token] || !time.Now().Before(t.ends) {
		return "", false
	}
	return t.user, true
}

// bearer is the token of a request, or "".
func bearer(r *http.Request) string {
	kind, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "bearer") {
		return ""
	}
	return value
}
