package cli

import (
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

func TestPreview(t *testing.T) {
	npm := registry.Public.String()
	plan := api.Plan{
		Edits: []api.PlanEdit{{File: "/h/.npmrc", Diff: []string{"+x"}}},
		Reach: []injection.Reach{
			{Manager: "npm", Version: "12.2.0", Registry: npm, Way: injection.WayUserLine},
			{Manager: "bun", Registry: npm, Way: "from-the-future"},
			{Manager: "new\x1b[31m", Registry: npm, Way: "from-the-future"},
		},
		Warnings: []api.Finding{{Code: api.FindingKnownVariable, Severity: api.SeverityWarning, Args: map[string]string{"Variable": "NPM_TOKEN"}}},
	}
	a, _, _ := testApp(nil, nil)
	got := a.preview(preview{plan: plan, modes: []injection.Mode{injection.ModeExec, injection.ModeEnv}}, style{})
	for _, want := range []string{
		"/h/.npmrc changes:\n  +x\n\n",
		"  npm 12.2.0  npm  a line in your .npmrc, and the shell's variable\n  bun         npm  from-the-future\n  new[31m     npm  from-the-future\n",
		"  * exec  nothing with --two-phase", "  * env   the session, as can every program started from your shells\n", "    file  the session",
		"! ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if got := a.preview(preview{plan: api.Plan{}}, style{}); got != "" {
		t.Errorf("an empty plan shows %q", got)
	}
}

func TestInForce(t *testing.T) {
	s := api.Snapshot{Sessions: []api.Session{{Registry: "https://a.example.com/"}, {Registry: "https://b.example.com/"}}}
	s.Settings = api.DefaultSettings()
	s.Settings.Modes = map[string]injection.Mode{"https://b.example.com/": injection.ModeFile}
	for want, req := range map[string]api.SetupRequest{
		"env file":  {},
		"exec exec": {Mode: injection.ModeExec},
		"env exec":  {Mode: injection.ModeExec, Registry: "https://b.example.com/"},
	} {
		var got []string
		for _, m := range inForce(req, s) {
			got = append(got, string(m))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%+v: %q", req, got)
		}
	}
	if got := inForce(api.SetupRequest{Mode: injection.ModeFile}, api.Snapshot{}); len(got) != 1 || got[0] != injection.ModeFile {
		t.Errorf("without sessions: %q", got)
	}
}

// TestEveryWayHasWords: ways and modes are shown in the user's language.
func TestEveryWayHasWords(t *testing.T) {
	var keys []string
	for _, w := range []injection.Way{injection.WayUserLine, injection.WayYarnLine, injection.WayLiteral, injection.WayHelper, injection.WayExec} {
		keys = append(keys, "cli.way."+string(w))
	}
	for _, m := range injection.Modes {
		keys = append(keys, "cli.mode."+string(m))
	}
	for _, key := range []string{"setup.done", "setup.undone", "doctor.fix.done", "renew.cancels", "ensure.waiting"} {
		keys = append(keys, "cli."+key)
	}
	inBothLanguages(t, keys)
	if len(i18n.Languages) < 2 {
		t.Error("one language alone was looked at")
	}
}
