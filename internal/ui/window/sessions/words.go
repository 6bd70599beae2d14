package sessions

import (
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// words are a session's texts. They are made from the snapshot and the time alone.
type words struct {
	Title, About, Big, Small, Action string // no Action: there is nothing to press
	Chips                            []chip
	Alarm                            bool // the big text is in the alarm colour
	Primary                          bool // the action is what to do now
	Login                            string
	LoginHint                        string
	Page                             string // of a login that waits, to open it again
}

// chip is a small fact.
type chip struct {
	Text string
	Warn bool
}

func wordsFor(s api.Session, f facts, p *i18n.Printer, now time.Time) words {
	w := words{Title: desk.Plain(s.Name), About: about(s, p), Chips: chips(s, f, p, now), Action: p.T("sessions.action.renew")}
	state := s.StateAt(now)
	switch state {
	case api.StateRunning, api.StateEnding, api.StateOffline:
		w.Big, w.Small = p.Left(s.Left(now)), ends(s, f, p, now)
		if s.Ends.IsZero() {
			w.Big, w.Small = p.T("sessions.big.unknown"), p.T("sessions.small.unknown.offline")
		}
		w.Alarm = state == api.StateEnding
		w.Primary = w.Alarm
	case api.StateEnded:
		w.Big, w.Small = p.T("sessions.big.ended"), ends(s, f, p, now)
		w.Alarm, w.Primary, w.Action = true, true, p.T("sessions.action.login")
	case api.StateLocked:
		w.Big, w.Small, w.Action = p.T("sessions.big.locked"), p.T("sessions.small.locked"), p.T("sessions.action.unlock")
	case api.StateNone:
		w.Big, w.Small, w.Action = p.T("sessions.big.none"), p.T("sessions.small.none"), p.T("sessions.action.login")
	default:
		w.Big, w.Small = p.T("sessions.big.unknown"), p.T("sessions.small.unknown")
	}
	if lasting(s.Kind) {
		w.lasts(state, p)
	}
	w.login(s, p)
	return w
}

// lasting reports whether a credential is of a kind that no login renews.
func lasting(k token.Kind) bool { return k != token.KindSession && k != token.KindUnknown && k != "" }

// lasts offers what can be done about a credential that no login renews: nothing while it is good, and a login in
// its place where it ends.
func (w *words) lasts(state api.State, p *i18n.Printer) {
	switch state {
	case api.StateRunning, api.StateOffline, api.StateUnknown:
		w.Action = ""
	case api.StateEnding, api.StateEnded:
		w.Action, w.Primary = p.T("sessions.action.login"), false
	}
}

// login says where a login stands that is under way: the button stops it then.
func (w *words) login(s api.Session, p *i18n.Printer) {
	l := s.Login
	if l == nil {
		return
	}
	w.Action, w.Primary = p.T("sessions.action.cancel"), false
	if l.State == api.LoginStarting || l.Host == "" {
		w.Login = p.T("sessions.login.starting", i18n.Args{"Name": w.Title})
		return
	}
	w.Login, w.Page = p.T("sessions.login.waiting", i18n.Args{"Host": desk.Plain(l.Host)}), l.URL
	w.LoginHint = p.T("sessions.login.nobrowser")
	if l.Browser {
		w.LoginHint = p.T("sessions.login.browser")
	}
}

// ends says when the session ends, and, when that is near, what fails then.
func ends(s api.Session, f facts, p *i18n.Printer, now time.Time) string {
	args := i18n.Args{"Clock": p.Clock(s.Ends, now), "Started": p.Clock(s.Started, now), "Scopes": scopes(f.scopes, p)}
	key := ""
	switch s.StateAt(now) {
	case api.StateOffline:
		return p.T("sessions.small.offline", args)
	case api.StateEnding:
		key = "sessions.small.fail"
	case api.StateEnded:
		key = "sessions.small.ended"
		if s.Ends.IsZero() || s.Ends.After(now) { // the registry was quicker than the clock
			key = "sessions.small.refused"
		}
	case api.StateRunning:
		if s.Started.IsZero() || s.Kind != token.KindSession {
			return p.T("sessions.small.lasts", args)
		}
		return p.T("sessions.small.ends", args)
	}
	if len(f.scopes) == 0 {
		key += ".all"
	}
	return p.T(key, args)
}

// scopes names two of them, and how many more there are.
func scopes(all []string, p *i18n.Printer) string {
	const most = 2
	if len(all) <= most {
		return strings.Join(all, p.T("sessions.scopes.comma"))
	}
	return p.T("sessions.scopes.more", i18n.Args{"Scopes": strings.Join(all[:most], p.T("sessions.scopes.comma")), "N": len(all) - most})
}

// about is the line under the name: whose it is, what it is, and how its end is known.
func about(s api.Session, p *i18n.Printer) string {
	if s.State == api.StateNone {
		return p.T("sessions.about.none")
	}
	args := i18n.Args{"Account": desk.Plain(s.Account), "Kind": p.T("sessions.kind." + string(s.Kind)), "Lifetime": lifetime(s, p)}
	if s.Account == "" {
		return p.T("sessions.about.noaccount", args)
	}
	return p.T("sessions.about", args)
}

func lifetime(s api.Session, p *i18n.Printer) string {
	args := i18n.Args{"Length": p.Left(time.Duration(s.Length) * time.Second), "N": s.Learned}
	if s.Lifetime == api.LifetimeLearned {
		return p.N("sessions.lifetime.learned", s.Learned, args)
	}
	return p.T("sessions.lifetime."+string(s.Lifetime), args)
}

// chips say who uses the credential and where it is.
func chips(s api.Session, f facts, p *i18n.Printer, now time.Time) []chip {
	var out []chip
	some := func(all []string, most int) {
		for i, text := range all {
			if i == most {
				out = append(out, chip{Text: p.T("sessions.chip.more", i18n.Args{"N": len(all) - most})})
				return
			}
			out = append(out, chip{Text: text})
		}
	}
	var scopes []string
	for _, scope := range f.scopes {
		scopes = append(scopes, strings.TrimSuffix(scope, "/*"))
	}
	some(scopes, 3)
	some(f.managers, 4)
	some(f.programs, 2)
	out = append(out, reach(s, f, p, now)...)
	out = append(out, places(s, p)...)
	if f.projects > 0 {
		out = append(out, chip{Text: p.N("sessions.chip.projects", f.projects)})
	}
	if s.Muted {
		out = append(out, chip{Text: p.T("sessions.chip.muted")})
	}
	return out
}

// reach says how the credential reaches the tools.
func reach(s api.Session, f facts, p *i18n.Printer, now time.Time) []chip {
	state := s.StateAt(now)
	text := ""
	switch {
	case state == api.StateNone:
		return nil
	case s.Mode == injection.ModeExec:
		text = p.T("sessions.chip.exec")
	case s.Mode == injection.ModeFile:
		text = p.T("sessions.chip.file")
	case len(s.Variables) == 0:
		return nil
	case state == api.StateEnded, state == api.StateLocked:
		text = p.T("sessions.chip.empty")
	case len(f.shells) > 0:
		text = p.T("sessions.chip.env.shells", i18n.Args{"Shells": strings.Join(f.shells, p.T("sessions.chip.comma"))})
	default:
		text = p.T("sessions.chip.env")
	}
	return []chip{{Text: text}}
}

// places says in which files it stands, those in plain text first.
func places(s api.Session, p *i18n.Printer) (out []chip) {
	const most = 2
	for _, literal := range []bool{true, false} {
		for _, place := range s.Places {
			if open := place.Literal && s.Mode != injection.ModeFile; open == literal {
				key := "sessions.chip.placeholder"
				if open {
					key = "sessions.chip.literal"
				}
				out = append(out, chip{p.T(key, i18n.Args{"File": desk.Plain(desk.ShortPath(place.File)), "Line": place.Line}), open})
			}
		}
	}
	if more := len(out) - most; more > 0 {
		out = append(out[:most], chip{Text: p.N("sessions.chip.places", more)})
	}
	return out
}

// subtitle counts the logins.
func subtitle(s api.Snapshot, p *i18n.Printer, now time.Time) string {
	alive, ended := 0, 0
	for _, x := range s.Sessions {
		switch x.StateAt(now) {
		case api.StateEnded:
			ended++
		case api.StateNone:
		default:
			alive++
		}
	}
	if ended == 0 {
		return p.N("sessions.subtitle.alive", alive)
	}
	return p.T("sessions.subtitle.both", i18n.Args{"Alive": p.N("sessions.subtitle.alive", alive), "Ended": p.N("sessions.subtitle.ended", ended)})
}
