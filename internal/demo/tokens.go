package demo

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/demo/order"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
)

const maxPerPage = 100

// listed is an access token as the registry's API tells it.
type listed struct {
	Key         string             `json:"key"`
	Token       string             `json:"token"`
	Name        string             `json:"name"`
	Description *string            `json:"description"`
	Expiry      time.Time          `json:"expiry"`
	ReadOnly    bool               `json:"readonly"`
	Bypass      bool               `json:"bypass_2fa"`
	CIDR        []string           `json:"cidr"`
	Revoked     *time.Time         `json:"revoked"`
	Created     time.Time          `json:"created"`
	Updated     time.Time          `json:"updated"`
	Accessed    *time.Time         `json:"accessed"`
	Permissions []order.Permission `json:"permissions"`
	Scopes      []order.Scope      `json:"scopes"`
	Policy      string             `json:"publish_policy,omitempty"`
}

func (c *credential) listed() listed {
	o := c.asked
	l := listed{
		Key: c.key, Token: c.masked, Name: o.Name, Expiry: c.ends.UTC(), Bypass: o.Bypass, CIDR: o.Addresses,
		ReadOnly: !o.Writes() && o.OrgPermission != access.ReadWrite,
		Created:  c.created.UTC(), Updated: c.created.UTC(), Permissions: o.Permissions(), Scopes: o.Reach(),
	}
	if o.Description != "" {
		l.Description = &o.Description
	}
	if o.Permission == access.StageOnly {
		l.Policy = "stage_only"
	}
	if !c.accessed.IsZero() {
		at := c.accessed.UTC()
		l.Accessed = &at
	}
	return l
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

// createToken makes an access token. A password is checked where one is told: who tries the demo has never set one.
func (r *Registry) createToken(w http.ResponseWriter, req *http.Request) {
	c := r.withSession(w, req)
	if c == nil {
		return
	}
	o, problem := order.Read(req.Body, r.opts.Clock())
	if problem != "" {
		refuse(w, http.StatusBadRequest, problem)
		return
	}
	if o.Password != "" && !r.checkPassword(w, c.user, o.Password) {
		return
	}
	o.Password = ""
	r.mu.Lock()
	s, ok := r.issue(credential{user: c.user, ends: o.Ends, asked: o})
	var out listed
	if ok {
		out = r.creds[digestOf(s.Reveal())].listed()
	}
	r.mu.Unlock()
	if !ok {
		refuse(w, http.StatusBadRequest, order.SaysFull)
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
		reply(w, http.StatusNotFound, map[string]string{"message": "token not found"})
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
