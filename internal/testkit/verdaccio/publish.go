package verdaccio

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// held is what an account that may only read is told. npm's public registry documents the hold and not its words.
const held = "This account is on a temporary security hold and is read-only: publishing is not possible until it ends."

// maxPublish is how much a publish may hold.
const maxPublish = 32 << 20

// versionKey is where a request's context holds the version that it publishes.
type versionKey struct{}

// published is the part of a publish that the rules look at.
type published struct {
	Access   string
	Versions map[string]struct{ Repository json.RawMessage }
}

// publishing looks at a write that the organisation allows: hold, second factor, plan, provenance. It returns the
// request to hand on, or nil if it has answered.
func (s *Server) publishing(w http.ResponseWriter, r *http.Request, c caller) *http.Request {
	if s.account(c.user).Hold {
		s.refuse(w, r, http.StatusForbidden, held)
		return nil
	}
	if !s.factor(w, r, c) {
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPublish))
	if err != nil {
		reply(w, http.StatusRequestEntityTooLarge, map[string]string{"error": "too large"})
		return nil
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var p published
	if json.Unmarshal(body, &p) != nil {
		return r // Verdaccio's to refuse
	}
	name := packageOf(r.URL.Path)
	rules := s.opts.Packages[name]
	if rules.Unpaid && p.Access != "public" && len(p.Versions) > 0 {
		reply(w, http.StatusPaymentRequired, map[string]string{"error": "You must sign up for private packages"})
		return nil
	}
	for version, v := range p.Versions {
		if told := repository(v.Repository); rules.Provenance != "" && told != rules.Provenance {
			reply(w, http.StatusUnprocessableEntity, map[string]string{"error": fmt.Sprintf(
				"Error verifying sigstore provenance bundle: Failed to validate repository information: package.json: "+
					`"repository.url" is %q, expected to match %q from provenance`, told, rules.Provenance)})
			return nil
		}
		r = r.WithContext(context.WithValue(r.Context(), versionKey{}, version))
	}
	return r
}

// repository is the address in a package.json's repository, which is a text or an object.
func repository(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var o struct{ URL string }
	_ = json.Unmarshal(raw, &o) // neither: no repository
	return o.URL
}
