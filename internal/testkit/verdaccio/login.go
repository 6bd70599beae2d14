package verdaccio

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// login is a page that waits for its user.
type login struct {
	born  time.Time
	token string // set when the user has signed in
	otp   string // what the page gives where it is a second factor's and not a login's
	user  string // whose second factor it is
}

func (s *Server) startLogin(w http.ResponseWriter, r *http.Request) {
	id := random(16)
	s.mu.Lock()
	s.logins[id] = &login{born: s.now()}
	s.mu.Unlock()
	// By the Host that the client used, so that a proxy between is not passed by.
	base := "http://" + r.Host
	done := base + "/-/v1/done/" + id
	if s.opts.Done != nil {
		done = s.opts.Done(done)
	}
	reply(w, http.StatusOK, map[string]string{"loginUrl": base + "/login/" + id, "doneUrl": done})
}

// waiting finds a login whose page has not expired. The caller holds the lock.
func (s *Server) waiting(id string) *login {
	l := s.logins[id]
	if l == nil || s.now().Sub(l.born) > s.opts.Page {
		return nil
	}
	return l
}

// done tells the token, once.
func (s *Server) done(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.waiting(id)
	switch {
	case l == nil:
		reply(w, http.StatusNotFound, map[string]string{"error": "no such login"})
	case l.token == "":
		w.Header().Set("Retry-After", "1")
		reply(w, http.StatusAccepted, struct{}{})
	default:
		delete(s.logins, id)
		reply(w, http.StatusOK, map[string]string{"token": l.token})
	}
}

// pageData is what the login page shows.
type pageData struct {
	Wrong, Done bool
	User        string
}

func show(w http.ResponseWriter, status int, d pageData) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = page.Execute(w, d) // the caller has gone
}

func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	l := s.waiting(r.PathValue("id"))
	s.mu.Unlock()
	if l == nil {
		http.Error(w, "This page has expired.", http.StatusGone)
		return
	}
	show(w, http.StatusOK, pageData{})
}

func (s *Server) answerPage(w http.ResponseWriter, r *http.Request) {
	user := r.FormValue("username")
	right, err := s.back.check(user, r.FormValue("password"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if !right {
		show(w, http.StatusUnauthorized, pageData{Wrong: true, User: user})
		return
	}
	token := s.Mint(user, s.opts.Session)
	s.mu.Lock()
	l := s.waiting(r.PathValue("id"))
	if l != nil {
		l.token = token
	}
	s.mu.Unlock()
	if l == nil {
		http.Error(w, "This page has expired.", http.StatusGone)
		return
	}
	show(w, http.StatusOK, pageData{Done: true, User: user})
}

// check asks Verdaccio whether a password is right, by a web login of its own.
func (b *backend) check(user, password string) (bool, error) {
	started := struct{ DoneURL string }{}
	res, err := http.Post(b.url.String()+"/-/v1/login", "application/json", strings.NewReader("{}"))
	if err != nil {
		return false, err
	}
	err = errors.Join(json.NewDecoder(res.Body).Decode(&started), res.Body.Close())
	if err != nil {
		return false, fmt.Errorf("start the login of Verdaccio: %w", err)
	}
	body, err := json.Marshal(map[string]string{"username": user, "password": password})
	if err != nil {
		return false, err
	}
	id := started.DoneURL[strings.LastIndexByte(started.DoneURL, '/')+1:]
	res, err = http.Post(b.url.String()+"/-/v1/login_cli/"+id, "application/json", bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	return res.StatusCode == http.StatusCreated, res.Body.Close()
}

// Answer signs in on a login page as a browser would.
func (s *Server) Answer(loginURL, user, password string) error {
	res, err := http.PostForm(loginURL, url.Values{"username": {user}, "password": {password}})
	if err != nil {
		return err
	}
	if err := res.Body.Close(); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answer the login page: %s", res.Status)
	}
	return nil
}
