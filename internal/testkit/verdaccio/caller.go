package verdaccio

import (
	"net/http"
	"net/http/httputil"
	"strings"
)

// caller is who sends a request. The zero value is nobody.
type caller struct {
	user   string
	access *issue // the access token that was sent, nil for a session or a password
}

// caller tells who sends a request.
func (s *Server) caller(r *http.Request) caller {
	if user, password, ok := r.BasicAuth(); ok && password == Password(user) {
		return caller{user: user}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, _ := s.live(bearer(r))
	return caller{t.user, t.access}
}

// user tells whose live session or access token a token is.
func (s *Server) user(token string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.live(token)
	return t.user, ok
}

// live finds what a token stands for. The caller holds the lock.
func (s *Server) live(token string) (session, bool) {
	t, ok := s.tokens[token]
	now := s.now()
	switch {
	case !ok, s.dead[token], !t.ends.IsZero() && !now.Before(t.ends):
		return session{}, false
	case t.access != nil && !t.access.dies.IsZero() && !now.Before(t.access.dies):
		return session{}, false
	}
	return t, true
}

// knows tells whether a token was issued here, dead or alive.
func (s *Server) knows(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.tokens[token]
	return ok
}

// bearer is the token of a request, or "".
func bearer(r *http.Request) string {
	kind, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "bearer") {
		return ""
	}
	return value
}

// signAs puts the caller's name in the place of its token. An access token that does not reach the package is
// nobody's. Where an organisation decided, Verdaccio's own rules are met by its seeded users' groups.
func (s *Server) signAs(p *httputil.ProxyRequest) {
	c, name := s.caller(p.In), packageOf(p.In.URL.Path)
	switch {
	case c.user == "" && s.opts.OwnTokens && !s.knows(bearer(p.In)): // one of Verdaccio's own, or nobody
	case c.user == "" && bearer(p.In) != "":
		p.Out.Header.Set("Authorization", "Bearer invalid")
	case c.user == "": // nobody, or a password that Verdaccio judges
	case !c.access.reaches(name):
		p.Out.Header.Del("Authorization")
	default:
		var groups []string
		if _, governed := s.org(name); governed {
			groups = seeded
		}
		p.Out.Header.Set("Authorization", "Bearer "+s.back.sign(c.user, hop, groups...))
	}
}

// packageOf is the package that a request is about: the first one or two parts of its path, or those behind
// "/-/package/". "" for other requests.
func packageOf(path string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "/"), "-/package/")
	if strings.HasPrefix(path, "-/") {
		return ""
	}
	first, rest, _ := strings.Cut(path, "/")
	if !strings.HasPrefix(first, "@") {
		return first
	}
	second, _, _ := strings.Cut(rest, "/")
	return first + "/" + second
}

// scopeOf is the organisation's name in a package's, or "".
func scopeOf(name string) string {
	scope, _, ok := strings.Cut(strings.TrimPrefix(name, "@"), "/")
	if !ok || !strings.HasPrefix(name, "@") {
		return ""
	}
	return scope
}
