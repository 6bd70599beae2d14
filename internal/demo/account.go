package demo

import (
	"net/http"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

func (r *Registry) whoami(w http.ResponseWriter, req *http.Request) {
	if c := r.caller(req); c != nil {
		reply(w, http.StatusOK, map[string]string{"username": c.user})
		return
	}
	refuse(w, http.StatusUnauthorized, "You must be logged in to do that.")
}

func (r *Registry) profile(w http.ResponseWriter, req *http.Request) {
	if c := r.withSession(w, req); c != nil {
		reply(w, http.StatusOK, map[string]any{"name": c.user, "email": c.user + "@registry.example.com", "email_verified": true, "tfa": nil})
	}
}

// logout ends the session that the path names, which must be its caller's own.
func (r *Registry) logout(w http.ResponseWriter, req *http.Request) {
	c := r.caller(req)
	if c == nil {
		refuse(w, http.StatusUnauthorized, "You must be logged in to do that.")
		return
	}
	named := digestOf(req.PathValue("token"))
	r.mu.Lock()
	old := r.creds[named]
	mine := old != nil && old.user == c.user
	if mine {
		delete(r.creds, named)
	}
	r.mu.Unlock()
	if !mine {
		refuse(w, http.StatusNotFound, "Not found")
		return
	}
	reply(w, http.StatusOK, map[string]bool{"ok": true})
}

// checkPassword answers and returns false where it is not user's.
func (r *Registry) checkPassword(w http.ResponseWriter, user, password string) bool {
	if !r.passwordOK(user, token.NewSecret(password)) {
		refuse(w, http.StatusUnauthorized, "wrong password")
		return false
	}
	return true
}
