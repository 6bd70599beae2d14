package agent

import (
	"context"
	"errors"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// login is a login under way. There is one at a time per registry.
type login struct {
	view    api.Login
	cancel  context.CancelFunc
	waiters map[chan api.Login]bool
	alone   bool // nobody may leave it running: it was asked for by a face that waits
	passed  bool // another login to the same registry was completed meanwhile
}

// Login implements api.Agent.
func (a *Agent) Login(ctx context.Context, req api.LoginRequest, report func(api.Login)) error {
	if req.Couch != nil {
		return a.couch(ctx, req, report)
	}
	type joined struct {
		u     registry.URL
		steps chan api.Login
	}
	j, err := ask(ctx, a, func() (joined, error) {
		u, err := a.core.loginTarget(req.Registry)
		if err == nil && req.Unseen {
			err = a.core.unseen(u)
		}
		if err != nil {
			return joined{}, err
		}
		running := a.core.logins[u] != nil
		return joined{u, a.core.join(u, !req.NoBrowser && !(req.Unseen && running))}, nil
	})
	if err != nil {
		return err
	}
	for {
		select {
		case step := <-j.steps:
			if report != nil {
				report(step)
			}
			switch step.State {
			case api.LoginDone:
				// Who asks for a snapshot next finds the new session in it.
				_, err := ask(ctx, a, func() (struct{}, error) { return struct{}{}, nil })
				return err
			case api.LoginFailed:
				return step.Error
			}
		case <-ctx.Done():
			a.post(func() { a.core.leave(j.u, j.steps) })
			return &api.Error{Code: api.CodeCancelled}
		case <-a.ended:
			return errNoAgent
		}
	}
}

// unseenAgain is how long a program that wanted a login has to wait for the next one. pnpm asks its helper several
// times, and any package may.
const unseenAgain = 2 * time.Minute

// unseen notes that a program wants a login to u, and refuses where one wanted it just now.
func (c *core) unseen(u registry.URL) error {
	e, now := c.sessions[u], c.now()
	if e == nil {
		return nil
	}
	if c.logins[u] == nil && now.Sub(e.unseenAt) < unseenAgain {
		return &api.Error{Code: api.CodeEnded, Args: map[string]string{"Registry": u.Name(), "URL": u.String()}}
	}
	if c.logins[u] == nil {
		e.unseenAt = now
	}
	return nil
}

// loginTarget says which registry a login is for: the one that was named, else the one that needs it
// most, else the one that the user's packages come from.
func (c *core) loginTarget(raw string) (registry.URL, error) {
	if raw == "" {
		if all := c.ordered(); len(all) > 0 {
			return all[0].Registry, nil
		}
		return c.defaultRegistry(), nil
	}
	u, err := registry.Parse(raw)
	if err != nil {
		return registry.URL{}, &api.Error{Code: api.CodeURL, Args: map[string]string{"URL": raw}, Cause: err.Error()}
	}
	return u, nil
}

// stepsOfLogin is room for every step that a login can report, so that the loop never waits for a face.
const stepsOfLogin = 16

// join makes the caller a waiter of the login to u, which it starts if there is none.
func (c *core) join(u registry.URL, browser bool) chan api.Login {
	steps := make(chan api.Login, stepsOfLogin)
	l := c.logins[u]
	switch {
	case l == nil:
		l = c.login(u, !browser)
		l.alone = true
	case browser:
		c.openPage(l)
	}
	l.waiters[steps] = true
	steps <- l.view
	return steps
}

// leave ends a wait. A login that was started for waiters ends with the last of them.
func (c *core) leave(u registry.URL, steps chan api.Login) {
	l := c.logins[u]
	if l == nil {
		return
	}
	delete(l.waiters, steps)
	if l.alone && len(l.waiters) == 0 {
		l.cancel()
	}
}

// login starts a web login to u, or returns the one under way.
func (c *core) login(u registry.URL, noBrowser bool) *login {
	if l := c.logins[u]; l != nil {
		if l.alone = false; !noBrowser {
			c.openPage(l)
		}
		return l
	}
	ctx, cancel := context.WithCancel(c.ctx)
	l := &login{cancel: cancel, waiters: map[chan api.Login]bool{}}
	l.view = api.Login{Registry: u.String(), State: api.LoginStarting, Since: c.now()}
	c.entryFor(u)
	c.logins[u] = l
	c.dirty = true
	c.a.spawn(func(context.Context) func() {
		issued, err := c.webLogin(ctx, u, l, noBrowser)
		return func() {
			cancel()
			c.loggedIn(u, l, issued, err)
		}
	})
	return l
}

// webLogin runs beside the loop: page, browser, polling.
func (c *core) webLogin(ctx context.Context, u registry.URL, l *login, noBrowser bool) (Issued, error) {
	page, err := c.a.ports.Registry.StartLogin(ctx, u)
	if err != nil {
		return Issued{}, err
	}
	c.a.post(func() {
		l.view.State, l.view.URL, l.view.Host = api.LoginWaiting, page.Page, page.Host
		if noBrowser || !c.openPage(l) {
			c.report(l)
		}
	})
	return c.a.ports.Registry.AwaitLogin(ctx, page)
}

// browserTime is how long the faces wait for a browser before they are told the page's address alone.
const browserTime = time.Second

// openPage opens the page of a login that waits, again if need be: its tab may have been closed. It
// reports false where there is nothing to open it with. A browser can hang; nobody waits for it.
func (c *core) openPage(l *login) bool {
	if c.a.ports.Browser == nil || l.view.State != api.LoginWaiting {
		return false
	}
	page := l.view.URL
	opened := make(chan bool, 1)
	c.a.spawn(func(ctx context.Context) func() {
		err := c.a.ports.Browser.Open(ctx, page)
		opened <- err == nil
		if err != nil {
			return func() { c.log.Info("Open browser", "error", err) }
		}
		return nil
	})
	c.a.spawn(func(ctx context.Context) func() {
		late := time.NewTimer(browserTime)
		defer late.Stop()
		there := false
		select {
		case there = <-opened:
		case <-late.C:
		case <-ctx.Done():
		}
		return func() {
			l.view.Browser = there
			c.report(l)
		}
	})
	return true
}

// overtake ends a login that waits for a registry where somebody has just logged in by other means.
func (c *core) overtake(u registry.URL) {
	delete(c.failed, u)
	if l := c.logins[u]; l != nil {
		l.passed = true
		l.cancel()
	}
}

// report tells everybody who waits where the login stands.
func (c *core) report(l *login) {
	c.dirty = true
	for steps := range l.waiters {
		select {
		case steps <- l.view:
		default: // a face that stopped reading misses steps, not the login
		}
	}
}

func (c *core) loggedIn(u registry.URL, l *login, issued Issued, err error) {
	delete(c.logins, u)
	if l.passed {
		l.view.State = api.LoginDone
		c.report(l)
		return
	}
	if err != nil {
		l.view.State, l.view.Error = api.LoginFailed, loginError(u, err)
		if l.view.Error.Code == api.CodeCancelled && c.ctx.Err() != nil {
			l.view.Error = errNoAgent // nobody cancelled it: the agent is ending
		}
		c.failed[u] = l.view.Error
		if l.view.Error.Code != api.CodeCancelled {
			c.log.Warn("Log in", "registry", u.String(), "error", err)
		}
		c.report(l)
		return
	}
	c.take(u, issued)
	l.view.State = api.LoginDone
	c.report(l)
}

// take makes a credential from a login of ours the session of u.
func (c *core) take(u registry.URL, issued Issued) {
	c.adopt(u, credential{secret: issued.Secret, kind: token.Classify(issued.Secret, token.LoggedIn), since: c.now(), date: issued.Date})
	c.publishEnv()
	c.addAnew(u)
}

// couch logs in by name and password.
func (a *Agent) couch(ctx context.Context, req api.LoginRequest, report func(api.Login)) error {
	u, err := ask(ctx, a, func() (registry.URL, error) { return a.core.loginTarget(req.Registry) })
	if err != nil {
		return err
	}
	issued, err := a.ports.Registry.CouchLogin(ctx, u, *req.Couch)
	if err != nil {
		return loginError(u, err)
	}
	_, err = ask(ctx, a, func() (struct{}, error) {
		a.core.take(u, issued)
		return struct{}{}, nil
	})
	if err == nil && report != nil {
		report(api.Login{Registry: u.String(), State: api.LoginDone})
	}
	return err
}

// loginError names a failed login for the faces.
func loginError(u registry.URL, err error) *api.Error {
	code := api.CodeBadAnswer
	switch {
	case errors.Is(err, context.Canceled):
		code = api.CodeCancelled
	case errors.Is(err, ErrNoWebLogin):
		code = api.CodeNoWebLogin
	case errors.Is(err, ErrLoginGone):
		code = api.CodeLoginExpire
	case errors.Is(err, ErrOTP):
		code = api.CodeOTP
	case errors.Is(err, ErrDenied), errors.Is(err, ErrRefused):
		code = api.CodeDenied
	case errors.Is(err, ErrUnsafe):
		code = api.CodeUnsafe
	case errors.Is(err, ErrOffline), errors.Is(err, context.DeadlineExceeded):
		code = api.CodeNetwork
	}
	return &api.Error{Code: code, Args: map[string]string{"Registry": u.Name(), "URL": u.String()}, Cause: err.Error()}
}
