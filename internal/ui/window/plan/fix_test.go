package plan

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/look"
)

const file = "/home/alice/.npmrc"

var slash = api.Finding{Code: api.FindingLintSlash, Severity: api.SeverityWarning, File: file, Line: 7,
	Args: map[string]string{"Key": "//npm.example.com", "Registry": "npm", "Managers": "npm", "Right": "//npm.example.com/:_authToken"}, Action: &api.Action{Verb: api.VerbFix, Path: file}}

// room shows one part.
type room struct {
	desk.Quiet
	hand *look.Hand
}

func (r room) Content() fyne.CanvasObject   { return r.hand.Scroll }
func (r room) Show()                        {}
func (r room) Header(time.Time) desk.Header { return desk.Header{} }
func (r room) Hand() *look.Hand             { return r.hand }

// page shows a part, with a fake agent behind it.
type page struct {
	*windowkit.Page
	agent *fakeagent.Agent
}

func open(t *testing.T, w windowkit.Way, part func(*desk.Desk, *look.Hand) fyne.CanvasObject) *page {
	t.Helper()
	agent := fakeagent.New(time.Now())
	agent.Changes = []api.PlanEdit{{File: file, Diff: []string{" registry=https://npm.example.com/", "-//npm.example.com:_authToken=${SG_7Q2K}", "+//npm.example.com/:_authToken=${SG_7Q2K}"}}}
	s, err := agent.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	pg := &page{windowkit.Open(t, w, agent, s), agent}
	box := look.Column(2 * look.Grid)
	r := room{hand: pg.Desk.Scrolled(box)}
	box.Add(part(pg.Desk, r.hand))
	pg.Enter(r, "")
	return pg
}

func finding(f api.Finding) func(*desk.Desk, *look.Hand) fyne.CanvasObject {
	return func(d *desk.Desk, h *look.Hand) fyne.CanvasObject { return Finding(d, h, f) }
}

// plans are the requests for a plan.
func (pg *page) plans() (all []any) {
	for _, c := range pg.agent.Calls() {
		if c.Method == "plan" {
			all = append(all, c.Params)
		}
	}
	return all
}

func (pg *page) applied() bool {
	return slices.ContainsFunc(pg.agent.Calls(), func(c fakeagent.Call) bool { return c.Method == "apply" && c.Params == "plan-1" })
}

// TestFixIsShownFirst: the button of a finding shows the edit, and Apply in the dialog makes it.
func TestFixIsShownFirst(t *testing.T) {
	for _, w := range append(windowkit.Ways, windowkit.Way{Language: "en", Width: 340, Height: 500}) {
		t.Run(fmt.Sprintf("%s-%.0f", w.Name(), w.Width), func(t *testing.T) {
			pg := open(t, w, finding(slash))
			apply, edit := pg.Desk.P.T("window.setup.apply"), "//npm.example.com/:_authToken=${SG_7Q2K}"
			usable := func() bool {
				b, ok := pg.Button(apply).(*look.Button)
				return ok && !b.Disabled()
			}
			pg.Tap(t, pg.Desk.P.T("window.verb.fix"))
			if b, ok := pg.Win.Canvas().Focused().(*look.Button); usable() || !ok || b.Text != pg.Desk.P.T("window.action.cancel") {
				t.Error("before anything is shown, the dialog can be applied")
			}
			pg.Until(t, "the edit", usable)
			if got, want := pg.plans(), (api.SetupRequest{Fixes: []api.Fix{{Code: api.FindingLintSlash, File: file, Line: 7}}}); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
				t.Errorf("asked for %+v", got)
			}
			pg.Wants(t, edit)
			pg.Inside(t)
			pg.Shot(t, fmt.Sprintf("fix-%s-%.0f", w.Name(), w.Width))
			if pg.applied() {
				t.Error("applied before it was agreed to")
			}
			pg.agent.Errors = map[string]error{"apply": &api.Error{Code: api.CodeStale}}
			pg.Tap(t, apply)
			pg.Until(t, "the new edit", func() bool { return len(pg.plans()) == 2 && usable() })
			pg.Wants(t, pg.Desk.P.T("window.setup.stale"))
			pg.agent.Errors = nil
			pg.Press(fyne.KeyTab)
			for !pg.at(apply) {
				pg.Press(fyne.KeyTab)
			}
			pg.Press(fyne.KeyReturn)
			pg.Until(t, "the end", func() bool { return pg.Win.Canvas().Overlays().Top() == nil })
			if !pg.applied() {
				t.Error("not applied")
			}
		})
	}
}

