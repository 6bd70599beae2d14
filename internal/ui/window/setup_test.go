package window

import (
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// planner is an agent whose plans a test decides.
type planner struct {
	*fakeagent.Agent
	plan func(api.SetupRequest) (api.Plan, error)
}

func (p planner) Plan(ctx context.Context, req api.SetupRequest) (api.Plan, error) {
	_, _ = p.Agent.Plan(ctx, req)
	return p.plan(req)
}

// page is a window whose goroutine is the test's.
type page struct {
	*View
	agent planner
	win   fyne.Window
	queue chan func()
}

func openPage(t *testing.T, lang string, look fyne.Theme) *page {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, look)
	pg := &page{agent: planner{fakeagent.New(time.Now()), somePlan}, win: test.NewTempWindow(t, nil), queue: make(chan func(), 64)}
	pg.View = New(t.Context(), pg.agent, pg.win, i18n.New(lang))
	pg.ui = func(f func()) { pg.queue <- f }
	pg.setup.pause = 0
	pg.win.SetPadded(false)
	pg.win.SetContent(pg.Content())
	pg.win.Resize(fyne.NewSize(1180, 760))
	return pg
}

// until runs what comes to the window's goroutine until ok holds.
func (pg *page) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for !ok() {
		select {
		case f := <-pg.queue:
			f()
		case <-limit:
			t.Fatalf("waited in vain for %s; the window says:\n%s", what, pg.read())
		}
	}
}

func (pg *page) ready() bool {
	s := pg.setup
	return s.stage == stagePlan && !s.busy || s.stage == stageFailed
}

func (pg *page) read() string { return "\n" + strings.Join(texts(pg.Content()), "\n") + "\n" }

func (pg *page) wants(t *testing.T, lines ...string) {
	t.Helper()
	all := pg.read()
	for _, line := range lines {
		if !strings.Contains(all, line) {
			t.Errorf("%q is not in the window:%s", line, all)
		}
	}
	for _, key := range []string{"\nwindow.", "finding.", "error."} {
		if strings.Contains(all, key) {
			t.Errorf("a text is missing:%s", all)
		}
	}
}

// asked are the plans that were asked for.
func (pg *page) asked() (all []api.SetupRequest) {
	for _, c := range pg.agent.Calls() {
		if c.Method == "plan" {
			all = append(all, c.Params.(api.SetupRequest))
		}
	}
	return all
}

func (pg *page) press(key fyne.KeyName) {
	if o := pg.win.Canvas().Focused(); o != nil {
		o.TypedKey(&fyne.KeyEvent{Name: key})
		return
	}
	pg.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: key})
}

// freshMorning is a computer with one login in plain text, where nothing was set up.
func freshMorning(now time.Time) api.Snapshot {
	s := sample(now)
	s.Settings = api.DefaultSettings()
	s.Findings = nil
	s.Sessions = s.Sessions[:2]
	s.Sessions[0].Places = []api.Place{{File: "/home/alice/.npmrc", Line: 4, Level: api.LevelUser, Literal: true}}
	s.Sessions[0].Variables = []string{"SG_7Q2K"}
	s.Files = []api.WatchedFile{{Path: "/home/alice/.npmrc", Level: api.LevelUser, Exists: true}, {Path: "/home/alice/.yarnrc.yml", Level: api.LevelYarn, Exists: true}, {Path: "/home/alice/rc", Level: api.LevelPnpm}}
	return s
}

