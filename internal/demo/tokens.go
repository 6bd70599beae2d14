package demo

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	day         = 24 * time.Hour
	maxPerPage  = 100
	maxWrite    = 90 // days of an access token that may publish
	defaultLife = 7  // days
)

// scope is what an access token is good for.
type scope struct {
	Type string `json:"type"`
	Name string `json:"name"`
}

type permission struct {
	Name   string `json:"name"`
	Action string `json:"action"`
}

// listed is an access token as the registry's API tells it.
type listed struct {
	Key         string       `json:"key"`
	Token       string       `json:"token"`
	Name        string       `json:"name"`
	Description *string      `json:"description"`
	Expiry      time.Time    `json:"expiry"`
	ReadOnly    bool         `json:"readonly"`
	Bypass      bool         `json:"bypass_2fa"`
	CIDR        []string     `json:"cidr"`
	Revoked     *time.Time   `json:"revoked"`
	Created     time.Time    `json:"created"`
	Updated     time.Time    `json:"updated"`
	Accessed    *time.Time   `json:"accessed"`
	Permissions []permission `json:"permissions"`
	Scopes      []scope      `json:"scopes"`
}

func (c *credential) listed() listed {
	l := listed{
		Key: c.key, Token: c.masked, Name: c.name, Expiry: c.ends.UTC(), ReadOnly: !c.write, Bypass: c.bypass,
		Created: c.created.UTC(), Updated: c.created.UTC(), Permissions: []permission{{"package", "read"}}, Scopes: c.scopes,
	}
	if c.write {
		l.Permissions[0].Action = "write"
	}
	if !c.accessed.IsZero() {
		at := c.accessed.UTC()
		l.Accessed = &at
	}
	return l
}

// addSamples gives user two access tokens to look at. Nobody knows their text.
func (r *Registry) addSamples(user string) {
	now := r.opts.Clock()
	acme := []scope{{"package", "@acme/private"}}
	_, _ = r.issue(credential{user: user, name: "ci-install", ends: now.Add(23 * day), scopes: acme, accessed: now.Add(-3 * time.Hour)})
	_, _ = r.issue(credential{user: user, name: "release", ends: now.Add(5 * day), scopes: acme, write: true, bypass: true})
}

func (r *Registry) listTokens(w http.ResponseWriter, req *http.Request) {
	c := r.withSession(w, req)
	if c == nil {
		return
	}
	all := []listed{}
	r.mu.Lock()
	for _, other := range r.creds {
		if other.user == c.user && !other.session && r.alive(other) {
			all = append(all, other.listed())
		}
	}
	r.mu.Unlock()
	slices.SortFunc(all, func(a, b listed) int {
		if n := a.Created.Compare(b.Created); n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	number := queryInt(req, "page", 0, maxCredentials)
	size := max(1, queryInt(req, "perPage", 10, maxPerPage))
	from := min(number*size, len(all))
	to := min(from+size, len(all))
	urls := map[string]string{}
	if to < len(all) {
		urls["next"] = fmt.Sprintf("/-/npm/v1/tokens?page=%d&perPage=%d", number+1, size)
	}
	if number > 0 {
		urls["prev"] = fmt.Sprintf("/-/npm/v1/tokens?page=%d&perPage=%d", number-1, size)
	}
	reply(w, http.StatusOK, map[string]any{"objects": all[from:to], "total": len(all), "urls": urls})
}

func queryInt(req *http.Request, key string, absent, most int) int {
	n, err := strconv.Atoi(req.URL.Query().Get(key))
	if err != nil {
		return absent
	}
	return min(max(n, 0), most)
}

// newTokenRequest takes the spellings of npm's client and of the registry's documents.
type newTokenRequest struct {
	Name, Password string
	Expires        int
	Packages       []string
	Scopes         []string
	Permission     string `json:"packages_and_scopes_permission"`
	Bypass         bool   `json:"bypass_2fa"`
}

func (r *Registry) createToken(w http.ResponseWriter, req *http.Request) {
	c := r.withSession(w, req)
	var in newTokenRequest
	if c == nil || !read(w, req, &in) || !r.checkPassword(w, c.user, in.Password) {
		return
	}
	write := strings.HasPrefix(in.Permission, "read-write")
	if in.Expires <= 0 {
		in.Expires = defaultLife
	}
	switch {
	case in.Name == "":
		refuse(w, http.StatusBadRequest, "Token name is required")
		return
	case in.Expires > maxWrite && write, in.Expires > 3650:
		refuse(w, http.StatusUnprocessableEntity, "Read-write tokens cannot have expiration longer than 90 days")
		return
	}
	made := credential{user: c.user, name: in.Name, ends: r.opts.Clock().Add(time.Duration(in.Expires) * day), write: write, bypass: in.Bypass, scopes: []scope{}}
	for _, name := range append(in.Packages, in.Scopes...) {
		made.scopes = append(made.scopes, scope{"package", name})
	}
	r.mu.Lock()
	s, ok := r.issue(made)
	var out listed
	if ok {
		out = r.creds[digestOf(s.Reveal())].listed()
	}
	r.mu.Unlock()
	if !ok {
		refuse(w, http.StatusBadRequest, "too many access tokens")
		return
	}
	out.Token = s.Reveal()
	reply(w, http.StatusCreated, out)
}

// deleteToken revokes by key or by the whole text.
func (r *Registry) deleteToken(w http.ResponseWriter, req *http.Request) {
	c := r.withSession(w, req)
	if c == nil {
		return
	}
	if !r.revoke(c.user, req.PathValue("key")) {
		refuse(w, http.StatusNotFound, "Not found")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (r *Registry) revoke(user, named string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for d, c := range r.creds {
		if c.user == user && !c.session && (c.key == named || d == digestOf(named)) {
			delete(r.creds, d)
			return true
		}
	}
	return false
}
