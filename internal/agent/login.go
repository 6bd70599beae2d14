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
}

// Login implements api.Agent.
func (a *Agent) Login(ctx context.Context, req api.LoginRequest, report func(api.Login)) error {
	if req.Couch != nil {
		return a.couch(ctx, req)
	}
	type joined struct {
		u     registry.URL
		steps chan api.Login
	}
	j, err := ask(ctx, a, func() (joined, error) {
		u, err := a.core.loginTarget(req.Registry)
		if err != nil {
			return joined{}, err
		}
		return joined{u, a.core.join(u, !req.NoBrowser)}, nil
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
				return nil
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

// loginTarget says which registry a login is for: the one that was named, else the one that needs it
// most, else npm's public one.
func (c *core) loginTarget(raw string) (registry.URL, error) {
	if raw == "" {
		if all := c.ordered(); len(all) > 0 {
			return all[0].Registry, nil
		}
		return registry.Public, nil
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
	if l == nil {
		l = c.login(u, !browser)
		l.alone = true
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
		l.alone = false
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
		if noBrowser || c.a.ports.Browser == nil {
			c.report(l)
		}
	})
	if !noBrowser && c.a.ports.Browser != nil {
		// Opening a browser can hang, so the polling does not wait for it.
		c.a.work.Go(func() {
			err := c.a.ports.Browser.Open(ctx, page.Page)
			if err != nil {
				c.log.Info("Open browser", "error", err)
			}
			c.a.post(func() {
				l.view.Browser = err == nil
				c.report(l)
			})
		})
	}
	return c.a.ports.Registry.AwaitLogin(ctx, page)
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
	if err != nil {
		l.view.State, l.view.Error = api.LoginFailed, loginError(u, err)
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
	delete(c.failed, u)
	c.adopt(u, credential{secret: issued.Secret, kind: token.Classify(issued.Secret, token.LoggedIn), since: c.now(), date: issued.Date})
	c.publishEnv()
	c.addLine(u)
}

// couch logs in by name and password.
func (a *Agent) couch(ctx context.Context, req api.LoginRequest) error {
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

// Logout implements api.Agent.
func (a *Agent) Logout(ctx context.Context, raw string) error {
	type target struct {
		u      registry.URL
		secret token.Secret
	}
	t, err := ask(ctx, a, func() (target, error) {
		u, err := a.core.known(raw)
		if err != nil {
			return target{}, err
		}
		e := a.core.sessions[u]
		if e.Fingerprint == "" {
			return target{}, &api.Error{Code: api.CodeNone, Args: map[string]string{"Registry": u.Name(), "URL": u.String()}}
		}
		return target{u, e.secret}, nil
	})
	if err != nil {
		return err
	}
	if t.secret.IsZero() {
		// Locked, or never fetched: what cannot be shown to the registry cannot be revoked there.
		if t.secret, err = a.ports.Keyring.Get(ctx, keyName(t.u)); err != nil && !errors.Is(err, ErrNotFound) {
			return &api.Error{Code: api.CodeKeyring, Args: map[string]string{"Registry": t.u.Name(), "URL": t.u.String()}, Cause: err.Error()}
		}
	}
	revoked := a.revoke(ctx, t.u, t.secret)
	dropped := a.ports.Keyring.Delete(ctx, keyName(t.u))
	_, err = ask(context.WithoutCancel(ctx), a, func() (struct{}, error) {
		a.core.signedOut(t.u)
		return struct{}{}, nil
	})
	switch cause := errors.Join(revoked, dropped); {
	case err != nil:
		return err
	case cause != nil:
		return &api.Error{Code: api.CodePartly, Args: map[string]string{"Registry": t.u.Name(), "URL": t.u.String()}, Cause: cause.Error()}
	}
	return nil
}

// errStillTaken is what a registry shows that answers a logout and does not carry it out.
var errStillTaken = errors.New("the registry said yes, and still takes the session until its end")

// revoke ends a session at its registry and looks whether that is so.
func (a *Agent) revoke(ctx context.Context, u registry.URL, s token.Secret) error {
	if s.IsZero() {
		return nil
	}
	if err := a.ports.Registry.Logout(ctx, u, s); err != nil && !errors.Is(err, ErrRefused) {
		return err
	}
	if _, err := a.ports.Registry.Whoami(ctx, u, s); err == nil {
		return errStillTaken
	}
	return nil
}

// signedOut forgets a session. Its names stay defined, as empty.
func (c *core) signedOut(u registry.URL) {
	e := c.sessions[u]
	if e == nil {
		return
	}
	e.forget()
	e.Fingerprint, e.Account, e.kept, e.lost = "", "", false, false
	e.Started, e.Ends, e.Lifetime, e.nextTry = time.Time{}, time.Time{}, "", time.Time{}
	c.closeNotice(u)
	c.touch()
}

// known parses a registry that must have a session here; "" means the most pressing one.
func (c *core) known(raw string) (registry.URL, error) {
	u, err := c.loginTarget(raw)
	if err != nil {
		return u, err
	}
	if c.sessions[u] == nil {
		return u, &api.Error{Code: api.CodeUnknown, Args: map[string]string{"Registry": u.Name(), "URL": u.String()}}
	}
	return u, nil
}
