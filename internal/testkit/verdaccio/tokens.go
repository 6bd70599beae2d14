package verdaccio

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	tokensPath = "/-/npm/v1/tokens"
	// notice comes with everything about access tokens.
	notice = "SECURITY NOTICE: Granular tokens now limited to 90 days with 2FA enforced by default. " +
		"Update your CI/CD workflows to avoid disruption. Learn more: https://gh.io/npm-token-changes"
)

// tokenBody takes a copy of what a request about access tokens carries.
func tokenBody(r *http.Request) string {
	if !strings.HasPrefix(r.URL.Path, tokensPath) || r.Body == nil {
		return ""
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20)) // a caller that went away sent less
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}

// owner is whose access tokens a request is about. "" if it has answered.
func (s *Server) owner(w http.ResponseWriter, r *http.Request) string {
	c := s.caller(r)
	if c.user == "" {
		s.refuse(w, r, http.StatusUnauthorized, "Unauthorized")
	} else {
		w.Header().Set("npm-notice", notice)
	}
	return c.user
}

// listTokens tells an account's access tokens, a page at a time.
func (s *Server) listTokens(w http.ResponseWriter, r *http.Request) {
	user := s.owner(w, r)
	if user == "" {
		return
	}
	number := func(key string, otherwise int) int {
		if n, err := strconv.Atoi(r.FormValue(key)); err == nil && n >= 0 {
			return n
		}
		return otherwise
	}
	page, size := min(number("page", 0), 1<<20), max(1, min(number("perPage", 10), 100))
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []map[string]any{}
	for _, i := range s.issued {
		if i.user == user && !i.Classic {
			all = append(all, s.describe(i))
		}
	}
	urls := map[string]string{}
	link := func(key string, page int) { urls[key] = fmt.Sprintf("%s?page=%d&perPage=%d", tokensPath, page, size) }
	if (page+1)*size < len(all) {
		link("next", page+1)
	}
	if page > 0 {
		link("prev", page-1)
	}
	from := min(page*size, len(all))
	reply(w, http.StatusOK, map[string]any{"objects": all[from:min(from+size, len(all))], "total": len(all), "urls": urls})
}

// orNull is a time as the list tells it.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// describe is an entry of the list. The caller holds the lock.
func (s *Server) describe(i *issue) map[string]any {
	entry := map[string]any{
		"name": i.Name, "description": nil, "key": i.key, "token": i.value[:8] + "..." + i.value[len(i.value)-4:],
		"readonly": i.ReadOnly && !i.OrgWrite, "created": orNull(i.born), "updated": orNull(i.born),
		"accessed": orNull(i.used), "revoked": orNull(i.revoked),
	}
	if i.Description != "" {
		entry["description"] = i.Description
	}
	if s.opts.Spelling == SpellingOld {
		entry["expires"], entry["cidr_whitelist"], entry["automation"] = orNull(i.Ends), i.Addresses, i.Bypass
		entry["type"] = "granular"
	} else {
		entry["expiry"], entry["cidr"], entry["bypass_2fa"] = orNull(i.Ends), i.Addresses, i.Bypass
	}
	asked := i.order()
	entry["permissions"], entry["scopes"] = asked.Permissions(), asked.Reach()
	if i.Stage {
		entry["publish_policy"] = "stage_only"
	}
	return entry
}

// The two ways to name an access token that is to be revoked.
var (
	keyShape   = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	valueShape = regexp.MustCompile(`^npm_[0-9A-Za-z]{36}$`)
)

// deleteToken revokes an access token by its key or its value. It works for Options.Lag after that.
func (s *Server) deleteToken(w http.ResponseWriter, r *http.Request) {
	user := s.owner(w, r)
	if user == "" {
		return
	}
	name := r.PathValue("key")
	says := func(status int, text string) { reply(w, status, map[string]string{"message": text}) }
	if !keyShape.MatchString(name) && !valueShape.MatchString(name) {
		says(http.StatusBadRequest, "invalid token")
		return
	}
	if !s.factorOfTokens(w, r, user) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := slices.IndexFunc(s.issued, func(i *issue) bool {
		return i.user == user && (i.key == name || i.value == name) && i.revoked.IsZero()
	})
	switch {
	case n >= 0:
		s.issued[n].revoked, s.issued[n].dies = s.now(), s.now().Add(s.opts.Lag)
		if !s.opts.KeepRevoked {
			s.issued = slices.Delete(s.issued, n, n+1)
		}
		w.WriteHeader(http.StatusNoContent)
	case valueShape.MatchString(name):
		says(http.StatusBadRequest, "could not delete token")
	default:
		says(http.StatusNotFound, "token not found") // documented is that it is 404, not what it says
	}
}
