package sessions

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// TestStates: empty, loading, locked and a search in vain say what is the matter, and what to do.
func TestStates(t *testing.T) {
	for _, language := range i18n.Languages {
		w := windowkit.Way{Language: language}
		p := i18n.New(language)
		pg, _, _ := open(t, w, api.Snapshot{})
		pg.Wants(t, p.T("sessions.loading"))
		pg, r, _ := open(t, w, api.Snapshot{Version: 1})
		pg.Wants(t, p.T("sessions.empty"), p.T("sessions.empty.hint"), p.T("sessions.action.add"))
		if r.Header(time.Now()).Searchable {
			t.Error("a search is offered where nothing is")
		}
		s := only(func(s *api.Session) { s.State = api.StateLocked })
		s.Locked = true
		pg, _, _ = open(t, w, s)
		pg.Wants(t, p.T("sessions.locked"), p.T("sessions.locked.hint"), p.T("sessions.big.locked"), p.T("sessions.action.unlock"))
		s = only(func(s *api.Session) { s.State = api.StateOffline })
		pg, _, _ = open(t, w, s)
		pg.Wants(t, p.T("sessions.small.offline", i18n.Args{"Clock": p.Clock(s.Sessions[0].Ends, time.Now())}))
		pg, r, _ = open(t, w, sample(time.Now()))
		r.Search("no such thing")
		pg.Wants(t, p.T("sessions.nothing", i18n.Args{"Search": "no such thing"}))
		r.Search("@eu ALICE")
		if all := pg.Read(); !strings.Contains(all, "Verdaccio") || strings.Contains(all, "Acme Artifactory") {
			t.Errorf("the search shows%s", all)
		}
		r.Search("")
		pg.Wants(t, "Acme Artifactory")
	}
}

// TestWords: what a card says in the states that are easy to get wrong.
func TestWords(t *testing.T) {
	p, now := i18n.New("en"), time.Now()
	all := sample(now)
	all.Sessions[1].Mode = injection.ModeExec
	f := gather(all)
	word := func(i int) words { return wordsFor(all.Sessions[i], f[all.Sessions[i].Registry], p, now) }
	if w := word(0); !w.Alarm || !w.Primary || !strings.Contains(w.Small, "installs of @eu/* fail") || !says(w, "env file empty") {
		t.Errorf("ended: %+v", w)
	}
	if w := word(1); !w.Primary || w.Big != "9 min" || !strings.HasSuffix(w.Small, "installs of @acme/* will fail after that") || !says(w, "exec only") || !says(w, "yarn 4") {
		t.Errorf("ending: %+v", w)
	}
	if w := word(2); w.Primary || w.About != "alice · session · lifetime learned (1 h 59 min, 6 logins)" || !says(w, "2 projects") || !says(w, "bash, zsh: env file") || says(w, "yarn 4") || !says(w, "code") {
		t.Errorf("running: %+v", w)
	}
	if w := word(5); strings.Contains(w.Small, "renewed") {
		t.Errorf("an access token is not renewed: %q", w.Small)
	}
	refused := all.Sessions[2]
	refused.State = api.StateEnded
	if w := wordsFor(refused, f[npm], p, now); !strings.HasPrefix(w.Small, "refused by the registry") {
		t.Errorf("refused before its time: %q", w.Small)
	}
	evil := all.Sessions[2]
	evil.Name, evil.Account = "npm\u202e", "a\nb"
	if w := wordsFor(evil, f[npm], p, now); strings.ContainsAny(w.Title+w.About, "\u202e\n") {
		t.Errorf("a name draws something else than it says: %q", w.Title+w.About)
	}
}

func says(w words, text string) bool {
	for _, c := range w.Chips {
		if c.Text == text {
			return true
		}
	}
	return false
}