// at reports whether the keyboard is at a button.
func (pg *page) at(label string) bool {
	b, ok := pg.Win.Canvas().Focused().(*look.Button)
	return ok && b.Text == label
}

func TestFixIsLeft(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, finding(slash))
	pg.agent.Errors = map[string]error{"plan": &api.Error{Code: api.CodeStale}}
	x := Fix(pg.Desk, slash)
	pg.Until(t, "the error", func() bool { return strings.Contains(pg.Read(), "Files have changed") })
	if !x.apply.Disabled() {
		t.Error("an error can be applied")
	}
	pg.Press(fyne.KeyEscape)
	if pg.Win.Canvas().Overlays().Top() != nil || x.ctx.Err() == nil {
		t.Error("Escape does not close the dialog")
	}
}

func TestFixWithoutEdit(t *testing.T) {
	pg := open(t, windowkit.Way{Language: "en"}, finding(slash))
	pg.agent.Changes = nil
	x := Fix(pg.Desk, slash)
	pg.Until(t, "the answer", func() bool { return strings.Contains(pg.Read(), "Nothing to change") })
	if !x.apply.Disabled() {
		t.Error("nothing can be applied")
	}
	pg.Tap(t, "Cancel")
}

// TestButtons: each finding that something can be done about has a button that does it, by tap and keyboard.
func TestButtons(t *testing.T) {
	npm := registry.Public.String()
	action := func(a api.Action) func(*page) bool {
		return func(pg *page) bool {
			return slices.ContainsFunc(pg.agent.Calls(), func(c fakeagent.Call) bool { return c.Method == "do" && reflect.DeepEqual(c.Params, a) })
		}
	}
	opened := func(room string) func(*page) bool {
		return func(pg *page) bool { return slices.Contains(pg.Opened, room) }
	}
	login := func(pg *page) bool {
		return slices.ContainsFunc(pg.agent.Calls(), func(c fakeagent.Call) bool {
			return c.Method == "login" && reflect.DeepEqual(c.Params, api.LoginRequest{Registry: npm})
		})
	}
	move, unlock := api.Action{Verb: api.VerbMove, Registry: npm}, api.Action{Verb: api.VerbUnlock}
	for _, c := range []struct {
		code, label string
		action      *api.Action
		holds       func(*page) bool
	}{
		{api.FindingNoLine, "window.verb.move", &move, action(move)},
		{api.FindingKeyringLocked, "window.verb.unlock", &unlock, action(unlock)},
		{api.FindingLogin, "findings.verb.login", nil, login},
		{api.FindingClassic, "findings.verb.login", nil, login},
		{api.FindingFileUnreadable, "findings.verb.rescan", nil, action(api.Action{Verb: api.VerbRescan})},
		{api.FindingClockSkew, "findings.verb.probe", nil, action(api.Action{Verb: api.VerbProbe})},
		{api.FindingKeyringAbsent, "findings.verb.settings", nil, opened("settings")},
		{api.FindingNoHook, "findings.verb.setup", nil, opened("setup")},
	} {
		for _, language := range []string{"en", "ja"} {
			for _, keyboard := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%v", c.code, language, keyboard), func(t *testing.T) {
					pg := open(t, windowkit.Way{Language: language}, finding(api.Finding{Code: c.code, Severity: api.SeverityError, Registry: npm, Action: c.action}))
					if keyboard {
						pg.Press(fyne.KeyTab, fyne.KeySpace)
					} else {
						pg.Tap(t, pg.Desk.P.T(c.label))
					}
					pg.Until(t, c.label, func() bool { return c.holds(pg) })
				})
			}
		}
	}
	t.Run("none", func(t *testing.T) {
		pg := open(t, windowkit.Way{Language: "en"}, finding(api.Finding{Code: api.FindingNoTray, Action: &api.Action{Verb: "x"}}))
		if pg.Press(fyne.KeyTab); pg.Win.Canvas().Focused() != nil {
			t.Error("a verb without words has a button")
		}
	})
}

