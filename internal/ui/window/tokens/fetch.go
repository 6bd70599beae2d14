package tokens

import (
	"errors"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// listing is what is known of the list of one registry.
type listing struct {
	list   api.TokenList
	known  bool   // it was read once
	err    error  // of the last reading
	login  string // the session that it was read with
	asking bool
	again  bool // something has changed since it was asked for
}

// sessionsOf are the sessions that a list could be read with, or could be if the user logged in.
func sessionsOf(s api.Snapshot) (all []api.Session) {
	for _, one := range s.Sessions {
		if one.Kind == token.KindSession {
			all = append(all, one)
		}
	}
	return all
}

// signedIn reports whether the session is one to ask with. Whether a registry answers is found out by asking.
func signedIn(s api.Session, now time.Time) bool {
	switch s.StateAt(now) {
	case api.StateNone, api.StateEnded, api.StateLocked:
		return false
	}
	return true
}

// session is the session of a registry.
func (r *Room) session(registry string) (api.Session, bool) {
	for _, s := range sessionsOf(r.d.Snapshot) {
		if s.Registry == registry {
			return s, true
		}
	}
	return api.Session{}, false
}

// pick chooses the registry whose list is shown: the one that was chosen, that packages come from, or one that the user is
// signed in to.
func (r *Room) pick() {
	if _, ok := r.session(r.registry); ok {
		return
	}
	r.registry = r.d.Snapshot.Default
	if _, ok := r.session(r.registry); ok {
		return
	}
	if all := sessionsOf(r.d.Snapshot); len(all) > 0 {
		r.registry = all[0].Registry
	}
}

// now is what is known of the chosen registry.
func (r *Room) now() *listing {
	l := r.lists[r.registry]
	if l == nil {
		l = &listing{}
		r.lists[r.registry] = l
	}
	return l
}

// fetch asks for the list of the chosen registry. fresh has the registry asked, however young the known list is.
func (r *Room) fetch(fresh bool) {
	l, registry := r.now(), r.registry
	s, ok := r.session(registry)
	if !ok || !signedIn(s, time.Now()) {
		return
	}
	if l.asking {
		l.again = l.again || fresh
		return
	}
	l.asking, l.login = true, loginOf(s)
	go func() {
		list, err := r.d.Agent.Tokens(r.d.Ctx, api.TokensRequest{Registry: registry, Fresh: fresh})
		if r.d.Ctx.Err() != nil {
			return
		}
		r.d.UI(func() { r.came(registry, list, err) })
	}()
}

// came takes an answer.
func (r *Room) came(registry string, list api.TokenList, err error) {
	l := r.lists[registry]
	l.asking, l.err = false, err
	if err == nil {
		l.list, l.known = list, true
	}
	if registry == r.registry {
		r.gather()
	}
	if l.again {
		l.again = false
		r.fetch(true)
	}
}

// loginOf distinguishes a session from the one before it.
func loginOf(s api.Session) string { return s.Fingerprint + s.Started.String() + s.Account }

// Refresh reads the list anew.
func (r *Room) Refresh() {
	r.fetch(true)
	r.tell()
}

// notice is why the list is not what one would want it to be, and what to do.
type notice struct {
	title, hint, action string
	do                  func()
	alarm               bool
}

// notice is what there is to say of the list; none where all is well.
func (r *Room) notice(now time.Time) (n notice, any bool) {
	p, l := r.d.P, r.now()
	s, ok := r.session(r.registry)
	args := i18n.Args{"Registry": r.d.NameOf(r.registry), "Clock": p.Clock(l.list.At, now)}
	again := func() { r.Refresh() }
	login := notice{title: p.T("tokens.login", args), hint: p.T("tokens.login.hint"), action: p.T("window.action.login"), do: func() { r.d.Login(r.registry) }}
	var told *api.Error
	errors.As(l.err, &told)
	code := ""
	if told != nil {
		code = told.Code
	}
	switch {
	case ok && s.StateAt(now) == api.StateLocked:
		return notice{title: p.T("tokens.locked"), hint: p.T("tokens.locked.hint"), action: p.T("window.verb.unlock"), do: func() { r.d.Act(api.Action{Verb: api.VerbUnlock}) }}, true
	case !ok || !signedIn(s, now) || code == api.CodeNone:
		if l.known {
			login.hint = p.T("tokens.login.last", args)
		}
		return login, true
	case code == api.CodeNoTokens:
		return notice{title: p.T("tokens.nolist", args), hint: p.T("tokens.nolist.hint")}, true
	case l.err != nil && l.asking, l.err == nil && !l.known:
		return notice{title: p.T("tokens.loading", args), hint: p.T("tokens.loading.hint")}, true
	case l.err == nil:
		return notice{}, false
	case code == api.CodeDenied:
		login.title, _ = r.d.ErrorWords(l.err)
		login.alarm = true
		return login, true
	}
	n = notice{action: p.T("tokens.again"), do: again, alarm: true}
	n.title, n.hint = r.d.ErrorWords(l.err)
	if code == api.CodeNetwork {
		n.title, n.alarm = p.T("tokens.offline", args), false
	}
	if l.known {
		n.hint = p.T("tokens.last", args)
	}
	return n, true
}

// collect makes the rows of the chosen registry: its list, its session, and what else lies on this machine.
func (r *Room) collect() []entry {
	p, s, l := r.d.P, r.d.Snapshot, r.now()
	carried := map[string]string{}
	for _, k := range s.Kept {
		carried[k.ID] = k.Variable
	}
	taken := map[api.Place]bool{}
	all, m := make([]entry, 0, len(l.list.Tokens)+len(s.Sessions)), newMaker(p)
	for i := range l.list.Tokens {
		t := &l.list.Tokens[i]
		all = append(all, m.ofToken(t, carried[t.Kept]))
		for _, at := range t.Places {
			taken[api.Place{File: at.File, Line: at.Line}] = true
		}
	}
	for i := range s.Sessions {
		one := &s.Sessions[i]
		switch {
		case one.State == api.StateNone:
		case one.Kind == token.KindSession:
			if one.Registry == r.registry {
				all = append(all, m.ofSession(one, session, p.T("tokens.kind.session")))
			}
		case len(one.Places) > 0 && taken[api.Place{File: one.Places[0].File, Line: one.Places[0].Line}]:
		default:
			all = append(all, m.ofSession(one, found, r.kind(one.Kind)))
		}
	}
	return all
}

// account is who is signed in to the chosen registry.
func (r *Room) account() string {
	if a := r.now().list.Account; a != "" {
		return desk.Plain(a)
	}
	s, _ := r.session(r.registry)
	return desk.Plain(s.Account)
}
