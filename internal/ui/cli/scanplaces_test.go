package cli

import (
	"bytes"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// TestScanTellsWhereShellFilesAre: the agent hears where this shell has its files, as absolute paths, and nothing else
// of the environment.
func TestScanTellsWhereShellFilesAre(t *testing.T) {
	dir := t.TempDir()
	env := map[string]string{"ZDOTDIR": dir, "HISTFILE": "relative", "XDG_CONFIG_HOME": "", "NPM_TOKEN": dir}
	a := &app{Env: Env{Getenv: func(name string) string { return env[name] }}}
	if got := a.shellPlaces(); !maps.Equal(got, map[string]string{"ZDOTDIR": dir}) {
		t.Errorf("%v", got)
	}
}

// TestFixLeavesRevocationsAlone: those are no change of files, and have a command of their own.
func TestFixLeavesRevocationsAlone(t *testing.T) {
	fake := fakeagent.New(time.Now())
	a := &app{agent: fake, Env: Env{Getenv: func(string) string { return "" }, Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Now: time.Now}}
	report := api.ScanReport{Leaks: []api.Leak{{File: "/x/.npmrc", Line: 1, Fixes: []api.Fix{{Code: api.FixMove, File: "/x/.npmrc", Line: 1}, {Code: api.FixRevoke, File: "/x/.npmrc", Line: 1}}}}}
	if err := a.fixLeaks(t.Context(), report, true); err != nil {
		t.Error(err)
	}
	report.Leaks[0].Fixes = report.Leaks[0].Fixes[1:]
	if err := a.fixLeaks(t.Context(), report, true); err == nil {
		t.Error("what is to be revoked is told to be done")
	}
	for _, c := range fake.Calls() {
		if req, ok := c.Params.(api.SetupRequest); ok && (len(req.Fixes) != 1 || req.Fixes[0].Code != api.FixMove) {
			t.Errorf("%+v", req.Fixes)
		}
	}
}
