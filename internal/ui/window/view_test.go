package window

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// frame is a whole window whose goroutine is the test's.
type frame struct {
	*View
	agent *fakeagent.Agent
	win   fyne.Window
	queue chan func()
}

func openFrame(t *testing.T, way windowkit.Way) *frame {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, way.Theme())
	f := &frame{agent: fakeagent.New(time.Now()), win: test.NewTempWindow(t, nil), queue: make(chan func(), 256)}
	f.View = New(t.Context(), f.win, Options{Agent: f.agent, Language: way.Language, Outside: way.Outside})
	f.desk.UI = func(do func()) { f.queue <- do }
	f.win.SetPadded(false)
	f.win.SetContent(f.Content())
	width := way.Width
	if width == 0 {
		width = 1180
	}
	f.win.Resize(fyne.NewSize(width, 760))
	return f
}

// settled is a snapshot of somebody who has set up, in a language.
func (f *frame) settled(t *testing.T, lang string) api.Snapshot {
	t.Helper()
	s, err := f.agent.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Settings.Welcomed, s.Settings.Language = true, lang
	return s
}

func (f *frame) read() string {
	return "\n" + strings.Join(windowkit.Texts(f.win.Content()), "\n") + "\n"
}

func (f *frame) wants(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(f.read(), text) {
			t.Errorf("%q is not in the window:%s", text, f.read())
		}
	}
}

// shortcut types a key with the system's modifier: Fyne's test window hands none on.
func (f *frame) shortcut(key fyne.KeyName) { f.shortcuts()[key]() }

func (f *frame) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for !ok() {
		select {
		case do := <-f.queue:
			do()
		case <-limit:
			t.Fatalf("waited in vain for %s:%s", what, f.read())
		}
	}
}

// TestEveryRoomByKeyAndByTap opens the six rooms by their number and by the rail, in both languages.
func TestEveryRoomByKeyAndByTap(t *testing.T) {
	keys := []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6}
	for _, lang := range i18n.Languages {
		f := openFrame(t, windowkit.Way{Language: lang})
		f.Show(f.settled(t, lang))
		p := i18n.New(lang)
		for i, room := range api.Rooms {
			for name, open := range map[string]func(){
				"key": func() { f.shortcut(keys[i]) },
				"tap": func() { test.Tap(f.rail.rows[room].Row) },
			} {
				f.Enter(api.Rooms[(i+1)%len(api.Rooms)], "")
				open()
				if f.room != room || f.header.title.Text != p.T("window.room."+string(room)) {
					t.Errorf("%s by %s: in %s, which is headed %q", room, name, f.room, f.header.title.Text)
				}
			}
			for name, row := range f.rail.rows {
				if row.back.Hidden == (name == room) {
					t.Errorf("in %s the rail marks %s: %v", room, name, !row.back.Hidden)
				}
			}
			for line := range strings.Lines(f.read()) {
				if strings.HasPrefix(line, "window.") {
					t.Errorf("%s in %s: no words for %q", room, lang, line)
				}
			}
		}
	}
}

func TestFirstRunOpensOnce(t *testing.T) {
	f := openFrame(t, windowkit.Way{Language: "en"})
	s := f.settled(t, "en")
	s.Settings.Welcomed, s.Sessions[0].Places = false, nil
	f.Show(s)
	if f.room != api.RoomSetup {
		t.Fatalf("the first run opens %s", f.room)
	}
	f.Enter(api.RoomSessions, "")
	s.Version++
	f.Show(s)
	if f.room != api.RoomSessions {
		t.Error("the first run came back by itself")
	}
	f = openFrame(t, windowkit.Way{Language: "en"})
	f.Show(f.settled(t, "en"))
	if f.room != api.RoomSessions {
		t.Error("who was welcomed is welcomed again")
	}
}

