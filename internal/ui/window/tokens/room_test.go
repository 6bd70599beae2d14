package tokens

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
)

// TestShows: what the registry tells stands there, beside the session and what lies on this computer.
func TestShows(t *testing.T) {
	for _, w := range windowkit.Ways {
		t.Run(w.Name(), func(t *testing.T) {
			now := time.Now()
			pg := open(t, w, few(now), local(now))
			p := pg.Desk.P
			pg.Wants(t, "ci-publish", "npm_aB3d…9fQ2", p.T("tokens.may.read-write"), p.T("tokens.badge.bypass"), "@acme/*", p.T("tokens.address.any"), p.N("tokens.ends.in", 12), "GitHub secret NPM_TOKEN", p.T("tokens.place.noted"),
				p.T("tokens.place.variable", map[string]any{"Variable": "SG_7F3A"}), p.T("tokens.reach.all"), p.T("tokens.badge.wide"), p.N("tokens.reach.packages", 3), p.N("tokens.badge.unused.days", 47), p.T("tokens.may.read-write-stage-only"), "192.0.2.0/24",
				p.T("tokens.place.open"), "by-hand", p.T("tokens.own"), "npm.acme.example.com", p.T("tokens.unlisted"), p.N("tokens.bypass", 2))
			all := pg.Read()
			if strings.Contains(all, "none.example.com") || strings.Count(strings.Join(pg.names(), "\n"), "old-release") != 1 || len(pg.names()) != 8 {
				t.Errorf("the rows are %q", pg.names())
			}
			h := pg.room.Header(now)
			if !strings.HasPrefix(h.Sub, "npm · alice · 6") || !h.Searchable || h.Action == "" || h.Also == "" {
				t.Errorf("the header says %+v", h)
			}
			pg.room.table.choose(pg.row(t, "ci-publish"))
			pg.Wants(t, p.N("tokens.chosen", 1, map[string]any{"Names": "ci-publish"}))
			pg.Inside(t)
			pg.Shot(t, "tokens-"+w.Name())
			pg.Tap(t, p.T("tokens.bypass.show"))
			pg.Wants(t, p.T("access.mark.bypass.hint"), "ci-publish"+p.T("tokens.comma")+"old-release")
			pg.Inside(t)
			pg.Shot(t, "tokens-wayout-"+w.Name())
		})
	}
}

func TestFits(t *testing.T) {
	for _, w := range append(windowkit.Tight(), windowkit.Way{Language: "en", Width: 426}, windowkit.Way{Language: "ja", Width: 340, Dark: true}, windowkit.Way{Language: "en", Width: 700}, windowkit.Way{Language: "en", Scale: 2, Width: 1200}) {
		name := fmt.Sprintf("%s-%.0f-%.1f", w.Name(), w.Width, w.Scale)
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			pg := open(t, w, few(now), local(now))
			pg.Inside(t)
			pg.Shot(t, "tokens-"+name)
			pg.room.details(pg.room.table.rows[pg.row(t, "laptop-read")])
			pg.Inside(t)
			pg.Shot(t, "tokens-details-"+name)
			pg.Press(fyne.KeyEscape)
			pg.room.create()
			pg.Inside(t)
			pg.Shot(t, "tokens-create-"+name)
		})
	}
}

// TestSort: a press on a heading sorts, a second one turns it round; what is not known stays last.
func TestSort(t *testing.T) {
	now := time.Now()
	list := few(now)
	list.Tokens = list.Tokens[:5]
	s := local(now)
	s.Sessions = s.Sessions[:1]
	const ci, docs, laptop, old, renovate, session = "ci-publish", "docs-bot", "laptop-read", "old-release", "renovate", "npm session"
	for _, c := range []struct {
		by   column
		want [2][]string
	}{
		{byName, [2][]string{{ci, docs, laptop, session, old, renovate}, {renovate, old, session, laptop, docs, ci}}},
		{byMay, [2][]string{{laptop, renovate, docs, ci, old, session}, {ci, old, docs, laptop, renovate, session}}},
		{byReach, [2][]string{{old, ci, laptop, docs, renovate, session}, {renovate, docs, laptop, ci, old, session}}},
		{byEnd, [2][]string{{session, ci, laptop, renovate, old, docs}, {docs, old, renovate, laptop, ci, session}}},
		{byUse, [2][]string{{ci, laptop, docs, renovate, old, session}, {old, renovate, docs, laptop, ci, session}}},
		{byPlace, [2][]string{{laptop, session, old, docs, ci, renovate}, {ci, docs, old, laptop, session, renovate}}},
	} {
		for _, keyboard := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", names[c.by], keyboard), func(t *testing.T) {
				pg := open(t, windowkit.Way{Language: "en"}, list, s)
				pg.room.by = -1 // none
				for turn := range 2 {
					if keyboard {
						pg.TabTo(t, "Name, sort by it")
						for range c.by {
							pg.Press(fyne.KeyRight)
						}
						pg.Press(fyne.KeyReturn)
						pg.Win.Canvas().Unfocus()
					} else {
						pg.room.heads[c.by].box.Tapped(nil)
					}
					if got := pg.names(); !slices.Equal(got, c.want[turn]) {
						t.Errorf("sorted %d times: %q, want %q", turn+1, got, c.want[turn])
					}
				}
			})
		}
	}
}

