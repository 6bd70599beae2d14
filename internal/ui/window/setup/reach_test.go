package setup

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/testkit/windowkit"
)

var english = windowkit.Way{Language: "en"}

// asked are the plans that were asked for.
func (pg *page) asked() (all []api.SetupRequest) {
	for _, req := range pg.called("plan") {
		all = append(all, req.(api.SetupRequest))
	}
	return all
}

func TestReachShowsThePlan(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"env: in your shells (recommended)", "the session, as can every program started from your shells", "new file", "+132", "//npm.example.com/:_authToken=${SG_7Q2K}\n+",
			"//npm.example.com/:_authToken=npm_…\n−", "a line in your .yarnrc.yml, and the shell's variable", "Apply", "Skip", "Undo the setup…"},
		"ja": {"env: シェルに渡す（推奨）", "変更内容", "新規", ".yarnrc.yml の行とシェルの変数", "適用", "スキップ"},
	} {
		t.Run(lang, func(t *testing.T) {
			pg := open(t, windowkit.Way{Language: lang}, freshMorning(time.Now()), "reach")
			pg.Wants(t, want...)
			if strings.Contains(pg.Read(), "a line of the hook") {
				t.Error("a long new file is not folded")
			}
		})
	}
}

// TestChoicesAreAsked: each choice asks for a plan with its value, and a mode in force is not asked for without Move.
func TestChoicesAreAsked(t *testing.T) {
	pg := open(t, english, freshMorning(time.Now()), "reach")
	no, yes := false, true
	last := func(want api.SetupRequest) {
		t.Helper()
		pg.Until(t, "the plan", pg.ready)
		if all := pg.asked(); !reflect.DeepEqual(all[len(all)-1], want) {
			t.Errorf("asked for %+v\nwant %+v", all[len(all)-1], want)
		}
	}
	if first := pg.asked()[0]; !reflect.DeepEqual(first, api.SetupRequest{}) {
		t.Errorf("asked first for %+v", first)
	}
	s := pg.room.reach
	last(api.SetupRequest{Shells: []string{"bash", "zsh", "fish"}, Move: true, Mode: injection.ModeEnv, Desktop: &no})
	test.Tap(s.shells[1].Row)
	test.Tap(s.move.Row)
	test.Tap(s.desktop.Row)
	last(api.SetupRequest{Shells: []string{"bash", "fish"}, Desktop: &yes})
	if s.helper.Row.Visible() {
		t.Error("pnpm's helper is offered in env mode")
	}
	test.Tap(s.modes[0].Row)
	test.Tap(s.helper.Row)
	last(api.SetupRequest{Shells: []string{"bash", "fish"}, Move: true, Mode: injection.ModeExec, Desktop: &yes, Helper: true})
	if !s.move.Row.Disabled() || !s.move.On {
		t.Error("another mode writes lines, but the box does not say so")
	}
	pg.Wants(t, "Without exec these get no session: npm", "sandglass exec -- command", "credentials reach the tools changes")
	test.Tap(s.modes[2].Row)
	last(api.SetupRequest{Shells: []string{"bash", "fish"}, Move: true, Mode: injection.ModeFile, Desktop: &yes})
}

// TestModeBeforeTheFirstLogin: it counts for all logins that are yet to come.
func TestModeBeforeTheFirstLogin(t *testing.T) {
	pg := open(t, english, nobody(time.Now()), "reach")
	test.Tap(pg.room.reach.modes[0].Row)
	pg.Until(t, "the plan", func() bool { return pg.ready() && len(pg.asked()) == 3 })
	if got := pg.asked()[2]; got.Registry != "" || got.Mode != injection.ModeExec {
		t.Errorf("asked for %+v", got)
	}
	pg.Tap(t, "Apply")
	pg.Until(t, "the end", func() bool { return pg.room.reach.stage == stageDone })
	pg.Wants(t, "Next: log in once.")
	pg.Tap(t, "Next")
	if pg.room.at != stepLogin {
		t.Errorf("the login does not follow, but step %d", pg.room.at)
	}
}

// TestModesDiffer: where registries have modes of their own, none is changed before the user chooses one.
func TestModesDiffer(t *testing.T) {
	s := freshMorning(time.Now())
	s.Settings.Modes = map[string]injection.Mode{s.Sessions[1].Registry: injection.ModeFile}
	pg := open(t, english, s, "reach")
	pg.Wants(t, "The registries differ now.")
	if all := pg.asked(); all[len(all)-1].Mode != "" {
		t.Errorf("asked for %+v", all[len(all)-1])
	}
}