// TestKeysOfTheFrame: look again, the search, the main action, and back.
func TestKeysOfTheFrame(t *testing.T) {
	f := openFrame(t, windowkit.Way{Language: "en"})
	f.Show(f.settled(t, "en"))
	f.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF5})
	for _, verb := range []api.Verb{api.VerbRescan, api.VerbProbe} {
		if !f.agent.Await(t.Context(), func(c fakeagent.Call) bool { return c.Method == "do" && c.Params.(api.Action).Verb == verb }) {
			t.Errorf("F5 asks for no %s", verb)
		}
	}
	f.until(t, "the word that it was done", func() bool { return f.toast.box.Visible() })
	f.wants(t, "Looked at every file")
	f.shortcut(fyne.KeyF)
	if f.win.Canvas().Focused() != fyne.Focusable(f.header.search) {
		t.Fatal("Ctrl+F does not lead to the search")
	}
	f.header.search.SetText("nothing like this")
	f.header.search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if f.header.search.Text != "" || f.win.Canvas().Focused() != nil {
		t.Error("Escape does not leave the search")
	}
	f.shortcut(fyne.KeyN)
	if len(f.win.Canvas().Overlays().List()) == 0 {
		t.Error("Ctrl+N does not do the room's main action")
	}
	f.win.Canvas().Overlays().Remove(f.win.Canvas().Overlays().Top())
	f.shortcut(fyne.KeyComma)
	if f.room != api.RoomSettings {
		t.Error("Ctrl+, does not lead to the settings")
	}
}

// TestAgentGoes: the window says so, offers to start one, and says when it is back.
func TestAgentGoes(t *testing.T) {
	started := make(chan bool, 1)
	f := openFrame(t, windowkit.Way{Language: "en", Outside: desk.Outside{Start: func() error { started <- true; return nil }}})
	s := f.settled(t, "en")
	f.Show(s)
	f.lost()
	f.wants(t, "Sandglass's agent does not answer", "Agent not running", "Start it", "npm")
	for _, o := range f.banner.Objects {
		if b := windowkit.Find(o, "Start it"); b != nil {
			b.Tapped(nil)
		}
	}
	if !<-started {
		t.Error("nothing was started")
	}
	f.Show(s)
	if strings.Contains(f.read(), "does not answer") {
		t.Error("the agent is back, and the window still misses it")
	}
}

// flaky is an agent that goes as often as it is told to.
type flaky struct {
	*fakeagent.Agent
	goes chan bool
}

func (f flaky) Watch(ctx context.Context, see func(api.Snapshot) error) error {
	if <-f.goes {
		if s, err := f.Snapshot(ctx); err == nil {
			_ = see(s)
		}
		return &api.Error{Code: api.CodeNoAgent}
	}
	return f.Agent.Watch(ctx, see)
}

// TestAgentComesBack: the agent goes twice, and the window asks until it is back.
func TestAgentComesBack(t *testing.T) {
	f := openFrame(t, windowkit.Way{Language: "en"})
	a := flaky{fakeagent.New(time.Now()), make(chan bool, 3)}
	a.Set(func(s *api.Snapshot) { s.Settings.Welcomed = true })
	f.desk.Agent = a
	go f.Follow()
	for range 2 {
		a.goes <- true
		f.until(t, "the agent's end", func() bool { return strings.Contains(f.read(), "does not answer") })
	}
	a.goes <- false
	f.until(t, "its return", func() bool { return !strings.Contains(f.read(), "does not answer") })
}

// covered counts how often a room is told to hide what must not stand open.
type covered struct {
	desk.Room
	n int
}

func (c *covered) Cover() { c.n++ }

// TestJ10_NothingStaysOpen: a room hides its secrets when the user turns to another program or room, and when all is made anew.
func TestJ10_NothingStaysOpen(t *testing.T) {
	f := openFrame(t, windowkit.Way{Language: "en"})
	f.Show(f.settled(t, "en"))
	room := &covered{Room: f.rooms[api.RoomSessions]}
	f.rooms[api.RoomSessions] = room
	f.Attend(false)
	f.Attend(true)
	f.Enter(api.RoomFindings, "")
	f.Enter(api.RoomSessions, "")
	f.Show(f.settled(t, "ja"))
	if room.n != 3 {
		t.Errorf("hidden %d times", room.n)
	}
}

// TestFollow: snapshots arrive.
func TestFollow(t *testing.T) {
	f := openFrame(t, windowkit.Way{Language: "en"})
	f.agent.Set(func(s *api.Snapshot) { s.Settings.Welcomed = true })
	go f.Follow()
	f.until(t, "a snapshot", func() bool { return strings.Contains(f.read(), "alice") })
	f.agent.Set(func(s *api.Snapshot) { s.Sessions[0].Account = "bob" })
	f.until(t, "the next", func() bool { return strings.Contains(f.read(), "bob") })
}

