package verdaccio

import (
	"net/http"
	"strings"
)

// restricted is what npm's public registry says to every access token that asks about accounts, also to those that
// bypass nothing.
const restricted = "npm tokens that bypass 2FA are being restricted from account, organization and package management actions."

// gate refuses access tokens that come from elsewhere than they may, or ask what only sessions may.
func (s *Server) gate(w http.ResponseWriter, r *http.Request) bool {
	c := s.caller(r)
	switch {
	case c.access != nil && !c.access.from(r.RemoteAddr):
		w.Header().Set("WWW-Authenticate", "ipaddress")
		reply(w, http.StatusUnauthorized, map[string]string{"error": "Unauthorized IP address"})
	case c.access != nil && aboutAccount(r.URL.Path):
		reply(w, http.StatusUnauthorized, map[string]string{"error": restricted})
	default:
		s.use(c.access)
		return true
	}
	return false
}

// aboutAccount reports whether a request is about accounts, organisations or who may do what.
func aboutAccount(path string) bool {
	for _, prefix := range []string{"/-/npm/v1/tokens", "/-/npm/v1/user", "/-/org/", "/-/team/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	if strings.HasPrefix(path, "/-/package/") {
		for _, suffix := range []string{"/access", "/visibility", "/collaborators", "/trust"} {
			if strings.HasSuffix(path, suffix) {
				return true
			}
		}
	}
	return false
}

// pass hands a request on to Verdaccio unless something here speaks against it.
func (s *Server) pass(w http.ResponseWriter, r *http.Request) {
	name := packageOf(r.URL.Path)
	if name == "" {
		s.proxy.ServeHTTP(w, r)
		return
	}
	c := s.caller(r)
	write := r.Method == http.MethodPut || r.Method == http.MethodDelete || r.Method == http.MethodPost
	if !s.admit(w, r, c, write) {
		return
	}
	if write && c.user != "" {
		if r = s.publishing(w, r, c); r == nil {
			return
		}
	}
	s.proxy.ServeHTTP(w, r)
}

// admit refuses those whom an organisation does not let in, and at GitHub all whom nobody knows.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, c caller, write bool) bool {
	name := packageOf(r.URL.Path)
	o, governed := s.org(name)
	mayRead, mayWrite := o.may(c.user, name)
	known := c.user != "" && c.access.reaches(name)
	switch {
	case s.opts.Words == WordsGitHub && c.user == "", governed && c.user == "":
		s.hide(w, r, http.StatusUnauthorized, "authorization required to access package "+name)
	case governed && (!known || !mayRead):
		s.hide(w, r, http.StatusForbidden, "user "+c.user+" is not allowed to access package "+name)
	case write && governed && !mayWrite:
		s.refuse(w, r, http.StatusForbidden, `You do not have permission to publish "`+name[strings.IndexByte(name, '/')+1:]+`". Are you logged in as the correct user?`)
	case write && c.access != nil && (!known || c.access.ReadOnly || c.access.Stage):
		s.refuse(w, r, http.StatusForbidden, "You may not perform that action with these credentials.")
	default:
		return true
	}
	return false
}

// hide refuses a package that the caller may not see.
func (s *Server) hide(w http.ResponseWriter, r *http.Request, status int, text string) {
	if s.opts.Hide {
		reply(w, http.StatusNotFound, map[string]string{"error": "Not found"})
		return
	}
	s.refuse(w, r, status, text)
}

// refuse answers 401 or 403 in the words that the options ask for.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, text string) {
	if s.opts.Words == WordsVerdaccio && status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if s.opts.Words == WordsGitHub {
		text = githubSays(status, r)
	}
	reply(w, status, map[string]string{"error": text})
}

func githubSays(status int, r *http.Request) string {
	switch {
	case status == http.StatusUnauthorized && r.Header.Get("Authorization") == "":
		return "authentication token not provided"
	case status == http.StatusUnauthorized:
		return "unauthenticated: User cannot be authenticated with the token provided."
	case r.Method == http.MethodGet:
		return "Permission permission_denied: read_package"
	}
	return "Permission permission_denied: write_package"
}

// reword puts the words of the options in the place of Verdaccio's refusal.
func (s *Server) reword(res *http.Response) error {
	r := res.Request
	name := packageOf(r.URL.Path)
	version, _ := r.Context().Value(versionKey{}).(string)
	refused := res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden
	if version != "" && res.StatusCode == http.StatusCreated {
		s.back.learn(name)
	}
	says := func(status int, text string) error { return replace(res, status, map[string]string{"error": text}) }
	switch {
	case refused && s.opts.Hide && name != "":
		return says(http.StatusNotFound, "Not found")
	case refused && s.opts.Words == WordsGitHub:
		return says(res.StatusCode, githubSays(res.StatusCode, r))
	case refused && s.opts.Words == WordsNPM:
		return says(res.StatusCode, http.StatusText(res.StatusCode))
	case s.opts.Words == WordsNPM && res.StatusCode == http.StatusConflict && version != "":
		return says(http.StatusForbidden, "You cannot publish over the previously published versions: "+version+".")
	case s.opts.Words == WordsNPM && res.StatusCode == http.StatusNotFound && name != "":
		return says(http.StatusNotFound, "Not found")
	}
	return nil
}
