package verdaccio

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
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

	// Orgs are organisations. Each says who may do what with the packages of its scope, in the place of
	// the rules that the package comment tells.
	Orgs []Org
	// Accounts tells what is special about accounts, by name.
	Accounts map[string]Account
	// Packages tells what is special about packages, by name.
	Packages map[string]Rules
	// Words is whose words a refusal has. Zero: Verdaccio's own.
	Words Words
	// Spelling is how the list of access tokens names its fields.
	Spelling Spelling
	// Lag is how long an access token goes on working that was revoked by its list, on the front's clock. Settle ends it.
	Lag time.Duration
	// KeepRevoked leaves access tokens in the list that were revoked by it, with the time. Otherwise they are gone.
	KeepRevoked bool
	// OwnTokens hands the list of access tokens on to Verdaccio, which has one of its own: without names, reach and
	// end, on one page. Its access tokens open what Verdaccio says; those of Issue go on, and stand in no list.
	OwnTokens bool
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

	orgs     map[string]Org
	accounts map[string]Account
	issued   []*issue        // access tokens, oldest first
	otps     map[string]bool // one-time passwords that a page gave and nobody has used
	faults   []*Fault
	skips    map[string]time.Time // until when an account is not asked for its second factor
	ahead    atomic.Int64         // of the real clock, as time.Duration
}

// session is a token that the front issued.
type session struct {
	user   string
	ends   time.Time
	access *issue // nil for a session
}

// Request is one that the front received.
type Request struct {
	Method, Path, Agent string
	// Token is the bearer token that came with it.
	Token string
	// Header is all of its header. Body is what it carried, of requests about access tokens alone: npm's password
	// stands in it.
	Header http.Header
	Body   string
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
		orgs: map[string]Org{}, accounts: map[string]Account{}, otps: map[string]bool{}, skips: map[string]time.Time{},
	}
	for _, org := range o.Orgs {
		s.orgs[org.Name] = org
	}
	maps.Copy(s.accounts, o.Accounts)
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
	s.tokens[value] = session{user: user, ends: s.now().Add(life)}
	return value
}

// End ends a session at once, as an administrator would.
func (s *Server) End(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead[token] = true
}

// Forward moves the front's clock on: its Date header, the ends of what it issued, its pages. Verdaccio's stays.
func (s *Server) Forward(d time.Duration) { s.ahead.Add(int64(d)) }

// now is the front's clock.
func (s *Server) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

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