// TestLanguageAndColoursChange while the window is open: it stays in its room, and says all in the new language.
func TestLanguageAndColoursChange(t *testing.T) {
	f := openFrame(t, windowkit.Way{Language: "en"})
	f.Show(f.settled(t, "en"))
	f.Enter(api.RoomFindings, "")
	f.Show(f.settled(t, "ja"))
	if f.room != api.RoomFindings || f.header.title.Text != "検出事項" {
		t.Errorf("in %s, headed %q", f.room, f.header.title.Text)
	}
	f.wants(t, "セッション", "設定")
	test.ApplyTheme(t, windowkit.Way{Dark: true}.Theme())
	f.Restyle()
	if !f.dark || f.room != api.RoomFindings {
		t.Error("the new colours did not come")
	}
	f.wants(t, "検出事項")
}

// TestJ10_NoSecretOutlivesItsRoom: whatever takes the room away from under the box that shows a secret, hides it, and
// nothing later leaves it open when the user looks away.
func TestJ10_NoSecretOutlivesItsRoom(t *testing.T) {
	for name, away := range map[string]func(*testing.T, *frame){
		"another program":  func(_ *testing.T, f *frame) { f.Attend(false) },
		"another room":     func(_ *testing.T, f *frame) { f.Enter(api.RoomProjects, "") },
		"another language": func(t *testing.T, f *frame) { f.Show(f.settled(t, "ja")) },
		"other colours": func(t *testing.T, f *frame) {
			test.ApplyTheme(t, windowkit.Way{Dark: true}.Theme())
			f.Restyle()
		},
		"a lock": func(t *testing.T, f *frame) {
			s := f.settled(t, "en")
			s.Locked = true
			f.Show(s)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := openFrame(t, windowkit.Way{Language: "en"})
			f.Show(f.settled(t, "en"))
			shown := 0
			open := func() { f.desk.Bare(func() { shown-- }); shown++ }
			open()
			away(t, f)
			if shown != 0 {
				t.Error("the secret stands open")
			}
			open() // the box is still there, and has its button
			f.Attend(false)
			if shown != 0 {
				t.Error("the secret stands open for another program")
			}
		})
	}
}

// TestNarrow: at 300 % a screen of 1,280 pixels leaves 426. The rail keeps its pictures, and all rooms fit.
func TestNarrow(t *testing.T) {
	var f *frame
	for _, lang := range i18n.Languages {
		for _, width := range []float32{426, 340} {
			f = openFrame(t, windowkit.Way{Language: lang, Width: width})
			f.Show(f.settled(t, lang))
			for _, room := range append(slices.Clone(api.Rooms), api.RoomSetup) {
				f.Enter(room, "")
				if least := f.Content().MinSize(); least.Width > width || least.Height > 500 {
					t.Errorf("%s in %s cannot be made smaller than %v", room, lang, least)
				}
			}
		}
	}
	if !f.rail.folded || f.rail.rows[api.RoomSessions].name.Visible() {
		t.Error("the rail keeps its words")
	}
	f.win.Resize(fyne.NewSize(1180, 760))
	if f.rail.folded {
		t.Error("the rail does not unfold")
	}
}

// TestDropped: a file that is dropped on the window is explained, whatever room is open, but not in the middle of a
// question.
func TestDropped(t *testing.T) {
	f := openFrame(t, windowkit.Way{Language: "en"})
	f.Show(f.settled(t, "en"))
	log := filepath.Join(t.TempDir(), "debug.log")
	if err := os.WriteFile(log, []byte("npm error code E404\nnpm error 404 Not Found - GET https://npm.example.com/@acme%2fbutton - Not found\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	page, err := storage.ParseURI("https://npm.example.com/")
	if err != nil {
		t.Fatal(err)
	}
	f.desk.Tell(errors.New("something"))
	f.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(log)})
	f.win.Canvas().Overlays().Top().Hide()
	f.dropped(fyne.Position{}, nil)
	f.dropped(fyne.Position{}, []fyne.URI{page})
	if f.room != api.RoomSessions {
		t.Fatalf("it has gone to %s", f.room)
	}
	f.win.Canvas().Overlays().Remove(f.win.Canvas().Overlays().Top())
	f.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(log)})
	f.until(t, "the question", func() bool {
		return slices.ContainsFunc(f.agent.Calls(), func(c fakeagent.Call) bool { return c.Method == "diagnose" })
	})
	if f.room != api.RoomFindings {
		t.Errorf("it is explained in %s", f.room)
	}
}
