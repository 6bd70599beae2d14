package tokens

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// few are access tokens of which each lacks something else, beside a session that is none.
func few(now time.Time) api.Snapshot {
	s, _ := fakeagent.New(now).Snapshot(context.Background())
	s.Sessions[0].Name = "session.example.com"
	at := func(file string, line int, literal bool) api.Place {
		return api.Place{File: "/home/alice/" + file, Line: line, Level: api.LevelUser, Literal: literal}
	}
	day := 24 * time.Hour
	s.Sessions = append(s.Sessions,
		api.Session{Registry: registry.Public.String(), Name: "npm", Account: "alice", Kind: token.KindGranular, State: api.StateRunning, Ends: now.Add(12*day + time.Hour), Used: now.Add(-time.Hour), Lifetime: api.LifetimeTold, Places: []api.Place{at(".npmrc", 3, false)}},
		api.Session{Registry: "https://npm.acme.example.com/", Name: "npm.acme.example.com", Account: "build-server", Kind: token.KindGitHub, State: api.StateRunning, Ends: now.Add(60*day + time.Hour), Places: []api.Place{at("src/tool/.npmrc", 3, true), at("src/web/.npmrc", 1, true), at(".npmrc", 8, false)}},
		api.Session{Registry: "https://art.example.com/", Name: "art.example.com", Kind: token.KindJFrog, State: api.StateUnknown, Used: now.Add(-30 * time.Minute)},
		api.Session{Registry: "https://old.example.com/", Name: "old.example.com", Account: "alice", Kind: token.KindClassic, State: api.StateEnded, Ends: now.Add(-day), Places: []api.Place{at(".npmrc", 11, true)}},
		api.Session{Registry: "https://none.example.com/", Name: "none.example.com", Kind: token.KindUnknown, State: api.StateNone},
	)
	return s
}

func many(n int) api.Snapshot {
	now := time.Now()
	s, _ := fakeagent.New(now).Snapshot(context.Background())
	kinds := []token.Kind{token.KindGranular, token.KindGitHub, token.KindGitLab, token.KindJFrog, token.KindAzure}
	s.Sessions = nil
	for i := range n {
		name := fmt.Sprintf("npm-%05d.example.com", i*7919%n)
		s.Sessions = append(s.Sessions, api.Session{Registry: "https://" + name + "/", Name: name, Account: fmt.Sprintf("user%d", i%97), Kind: kinds[i%len(kinds)], State: api.StateRunning,
			Ends: now.Add(time.Duration(i*613%n) * time.Hour), Used: now.Add(-time.Duration(i%5000) * time.Minute), Places: []api.Place{{File: fmt.Sprintf("/home/alice/src/p%d/.npmrc", i%800), Line: 1 + i%20}}})
	}
	return s
}

func open(t testing.TB, w windowkit.Way, s api.Snapshot) (*windowkit.Page, *Room) {
	t.Helper()
	pg := windowkit.Open(t, w, fakeagent.New(time.Now()), s)
	room := New(pg.Desk)
	pg.Enter(room, "")
	return pg, room
}

// names are the registries in the order of the table.
func (r *Room) names() (all []string) {
	for _, e := range r.table.rows {
		all = append(all, e.session.Name)
	}
	return all
}