// TestNothingIsCutOff at any width and size of type, in both languages, in all parts of the room.
func TestNothingIsCutOff(t *testing.T) {
	outside := desk.Outside{Copy: func(token.Secret) error { return nil }, Browse: func(string) error { return nil }}
	for _, language := range i18n.Languages {
		for _, size := range []struct{ width, scale float32 }{{340, 1}, {340, 1.6}, {500, 1}, {700, 1.6}, {908, 1}, {908, 1.6}, {1400, 1}, {1400, 1.6}} {
			t.Run(fmt.Sprintf("%s %.0f %.1f", language, size.width, size.scale), func(t *testing.T) {
				s := sample(time.Now())
				s.Locked = true
				waits(&s.Sessions[0])
				s.Sessions[2].Registry, s.Sessions[2].Name = "https://a.very.long.registry.name.example.com/with/a/path/", "a.very.long.registry.name.example.com/with/a/path"
				pg, r, _ := open(t, windowkit.Way{Language: language, Width: size.width, Height: 3000, Scale: size.scale, Outside: outside}, s)
				pg.Inside(t)
				r.hand.Scroll.ScrollToBottom()
				pg.Inside(t)
				pg.Tap(t, pg.Desk.P.T("sessions.ends.list"))
				r.hand.Scroll.ScrollToBottom()
				pg.Inside(t)
				r.openDetails(team)
				pg.Inside(t)
				r.box.Hide()
				r.openMenu(r.cards[team])
				pg.Inside(t)
			})
		}
	}
}

// TestEnterShowsASession: whoever sent the user here, at its card.
func TestEnterShowsASession(t *testing.T) {
	pg, r, _ := open(t, windowkit.Way{Language: "en", Height: 400}, sample(time.Now()))
	r.Enter("https://npm.pkg.example.com/") // an access token: no login renews it
	if pg.Win.Canvas().Focused() != fyne.Focusable(r.cards["https://npm.pkg.example.com/"].more) || r.hand.Scroll.Offset.Y == 0 {
		t.Error("the card is not shown")
	}
	r.Enter(npm)
	if pg.Win.Canvas().Focused() != fyne.Focusable(r.cards[npm].button) {
		t.Error("the session's card is not shown")
	}
	r.Enter("https://no.such.example.com/")
}

// TestMotion: sand falls where it can be seen, while the user looks and has not asked for rest.
func TestMotion(t *testing.T) {
	pg, r, _ := open(t, windowkit.Way{Language: "en", Height: 420}, sample(time.Now()))
	moving := func() (out []string) {
		for registry, c := range r.cards {
			if c.glass.Moving() {
				out = append(out, registry)
			}
		}
		return out
	}
	r.Tick(time.Now())
	if got := moving(); len(got) == 0 || len(got) > 2 {
		t.Errorf("sand falls in %v", got)
	}
	for name, rest := range map[string]func(){
		"another window":       func() { pg.Desk.Active = false },
		"animations are off":   func() { pg.Desk.Snapshot.Settings.Animations = false },
		"the system wants so":  func() { pg.Desk.Outside.Still = func() bool { return true } },
		"the room is left":     func() { r.Cover() },
		"scrolled out of view": func() { r.hand.Scroll.ScrollToOffset(fyne.NewPos(0, 500)) },
	} {
		before := *pg.Desk
		r.hand.Scroll.ScrollToTop()
		r.Tick(time.Now())
		was := moving()
		rest()
		if name != "the room is left" {
			r.Tick(time.Now())
		}
		for _, registry := range moving() {
			if name != "scrolled out of view" || registry == was[0] {
				t.Errorf("%s: sand falls in %s", name, registry)
			}
		}
		*pg.Desk = before
	}
	r.Cover()
}