func somePlan(req api.SetupRequest) (api.Plan, error) {
	npm, art := "https://npm.example.com/", "https://art.example.com/"
	p := api.Plan{ID: "none", Shells: []string{"bash", "zsh", "fish"}, Managers: []injection.Manager{
		{Name: "npm", Version: "11.4.2"}, {Name: "pnpm", Version: "10.12.1"}, {Name: "yarn", Version: "4.9.2"}}, Reach: []injection.Reach{
		{Manager: "npm", Version: "11.4.2", Registry: npm, Way: injection.WayUserLine}, {Manager: "pnpm", Version: "10.12.1", Registry: npm, Way: injection.WayUserLine},
		{Manager: "yarn", Version: "4.9.2", Registry: npm, Way: injection.WayYarnLine}, {Manager: "npm", Version: "11.4.2", Registry: art, Way: injection.WayUserLine}}}
	hook := api.PlanEdit{File: "/home/alice/.config/sandglass/hook.zsh", Create: true}
	for range 132 {
		hook.Diff = append(hook.Diff, "+# a line of the hook")
	}
	rc := api.PlanEdit{File: "/home/alice/.zshrc", Diff: []string{`+[ -r "$HOME/.config/sandglass/hook.zsh" ] && . "$HOME/.config/sandglass/hook.zsh" # sandglass`}}
	npmrc := api.PlanEdit{File: "/home/alice/.npmrc", Diff: []string{" registry=https://npm.example.com/", " @acme:registry=https://art.example.com/", "-//npm.example.com/:_authToken=npm_…", "+//npm.example.com/:_authToken=${SG_7Q2K}", " save-exact=true"}}
	switch {
	case req.Undo:
		p.ID, p.Edits = "undo", []api.PlanEdit{{File: hook.File, Delete: true, Diff: []string{"-# a line of the hook"}}}
	case len(req.Fixes) > 0:
		p = api.Plan{ID: "fix", Edits: []api.PlanEdit{npmrc}}
	case len(req.Shells) > 0 || req.Move:
		p.ID, p.Edits, p.Move = "all", []api.PlanEdit{hook, rc, npmrc}, true
	}
	if req.Mode == injection.ModeExec {
		p.ID, p.Mode = "exec", true
		p.Reach[0].Way, p.Reach[2].Way, p.Reach[3].Way = injection.WayExec, injection.WayYarnLine, injection.WayExec
		p.Warnings = []api.Finding{{Code: api.FindingExecOnly, Severity: api.SeverityWarning, Args: map[string]string{"Managers": "npm"}}, {Code: api.FindingHelperOld, Severity: api.SeverityWarning}}
	}
	return p, nil
}

func TestFirstRunShowsThePlan(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"Set up", "bash, zsh, fish", "npm 11.4.2, pnpm 10.12.1, yarn 4.9.2", "/home/alice/.npmrc\n/home/alice/.yarnrc.yml", "npm (alice)\nAcme Artifactory (alice)",
			"the login for npm in /home/alice/.npmrc, line 4", "env: in your shells (recommended)", "the session, as can every program started from your shells",
			"new file", "+132", "//npm.example.com/:_authToken=${SG_7Q2K}\n+", "//npm.example.com/:_authToken=npm_…\n−", "a line in your .yarnrc.yml, and the shell's variable", "Apply", "Skip", "Undo what setup has written…"},
		"ja": {"セットアップ", "bash、zsh、fish", "env: シェルに渡す（推奨）", "変更内容", "新規", ".yarnrc.yml の行とシェルの変数", "適用", "スキップ"},
	} {
		t.Run(lang, func(t *testing.T) {
			pg := openPage(t, lang, NewTheme())
			pg.Show(freshMorning(time.Now()))
			if pg.room != roomSetup {
				t.Fatalf("the first run shows %q", pg.room)
			}
			pg.until(t, "the plan", pg.ready)
			pg.wants(t, want...)
			if strings.Contains(pg.read(), "a line of the hook") {
				t.Error("a long new file is not folded")
			}
		})
	}
}