// TestShows: what is known stands there, and a session is no access token.
func TestShows(t *testing.T) {
	for _, w := range windowkit.Ways {
		t.Run(w.Name(), func(t *testing.T) {
			pg, room := open(t, w, few(time.Now()))
			p := pg.Desk.P
			pg.Wants(t, p.T("tokens.scope"), "npm.acme.example.com", "build-server", p.T("tokens.kind.github"), p.N("tokens.ends.in", 12), p.N("tokens.ends.in", 60),
				p.T("tokens.ends.unknown"), p.T("tokens.used.never"), p.T("tokens.ends.ended"), p.T("tokens.place.none"), p.T("tokens.line", map[string]any{"Line": 3})+" · "+p.T("tokens.place.open")+" · "+p.N("tokens.place.more", 2))
			if all := pg.Read(); strings.Contains(all, "session.example.com") || strings.Contains(all, "none.example.com") {
				t.Errorf("sessions are listed:%s", all)
			}
			if h := room.Header(time.Now()); h.Sub != p.N("tokens.sub", 4) || !h.Searchable {
				t.Errorf("the header says %+v", h)
			}
			pg.Press(fyne.KeyTab, fyne.KeyTab, fyne.KeyTab, fyne.KeyTab, fyne.KeyTab, fyne.KeyTab, fyne.KeyDown)
			pg.Inside(t)
			pg.Shot(t, "tokens-"+w.Name())
		})
	}
}

func TestFits(t *testing.T) {
	for _, w := range []windowkit.Way{
		{Language: "en", Width: 284}, {Language: "ja", Width: 284, Dark: true}, {Language: "en", Width: 700}, {Language: "en", Scale: 1.6, Width: 1200}, {Language: "ja", Width: 600, Scale: 1.6}, {Language: "en", Width: 284, Scale: 1.6},
	} {
		name := fmt.Sprintf("%s-%.0f-%.1f", w.Name(), w.Width, w.Scale)
		t.Run(name, func(t *testing.T) {
			pg, room := open(t, w, few(time.Now()))
			pg.Inside(t)
			pg.Shot(t, "tokens-"+name)
			room.details(room.table.rows[1])
			pg.Inside(t)
			pg.Shot(t, "tokens-details-"+name)
		})
	}
}

// TestSort: a press on a heading sorts, a second one turns it round; what is not known stays last.
func TestSort(t *testing.T) {
	ended, npm, acme, art := "old.example.com", "npm", "npm.acme.example.com", "art.example.com"
	for _, c := range []struct {
		by   column
		want [2][]string
	}{
		{byName, [2][]string{{art, npm, acme, ended}, {ended, acme, npm, art}}},
		{byEnd, [2][]string{{ended, npm, acme, art}, {acme, npm, ended, art}}},
		{byUse, [2][]string{{art, npm, acme, ended}, {npm, art, acme, ended}}},
		{byPlace, [2][]string{{npm, ended, acme, art}, {acme, npm, ended, art}}},
		{byKind, [2][]string{{acme, art, ended, npm}, {npm, ended, art, acme}}},
	} {
		for _, keyboard := range []bool{false, true} {
			for _, language := range []string{"en", "ja"} {
				t.Run(fmt.Sprintf("%s/%v/%s", names[c.by], keyboard, language), func(t *testing.T) {
					pg, room := open(t, windowkit.Way{Language: language}, few(time.Now()))
					room.by = -1 // none
					for turn := range 2 {
						if keyboard {
							pg.Win.Canvas().Unfocus()
							pg.Press(fyne.KeyTab)
							for range c.by {
								pg.Press(fyne.KeyRight)
							}
							pg.Press(fyne.KeyReturn)
						} else {
							room.heads[c.by].box.Tapped(nil)
						}
						if got := room.names(); !slices.Equal(got, c.want[turn]) && !(language == "ja" && c.by == byKind) {
							t.Errorf("sorted %d times: %q, want %q", turn+1, got, c.want[turn])
						}
					}
				})
			}
		}
	}
}