// TestKeyboard: the table is one stop of the Tab key, arrows go through it, the space bar chooses more, and Enter shows
// one.
func TestKeyboard(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		t.Run(language, func(t *testing.T) {
			now := time.Now()
			pg := open(t, windowkit.Way{Language: language}, few(now), local(now))
			table := pg.room.table
			for pg.Win.Canvas().Focused() != fyne.Focusable(table) {
				pg.Press(fyne.KeyTab)
			}
			pg.Press(fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyEnd, fyne.KeyHome, fyne.KeyPageDown, fyne.KeyUp)
			if len(table.chosen) != 1 || !table.only(table.cursor) {
				t.Errorf("chosen are %v, the cursor is at %d", table.chosen, table.cursor)
			}
			pg.Press(fyne.KeyHome, fyne.KeySpace, fyne.KeyDown, fyne.KeyDown, fyne.KeySpace)
			if got := table.picked(); len(got) != 2 || got[0] != table.rows[0] || got[1] != table.rows[2] {
				t.Errorf("%d are chosen", len(got))
			}
			pg.Press(fyne.KeyEscape)
			if len(table.chosen) != 0 {
				t.Error("Escape lets nothing go")
			}
			table.choose(pg.row(t, "old-release"))
			pg.Press(fyne.KeyReturn)
			pg.Wants(t, pg.Desk.P.T("tokens.details.places"), "44444444-old", pg.Desk.P.T("access.mark.bypass.hint"))
			pg.Inside(t)
			pg.Shot(t, "tokens-details-"+language)
			pg.Press(fyne.KeyEscape)
			if pg.Win.Canvas().Overlays().Top() != nil || pg.Win.Canvas().Focused() != fyne.Focusable(table) {
				t.Error("Escape does not lead back to the table")
			}
		})
	}
}

// TestMouse: a tap chooses one, a second one shows it; Ctrl chooses more, Shift a range.
func TestMouse(t *testing.T) {
	now := time.Now()
	pg := open(t, windowkit.Way{Language: "en"}, few(now), local(now))
	tap := func(i int, held fyne.KeyModifier) int {
		r := pg.room.table.row(i)
		r.MouseDown(&desktop.MouseEvent{Modifier: held})
		r.Tapped(nil)
		return len(pg.room.table.chosen)
	}
	for _, c := range []struct {
		i    int
		held fyne.KeyModifier
		want int
	}{{1, 0, 1}, {3, fyne.KeyModifierControl, 2}, {4, fyne.KeyModifierControl, 3}, {4, fyne.KeyModifierControl, 2}, {1, 0, 1}, {3, fyne.KeyModifierShift, 3}, {2, 0, 1}} {
		if got := tap(c.i, c.held); got != c.want {
			t.Errorf("after a tap on %d with %v %d are chosen, want %d", c.i, c.held, got, c.want)
		}
	}
	if pg.Win.Canvas().Overlays().Top() != nil {
		t.Error("a tap shows the details already")
	}
	tap(2, 0)
	if pg.Win.Canvas().Overlays().Top() == nil {
		t.Error("a second tap shows nothing")
	}
}

func TestSearch(t *testing.T) {
	now := time.Now()
	pg := open(t, windowkit.Way{Language: "en"}, few(now), local(now))
	for search, want := range map[string]string{"CI-pub": "ci-publish", "left-pad": "old-release", "tool .npmrc old": "old-release", "github npm_token": "ci-publish", "192.0.2": "docs-bot", "sg_7f3a": "laptop-read", "build-server": "npm.acme.example.com"} {
		pg.room.Search(search)
		if got := pg.names(); !slices.Equal(got, []string{want}) {
			t.Errorf("%q finds %q", search, got)
		}
	}
	if got := pg.room.Header(now).Sub; got != "1 of 8" {
		t.Errorf("the header says %q", got)
	}
	pg.room.Search("nowhere")
	pg.Wants(t, "Nothing matches")
	pg.room.Enter("44444444-old")
	if e := pg.room.table.picked(); len(e) != 1 || e[0].name != "old-release" {
		t.Errorf("%d are chosen", len(e))
	}
}

