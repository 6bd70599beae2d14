package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

type loginOptions struct{ noBrowser, couch bool }

// login signs in to a registry. Ctrl-C ends ctx, and with it the login.
func (a *app) login(ctx context.Context, name string, o loginOptions) error {
	s, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	req := api.LoginRequest{Registry: resolve(name, s), NoBrowser: o.noBrowser}
	if o.couch {
		if req.Registry == "" {
			req.Registry = pressing(s)
		}
		return a.couchLogin(ctx, req)
	}
	var last api.Login
	err = a.agent.Login(ctx, req, func(l api.Login) {
		if l.State != last.State || l.URL != last.URL {
			a.step(l)
		}
		last = l
	})
	if err == nil {
		a.signedIn(ctx, last.Registry)
	}
	return err
}

// pressing is the registry that a login without a name is for: a password is never typed for a registry
// that nobody named on the screen.
func pressing(s api.Snapshot) string {
	if len(s.Sessions) > 0 {
		return s.Sessions[0].Registry
	}
	return s.Default
}

// knownName reports whether a registry can be meant by a name: an address, or what a session goes by.
func knownName(name string, s api.Snapshot) bool {
	u, err := registry.Parse(resolve(name, s))
	if err != nil {
		return false
	}
	// A word alone is a name, and one that nobody goes by is a mistake.
	return strings.ContainsAny(name, ".:/") || slices.ContainsFunc(s.Sessions, func(one api.Session) bool { return one.Registry == u.String() }) || u == registry.Public
}

// resolve makes an address of what a user calls a registry: its name here, "npm", a host or an address.
// What it cannot tell it leaves to the agent, which knows the rules and refuses with a reason.
func resolve(name string, s api.Snapshot) string {
	if name == "" {
		return ""
	}
	for _, one := range s.Sessions {
		if strings.EqualFold(name, one.Name) || name == one.Registry {
			return one.Registry
		}
	}
	if strings.EqualFold(name, registry.Public.Name()) {
		return registry.Public.String()
	}
	raw := name
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
		if registry.LoopbackHost(strings.SplitN(name, "/", 2)[0]) {
			raw = "http://" + name
		}
	}
	if u, err := registry.Parse(raw); err == nil {
		return u.String()
	}
	return name
}

// step tells how far a login is.
func (a *app) step(l api.Login) {
	if l.State == api.LoginWaiting {
		a.page(l)
		a.say("%s\n", a.t("login.waiting"))
	}
}

// page shows where to sign in.
func (a *app) page(l api.Login) {
	where := i18n.Args{"Registry": nameOf(l.Registry), "Host": clean(l.Host)}
	if l.Browser {
		a.say("%s\n", a.t("login.browser", where))
	} else {
		a.say("%s\n", a.t("login.open", where))
	}
	a.address(l.URL, l.Browser)
}

// address shows a page's address, and where no browser was started on it, a QR code for a phone.
func (a *app) address(url string, browser bool) {
	a.say("\n  %s\n\n", clean(url))
	if st := a.style(a.Stderr); st.terminal && !browser {
		a.say("%s\n", qrCode(url, st))
	}
}

// signedIn tells until when.
func (a *app) signedIn(ctx context.Context, address string) {
	s, err := a.snapshot(ctx)
	if err != nil {
		return // the login is done all the same
	}
	for _, one := range s.Sessions {
		if one.Registry != address {
			continue
		}
		args := i18n.Args{"Registry": clean(one.Name), "Account": clean(one.Account)}
		key := "login.done"
		if !one.Ends.IsZero() {
			key, args["Clock"], args["Left"] = "login.done.until", a.p().Clock(one.Ends, a.Now()), a.p().Left(one.Left(a.Now()))
		}
		a.say("%s\n", a.t(key, args))
		return
	}
}

// couchLogin signs in by name and password, for registries that have no login page.
func (a *app) couchLogin(ctx context.Context, req api.LoginRequest) error {
	ask := newAsker(a)
	a.say("%s\n", a.t("login.couch", i18n.Args{"URL": clean(req.Registry)}))
	name, err := ask.line(a.t("login.name"))
	if err != nil {
		return err
	}
	password, err := ask.secret(a.t("login.password"))
	if err != nil {
		return err
	}
	req.Couch = &api.Couch{Name: strings.TrimSpace(name), Password: password}
	address := req.Registry
	report := func(l api.Login) { address = l.Registry }
	err = a.agent.Login(ctx, req, report)
	if isCode(err, api.CodeOTP) {
		if req.Couch.OTP, err = ask.secret(a.t("login.otp")); err != nil {
			return err
		}
		err = a.agent.Login(ctx, req, report)
	}
	if err == nil {
		a.signedIn(ctx, address)
	}
	return err
}
