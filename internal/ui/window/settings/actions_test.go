package settings

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// did waits for an action that satisfies ok.
func (pg *page) did(t *testing.T, what string, ok func(api.Action) bool) {
	t.Helper()
	if !pg.agent.Await(t.Context(), func(c fakeagent.Call) bool { a, is := c.Params.(api.Action); return is && ok(a) }) {
		t.Errorf("%s was not asked for", what)
	}
}

// everyWay runs a test in both languages, by taps and by the keyboard alone.
func everyWay(t *testing.T, s func() api.Snapshot, run func(t *testing.T, pg *page, press func(key string, args ...i18n.Args))) {
	t.Helper()
	for _, lang := range []string{"en", "ja"} {
		for _, keys := range []bool{false, true} {
			pg := open(t, windowkit.Way{Language: lang}, s())
			run(t, pg, func(key string, args ...i18n.Args) { t.Helper(); pg.Choose(t, keys, pg.Desk.P.T(key, args...)) })
			pg.Wants(t)
		}
	}
}

func plainHouse() api.Snapshot { return house(time.Now()) }

// TestToggles: each asks for its setting, and shows what is in force until the agent says otherwise.
func TestToggles(t *testing.T) {
	for key, want := range map[string]func(api.Settings) bool{
		"settings.renew":      func(s api.Settings) bool { return !s.Renew },
		"settings.notices.on": func(s api.Settings) bool { return !s.Notices },
		"settings.animations": func(s api.Settings) bool { return !s.Animations },
		"settings.explain":    func(s api.Settings) bool { return s.Explain },
		"settings.lock":       func(s api.Settings) bool { return s.EmptyOnLock },
	} {
		everyWay(t, plainHouse, func(t *testing.T, pg *page, press func(string, ...i18n.Args)) {
			press(key)
			pg.did(t, key, func(a api.Action) bool {
				return a.Verb == api.VerbSet && want(*a.Settings) && a.Settings.Quiet == "22:00-08:00"
			})
		})
	}
}

// TestNothingIsAssumed: a box shows what the agent says, whatever was pressed.
func TestNothingIsAssumed(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, plainHouse())
	pg.agent.Errors = map[string]error{"do": &api.Error{Code: api.CodeFile, Args: map[string]string{"File": "/home/alice/settings.toml"}}}
	before := pg.Read()
	pg.Tap(t, "Renew when a command needs it")
	pg.Until(t, "the error", func() bool { return strings.Contains(pg.Read(), "A file cannot be read or written.") })
	pg.Tap(t, "Close")
	if pg.Read() != before {
		t.Error("the room shows what the agent refused")
	}
}

func TestLanguage(t *testing.T) {
	for title, want := range map[string]string{"日本語": "ja", "English": "en"} {
		everyWay(t, plainHouse, func(t *testing.T, pg *page, _ func(string, ...i18n.Args)) {
			pg.Choose(t, false, title)
			pg.did(t, title, func(a api.Action) bool { return a.Verb == api.VerbSet && a.Settings.Language == want })
		})
	}
	pg := open(t, windowkit.Way{Language: "en"}, plainHouse())
	pg.TabTo(t, "Follow the system")
	pg.Press(fyne.KeyDown)
	pg.did(t, "English", func(a api.Action) bool { return a.Verb == api.VerbSet && a.Settings.Language == "en" })
}

func TestAutostart(t *testing.T) {
	everyWay(t, plainHouse, func(t *testing.T, pg *page, press func(string, ...i18n.Args)) {
		press("settings.autostart")
		pg.did(t, "no autostart", func(a api.Action) bool { return a.Verb == api.VerbNoAutostart })
		s := plainHouse()
		s.Agent.Autostart = false
		pg.Show(s)
		press("settings.autostart")
		pg.did(t, "autostart", func(a api.Action) bool { return a.Verb == api.VerbAutostart })
	})
	s := plainHouse()
	s.Agent.Startable = false
	pg := open(t, windowkit.Way{Language: "en"}, s)
	pg.Wants(t, "That cannot be changed here.")
	pg.Tap(t, "Start when I log in")
	if len(pg.agent.Calls()) > 0 {
		t.Error("it was asked for all the same")
	}
}

