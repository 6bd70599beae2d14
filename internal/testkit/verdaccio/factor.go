package verdaccio

import (
	"fmt"
	"html/template"
	"math/rand/v2"
	"net/http"
	"net/url"
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
	if kind == NoFactor || c.access != nil && c.access.Bypass || s.skipped(c.user) {
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
	body := map[string]string{"error": upgrade}
	switch {
	case kind == FactorMail:
		body["error"] = mailed
	case kind == FactorPage && r.Header.Get("npm-auth-type") == "web":
		body = s.openPage(r, c.user)
	}
	reply(w, http.StatusUnauthorized, body)
	return false
}

// What npm's public registry says where it asks for a one-time password.
const (
	upgrade  = "You must provide a one-time pass. Upgrade your client to npm@latest in order to use 2FA."
	mailed   = "A One Time Password (OTP) by email is required."
	wrongOTP = "invalid OTP"
)

// factorOfTokens is factor for what is about access tokens: asked at any rate when one is made, and of those who have a
// second factor when one is revoked.
func (s *Server) factorOfTokens(w http.ResponseWriter, r *http.Request, user string) bool {
	kind := s.account(user).Factor
	if kind == FactorMissing && r.Method == http.MethodPost {
		kind = FactorMail
	}
	otp := r.Header.Get("npm-otp")
	if kind == NoFactor || kind == FactorMissing || s.skipped(user) || s.spend(kind, otp) {
		return true
	}
	w.Header().Set("WWW-Authenticate", "OTP")
	var body map[string]string
	switch {
	case kind == FactorPage && r.Header.Get("npm-auth-type") == "web" && r.Header.Get("npm-command") == "token":
		body = s.openPage(r, user)
	case otp != "":
		body = map[string]string{"error": wrongOTP}
	case kind == FactorMail:
		body = map[string]string{"error": mailed}
	default:
		body = map[string]string{"error": upgrade}
		if kind == FactorPage {
			w.Header().Set("npm-notice", "Open "+s.openPage(r, user)["authUrl"]+" to use your security key for authentication")
		}
	}
	reply(w, http.StatusUnauthorized, body)
	return false
}

// skipFor is how long the second factor's page lets an account be.
const skipFor = 5 * time.Minute

// skipped tells whether an account has asked to be let be for a while.
func (s *Server) skipped(user string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now().Before(s.skips[user])
}

// spend tells whether a one-time password is right. One that a page gave is right once.
func (s *Server) spend(kind Factor, otp string) bool {
	if kind != FactorPage {
		return otp == OTP || kind == FactorMail && otp == MailOTP
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	right := s.otps[otp]
	delete(s.otps, otp)
	return right
}

// openPage begins a second factor's page, whose end is told as a login's is.
func (s *Server) openPage(r *http.Request, user string) map[string]string {
	id := uuid()
	s.mu.Lock()
	s.logins[id] = &login{born: s.now(), otp: pageOTP(), user: user}
	s.mu.Unlock()
	base := "http://" + r.Host
	return map[string]string{"authUrl": base + "/auth/cli/" + id, "doneUrl": base + "/-/v1/done/" + id}
}

// pageOTP is one of 16 digits, as a page of npm's public registry gives.
func pageOTP() string { return fmt.Sprintf("%016d", rand.Int64N(1e16)) }

var factorPage = template.Must(template.New("factor").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Two-factor authentication</title>
{{if .}}<h1>Confirmed</h1><p>You can close this page.</p>{{else}}<h1>Confirm</h1><form method="post"><p><label><input type="checkbox" name="skip"> Do not ask again for the next 5 minutes</label></p><button type="submit">Use security key</button></form>{{end}}
</html>
`))

func (s *Server) showFactor(w http.ResponseWriter, r *http.Request) { s.answerFactor(w, r, false) }

func (s *Server) confirmFactor(w http.ResponseWriter, r *http.Request) { s.answerFactor(w, r, true) }

func (s *Server) answerFactor(w http.ResponseWriter, r *http.Request, confirmed bool) {
	skip := confirmed && r.PostFormValue("skip") != ""
	s.mu.Lock()
	l := s.waiting(r.PathValue("id"))
	known := l != nil && l.otp != ""
	if known && confirmed {
		l.token, s.otps[l.otp] = l.otp, true
		if skip {
			s.skips[l.user] = s.now().Add(skipFor)
		}
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
func (s *Server) Confirm(authURL string) error { return confirm(authURL, nil) }

// ConfirmSkip is Confirm with the page's box ticked: for the next five minutes of the front's clock the account is asked
// for no second factor.
func (s *Server) ConfirmSkip(authURL string) error {
	return confirm(authURL, url.Values{"skip": {"on"}})
}

func confirm(authURL string, form url.Values) error {
	res, err := http.PostForm(authURL, form)
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
