package demo

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const maxBody = 64 << 10 // bytes of a request

func (r *Registry) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /-/v1/login", r.startLogin)
	mux.HandleFunc("GET /-/v1/done", r.pollLogin)
	mux.HandleFunc("GET /login/{id}", r.showPage)
	mux.HandleFunc("POST /login/{id}", r.answerPage)
	mux.HandleFunc("PUT /-/user/{id}", r.couchLogin)
	mux.HandleFunc("DELETE /-/user/token/{token}", r.logout)
	mux.HandleFunc("GET /-/whoami", r.whoami)
	mux.HandleFunc("GET /-/npm/v1/user", r.profile)
	mux.HandleFunc("GET /-/npm/v1/tokens", r.listTokens)
	mux.HandleFunc("POST /-/npm/v1/tokens", r.createToken)
	mux.HandleFunc("DELETE /-/npm/v1/tokens/token/{key}", r.deleteToken)
	mux.HandleFunc("POST /-/npm/v1/security/", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, struct{}{}) })
	mux.HandleFunc("GET /-/ping", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, struct{}{}) })
	mux.HandleFunc("GET /", r.servePackage)
	mux.HandleFunc("PUT /", r.refusePublish)
	return r.recorded(r.guarded(mux))
}

// guarded lets through what a client of this machine means to ask. A page of another site can
// neither post here (CrossOriginProtection) nor reach us under a name of its own (DNS rebinding).
func (r *Registry) guarded(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	_, port, _ := strings.Cut(r.address, ":")
	hosts := []string{r.address, "localhost:" + port}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		h := w.Header()
		h.Set("Date", r.opts.Clock().UTC().Format(http.TimeFormat))
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		if !slices.Contains(hosts, req.Host) {
			refuse(w, http.StatusForbidden, "this registry has another name")
			return
		}
		if f, ok := r.takeFault(req.URL.Path); ok {
			if f.RetryAfter != "" {
				h.Set("Retry-After", f.RetryAfter)
			}
			refuse(w, f.Status, "a fault on purpose")
			return
		}
		req.Body = http.MaxBytesReader(w, req.Body, maxBody)
		next.ServeHTTP(w, req)
	})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller has gone; there is nobody to tell
}

func refuse(w http.ResponseWriter, status int, why string) {
	reply(w, status, map[string]string{"error": why})
}

// read takes the JSON of a request. It answers and returns false where there is none.
func read(w http.ResponseWriter, req *http.Request, into any) bool {
	if json.NewDecoder(req.Body).Decode(into) != nil {
		refuse(w, http.StatusBadRequest, "the body is no JSON that is expected here")
		return false
	}
	return true
}

func bearer(req *http.Request) token.Secret {
	text, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return token.Secret{}
	}
	return token.NewSecret(text)
}

// caller is the live credential of a request, or nil. A copy: nobody changes it.
func (r *Registry) caller(req *http.Request) *credential {
	s := bearer(req)
	if s.IsZero() {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.creds[digestOf(s.Reveal())]
	if c == nil || !r.alive(c) || !c.asked.Admits(req.RemoteAddr) {
		return nil
	}
	c.accessed = r.opts.Clock()
	copied := *c
	return &copied
}

// withSession is caller for what only a login may do. It answers and returns nil for others.
func (r *Registry) withSession(w http.ResponseWriter, req *http.Request) *credential {
	c := r.caller(req)
	if c == nil || !c.session {
		refuse(w, http.StatusUnauthorized, "You must be logged in to do that.")
		return nil
	}
	return c
}
