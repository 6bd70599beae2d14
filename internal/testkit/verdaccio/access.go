package verdaccio

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// issue is an access token that the front issued.
type issue struct {
	AccessToken
	user, value, key string
	born             time.Time
}

// Issue makes an access token of an account and returns its value, which has npm's shape and checksum. A classic one
// is a UUID, as the oldest were.
func (s *Server) Issue(user string, a AccessToken) string {
	i := &issue{AccessToken: a, user: user, key: uuid(), born: time.Now()}
	entropy := ""
	for range 30 {
		entropy += string("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[rand.IntN(62)])
	}
	i.value = "npm_" + entropy + token.Checksum(entropy)
	if a.Classic {
		i.value = uuid()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[i.value] = session{user: user, ends: a.Ends, access: i}
	s.dead[i.value] = a.Revoked || a.Classic
	s.issued = append(s.issued, i)
	return i.value
}

// Revoke revokes an access token. It stays in the list.
func (s *Server) Revoke(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead[value] = true
}

// uuid returns a random one.
func uuid() string {
	h := random(16)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}

// reaches tells whether an access token is for a package. What is no access token reaches all.
func (i *issue) reaches(name string) bool {
	if i == nil || name == "" || len(i.Packages)+len(i.Scopes) == 0 {
		return true
	}
	return slices.Contains(i.Packages, name) || slices.Contains(i.Scopes, "@"+scopeOf(name))
}

// from tells whether an access token may be used from an address.
func (i *issue) from(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	return len(i.Addresses) == 0 || slices.ContainsFunc(i.Addresses, func(text string) bool {
		rng, err := netip.ParsePrefix(text)
		return err == nil && rng.Contains(addr)
	})
}

// listTokens tells an account's access tokens, a page at a time.
func (s *Server) listTokens(w http.ResponseWriter, r *http.Request) {
	c := s.caller(r)
	if c.user == "" {
		s.refuse(w, r, http.StatusUnauthorized, "You must be logged in to do this.")
		return
	}
	number := func(key string, otherwise int) int {
		if n, err := strconv.Atoi(r.FormValue(key)); err == nil && n >= 0 {
			return n
		}
		return otherwise
	}
	page, size := number("page", 0), max(1, min(number("perPage", 10), 100))
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []map[string]any{}
	for _, i := range s.issued {
		if i.user == c.user && !i.Classic {
			all = append(all, s.describe(i))
		}
	}
	urls := map[string]string{}
	if (page+1)*size < len(all) {
		urls["next"] = fmt.Sprintf("/-/npm/v1/tokens?page=%d&perPage=%d", page+1, size)
	}
	from := min(page*size, len(all))
	reply(w, http.StatusOK, map[string]any{"objects": all[from:min(from+size, len(all))], "total": len(all), "urls": urls})
}

// describe is an entry of the list. The caller holds the lock.
func (s *Server) describe(i *issue) map[string]any {
	orNull := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return t.UTC().Format(time.RFC3339)
	}
	entry := map[string]any{
		"name": i.Name, "key": i.key, "token": i.value[:8] + "..." + i.value[len(i.value)-4:],
		"readonly": i.ReadOnly, "created": orNull(i.born), "updated": orNull(i.born),
	}
	scopes := []map[string]string{}
	for _, name := range i.Packages {
		scopes = append(scopes, map[string]string{"type": "package", "name": name})
	}
	for _, name := range i.Scopes {
		scopes = append(scopes, map[string]string{"type": "scope", "name": name})
	}
	if s.opts.Spelling == SpellingOld {
		entry["expires"], entry["cidr_whitelist"], entry["automation"] = orNull(i.Ends), i.Addresses, i.Bypass
		entry["type"] = "granular"
	} else {
		entry["expiry"], entry["cidr"], entry["bypass_2fa"] = orNull(i.Ends), i.Addresses, i.Bypass
	}
	action := Write
	if i.ReadOnly {
		action = Read
	}
	entry["permissions"], entry["scopes"] = []map[string]string{{"name": "package", "action": action}}, scopes
	entry["revoked"] = nil
	if s.dead[i.value] {
		entry["revoked"] = orNull(time.Now())
	}
	if i.Stage {
		entry["publish_policy"] = "stage_only"
	}
	return entry
}

// deleteToken revokes an access token by its key or its value, and takes it out of the list.
func (s *Server) deleteToken(w http.ResponseWriter, r *http.Request) {
	c := s.caller(r)
	if c.user == "" {
		s.refuse(w, r, http.StatusUnauthorized, "You must be logged in to do this.")
		return
	}
	if !s.factor(w, r, c) {
		return
	}
	key := r.PathValue("key")
	s.mu.Lock()
	defer s.mu.Unlock()
	for n, i := range s.issued {
		if i.user == c.user && (i.key == key || i.value == key) {
			s.dead[i.value] = true
			s.issued = slices.Delete(s.issued, n, n+1)
			w.WriteHeader(http.StatusNoContent)
			return
		}
	}
	reply(w, http.StatusNotFound, map[string]string{"message": "invalid token"})
}