func TestRegistries(t *testing.T) {
	everyWay(t, plainHouse, func(t *testing.T, pg *page, press func(string, ...i18n.Args)) {
		press("settings.registry.mute")
		pg.did(t, "mute", func(a api.Action) bool { return a.Verb == api.VerbMute && a.Registry == "https://npm.example.com/" })
		press("settings.registry.forget")
		pg.Wants(t, pg.Desk.P.T("settings.forget", i18n.Args{"Registry": "npm"}), pg.Desk.P.T("settings.forget.text"))
		pg.Tap(t, pg.Desk.P.T("window.action.cancel"))
		if slices.ContainsFunc(pg.agent.Calls(), func(c fakeagent.Call) bool { a, ok := c.Params.(api.Action); return ok && a.Verb == api.VerbForget }) {
			t.Error("forgotten though the answer was no")
		}
		press("settings.registry.forget")
		press("settings.forget.yes")
		pg.did(t, "forget", func(a api.Action) bool { return a.Verb == api.VerbForget && a.Registry != "" })
		press("settings.registry.unmute")
		pg.did(t, "unmute", func(a api.Action) bool {
			return a.Verb == api.VerbUnmute && a.Registry == "https://art.example.com/api/npm/team/"
		})
	})
}

// planned are the plans that were asked for.
func (pg *page) planned() []api.SetupRequest { return asked[api.SetupRequest](pg, "plan") }

// asked are the requests of one method.
func asked[T any](pg *page, method string) (all []T) {
	for _, c := range pg.agent.Calls() {
		if c.Method == method {
			all = append(all, c.Params.(T))
		}
	}
	return all
}

// TestWhatWritesIsShownFirst: a mode, the desktop's variables, a shell, the move and the undo go through a plan.
func TestWhatWritesIsShownFirst(t *testing.T) {
	for _, c := range []struct {
		open func(press func(string, ...i18n.Args))
		want func(api.SetupRequest) bool
	}{
		{func(press func(string, ...i18n.Args)) { press("settings.desktop") }, func(r api.SetupRequest) bool { return r.Desktop != nil && *r.Desktop }},
		{func(press func(string, ...i18n.Args)) { press("settings.move") }, func(r api.SetupRequest) bool { return r.Move }},
		{func(press func(string, ...i18n.Args)) { press("settings.shell.setup") }, func(r api.SetupRequest) bool { return slices.Equal(r.Shells, []string{"zsh"}) }},
		{func(press func(string, ...i18n.Args)) { press("settings.undo") }, func(r api.SetupRequest) bool { return r.Undo && len(r.Shells) == 5 }},
		{func(press func(string, ...i18n.Args)) {
			press("settings.registry.mode", i18n.Args{"Mode": "exec"})
			press("window.mode.file.name")
		}, func(r api.SetupRequest) bool {
			return r.Mode == injection.ModeFile && r.Registry == "https://art.example.com/api/npm/team/"
		}},
		{func(press func(string, ...i18n.Args)) {
			press("settings.registry.mode", i18n.Args{"Mode": "env"})
			press("window.mode.exec.name")
		}, func(r api.SetupRequest) bool {
			return r.Mode == injection.ModeExec && r.Registry == "https://npm.example.com/"
		}},
	} {
		everyWay(t, plainHouse, func(t *testing.T, pg *page, press func(string, ...i18n.Args)) {
			c.open(press)
			pg.Until(t, "the plan", func() bool { return strings.Contains(pg.Read(), "${SG_7Q2K}") })
			if all := pg.planned(); !slices.ContainsFunc(all, c.want) {
				t.Errorf("asked for %+v", all)
			}
			if slices.ContainsFunc(pg.agent.Calls(), func(c fakeagent.Call) bool { return c.Method == "apply" || c.Method == "do" }) {
				t.Error("something changed before it was agreed to")
			}
			press("settings.change.apply")
			pg.Until(t, "the end", func() bool { return len(pg.Toasts) > 0 })
		})
	}
}