// TestPlace: where a finding is can be opened; what goes wrong then is told.
func TestPlace(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		opened, fail := make(chan string, 2), error(nil)
		pg := open(t, windowkit.Way{Language: language, Outside: desk.Outside{OpenPath: func(path string) error {
			opened <- path
			return fail
		}}}, finding(slash))
		pg.Press(fyne.KeyTab, fyne.KeyReturn)
		if path := <-opened; path != file {
			t.Errorf("opened %q", path)
		}
		fail = errors.New("no file manager")
		pg.Press(fyne.KeyReturn)
		pg.Until(t, "the error", func() bool { return pg.Win.Canvas().Overlays().Top() != nil })
		pg.Wants(t, pg.Desk.P.T("error.file.hint"))
	}
}

// big is a plan with everything that one can have.
func big() api.Plan {
	var long []string
	for i := range 40 {
		long = append(long, fmt.Sprintf("+line %d", i))
	}
	reach := func(name, version, address string, way injection.Way) injection.Reach {
		return injection.Reach{Manager: name, Version: version, Registry: address, Way: way}
	}
	npm := registry.Public.String()
	return api.Plan{ID: "p", Move: true, Mode: true, Desktop: true,
		Edits: []api.PlanEdit{
			{File: file, Diff: []string{" registry=https://npm.example.com/", "-//npm.example.com:_authToken=${SG_7Q2K}", "+//npm.example.com/:_authToken=${SG_7Q2K}", " a-very-long-line-without-a-blank-in-it-that-takes-more-room-than-there-is-in-a-window-of-the-usual-size=true"}},
			{File: "/home/alice/.config/fish/conf.d/sandglass.fish", Create: true, Diff: long}, {File: "/home/alice/.old", Delete: true, Diff: []string{"-x"}},
		},
		Reach:    []injection.Reach{reach("npm", "12", npm, injection.WayUserLine), reach("yarn", "4", npm, injection.WayYarnLine), reach("pnpm", "11", "https://npm.acme.example.com/", injection.WayHelper), reach("new", "1", npm, "unheard-of")},
		Warnings: []api.Finding{{Code: api.FindingExecOnly, Severity: api.SeverityWarning, Args: map[string]string{"Managers": "bun"}}},
	}
}

// TestView: a plan is shown whole in every width and size of type, and its files open and close.
func TestView(t *testing.T) {
	ways := slices.Concat(windowkit.Ways, []windowkit.Way{{Language: "en", Width: 284}, {Language: "ja", Width: 284, Scale: 1.6}, {Language: "en", Scale: 1.6, Dark: true}})
	for _, w := range ways {
		name := fmt.Sprintf("%s-%.0f-%.1f", w.Name(), w.Width, w.Scale)
		t.Run(name, func(t *testing.T) {
			w.Height = 1600
			pg := open(t, w, func(d *desk.Desk, h *look.Hand) fyne.CanvasObject { return View(d, h, big(), Folds{}) })
			pg.Wants(t, "_authToken", "−", "unheard-of", pg.Desk.P.T("window.setup.create"), pg.Desk.P.T("window.setup.delete"), pg.Desk.P.T("window.setup.sets.mode"))
			pg.Inside(t)
			pg.Shot(t, "plan-"+name)
			if strings.Contains(pg.Read(), "line 39") {
				t.Error("a long change is open")
			}
			pg.Press(fyne.KeyTab, fyne.KeyTab, fyne.KeyReturn)
			if !strings.Contains(pg.Read(), "line 39") {
				t.Error("Enter does not open a long change")
			}
			pg.Press(fyne.KeySpace)
			if strings.Contains(pg.Read(), "line 39") {
				t.Error("Space does not close it")
			}
		})
	}
}
