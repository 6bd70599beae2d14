package verdaccio

import (
	"maps"
	"net/http"
	"slices"
)

// SetOrg puts an organisation in the place of the one with its name.
func (s *Server) SetOrg(o Org) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orgs[o.Name] = o
}

// org is the organisation that decides about a package.
func (s *Server) org(name string) (Org, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.orgs[scopeOf(name)]
	return o, ok
}

// may tells what an account may do with a package of the organisation's.
func (o Org) may(user, name string) (read, write bool) {
	switch o.Members[user] {
	case "":
		return false, false
	case RoleOwner, RoleAdmin:
		return true, true
	}
	for _, team := range o.Teams {
		if slices.Contains(team.Members, user) {
			right := team.Packages[name]
			read, write = read || right != "", write || right == Write
		}
	}
	return read, write
}

// packages are the organisation's, with the best right that a team has.
func (s *Server) packages(o Org) map[string]string {
	all := map[string]string{}
	for _, name := range s.back.names() {
		if scopeOf(name) == o.Name {
			all[name] = Read
		}
	}
	for _, team := range o.Teams {
		for name, right := range team.Packages {
			if all[name] != Write {
				all[name] = right
			}
		}
	}
	return all
}

// answerQuestions adds the lists that npm's public registry has and Verdaccio lacks.
func (s *Server) answerQuestions(mux *http.ServeMux) {
	list := func(pattern string, of func(Org, *http.Request) any) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) { s.tellMember(w, r, of) })
	}
	list("/-/org/{org}/user", func(o Org, _ *http.Request) any { return o.Members })
	list("/-/org/{org}/package", func(o Org, _ *http.Request) any { return s.packages(o) })
	list("/-/org/{org}/team", func(o Org, _ *http.Request) any {
		names := []string{}
		for _, team := range slices.Sorted(maps.Keys(o.Teams)) {
			names = append(names, "@"+o.Name+":"+team)
		}
		return names
	})
	list("/-/team/{org}/{team}/user", func(o Org, r *http.Request) any {
		if t, ok := o.Teams[r.PathValue("team")]; ok {
			return append([]string{}, t.Members...)
		}
		return nil
	})
	list("/-/team/{org}/{team}/package", func(o Org, r *http.Request) any {
		if t, ok := o.Teams[r.PathValue("team")]; ok {
			return maps.Collect(maps.All(t.Packages))
		}
		return nil
	})
	mux.HandleFunc("GET /-/package/{name}/visibility", s.visibility)
	mux.HandleFunc("GET /-/package/{name}/collaborators", s.collaborators)
	if !s.opts.OwnTokens {
		mux.HandleFunc("GET /-/npm/v1/tokens", s.listTokens)
		mux.HandleFunc("POST /-/npm/v1/tokens", s.createToken)
		mux.HandleFunc("DELETE /-/npm/v1/tokens/token/{key}", s.deleteToken)
	}
}

// tellMember answers members; to others there is no such organisation, or they may not know.
func (s *Server) tellMember(w http.ResponseWriter, r *http.Request, of func(Org, *http.Request) any) {
	c := s.caller(r)
	o, ok := s.org("@" + r.PathValue("org") + "/")
	switch {
	case c.user == "":
		s.refuse(w, r, http.StatusUnauthorized, "You must be logged in to do this.")
	case !ok:
		reply(w, http.StatusNotFound, map[string]string{"error": "Scope not found"})
	case slices.Contains(o.Invited, c.user):
		s.refuse(w, r, http.StatusForbidden, "Your invitation to this organization is not accepted yet.")
	case o.Members[c.user] == "":
		s.refuse(w, r, http.StatusForbidden, "You do not have permission to see this organization.")
	default:
		answer := of(o, r)
		if answer == nil {
			reply(w, http.StatusNotFound, map[string]string{"error": "Team not found"})
			return
		}
		reply(w, http.StatusOK, answer)
	}
}

func (s *Server) visibility(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if !s.mayAsk(w, r, name) {
		return
	}
	reply(w, http.StatusOK, map[string]bool{"public": s.opts.Packages[name].Public || scopeOf(name) == ""})
}

func (s *Server) collaborators(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if !s.mayAsk(w, r, name) {
		return
	}
	o, _ := s.org(name)
	all := map[string]string{}
	for user := range o.Members {
		if read, write := o.may(user, name); write {
			all[user] = Write
		} else if read {
			all[user] = Read
		}
	}
	reply(w, http.StatusOK, all)
}

// mayAsk answers with a refusal unless the caller may read the package as far as its organisation goes.
func (s *Server) mayAsk(w http.ResponseWriter, r *http.Request, name string) bool {
	c := s.caller(r)
	o, governed := s.org(name)
	read, _ := o.may(c.user, name)
	switch {
	case c.user == "":
		s.refuse(w, r, http.StatusUnauthorized, "You must be logged in to do this.")
	case governed && !read:
		s.refuse(w, r, http.StatusForbidden, "You do not have permission to see this package.")
	default:
		return true
	}
	return false
}