func TestDefaultMode(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, plainHouse())
	pg.room.changeMode("")
	pg.Wants(t, "This sets the mode of every registry")
	pg.Press(fyne.KeyDown)
	pg.Until(t, "the plan", func() bool { return len(pg.planned()) == 2 })
	if all := pg.planned(); !slices.ContainsFunc(all, func(r api.SetupRequest) bool { return r.Mode == injection.ModeFile && r.Registry == "" }) {
		t.Errorf("asked for %+v", all)
	}
	pg.Press(fyne.KeyEscape)
	if len(pg.Win.Canvas().Overlays().List()) > 0 {
		t.Error("Escape does not close the dialog")
	}
}

// TestChangeFails: it is said in the dialog, and tried again there.
func TestChangeFails(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, plainHouse())
	pg.Tap(t, "Set up…")
	pg.Until(t, "the plan", func() bool { return strings.Contains(pg.Read(), "${SG_7Q2K}") })
	pg.agent.Errors = map[string]error{"apply": &api.Error{Code: api.CodeStale}}
	pg.Tap(t, "Apply")
	pg.Until(t, "the new plan", func() bool { return strings.Contains(pg.Read(), "Files have changed meanwhile.") })
	pg.agent.Errors = map[string]error{"apply": errors.New("broken")}
	pg.Tap(t, "Apply")
	pg.Until(t, "the error", func() bool { return strings.Contains(pg.Read(), "Something went wrong inside Sandglass.") })
	pg.agent.Errors = nil
	pg.Tap(t, "Try again")
	pg.Until(t, "the plan", func() bool { return strings.Contains(pg.Read(), "${SG_7Q2K}") })
}

func TestMoveOffWritesNothing(t *testing.T) {
	s := plainHouse()
	s.Settings.Move = true
	pg := open(t, windowkit.Way{Language: "en"}, s)
	pg.Tap(t, "Move logins from files to the keyring")
	pg.did(t, "no move", func(a api.Action) bool { return a.Verb == api.VerbSet && !a.Settings.Move })
}

func TestQuietSpan(t *testing.T) {
	p := i18n.New("en")
	for _, c := range [][4]string{
		{"22:00", "08:00", "22:00-08:00", ""}, {"8:00", " 9:30 ", "08:00-09:30", ""}, {"２２：００", "８：００", "22:00-08:00", ""}, {"", "", "", ""},
		{"25:00", "08:00", "", `"25:00" is not a time of day. Write it as 22:00.`}, {"22:00", "late", "", `"late" is not a time of day. Write it as 22:00.`},
		{"22:00", "", "", "Type both times, or neither."}, {"8:00", "08:00", "", "From and to are the same time."},
	} {
		if span, wrong := quietSpan(p, c[0], c[1]); span != c[2] || wrong != c[3] {
			t.Errorf("%q to %q: %q, %q", c[0], c[1], span, wrong)
		}
	}
}

// TestQuietHours: what is wrong is said in place and not stored; what is right is, by the button or by Enter.
func TestQuietHours(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, plainHouse())
	from, to := pg.room.hours.from, pg.room.hours.to
	pg.Wants(t, "22:00", "08:00")
	from.SetText("25:00")
	pg.Wants(t, `"25:00" is not a time of day.`)
	from.OnSubmitted(from.Text)
	from.SetText("")
	pg.Tap(t, "Save")
	if len(pg.agent.Calls()) > 0 {
		t.Errorf("stored %v", pg.agent.Calls())
	}
	from.SetText("21:30")
	pg.TabTo(t, "Save")
	pg.Press(fyne.KeyReturn)
	pg.did(t, "quiet hours", func(a api.Action) bool { return a.Verb == api.VerbSet && a.Settings.Quiet == "21:30-08:00" })
	s := plainHouse()
	s.Settings.Quiet = "21:30-08:00"
	pg.Show(s)
	if !pg.room.hours.save.Disabled() {
		t.Error("there is nothing left to save")
	}
	from.SetText("")
	to.SetText("")
	from.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	pg.did(t, "no quiet hours", func(a api.Action) bool { return a.Verb == api.VerbSet && a.Settings.Quiet == "" })
}