// TestN04_TenThousand: of 10,000 only those in view have rows.
func TestN04_TenThousand(t *testing.T) {
	now := time.Now()
	s := local(now)
	s.Sessions = s.Sessions[:1]
	pg := open(t, windowkit.Way{Language: "en"}, many(now, 10_000), s)
	pg.room.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	pg.Wants(t, pg.room.table.rows[10_000].name)
	pg.Inside(t)
	made := 0
	for _, r := range pg.room.table.pool {
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
	now := time.Now()
	pg := open(b, windowkit.Way{Language: "en"}, many(now, 10_000), local(now))
	b.Run("show", func(b *testing.B) {
		for b.Loop() {
			pg.room.gather()
		}
	})
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			pg.Show(pg.Desk.Snapshot)
		}
	})
	b.Run("sort", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			pg.room.sort(column(i / 2 % columns))
		}
	})
	b.Run("search", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			pg.room.Search([]string{"team1", "p77 ci", "ci-00", ""}[i%4])
		}
	})
	b.Run("scroll", func(b *testing.B) {
		scroll := pg.room.Hand().Scroll
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
			pg.room.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		}
	})
	b.Run("tick", func(b *testing.B) {
		for b.Loop() {
			pg.room.Tick(time.Now())
		}
	})
}

// TestStates: each state of the list says what it is and what to do.
func TestStates(t *testing.T) {
	now := time.Now()
	ended := func(s *api.Snapshot) { s.Sessions[0].State = api.StateEnded }
	for _, c := range []struct {
		name   string
		err    error
		change func(*api.Snapshot)
		known  bool // a list was read before
		want   []string
	}{
		{"signed-out", nil, func(s *api.Snapshot) { s.Sessions = nil }, false, []string{"tokens.login", "tokens.login.hint", "window.action.login"}},
		{"ended", nil, ended, false, []string{"tokens.login", "window.action.login"}},
		{"ended-known", nil, ended, true, []string{"tokens.login", "tokens.login.last", "window.action.login"}},
		{"locked", nil, func(s *api.Snapshot) { s.Sessions[0].State = api.StateLocked }, false, []string{"tokens.locked", "window.verb.unlock"}},
		{"offline", &api.Error{Code: api.CodeNetwork}, nil, false, []string{"tokens.offline", "tokens.again"}},
		{"offline-known", &api.Error{Code: api.CodeNetwork}, nil, true, []string{"tokens.offline", "tokens.last", "tokens.again"}},
		{"denied", &api.Error{Code: api.CodeDenied}, nil, false, []string{"window.action.login"}},
		{"broken", &api.Error{Code: api.CodeBadAnswer}, nil, false, []string{"tokens.again"}},
		{"no-list", &api.Error{Code: api.CodeNoTokens}, nil, false, []string{"tokens.nolist", "tokens.nolist.hint"}},
	} {
		for _, language := range []string{"en", "ja"} {
			t.Run(c.name+"/"+language, func(t *testing.T) {
				s, agent := local(now), fakeagent.New(now)
				pg := &testPage{agent: agent}
				agent.List = few(now)
				if !c.known {
					agent.Errors = map[string]error{"tokens": c.err}
					if c.change != nil {
						c.change(&s)
					}
				}
				pg = openWith(t, windowkit.Way{Language: language}, agent, s)
				if c.known {
					agent.Errors = map[string]error{"tokens": c.err}
					if c.change != nil {
						c.change(&s)
					}
					s.Version++
					pg.Show(s)
					pg.room.Refresh()
					pg.wait(t, "the answer", func() bool { return !pg.room.now().asking })
					pg.Wants(t, "ci-publish")
				}
				args := map[string]any{"Registry": "npm", "Clock": pg.Desk.P.Clock(pg.room.now().list.At, now)}
				for _, key := range c.want {
					pg.Wants(t, pg.Desk.P.T(key, args))
				}
				pg.Inside(t)
				pg.Shot(t, "tokens-state-"+c.name+"-"+language)
			})
		}
	}
}

// TestReadsAgain: when a session was renewed, when the user asks, and when something was noted; and no list comes twice
// for the same.
func TestReadsAgain(t *testing.T) {
	now := time.Now()
	s := local(now)
	pg := open(t, windowkit.Way{Language: "en"}, few(now), s)
	idle := func() bool { return !pg.room.now().asking }
	count := func(want int, fresh bool) {
		t.Helper()
		pg.wait(t, "the answer", idle)
		all := pg.asked("tokens")
		if len(all) != want || all[len(all)-1].(api.TokensRequest) != (api.TokensRequest{Registry: npm, Fresh: fresh}) {
			t.Errorf("asked: %+v", all)
		}
	}
	count(1, false)
	s.Version++
	pg.Show(s)
	count(1, false)
	s.Sessions = slices.Clone(s.Sessions)
	s.Sessions[0].Started, s.Version = now, s.Version+1
	pg.Show(s)
	count(2, true)
	pg.room.Refresh()
	count(3, true)
	s.Notes, s.Version = nil, s.Version+1
	pg.Show(s)
	count(4, false)
}
