package window

import (
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// words are a session's texts. They are made from the snapshot and the time alone.
type words struct {
	Title, About, Big, Small, Action string
	Chips                            []string
	Alarm                            bool // the big text is in the alarm colour
	Primary                          bool // the action is what to do now
}

func wordsFor(s api.Session, p *i18n.Printer, now time.Time) words {
	w := words{Title: s.Name, About: about(s, p), Chips: chips(s, p), Action: p.T("window.action.renew")}
	args := i18n.Args{"Clock": p.Clock(s.Ends, now), "Started": p.Clock(s.Started, now)}
	switch s.StateAt(now) {
	case api.StateRunning, api.StateEnding, api.StateOffline:
		w.Big = p.Left(s.Left(now))
		w.Small = p.T("window.small.ends", args)
		w.Alarm = s.StateAt(now) == api.StateEnding
		w.Primary = w.Alarm
		if s.State == api.StateOffline {
			w.Small = p.T("window.small.offline", args)
		}
		if s.Ends.IsZero() {
			w.Big = p.T("window.big.unknown")
		}
	case api.StateEnded:
		w.Big, w.Small = p.T("window.big.ended"), p.T("window.small.ended", args)
		w.Alarm, w.Primary, w.Action = true, true, p.T("window.action.login")
	case api.StateLocked:
		w.Big, w.Small = p.T("window.big.locked"), p.T("window.small.locked")
	case api.StateNone:
		w.Big, w.Small = p.T("window.big.none"), p.T("window.small.none")
		w.Action = p.T("window.action.login")
	default:
		w.Big, w.Small = p.T("window.big.unknown"), p.T("window.small.unknown")
	}
	if l := s.Login; l != nil {
		w.Small, w.Action, w.Primary = p.T("window.small.waiting", i18n.Args{"Host": l.Host}), p.T("window.action.cancel"), false
		if l.State == api.LoginStarting {
			w.Small = p.T("window.small.starting")
		}
	}
	return w
}

// about is the line under the name: whose it is, what it is, and how its end is known.
func about(s api.Session, p *i18n.Printer) string {
	args := i18n.Args{
		"Account": s.Account, "Kind": p.T("window.kind." + string(s.Kind)),
		"Length": p.Left(time.Duration(s.Length) * time.Second), "N": s.Learned,
	}
	if s.State == api.StateNone {
		return p.T("window.about.none")
	}
	args["Lifetime"] = p.T("window.lifetime."+string(s.Lifetime), args)
	if s.Lifetime == api.LifetimeLearned {
		args["Lifetime"] = p.N("window.lifetime.learned", s.Learned, args)
	}
	if s.Account == "" {
		return p.T("window.about.noaccount", args)
	}
	return p.T("window.about", args)
}

// chips say where the credential is.
func chips(s api.Session, p *i18n.Printer) (out []string) {
	for _, place := range s.Places {
		key := "window.chip.placeholder"
		if place.Literal {
			key = "window.chip.literal"
		}
		out = append(out, p.T(key, i18n.Args{"File": shortPath(place.File), "Line": place.Line}))
	}
	if len(s.Variables) > 0 && s.State != api.StateNone {
		key := "window.chip.env"
		if s.State == api.StateEnded || s.State == api.StateLocked {
			key = "window.chip.empty"
		}
		out = append(out, p.T(key))
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
		return p.N("window.subtitle.alive", alive)
	}
	return p.T("window.subtitle.both", i18n.Args{"Alive": p.N("window.subtitle.alive", alive), "Ended": p.N("window.subtitle.ended", ended)})
}
