package setup

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/sandglass-dev/sandglass/assets/icon"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/glass"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

// loginStep logs in once, and the sand starts.
type loginStep struct {
	r           *Room
	d           *desk.Desk
	box         *fyne.Container
	glass       *glass.Glass
	title, text *look.Label
	big         *look.Label
	actions     *fyne.Container
	page        *fyne.Container // the address, for those whose browser did not open it
	told        *fyne.Container // what went wrong
	shown       string          // what actions were made for
	want        string          // the registry that was asked for
	cancel      context.CancelFunc
	err         error
	asking      bool
}

func newLoginStep(r *Room) *loginStep {
	s := &loginStep{r: r, d: r.d, glass: glass.New(16 * look.Grid)}
	s.title = look.NewLabel("", look.SizeHead, look.Ink).Bold().Wrapped().Centered()
	s.big = look.NewLabel("", look.SizeTitle, look.Ink).Bold().Wrapped().Centered()
	s.text = look.NewLabel("", look.SizeText, look.Dim).Wrapped().Centered()
	s.actions, s.page, s.told = container.New(&middle{}), look.Column(look.Grid), look.Column(0)
	s.box = look.Panel(look.Column(2*look.Grid, look.Space(look.Grid/2), container.NewCenter(s.glass), look.Column(look.Grid/2, s.title, s.big, s.text), s.actions, s.page, s.told, look.Space(look.Grid/2)))
	return s
}

func (s *loginStep) content() fyne.CanvasObject { return s.box }
func (s *loginStep) back() bool                 { return false }
func (s *loginStep) enter()                     { s.err = nil; s.draw() }
func (s *loginStep) show()                      { s.draw() }
func (s *loginStep) tick(time.Time)             { s.draw() }

// leave stops the sand on the screen. A login that is under way goes on: the page is open, and the sessions show it.
func (s *loginStep) leave() { s.glass.Animate(false) }

func (s *loginStep) offer() offer {
	one := s.session()
	if one != nil && one.State != api.StateNone && one.Login == nil {
		return offer{done: true}
	}
	if s.starts(one, time.Now()) {
		return offer{off: true, skip: true}
	}
	name := s.d.NameOf(s.d.Snapshot.Default)
	if one != nil {
		name = desk.Plain(one.Name)
	}
	return offer{main: s.d.P.T("setup.login.do", i18n.Args{"Registry": name}), do: func() { s.login(s.want) }, skip: true}
}

// starts reports whether a login is under way. The news that it is done may come before its answer.
func (s *loginStep) starts(one *api.Session, now time.Time) bool {
	if one == nil || one.State == api.StateNone || one.StateAt(now) == api.StateEnded {
		return s.asking || one != nil && one.Login != nil
	}
	return one.Login != nil
}

// session is the login that the step is about: one under way, the one that was asked for, or the one that lives
// longest. It is nil where there is none.
func (s *loginStep) session() *api.Session {
	var best *api.Session
	rank := func(one *api.Session) int {
		switch {
		case one.Login != nil:
			return 3
		case s.want != "" && one.Registry == s.want:
			return 2
		case one.State != api.StateNone:
			return 1
		}
		return 0
	}
	for i := range s.d.Snapshot.Sessions {
		one := &s.d.Snapshot.Sessions[i]
		if best == nil || rank(one) > rank(best) || rank(one) == rank(best) && one.Ends.After(best.Ends) {
			best = one
		}
	}
	return best
}

// login asks for a login; "" is the session that needs it most, or where the user's packages come from.
func (s *loginStep) login(address string) {
	s.stop()
	ctx, cancel := context.WithCancel(s.d.Ctx)
	s.cancel, s.err, s.asking, s.want = cancel, nil, true, address
	s.draw()
	go func() {
		err := s.d.Agent.Login(ctx, api.LoginRequest{Registry: address}, nil)
		cancelled := ctx.Err() != nil || desk.Cancelled(err)
		cancel()
		s.d.UI(func() {
			s.asking = false
			if err != nil && !cancelled {
				s.err = err
			}
			s.draw()
		})
	}()
}

// stop ends the login that was begun here.
func (s *loginStep) stop() {
	if s.cancel != nil {
		s.cancel()
	}
}

// draw shows how things stand.
func (s *loginStep) draw() {
	now := time.Now().Round(0)
	one := s.session()
	s.drawGlass(one, now)
	state := s.say(one, now)
	s.told.Objects = nil
	if s.err != nil {
		s.told.Objects = []fyne.CanvasObject{s.d.Failure(s.err)}
	}
	if state != s.shown {
		s.shown = state
		s.offerActions(one)
		s.box.Refresh()
		s.r.update()
		if s.r.at == stepLogin {
			s.r.start()
		}
	}
}