func TestFirstRunOnly(t *testing.T) {
	now := time.Now()
	agreed, placed, pnpm := freshMorning(now), freshMorning(now), freshMorning(now)
	agreed.Settings.Move = true
	placed.Sessions[0].Places[0].Variable = "SG_7Q2K"
	pnpm.Sessions[1].Places = []api.Place{{File: "/home/alice/auth.ini", Level: api.LevelPnpm, Variable: "SG_1"}}
	project := freshMorning(now)
	project.Sessions[0].Places = []api.Place{{File: "/src/.npmrc", Level: api.LevelProject, Variable: "SG_7Q2K"}}
	for name, c := range map[string]struct {
		s    api.Snapshot
		want bool
	}{"fresh": {freshMorning(now), true}, "agreed": {agreed, false}, "user": {placed, false}, "pnpm": {pnpm, false}, "project": {project, true}, "empty": {api.Snapshot{}, true}} {
		if got := firstRun(c.s); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestChoicesAreAsked: each choice asks for a plan with its value, and a mode in force is not asked for without Move.
func TestChoicesAreAsked(t *testing.T) {
	pg := openPage(t, "en", NewTheme())
	pg.Show(freshMorning(time.Now()))
	pg.until(t, "the plan", pg.ready)
	no, yes := false, true
	last := func(want api.SetupRequest) {
		t.Helper()
		pg.until(t, "the plan", pg.ready)
		if all := pg.asked(); !reflect.DeepEqual(all[len(all)-1], want) {
			t.Errorf("asked for %+v\nwant %+v", all[len(all)-1], want)
		}
	}
	if first := pg.asked()[0]; !reflect.DeepEqual(first, api.SetupRequest{}) {
		t.Errorf("asked first for %+v", first)
	}
	s := pg.setup
	last(api.SetupRequest{Shells: []string{"bash", "zsh", "fish"}, Move: true, Mode: injection.ModeEnv, Desktop: &no})
	test.Tap(s.shells[1].row)
	test.Tap(s.move.row)
	test.Tap(s.desktop.row)
	last(api.SetupRequest{Shells: []string{"bash", "fish"}, Desktop: &yes})
	if s.helper.row.Visible() {
		t.Error("pnpm's helper is offered in env mode")
	}
	test.Tap(s.modes[0].row)
	test.Tap(s.helper.row)
	last(api.SetupRequest{Shells: []string{"bash", "fish"}, Move: true, Mode: injection.ModeExec, Desktop: &yes, Helper: true})
	if !s.move.row.Disabled() || !s.move.on {
		t.Error("another mode writes lines, but the box does not say so")
	}
	pg.wants(t, "Without exec these get no session: npm", "sandglass exec -- command", "credentials reach the tools changes")
	test.Tap(s.modes[2].row)
	last(api.SetupRequest{Shells: []string{"bash", "fish"}, Move: true, Mode: injection.ModeFile, Desktop: &yes})
}

// TestModeBeforeTheFirstLogin: it counts for all logins that are yet to come.
func TestModeBeforeTheFirstLogin(t *testing.T) {
	pg := openPage(t, "en", NewTheme())
	pg.Show(api.Snapshot{Version: 1, Settings: api.DefaultSettings()})
	pg.until(t, "the plan", pg.ready)
	test.Tap(pg.setup.modes[0].row)
	pg.until(t, "the plan", func() bool { return pg.ready() && len(pg.asked()) == 3 })
	if got := pg.asked()[2]; got.Registry != "" || got.Mode != injection.ModeExec {
		t.Errorf("asked for %+v", got)
	}
	test.Tap(pg.setup.mainButton)
	pg.until(t, "the end", func() bool { return pg.setup.stage == stageDone })
	pg.wants(t, "Next: log in once.")
	test.Tap(pg.setup.mainButton)
	if !pg.agent.Await(t.Context(), func(c fakeagent.Call) bool { return c.Method == "login" }) || pg.room != roomSessions {
		t.Error("no login")
	}
}

// TestModesDiffer: where registries have modes of their own, none is changed before the user chooses one.
func TestModesDiffer(t *testing.T) {
	pg := openPage(t, "en", NewTheme())
	s := freshMorning(time.Now())
	s.Settings.Modes = map[string]injection.Mode{s.Sessions[1].Registry: injection.ModeFile}
	pg.Show(s)
	pg.until(t, "the plan", pg.ready)
	pg.wants(t, "The registries differ now.")
	if all := pg.asked(); all[len(all)-1].Mode != "" {
		t.Errorf("asked for %+v", all[len(all)-1])
	}
}

// TestKeyboardSetsUp goes through the page without a mouse: a shell off, another mode, apply, to the sessions.
func TestKeyboardSetsUp(t *testing.T) {
	pg := openPage(t, "en", NewTheme())
	pg.Show(freshMorning(time.Now()))
	pg.until(t, "the plan", pg.ready)
	s, c := pg.setup, pg.win.Canvas()
	c.FocusNext()
	pg.press(fyne.KeySpace)
	if s.shells[0].on || !s.shells[0].row.ring.Visible() {
		t.Error("the first Tab does not lead to the first shell, or does not show where it is")
	}
	for range 3 {
		c.FocusNext()
	}
	pg.press(fyne.KeyDown) // from exec, which is the first, to env
	pg.press(fyne.KeyDown)
	if s.mode() != injection.ModeFile || c.Focused() != s.modes[2].row {
		t.Errorf("the arrow keys chose %q", s.mode())
	}
	pg.until(t, "the plan", pg.ready)
	for range 40 {
		if c.Focused() == fyne.Focusable(s.mainButton) {
			break
		}
		c.FocusNext()
	}
	pg.press(fyne.KeyReturn)
	pg.until(t, "the end", func() bool { return s.stage == stageDone })
	if !slices.ContainsFunc(pg.agent.Calls(), func(c fakeagent.Call) bool { return c.Method == "apply" && c.Params == "all" }) {
		t.Error("the plan on the screen was not applied")
	}
	pg.wants(t, "source /home/alice/.zshrc", "/home/alice/.config/sandglass/hook.zsh is created", "You are logged in")
	pg.press(fyne.KeyReturn)
	if pg.room != roomSessions {
		t.Error("the last button leads nowhere")
	}
}

func TestEscapeAndRooms(t *testing.T) {
	pg := openPage(t, "en", NewTheme())
	pg.Show(freshMorning(time.Now()))
	pg.until(t, "the plan", pg.ready)
	test.Tap(pg.setup.undoButton)
	pg.until(t, "the undo", pg.ready)
	if got := pg.asked(); !reflect.DeepEqual(got[len(got)-1], api.SetupRequest{Undo: true, Shells: allShells}) {
		t.Errorf("asked for %+v", got[len(got)-1])
	}
	pg.wants(t, "What is taken back", "removed", "Apply the undo")
	pg.press(fyne.KeyEscape)
	pg.until(t, "the plan", func() bool { return pg.ready() && !pg.setup.undo })
	pg.press(fyne.KeyEscape)
	if pg.room != roomSessions {
		t.Error("Escape does not lead back to the sessions")
	}
	pg.Show(freshMorning(time.Now()))
	if pg.room != roomSessions {
		t.Error("the page came back by itself")
	}
	test.Tap(pg.rails[roomSetup].row)
	test.Tap(pg.setup.undoButton)
	pg.until(t, "the undo", pg.ready)
	test.Tap(pg.setup.mainButton)
	pg.until(t, "the end", func() bool { return pg.setup.stage == stageDone })
	pg.wants(t, "Taken back")
}

func TestSetupFails(t *testing.T) {
	pg := openPage(t, "en", NewTheme())
	pg.agent.plan = func(api.SetupRequest) (api.Plan, error) {
		return api.Plan{}, &api.Error{Code: api.CodeFile, Args: map[string]string{"File": "/home/alice/.zshrc"}}
	}
	pg.View.agent = &pg.agent
	pg.Show(freshMorning(time.Now()))
	pg.until(t, "the error", pg.ready)
	pg.wants(t, "A file cannot be read or written. /home/alice/.zshrc", "Check that the file and its folder", "Try again")
	pg.agent.plan = somePlan
	test.Tap(pg.setup.mainButton)
	pg.until(t, "the plan", func() bool { return pg.ready() && pg.setup.stage == stagePlan })

	pg.agent.Errors = map[string]error{"apply": &api.Error{Code: api.CodeStale}}
	test.Tap(pg.setup.mainButton)
	pg.until(t, "the new plan", func() bool { return pg.ready() && pg.setup.stale })
	pg.wants(t, "Files have changed meanwhile.", "Apply")

	pg.agent.Errors["apply"] = errors.New("broken")
	test.Tap(pg.setup.mainButton)
	pg.until(t, "the error", func() bool { return pg.ready() && pg.setup.err != nil })
	pg.wants(t, "Something went wrong inside Sandglass.", "//npm.example.com/:_authToken=${SG_7Q2K}")

	pg.agent.Errors = nil
	pg.agent.plan = func(api.SetupRequest) (api.Plan, error) { return api.Plan{ID: "none"}, nil }
	changed := freshMorning(time.Now())
	changed.Settings.Move, changed.Version = true, 2
	pg.Show(changed)
	pg.until(t, "the new plan", func() bool { return pg.ready() && pg.setup.plan.ID == "none" })
	pg.wants(t, "Nothing to change")
	if !pg.setup.mainButton.Disabled() {
		t.Error("nothing can be applied")
	}
}

// TestSetupPictures writes the page as pictures for people to look at: go test -artifacts.
func TestSetupPictures(t *testing.T) {
	for _, lang := range []string{"en", "ja"} {
		for name, variant := range map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark} {
			pg := openPage(t, lang, fixedVariant{NewTheme(), variant})
			shot := func(what string) {
				f, err := os.Create(filepath.Join(t.ArtifactDir(), strings.Join([]string{what, lang, name}, "-")+".png"))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if err := png.Encode(f, pg.win.Canvas().Capture()); err != nil {
					t.Fatal(err)
				}
			}
			pg.Show(freshMorning(time.Now()))
			shot("looking")
			pg.until(t, "the plan", pg.ready)
			shot("plan")
			test.Tap(pg.setup.modes[0].row)
			pg.until(t, "the plan", pg.ready)
			pg.setup.right.scroll.ScrollToBottom()
			pg.setup.left.scroll.ScrollToBottom()
			focus(pg.setup.mainButton)
			shot("exec")
			test.Tap(pg.setup.mainButton)
			pg.until(t, "the end", func() bool { return pg.setup.stage == stageDone })
			shot("done")
			pg.enter(roomSessions)
			pg.showFix(slashFinding)
			pg.until(t, "the fix", func() bool { return !pg.fix.apply.Disabled() })
			shot("fix")
		}
	}
}
