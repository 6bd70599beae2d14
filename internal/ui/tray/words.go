package tray

import (
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// status is the whole state in words, with a time where there is one.
func (v view) status() string {
	first, ok := head(v.s, v.now)
	switch {
	case v.s.Locked:
		return v.p.T("tray.status.locked")
	case !ok:
		return v.p.T("tray.status.none")
	}
	if x, ok := v.waiting(); ok {
		return v.p.T("tray.status.login", i18n.Args{"Who": who(v.p, x)})
	}
	args := i18n.Args{"Who": who(v.p, first), "Clock": v.clock(first), "Left": v.left(first)}
	n := count(v.s, v.now)
	switch state := first.StateAt(v.now); state {
	case api.StateEnded:
		return v.p.N("tray.status.ended"+v.vague(first, state), n[state], args)
	case api.StateEnding:
		return v.p.T("tray.status.ending", args)
	case api.StateRunning:
		return v.p.N("tray.status.running", n[state]+n[api.StateUnknown]+n[api.StateOffline], args)
	case api.StateOffline:
		return v.p.T("tray.status.offline"+v.vague(first, state), args)
	case api.StateUnknown:
		return v.p.T("tray.status.unknown", args)
	case api.StateLocked:
		return v.p.T("tray.status.keyring", args)
	}
	return v.p.T("tray.status.none")
}

// tip is the whole state with the minutes of the session that decides it.
func (v view) tip() string {
	first, ok := head(v.s, v.now)
	state := first.StateAt(v.now)
	_, waits := v.waiting()
	if !ok || waits || v.s.Locked || state == api.StateNone {
		return v.status()
	}
	text := v.line(first)
	if state == api.StateRunning || state == api.StateEnding {
		text = v.p.T("tray.tip.until", i18n.Args{"Line": text, "Clock": v.clock(first)})
	}
	n := count(v.s, v.now)
	alive, ended := n[api.StateRunning]+n[api.StateEnding]+n[api.StateUnknown]+n[api.StateOffline], n[api.StateEnded]
	and := func(text, more string) string { return v.p.T("tray.tip.and", i18n.Args{"Tip": text, "More": more}) }
	if alive > 1 || alive == 1 && state == api.StateEnded {
		text = and(text, v.p.N("tray.tip.alive", alive))
	}
	if ended > 1 || ended == 1 && state != api.StateEnded {
		text = and(text, v.p.N("tray.tip.ended", ended))
	}
	return text
}

// line is one session in words.
func (v view) line(x api.Session) string {
	args := i18n.Args{"Who": who(v.p, x), "Clock": v.clock(x), "Left": v.left(x)}
	if l := x.Login; l != nil {
		switch l.State {
		case api.LoginStarting:
			return v.p.T("tray.line.starting", args)
		case api.LoginWaiting:
			return v.p.T("tray.line.waiting", args)
		}
	}
	state := x.StateAt(v.now)
	if v.s.Locked && state != api.StateNone && state != api.StateEnded {
		state = api.StateLocked
	}
	return v.p.T("tray.line."+string(state)+v.vague(x, state), args)
}

// vague is the end of the key of a text without a time, where none is known: a registry may refuse a
// session long before its end.
func (v view) vague(x api.Session, state api.State) string {
	switch {
	case state == api.StateOffline && x.Ends.IsZero(),
		state == api.StateEnded && (x.Ends.IsZero() || x.Ends.After(v.now)):
		return ".unknown"
	}
	return ""
}

// waiting is the session whose login waits for the user.
func (v view) waiting() (api.Session, bool) {
	for _, x := range v.s.Sessions {
		if x.Login != nil && x.Login.State == api.LoginWaiting {
			return x, true
		}
	}
	return api.Session{}, false
}

func (v view) clock(x api.Session) string {
	if x.Ends.IsZero() {
		return ""
	}
	return v.p.Clock(x.Ends, v.now)
}

// left is the time left, never in seconds: the menu does not count them. A boundary belongs to what
// comes after it, so that lines change together with the stage of the session.
func (v view) left(x api.Session) string {
	d := x.Left(v.now) - 1
	if d < time.Minute {
		return v.p.T("tray.left.soon")
	}
	return v.p.Left(max(d, time.Minute+1)) // a minute sharp is a minute here, not sixty seconds
}

// who names a session: its registry, and its account where one is known.
func who(p *i18n.Printer, x api.Session) string {
	name := clean(x.Name)
	if name == "" {
		name = clean(x.Registry)
	}
	if x.Account == "" {
		return name
	}
	return p.T("tray.who", i18n.Args{"Name": name, "Account": clean(x.Account)})
}