// TestNothingIsDrawnWhileNothingChanges: ticks cost no picture.
func TestNothingIsDrawnWhileNothingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock stands: no minute ends between two lines
		pg, r, _ := open(t, windowkit.Way{Language: "en", Height: 1500}, sample(time.Now()))
		pg.Desk.Active = false
		now := time.Now().Add(time.Second)
		r.Tick(now)
		pg.Win.Canvas().Capture()
		r.Tick(now)
		for _, list := range []bool{false, true} {
			if list {
				pg.Tap(t, "List")
				r.Tick(now)
			}
			if n := windowkit.Refreshes(t, func() {
				for i := range 5 {
					r.Tick(now.Add(time.Duration(i) * time.Second))
				}
			}); n != 0 {
				t.Errorf("five seconds in which nothing changes cost %d refreshes (list %v)", n, list)
			}
			if n := windowkit.Refreshes(t, func() { r.Tick(now.Add(2 * time.Minute)) }); n == 0 {
				t.Error("two minutes later nothing has changed")
			}
			r.Tick(now)
		}
		r.Tick(time.Now())
		if n := windowkit.Refreshes(t, func() { r.Show(); r.Tick(time.Now()) }); n != 0 {
			t.Errorf("the same snapshot again costs %d refreshes", n)
		}
		r.Cover()
	})
}

func many(n int, now time.Time) api.Snapshot {
	s := sample(now)
	first := s.Sessions[2]
	s.Sessions = nil
	for i := range n {
		one := first
		one.Registry, one.Name = fmt.Sprintf("https://r%03d.example.com/", i), fmt.Sprintf("r%03d.example.com", i)
		one.Ends = now.Add(time.Duration(i+30) * time.Minute)
		s.Sessions = append(s.Sessions, one)
	}
	return s
}

// TestManySessions: only those near the view are made, and the Tab key reaches all.
func TestManySessions(t *testing.T) {
	pg, r, _ := open(t, windowkit.Way{Language: "en"}, many(500, time.Now()))
	if n := len(r.cards); n == 0 || n > 20 {
		t.Errorf("%d cards are made for the first view", n)
	}
	for range 3 * 40 { // buttons: renew, more
		pg.Press(fyne.KeyTab)
	}
	if r.hand.Scroll.Offset.Y < 2000 {
		t.Errorf("the keyboard is at %.0f after 40 cards", r.hand.Scroll.Offset.Y)
	}
	r.hand.Scroll.ScrollToBottom()
	pg.Wants(t, "r499.example.com", "What ends when")
}

func BenchmarkShow500(b *testing.B) {
	now := time.Now()
	s := many(500, now)
	pg := windowkit.Open(b, windowkit.Way{Language: "en"}, fakeagent.New(now), s)
	for b.Loop() {
		pg.Enter(New(pg.Desk), "")
	}
}

func BenchmarkScroll500(b *testing.B) {
	now := time.Now()
	pg := windowkit.Open(b, windowkit.Way{Language: "en"}, fakeagent.New(now), many(500, now))
	r := New(pg.Desk)
	pg.Enter(r, "")
	y := float32(0)
	for b.Loop() {
		if y += 120; y > 60000 {
			y = 0
		}
		r.hand.Scroll.ScrollToOffset(fyne.NewPos(0, y))
	}
}

func BenchmarkTick500(b *testing.B) {
	now := time.Now()
	pg := windowkit.Open(b, windowkit.Way{Language: "en"}, fakeagent.New(now), many(500, now))
	r := New(pg.Desk)
	pg.Enter(r, "")
	r.d.Active = false
	for i := 0; b.Loop(); i++ {
		r.Tick(now.Add(time.Duration(i) * time.Second))
	}
}

// TestSoon: the chart shows access tokens that end soon beside the sessions.
func TestSoon(t *testing.T) {
	now := time.Now()
	s := api.Snapshot{Sessions: []api.Session{{Registry: npm, Ends: now}}, Soon: []api.TokenSoon{{Registry: npm, ID: "1", Name: "ci-publish", Ends: now.Add(100 * time.Hour)}}}
	if all := ending(s); len(all) != 2 || all[1].Name != "ci-publish" || !all[1].Ends.Equal(s.Soon[0].Ends) || len(s.Sessions) != 1 {
		t.Errorf("the chart shows %+v", all)
	}
}
