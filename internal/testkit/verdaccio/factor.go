package verdaccio

import (
	"fmt"
	"html/template"
	"net/http"
	"time"
)

// SetAccount puts what is special about an account in the place of what was.
func (s *Server) SetAccount(name string, a Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[name] = a
}

func (s *Server) account(name string) Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts[name]
}

// noFactor is what npm's public registry says to those who have no second factor.
const noFactor = "Two-factor authentication or granular access token with bypass 2fa enabled is required to publish packages."

// factor tells whether a caller has shown its second factor, or needs none. If not, it has answered.
func (s *Server) factor(w http.ResponseWriter, r *http.Request, c caller) bool {
	kind := s.account(c.user).Factor
	if kind == NoFactor || c.access != nil && c.access.Bypass {
		return true
	}
	if kind == FactorMissing {
		s.refuse(w, r, http.StatusForbidden, noFactor)
		return false
	}
	if s.spend(kind, r.Header.Get("npm-otp")) {
		return true
	}
	w.Header().Set("WWW-Authenticate", "OTP")
	body := map[string]string{"error": "You must provide a one-time pass. Upgrade your client to npm@latest in order to use 2FA."}
	switch {
	case kind == FactorMail:
		body["error"] = "A One Time Password (OTP) by email is required."
	case kind == FactorPage && r.Header.Get("npm-auth-type") == "web":
		body = s.openPage(r)
	}
	reply(w, http.StatusUnauthorized, body)
	return false
}

// spend tells whether a one-time password is right. One that a page gave is right once.
func (s *Server) spend(kind Factor, otp string) bool {
	if kind != FactorPage {
		return otp == OTP
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	right := s.otps[otp]
	delete(s.otps, otp)
	return right
}

// openPage begins a second factor's page, whose end is told as a login's is.
func (s *Server) openPage(r *http.Request) map[string]string {
	id := uuid()
	s.mu.Lock()
	s.logins[id] = &login{born: time.Now(), otp: random(8)}
	s.mu.Unlock()
	base := "http://" + r.Host
	return map[string]string{"authUrl": base + "/auth/cli/" + id, "doneUrl": base + "/-/v1/done/" + id}
}

var factorPage = template.Must(template.New("factor").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Two-factor authentication</title>
{{if .}}<h1>Confirmed</h1><p>You can close this page.</p>{{else}}<h1>Confirm</h1><form method="post"><button type="submit">Use security key</button></form>{{end}}
</html>
`))

func (s *Server) showFactor(w http.ResponseWriter, r *http.Request) { s.answerFactor(w, r, false) }

func (s *Server) confirmFactor(w http.ResponseWriter, r *http.Request) { s.answerFactor(w, r, true) }

func (s *Server) answerFactor(w http.ResponseWriter, r *http.Request, confirmed bool) {
	s.mu.Lock()
	l := s.waiting(r.PathValue("id"))
	known := l != nil && l.otp != ""
	if known && confirmed {
		l.token, s.otps[l.otp] = l.otp, true
	}
	s.mu.Unlock()
	if !known {
		http.Error(w, "This page has expired.", http.StatusGone)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = factorPage.Execute(w, confirmed) // the caller has gone
}

// Confirm presses the button of a second factor's page as a browser would.
func (s *Server) Confirm(authURL string) error {
	res, err := http.PostForm(authURL, nil)
	if err != nil {
		return err
	}
	if err := res.Body.Close(); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("confirm the second factor: %s", res.Status)
	}
	return nil
}