// say puts the state into words, and returns what distinguishes it from others.
func (s *loginStep) say(one *api.Session, now time.Time) string {
	p := s.d.P
	name := s.d.NameOf(s.d.Snapshot.Default)
	if one != nil {
		name = desk.Plain(one.Name)
	}
	args := i18n.Args{"Registry": name}
	set := func(title, big, text string) {
		grown := s.title.Say(title, look.Ink)
		grown = s.big.Say(big, look.Ink) || grown
		grown = s.text.Say(text, look.Dim) || grown
		s.big.Hidden = big == ""
		if grown {
			s.box.Refresh()
		}
	}
	switch {
	case one != nil && one.Login != nil && one.Login.State == api.LoginWaiting:
		args["Host"] = desk.Plain(one.Login.Host)
		set(p.T("setup.login.waiting"), "", p.T("setup.login.waiting.text", args))
		return "waiting " + one.Login.URL
	case s.starts(one, now):
		set(p.T("setup.login.starting", args), "", "")
		return "starting"
	case one == nil || one.State == api.StateNone:
		set(p.T("setup.login.ask"), "", p.T("setup.login.ask.text", args))
	case one.StateAt(now) == api.StateEnded:
		set(p.T("setup.login.ended", args), "", p.T("setup.login.ask.text", args))
		return "ended " + name + s.failure()
	default:
		title := "setup.login.running"
		if one.Account != "" {
			title, args["Account"] = "setup.login.running.as", desk.Plain(one.Account)
		}
		if one.Ends.IsZero() {
			set(p.T(title, args), "", p.T("setup.login.unknown"))
		} else {
			set(p.T(title, args), p.Left(one.Left(now)), p.T("setup.login.left.text", i18n.Args{"Clock": p.Clock(one.Ends, now)}))
		}
		return "running " + name
	}
	return "none " + name + s.failure()
}

func (s *loginStep) failure() string {
	if s.err != nil {
		return s.err.Error()
	}
	return ""
}

// offerActions makes the buttons that the state has.
func (s *loginStep) offerActions(one *api.Session) {
	p, h := s.d.P, s.r.hand
	s.actions.Objects, s.page.Objects = nil, nil
	switch {
	case one != nil && one.Login != nil && one.Login.State == api.LoginWaiting:
		l := *one.Login
		if s.d.Outside.Browse != nil {
			s.actions.Add(h.Button(p.T("setup.login.reopen"), false, func() {
				if err := s.d.Outside.Browse(l.URL); err != nil {
					s.d.Tell(&api.Error{Code: api.CodeInternal, Cause: err.Error()})
				}
			}))
		}
		s.actions.Add(h.Button(p.T("setup.login.cancel"), false, func() {
			s.d.Act(api.Action{Verb: api.VerbCancel, Registry: l.Registry})
		}))
		s.page.Add(look.NewLabel(p.T("setup.login.page"), look.SizeSmall, look.Dim).Wrapped().Centered())
		s.page.Add(look.Code(l.URL))
	case s.starts(one, time.Now()):
		s.actions.Add(h.Button(p.T("setup.login.cancel"), false, func() {
			s.stop()
			if one != nil {
				s.d.Act(api.Action{Verb: api.VerbCancel, Registry: one.Registry})
			}
		}))
	case one == nil || one.State == api.StateNone || s.offer().do != nil:
		s.actions.Add(h.Button(p.T("setup.login.other"), false, s.another))
	}
}

// another asks for the address of another registry.
func (s *loginStep) another() {
	p := s.d.P
	var box *desk.Box
	h := &look.Hand{Typed: func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			box.Hide()
		}
	}}
	address := h.Field("https://registry.example.com/", func() {})
	login := func() {
		if address.Text != "" {
			s.login(address.Text)
		}
	}
	address.OnSubmitted = func(string) {
		box.Hide()
		login()
	}
	box = s.d.Ask(desk.Question{
		Title: p.T("setup.login.other"), Text: p.T("setup.login.other.hint"), Body: address, Hand: h,
		Yes: p.T("window.action.login"), No: p.T("window.action.cancel"),
		Do: login,
	})
	look.Focus(address)
}

// drawGlass shows the sand that is left, and lets it fall while somebody looks.
func (s *loginStep) drawGlass(one *api.Session, now time.Time) {
	spec := icon.Spec{State: icon.Idle, Exact: true, Dark: look.Dark()}
	if one != nil && one.State != api.StateNone && one.Login == nil {
		spec.State, spec.Share = icon.Running, one.Share(now)
		switch one.StateAt(now) {
		case api.StateEnding:
			spec.State = icon.Ending
		case api.StateEnded:
			spec.State = icon.Ended
		case api.StateUnknown:
			spec.State = icon.Unknown
		}
	}
	s.glass.Set(spec)
	s.glass.Animate(s.r.at == stepLogin && s.d.Moves())
}
