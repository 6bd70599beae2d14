package window

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

var slashFinding = api.Finding{Code: api.FindingLintSlash, Severity: api.SeverityWarning, File: "/home/alice/.npmrc", Line: 7,
	Args: map[string]string{"Key": "//npm.example.com", "Registry": "npm", "Managers": "npm"}, Action: &api.Action{Verb: api.VerbFix, Path: "/home/alice/.npmrc"}}

// tapButton presses the button with this label.
func tapButton(t *testing.T, root fyne.CanvasObject, label string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(root) {
		if b, ok := o.(*button); ok && b.Text == label {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("there is no button %q", label)
}

// TestFixIsShownFirst: the button of a finding shows the edit, and Apply in the dialog makes it.
func TestFixIsShownFirst(t *testing.T) {
	pg := openPage(t, "en", NewTheme())
	s := sample(time.Now())
	s.Findings = []api.Finding{slashFinding}
	pg.Show(s)
	tapButton(t, pg.Content(), "Show the fix")
	x := pg.fix
	if !x.apply.Disabled() || pg.win.Canvas().Focused() != x.cancel {
		t.Error("before anything is shown, the dialog can be applied")
	}
	pg.until(t, "the edit", func() bool { return !x.apply.Disabled() })
	if got, want := pg.asked(), (api.SetupRequest{Fixes: []api.Fix{{Code: api.FindingLintSlash, File: "/home/alice/.npmrc", Line: 7}}}); len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("asked for %+v", got)
	}
	if all := strings.Join(texts(x.shown), "\n"); !strings.Contains(all, "//npm.example.com/:_authToken=${SG_7Q2K}") {
		t.Errorf("the dialog shows no edit:\n%s", all)
	}
	applied := func(c fakeagent.Call) bool { return c.Method == "apply" && c.Params == "fix" }
	if slices.ContainsFunc(pg.agent.Calls(), applied) {
		t.Error("applied before it was agreed to")
	}
	pg.agent.Errors = map[string]error{"apply": &api.Error{Code: api.CodeStale}}
	test.Tap(x.apply)
	pg.until(t, "the new edit", func() bool { return len(pg.asked()) == 2 && !x.apply.Disabled() })
	if all := strings.Join(texts(x.shown), "\n"); !strings.Contains(all, "Files have changed meanwhile") {
		t.Errorf("the dialog does not say why it asks again:\n%s", all)
	}
	pg.agent.Errors = nil
	focus(x.apply)
	pg.press(fyne.KeyReturn)
	pg.until(t, "the end", func() bool { return pg.win.Canvas().Overlays().Top() == nil })
	if !slices.ContainsFunc(pg.agent.Calls(), applied) {
		t.Error("not applied")
	}
}

func TestFixIsLeft(t *testing.T) {
	pg := openPage(t, "en", NewTheme())
	pg.Show(sample(time.Now()))
	pg.agent.plan = func(api.SetupRequest) (api.Plan, error) { return api.Plan{}, &api.Error{Code: api.CodeStale} }
	pg.View.agent = &pg.agent
	pg.showFix(slashFinding)
	x := pg.fix
	pg.until(t, "the error", func() bool { return strings.Contains(strings.Join(texts(x.shown), ""), "Files have changed") })
	if !x.apply.Disabled() {
		t.Error("an error can be applied")
	}
	pg.press(fyne.KeyEscape)
	if pg.win.Canvas().Overlays().Top() != nil || x.ctx.Err() == nil {
		t.Error("Escape does not close the dialog")
	}
}
