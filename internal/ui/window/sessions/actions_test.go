package sessions

import (
	"errors"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// only is a snapshot with npm's session alone.
func only(change func(*api.Session)) api.Snapshot {
	s := sample(time.Now())
	s.Sessions = []api.Session{s.Sessions[2]}
	if change != nil {
		change(&s.Sessions[0])
	}
	return s
}

// action is something that a user can do, by the keys of its buttons' texts.
type action struct {
	name  string
	state func(*api.Session)
	press []string // "more" is the card's button with three points
	want  api.Action
	call  string // where it is no action: the method that is called
	toast string
}

var waits = func(s *api.Session) {
	s.Login = &api.Login{State: api.LoginWaiting, URL: "https://login.example.com/auth/x", Host: "login.example.com", Browser: true}
}

var actions = []action{
	{name: "renew", press: []string{"sessions.action.renew"}, call: "login"},
	{name: "log in", state: func(s *api.Session) { s.State = api.StateEnded }, press: []string{"sessions.action.login"}, call: "login"},
	{name: "cancel", state: waits, press: []string{"sessions.action.cancel"}, want: api.Action{Verb: api.VerbCancel, Registry: npm}},
	{name: "unlock", state: func(s *api.Session) { s.State = api.StateLocked }, press: []string{"sessions.action.unlock"}, want: api.Action{Verb: api.VerbUnlock}},
	{name: "mute", press: []string{"more", "sessions.menu.mute"}, want: api.Action{Verb: api.VerbMute, Registry: npm}, toast: "sessions.muted"},
	{name: "unmute", state: func(s *api.Session) { s.Muted = true }, press: []string{"more", "sessions.menu.unmute"}, want: api.Action{Verb: api.VerbUnmute, Registry: npm}, toast: "sessions.unmuted"},
	{name: "forget", press: []string{"more", "sessions.menu.forget", "sessions.forget.yes"}, want: api.Action{Verb: api.VerbForget, Registry: npm}, toast: "sessions.forgotten"},
	{name: "log out", press: []string{"more", "sessions.menu.logout", "sessions.logout.yes"}, call: "logout", toast: "sessions.loggedout"},
	{name: "copy", press: []string{"more", "sessions.menu.copy"}, call: "grant", toast: "sessions.copied"},
	{name: "copy from the details", press: []string{"more", "sessions.menu.details", "sessions.menu.copy"}, call: "grant", toast: "sessions.copied"},
	{name: "show", press: []string{"more", "sessions.menu.details", "sessions.show"}, call: "grant"},
	{name: "snooze", press: []string{"more", "sessions.menu.snooze5"}, want: api.Action{Verb: api.VerbSnooze, Registry: npm}},
	{name: "snooze longer", press: []string{"more", "sessions.menu.snooze30"}, want: api.Action{Verb: api.VerbSnooze, Registry: npm}},
}

// ways are both languages by tap and by keyboard.
func ways(t *testing.T, run func(t *testing.T, language string, keys bool)) {
	for _, language := range i18n.Languages {
		for how, keys := range map[string]bool{"tap": false, "keys": true} {
			t.Run(language+" "+how, func(t *testing.T) { run(t, language, keys) })
		}
	}
}

// TestActions: each reaches the agent, by tap and by keyboard, in both languages.
func TestActions(t *testing.T) {
	for _, a := range actions {
		t.Run(a.name, func(t *testing.T) {
			ways(t, func(t *testing.T, language string, keys bool) {
				w := windowkit.Way{Language: language, Outside: desk.Outside{Copy: func(token.Secret) error { return nil }}}
				pg, _, agent := open(t, w, only(a.state))
				before := time.Now()
				for i, key := range a.press {
					if len(wanted(agent, a)) > 0 {
						t.Fatalf("the agent is asked before %q", key)
					}
					label := pg.Desk.P.T(key)
					if key == "more" {
						label = pg.Desk.P.T("sessions.more", i18n.Args{"Name": "npm"})
					}
					pg.Choose(t, keys, label)
					if i+1 < len(a.press) {
						pg.Wants(t)
					}
				}
				pg.Until(t, "the call", func() bool { return len(wanted(agent, a)) > 0 })
				if until := wanted(agent, a)[0].Until; a.want.Verb == api.VerbSnooze && (until.Before(before.Add(5*time.Minute)) || until.After(before.Add(31*time.Minute))) {
					t.Errorf("snoozed until %v", until)
				}
				if a.toast != "" {
					pg.Until(t, "a word", func() bool { return len(pg.Toasts) > 0 })
					if got, want := pg.Toasts[0], pg.Desk.P.T(a.toast, i18n.Args{"Name": "npm"}); got != want {
						t.Errorf("it says %q, want %q", got, want)
					}
				}
			})
		})
	}
}

// wanted are the calls that a asks for.
func wanted(agent *fakeagent.Agent, a action) (out []api.Action) {
	for _, c := range agent.Calls() {
		switch params := c.Params.(type) {
		case api.Action:
			if want := a.want; params.Verb == want.Verb && params.Registry == want.Registry {
				out = append(out, params)
			}
		case api.LoginRequest:
			if c.Method == a.call && params.Registry == npm {
				out = append(out, api.Action{})
			}
		case string:
			if c.Method == a.call && params == npm {
				out = append(out, api.Action{})
			}
		case api.GrantRequest:
			if c.Method == a.call && params.Registry == npm && (params.Use == api.UseShow) == (a.name == "show") {
				out = append(out, api.Action{})
			}
		}
	}
	return out
}

// TestQuestionsCanBeDeclined: Escape and No leave everything as it is.
func TestQuestionsCanBeDeclined(t *testing.T) {
	ways(t, func(t *testing.T, language string, keys bool) {
		pg, r, agent := open(t, windowkit.Way{Language: language}, only(nil))
		p := pg.Desk.P
		for _, menu := range []string{"sessions.menu.forget", "sessions.menu.logout"} {
			r.openMenu(r.cards[npm])
			pg.Choose(t, keys, p.T(menu))
			pg.Wants(t, p.T(strings.Replace(menu, ".menu", "", 1)+".text"))
			if keys {
				pg.Press(fyne.KeyEscape)
			} else {
				pg.Tap(t, p.T("sessions.no"))
			}
			if n := len(pg.Win.Canvas().Overlays().List()); n != 0 {
				t.Errorf("%d boxes are left open", n)
			}
		}
		if calls := agent.Calls(); len(calls) != 0 {
			t.Errorf("the agent was asked: %v", calls)
		}
	})
}

// TestMenuByArrows: they go round through the menu, Escape closes it and gives the keyboard back.
func TestMenuByArrows(t *testing.T) {
	pg, r, _ := open(t, windowkit.Way{Language: "en"}, only(nil))
	pg.TabTo(t, "More about npm")
	pg.Press(fyne.KeySpace)
	var seen []string
	for range r.items(r.cards[npm].session) {
		seen = append(seen, pg.Win.Canvas().Focused().(fyne.Accessible).AccessibilityLabel())
		pg.Press(fyne.KeyDown)
	}
	if want := []string{"Details", "Mute notices", "Remind me in 5 min", "Remind me in 30 min", "Forget…", "Log out…"}; !reflect.DeepEqual(seen, want) {
		t.Errorf("the menu is %q, want %q", seen, want)
	}
	pg.Press(fyne.KeyUp)
	if got := pg.Win.Canvas().Focused().(fyne.Accessible).AccessibilityLabel(); got != "Log out…" {
		t.Errorf("up from the first is %q", got)
	}
	pg.Press(fyne.KeyEscape)
	if got := pg.Win.Canvas().Focused(); got != fyne.Focusable(r.cards[npm].more) || len(pg.Win.Canvas().Overlays().List()) != 0 {
		t.Errorf("after Escape the keyboard is at %v", got)
	}
}

// TestLoginThatWaits: the card says where, and opens the page again.
func TestLoginThatWaits(t *testing.T) {
	ways(t, func(t *testing.T, language string, keys bool) {
		var opened atomic.Value
		w := windowkit.Way{Language: language, Outside: desk.Outside{Browse: func(page string) error {
			opened.Store(page)
			return nil
		}}}
		pg, _, _ := open(t, w, only(nil))
		p := pg.Desk.P
		if pg.Button(p.T("sessions.action.again")) != nil {
			t.Error("there is a page to open, but no login")
		}
		pg.Show(only(func(s *api.Session) { s.Login = &api.Login{State: api.LoginStarting} }))
		pg.Wants(t, p.T("sessions.login.starting", i18n.Args{"Name": "npm"}), p.T("sessions.action.cancel"))
		s := only(waits)
		s.Version++
		pg.Show(s)
		pg.Wants(t, p.T("sessions.login.waiting", i18n.Args{"Host": "login.example.com"}), p.T("sessions.login.browser"))
		pg.Inside(t)
		pg.Choose(t, keys, p.T("sessions.action.again"))
		pg.Until(t, "the page", func() bool { return opened.Load() == "https://login.example.com/auth/x" })
		s = only(nil)
		s.Version += 2
		pg.Show(s)
		if pg.Button(p.T("sessions.action.again")) != nil || strings.Contains(pg.Read(), "login.example.com") {
			t.Error("the login is over and still there")
		}
	})
}

// TestNewRegistry: the header's action asks for an address and logs in there.
func TestNewRegistry(t *testing.T) {
	ways(t, func(t *testing.T, language string, keys bool) {
		pg, r, agent := open(t, windowkit.Way{Language: language}, only(nil))
		r.Header(time.Now()).Do()
		for _, letter := range team {
			pg.Win.Canvas().Focused().TypedRune(letter)
		}
		if keys {
			pg.Press(fyne.KeyReturn)
		} else {
			pg.Tap(t, pg.Desk.P.T("sessions.action.login"))
		}
		pg.Until(t, "the login", func() bool {
			calls := agent.Calls()
			return len(calls) > 0 && reflect.DeepEqual(calls[0].Params, api.LoginRequest{Registry: team})
		})
	})
}

// TestPartlyLoggedOut: what did not work is told, and what to do about it.
func TestPartlyLoggedOut(t *testing.T) {
	for _, language := range i18n.Languages {
		pg, r, agent := open(t, windowkit.Way{Language: language}, only(nil))
		agent.Errors = map[string]error{"logout": &api.Error{Code: api.CodePartly, Args: map[string]string{"Registry": "npm"}}}
		r.askLogout(r.cards[npm].session)
		pg.Tap(t, pg.Desk.P.T("sessions.logout.yes"))
		hint := pg.Desk.P.T("error.partly.hint")
		pg.Until(t, "the answer", func() bool { return strings.Contains(pg.Read(), hint) })
		if len(pg.Toasts) != 0 {
			t.Errorf("it says that all is well: %q", pg.Toasts)
		}
	}
}

// TestNoClipboard: where the clipboard cannot be used nothing is offered; where it fails that is told.
func TestNoClipboard(t *testing.T) {
	pg, r, _ := open(t, windowkit.Way{Language: "en"}, only(nil))
	r.openMenu(r.cards[npm])
	if pg.Button("Copy for 30 s") != nil {
		t.Error("copying is offered without a clipboard")
	}
	w := windowkit.Way{Language: "en", Outside: desk.Outside{Copy: func(token.Secret) error { return errors.New("no clipboard") }}}
	pg, r, _ = open(t, w, only(nil))
	r.d.CopySecret(desk.Held{Registry: npm})
	pg.Until(t, "the error", func() bool { return len(pg.Win.Canvas().Overlays().List()) > 0 })
	if len(pg.Toasts) != 0 {
		t.Error("it says that the secret is in the clipboard")
	}
}
