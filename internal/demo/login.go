package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const maxPages = 1000

// page is a login page that waits for its user.
type page struct {
	id, doneID string
	born       time.Time
	user       string       // "" until somebody signed in
	issued     token.Secret // from then until it is collected
}

func (r *Registry) startLogin(w http.ResponseWriter, req *http.Request) {
	// Two ids: whoever reads the page's address over a shoulder or in a history cannot collect the session.
	p := &page{id: rand.Text(), doneID: rand.Text(), born: r.opts.Clock()}
	r.mu.Lock()
	for _, old := range r.pages {
		if r.gone(old) {
			r.forget(old)
		}
	}
	full := len(r.pages) >= maxPages
	if !full {
		r.pages[p.id], r.done[p.doneID] = p, p
	}
	r.mu.Unlock()
	if full {
		w.Header().Set("Retry-After", "30")
		refuse(w, http.StatusTooManyRequests, "too many logins wait for their users")
		return
	}
	base := "http://" + req.Host
	reply(w, http.StatusOK, map[string]string{"loginUrl": base + "/login/" + p.id, "doneUrl": base + "/-/v1/done?authId=" + p.doneID})
}

func (r *Registry) gone(p *page) bool { return r.opts.Clock().Sub(p.born) >= pageLife }

func (r *Registry) forget(p *page) {
	delete(r.pages, p.id)
	delete(r.done, p.doneID)
}

func (r *Registry) pollLogin(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	p := r.done[req.URL.Query().Get("authId")]
	if p != nil && r.gone(p) {
		r.forget(p)
		p = nil
	}
	var issued token.Secret
	if p != nil && p.user != "" {
		issued = p.issued
		delete(r.done, p.doneID)
		p.issued = token.Secret{}
	}
	r.mu.Unlock()
	switch {
	case p == nil:
		refuse(w, http.StatusNotFound, "this login has expired or was collected")
	case issued.IsZero():
		w.Header().Set("Retry-After", "1")
		reply(w, http.StatusAccepted, struct{}{})
	default:
		reply(w, http.StatusOK, map[string]string{"token": issued.Reveal()})
	}
}

func (r *Registry) showPage(w http.ResponseWriter, req *http.Request) {
	switch p := r.pageState(req.PathValue("id")); {
	case p == pageGone:
		r.render(w, req, view{status: http.StatusNotFound, Gone: true})
	case p == pageDone:
		r.render(w, req, view{status: http.StatusOK, Done: true})
	default:
		r.render(w, req, view{status: http.StatusOK})
	}
}

type pageState int

const (
	pageGone pageState = iota
	pageOpen
	pageDone
)

func (r *Registry) pageState(id string) pageState {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch p := r.pages[id]; {
	case p == nil, r.gone(p):
		return pageGone
	case p.user != "":
		return pageDone
	}
	return pageOpen
}

func (r *Registry) answerPage(w http.ResponseWriter, req *http.Request) {
	name, password := req.PostFormValue("username"), token.NewSecret(req.PostFormValue("password"))
	if req.PostFormValue("quick") != "" {
		name, password = r.opts.Users[0].Name, r.opts.Users[0].Password
	}
	if r.pageState(req.PathValue("id")) != pageOpen {
		r.showPage(w, req)
		return
	}
	if !r.passwordOK(name, password) {
		r.render(w, req, view{status: http.StatusUnauthorized, Wrong: true, Name: name})
		return
	}
	r.signIn(req.PathValue("id"), name)
	r.showPage(w, req)
}

// signIn gives the page its session, once.
func (r *Registry) signIn(id, user string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.pages[id]
	if p == nil || p.user != "" || r.gone(p) {
		return
	}
	if s, ok := r.issue(r.newSession(user)); ok {
		p.user, p.issued = user, s
	}
}

func (r *Registry) newSession(user string) credential {
	return credential{user: user, session: true, ends: r.opts.Clock().Add(r.opts.Session)}
}

// couchLogin is the older login, by name and password in the body.
func (r *Registry) couchLogin(w http.ResponseWriter, req *http.Request) {
	name, ok := strings.CutPrefix(req.PathValue("id"), "org.couchdb.user:")
	var in struct{ Name, Password string }
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "Not found")
		return
	case !read(w, req, &in):
		return
	case in.Name != name || !r.passwordOK(name, token.NewSecret(in.Password)):
		refuse(w, http.StatusUnauthorized, "Unauthorized: wrong user name or password")
		return
	}
	r.mu.Lock()
	s, ok := r.issue(r.newSession(name))
	r.mu.Unlock()
	if !ok {
		refuse(w, http.StatusTooManyRequests, "too many sessions")
		return
	}
	reply(w, http.StatusCreated, map[string]any{"ok": true, "id": "org.couchdb.user:" + name, "rev": "_we_dont_use_revs_any_more", "token": s.Reveal()})
}

// Answer signs in on a login page, as a browser would. It is an error if the page is gone, or if it does
// not take name and password.
func (r *Registry) Answer(ctx context.Context, loginPage, name string, password token.Secret) error {
	form := url.Values{"username": {name}, "password": {password.Reveal()}}
	if !strings.HasPrefix(loginPage, r.URL()) && !strings.HasPrefix(loginPage, strings.Replace(r.URL(), "127.0.0.1", "localhost", 1)) {
		return fmt.Errorf("answer login page: it is not this registry's")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, loginPage, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("answer login page: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("answer login page: %w", err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, maxBody)); err != nil {
		return fmt.Errorf("answer login page: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answer login page: %s", res.Status)
	}
	return nil
}

// SignIn gives a session to a user without a login, for tests that need one to begin with.
func (r *Registry) SignIn(user string) (token.Secret, error) {
	if !slices.ContainsFunc(r.opts.Users, func(u User) bool { return u.Name == user }) {
		return token.Secret{}, fmt.Errorf("sign in %q: no such user", user)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.issue(r.newSession(user))
	if !ok {
		return token.Secret{}, fmt.Errorf("sign in %q: too many sessions", user)
	}
	return s, nil
}
