package verdaccio

import (
	"maps"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
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
		orgs: map[string]Org{}, accounts: map[string]Account{}, otps: map[string]bool{},
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
	s.tokens[value] = session{user: user, ends: time.Now().Add(life)}
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