func TestPause(t *testing.T) {
	everyWay(t, plainHouse, func(t *testing.T, pg *page, press func(string, ...i18n.Args)) {
		press("settings.pause.hour")
		pg.did(t, "a pause", func(a api.Action) bool {
			return a.Verb == api.VerbPause && time.Until(a.Until) > 50*time.Minute && time.Until(a.Until) <= time.Hour
		})
		press("settings.pause.morning")
		pg.did(t, "a pause", func(a api.Action) bool {
			return a.Verb == api.VerbPause && a.Until.Local().Format("15:04:05") == "08:00:00" && time.Until(a.Until) <= 25*time.Hour
		})
		s := plainHouse()
		s.Paused = time.Now().Add(time.Hour)
		pg.Show(s)
		press("settings.pause.resume")
		pg.did(t, "the end of the pause", func(a api.Action) bool { return a.Verb == api.VerbResume })
		pg.room.Tick(time.Now().Add(2 * time.Hour))
		if pg.Button(pg.Desk.P.T("settings.pause.hour")) == nil {
			t.Error("a pause that is over is still shown")
		}
	})
}

func TestStore(t *testing.T) {
	everyWay(t, plainHouse, func(t *testing.T, pg *page, press func(string, ...i18n.Args)) {
		press("settings.store.change")
		pg.Choose(t, false, pg.Desk.P.T("setup.keep.memory"))
		press("setup.keep.change")
		pg.Until(t, "the end", func() bool { return len(pg.Win.Canvas().Overlays().List()) == 0 })
		if req := pg.call(t, "keep", 1).(api.KeepRequest); req.Store != api.StoreMemory {
			t.Errorf("kept %v", req)
		}
	})
	s := plainHouse()
	s.Settings.Store, s.Agent.Store = api.StoreFile, api.StoreMemory
	pg := open(t, windowkit.Way{Language: "en"}, s)
	pg.Wants(t, "In an encrypted file that is not open")
	pg.agent.Errors = map[string]error{"keep": &api.Error{Code: api.CodePassphrase}}
	pg.Tap(t, "Open it…")
	for _, r := range "wrong" {
		pg.Win.Canvas().Focused().TypedRune(r)
	}
	pg.Press(fyne.KeyReturn)
	pg.Until(t, "the error", func() bool { return strings.Contains(pg.Read(), "does not open with that passphrase") })
	if req := pg.call(t, "keep", 1).(api.KeepRequest); req.Store != api.StoreFile || req.Passphrase.Reveal() != "wrong" {
		t.Errorf("asked for %v", req)
	}
	s.Settings.Store = api.StoreKeyring
	pg.Press(fyne.KeyEscape)
	pg.Show(s)
	pg.Wants(t, "In memory only: no keyring answers")
}

func TestFiles(t *testing.T) {
	var opened []string
	out := desk.Outside{OpenPath: func(path string) error { opened = append(opened, path); return nil }}
	pg := open(t, windowkit.Way{Language: "en", Outside: out}, plainHouse())
	pg.Wants(t, "/home/alice/.config/sandglass/settings.toml", "Sandglass 1.2.3")
	pg.Tap(t, "Open")
	if len(opened) != 1 || opened[0] != "/home/alice/.config/sandglass/settings.toml" {
		t.Errorf("opened %v", opened)
	}
}

func TestSearch(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, plainHouse())
	pg.room.Search("quiet")
	pg.Wants(t, "Quiet hours")
	if all := pg.Read(); strings.Contains(all, "Language") || strings.Contains(all, "Registries") {
		t.Errorf("too much is shown:%s", all)
	}
	pg.room.Search("artifactory")
	pg.Wants(t, "Acme Artifactory (alice.k)")
	pg.room.Search("nonsense")
	pg.Wants(t, "No setting matches")
	pg.room.Search("")
	pg.Wants(t, "Registries", "Language", "Version")
}

// TestGuide: the setup is opened again at the step that writes.
func TestGuide(t *testing.T) {
	everyWay(t, plainHouse, func(t *testing.T, pg *page, press func(string, ...i18n.Args)) {
		press("settings.guide")
		if got := strings.Join(pg.Opened, ","); got != "setup reach" {
			t.Errorf("opened %q", got)
		}
	})
}