// TestKeyboardReaches goes through the step without a mouse: a shell off, another mode, apply, on.
func TestKeyboardReaches(t *testing.T) {
	pg := open(t, english, freshMorning(time.Now()), "reach")
	s := pg.room.reach
	pg.TabTo(t, "bash")
	pg.Press(fyne.KeySpace)
	if s.shells[0].On {
		t.Error("the space bar does not choose")
	}
	pg.TabTo(t, "exec: one command at a time")
	pg.Press(fyne.KeyDown, fyne.KeyDown) // from exec, which is the first, to file
	if s.mode() != injection.ModeFile || pg.Win.Canvas().Focused() != fyne.Focusable(s.modes[2].Row) {
		t.Errorf("the arrow keys chose %q", s.mode())
	}
	pg.Until(t, "the plan", pg.ready)
	pg.Choose(t, true, "Apply")
	pg.Until(t, "the end", func() bool { return s.stage == stageDone })
	if got := pg.called("apply"); len(got) != 1 || got[0] != "all" {
		t.Errorf("applied %v", got)
	}
	pg.Wants(t, "source /home/alice/.zshrc", "/home/alice/.config/sandglass/hook.zsh is created", "You are logged in")
	pg.Press(fyne.KeyReturn)
	if pg.room.at != stepProve {
		t.Error("Enter does not go on")
	}
}

func TestUndo(t *testing.T) {
	s := freshMorning(time.Now())
	s.Settings.Welcomed = true
	pg := open(t, english, s, "reach")
	pg.Tap(t, "Undo the setup…")
	pg.Until(t, "the undo", pg.ready)
	if got := pg.asked(); !reflect.DeepEqual(got[len(got)-1], api.SetupRequest{Undo: true, Shells: allShells}) {
		t.Errorf("asked for %+v", got[len(got)-1])
	}
	pg.Wants(t, "What is taken back", "removed", "Apply the undo")
	pg.Press(fyne.KeyEscape)
	pg.Until(t, "the plan", func() bool { return pg.ready() && !pg.room.reach.undo })
	pg.Press(fyne.KeyEscape)
	if got := strings.Join(pg.Opened, ","); got != "settings" {
		t.Errorf("Escape leads to %q", got)
	}
	pg.room.Enter("reach")
	pg.Until(t, "the plan", pg.ready)
	pg.Choose(t, true, "Undo the setup…")
	pg.Until(t, "the undo", pg.ready)
	pg.Choose(t, true, "Apply the undo")
	pg.Until(t, "the end", func() bool { return pg.room.reach.stage == stageDone })
	pg.Wants(t, "Taken back")
}

func TestSetupFails(t *testing.T) {
	pg := open(t, english, freshMorning(time.Now()), "reach")
	pg.agent.plan = func(api.SetupRequest) (api.Plan, error) {
		return api.Plan{}, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": "/home/alice/.zshrc"}}
	}
	pg.room.Enter("reach")
	pg.Until(t, "the error", func() bool { return pg.room.reach.stage == stageFailed })
	pg.Wants(t, "A file cannot be read or written. /home/alice/.zshrc", "Check that the file and its folder", "Try again")
	pg.agent.plan = somePlan
	pg.Tap(t, "Try again")
	pg.Until(t, "the plan", func() bool { return pg.ready() && pg.room.reach.stage == stagePlan })

	pg.agent.Errors = map[string]error{"apply": &api.Error{Code: api.CodeStale}}
	pg.Tap(t, "Apply")
	pg.Until(t, "the new plan", func() bool { return pg.ready() && pg.room.reach.stale })
	pg.Wants(t, "Files have changed meanwhile.", "Apply")

	pg.agent.Errors["apply"] = errors.New("broken")
	pg.Tap(t, "Apply")
	pg.Until(t, "the error", func() bool { return pg.ready() && pg.room.reach.err != nil })
	pg.Wants(t, "Something went wrong inside Sandglass.", "//npm.example.com/:_authToken=${SG_7Q2K}")

	pg.agent.Errors = nil
	pg.agent.plan = func(api.SetupRequest) (api.Plan, error) { return api.Plan{ID: "none"}, nil }
	changed := freshMorning(time.Now())
	changed.Settings.Move, changed.Version = true, 2
	pg.Show(changed)
	pg.Until(t, "the new plan", func() bool { return pg.ready() && pg.room.reach.plan.ID == "none" })
	pg.Wants(t, "Nothing to change", "Next")
}

// TestAgentComesBack: a plan that could not be had is asked for again when the agent answers again.
func TestAgentComesBack(t *testing.T) {
	pg := open(t, english, freshMorning(time.Now()), "reach")
	pg.agent.plan = func(api.SetupRequest) (api.Plan, error) { return api.Plan{}, &api.Error{Code: api.CodeNoAgent} }
	pg.room.Enter("reach")
	pg.Until(t, "the error", func() bool { return pg.room.reach.stage == stageFailed })
	pg.Desk.Gone = true
	pg.room.Tick(time.Now())
	pg.Desk.Gone = false
	pg.agent.plan = somePlan
	pg.Show(freshMorning(time.Now()))
	pg.Until(t, "the plan", func() bool { return pg.room.reach.stage == stagePlan && pg.ready() })
}