// TestKeyboard: the table is one stop of the Tab key, arrows go through it, and Enter shows one.
func TestKeyboard(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		t.Run(language, func(t *testing.T) {
			opened := make(chan string, 1)
			pg, room := open(t, windowkit.Way{Language: language, Outside: desk.Outside{OpenPath: func(path string) error {
				opened <- path
				return nil
			}}}, few(time.Now()))
			for range columns + 1 {
				pg.Press(fyne.KeyTab)
			}
			if pg.Win.Canvas().Focused() != fyne.Focusable(room.table) {
				t.Fatalf("the keyboard is at %v", pg.Win.Canvas().Focused())
			}
			pg.Press(fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyEnd, fyne.KeyHome, fyne.KeyPageDown, fyne.KeyUp)
			if room.table.cursor != 2 {
				t.Errorf("the cursor is at %d", room.table.cursor)
			}
			pg.Press(fyne.KeyReturn)
			pg.Wants(t, pg.Desk.P.T("tokens.details.places"), "build-server")
			pg.Shot(t, "tokens-details-"+language)
			pg.Press(fyne.KeyTab, fyne.KeyReturn)
			pg.Tap(t, pg.Desk.P.T("findings.at", map[string]any{"File": "/home/alice/src/tool/.npmrc", "Line": 3}))
			if path := <-opened; path != "/home/alice/src/tool/.npmrc" {
				t.Errorf("opened %q", path)
			}
			pg.Press(fyne.KeyEscape)
			if pg.Win.Canvas().Overlays().Top() != nil || pg.Win.Canvas().Focused() != fyne.Focusable(room.table) {
				t.Error("Escape does not lead back to the table")
			}
			room.table.pool[1].Tapped(nil)
			if pg.Win.Canvas().Overlays().Top() == nil {
				t.Error("a tap shows nothing")
			}
		})
	}
}

func TestSearchAndEmpty(t *testing.T) {
	pg, room := open(t, windowkit.Way{Language: "en"}, few(time.Now()))
	room.Search("ACME github")
	if got := room.names(); !slices.Equal(got, []string{"npm.acme.example.com"}) {
		t.Errorf("found %q", got)
	}
	if got := room.Header(time.Now()).Sub; got != "1 of 4" {
		t.Errorf("the header says %q", got)
	}
	room.Search("nowhere")
	pg.Wants(t, "Nothing matches")
	room.Enter("https://old.example.com/")
	if e := room.table.rows[room.table.cursor]; e.session.Name != "old.example.com" || !room.table.chosen {
		t.Errorf("chosen is %q", e.session.Name)
	}
	s := few(time.Now())
	s.Version, s.Sessions = 9, s.Sessions[:1]
	pg.Show(s)
	pg.Wants(t, "No access token on this computer")
	pg.Shot(t, "tokens-empty")
}

// TestMany: of 10,000 only those in view have rows.
func TestMany(t *testing.T) {
	pg, room := open(t, windowkit.Way{Language: "en"}, many(10_000))
	room.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	last := room.table.rows[9999].session.Name
	pg.Wants(t, last)
	pg.Inside(t)
	made := 0
	for _, r := range room.table.pool {
		if r != nil {
			made++
		}
	}
	if made > 150 {
		t.Errorf("%d rows were made", made)
	}
	pg.Shot(t, "tokens-many")
}

// BenchmarkTable measures what the user waits for with 10,000 access tokens.
func BenchmarkTable(b *testing.B) {
	s := many(10_000)
	pg, room := open(b, windowkit.Way{Language: "en"}, s)
	b.Run("show", func(b *testing.B) {
		for b.Loop() {
			s.Version++
			pg.Show(s)
		}
	})
	b.Run("sort", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			room.sort(column(i / 2 % int(columns)))
		}
	})
	b.Run("search", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			room.Search([]string{"user1", "p77 github", "npm-00", ""}[i%4])
		}
	})
	b.Run("scroll", func(b *testing.B) {
		scroll := room.Hand().Scroll
		for b.Loop() {
			to := scroll.Offset
			if to.Y += 400; to.Y > scroll.Content.Size().Height-400 {
				to.Y = 0
			}
			scroll.ScrollToOffset(to)
		}
	})
	b.Run("key", func(b *testing.B) {
		for b.Loop() {
			room.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		}
	})
	b.Run("tick", func(b *testing.B) {
		for b.Loop() {
			room.Tick(time.Now())
		}
	})
}
