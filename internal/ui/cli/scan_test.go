package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// scanning runs sandglass scan --staged as git's hook does, in a folder of a test's.
func scanning(t *testing.T, agent api.Agent, args ...string) (code int, out, talk string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := map[string]string{"GIT_INDEX_FILE": ".git/index", "LANG": "C"}
	code = Main(t.Context(), Env{
		Args: append([]string{"scan"}, args...), Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Agent: agent,
		Getenv: func(name string) string { return env[name] }, Environ: os.Environ, Now: time.Now,
		StartAgent: func(context.Context, bool) error { t.Error("an agent was started"); return errors.New("none") },
	})
	return code, stdout.String(), stderr.String()
}

// TestHookLetsThrough: what keeps the guard from looking keeps nobody from committing, and is told.
func TestHookLetsThrough(t *testing.T) {
	t.Chdir(t.TempDir())
	fine := &fakeagent.Agent{}
	if code, out, talk := scanning(t, fine, "--staged"); code != 0 || out+talk != "" {
		t.Errorf("clean: %d %q %q", code, out, talk)
	}
	for name, errs := range map[string]map[string]error{
		"no agent": {"snapshot": &api.Error{Code: api.CodeNoAgent}}, "no git": {"scan": &api.Error{Code: api.CodeNoGit}},
		"an older agent": {"scan": errors.New("no such method")},
	} {
		if code, out, talk := scanning(t, &fakeagent.Agent{Errors: errs}, "--staged"); code != 0 || out != "" || !strings.Contains(talk, "not looked at") {
			t.Errorf("%s: %d %q %q", name, code, out, talk)
		}
	}
}

// asleep is an agent that does not answer.
type asleep struct{ *fakeagent.Agent }

func (asleep) Snapshot(ctx context.Context) (api.Snapshot, error) {
	<-ctx.Done()
	return api.Snapshot{}, &api.Error{Code: api.CodeCancelled}
}

// TestHookWaitsTwoSeconds and no longer for an agent that hangs.
func TestHookWaitsTwoSeconds(t *testing.T) {
	t.Chdir(t.TempDir())
	synctest.Test(t, func(t *testing.T) {
		var talk bytes.Buffer
		a := &app{Env: Env{Agent: asleep{}, Getenv: func(string) string { return "" }, Stderr: &talk, Now: time.Now}, agent: asleep{}}
		began := time.Now()
		err := a.guardCommit(t.Context(), api.ScanRequest{Dir: "/", Staged: true})
		if took := time.Since(began); err != nil || took != hookPatience || !strings.Contains(talk.String(), "does not answer") {
			t.Errorf("%v after %v: %q", err, took, talk.String())
		}
	})
}

// TestHookRefuses says where, what, and how to commit anyway.
func TestHookRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	found := &fakeagent.Agent{Report: api.ScanReport{Root: "/r", Leaks: []api.Leak{
		{File: "/r/a\x1b[31m.js", Line: 3, State: api.LeakStaged, Kind: token.KindUnknown, Masked: "npm_••••••••", Registry: "//registry.example.com/"},
	}}}
	code, _, talk := scanning(t, found, "--staged")
	for _, want := range []string{"a[31m.js:3", "perhaps: npm session or access token for registry.example.com", "npm_••••••••", "The next commit would hold it.", "git commit --no-verify"} {
		if !strings.Contains(talk, want) {
			t.Errorf("it does not say %q:\n%s", want, talk)
		}
	}
	if code != exitRefused || strings.Contains(talk, "\x1b") {
		t.Errorf("%d: %q", code, talk)
	}
}

// TestScanFlagsThatDoNotGoTogether are a misuse.
func TestScanFlagsThatDoNotGoTogether(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{"--staged", "--shell"}, {"--hook", "--unhook"}, {"--staged", "--history"}, {"--shell", "."}, {"--hook", "--fix"}} {
		if code, _, talk := scanning(t, &fakeagent.Agent{}, args...); code != 2 || !strings.Contains(talk, "do not go together") {
			t.Errorf("%v: %d %s", args, code, talk)
		}
	}
	if code, _, _ := scanning(t, &fakeagent.Agent{}, "nowhere"); code != 2 {
		t.Errorf("no such folder: %d", code)
	}
}

// TestEveryStateHasWords: none is shown as a bare word.
func TestEveryStateHasWords(t *testing.T) {
	var keys []string
	for _, s := range []api.LeakState{api.LeakCommitted, api.LeakTracked, api.LeakStaged, api.LeakUntracked, api.LeakIgnored, api.LeakOutside} {
		keys = append(keys, "cli.scan.state."+string(s))
	}
	for _, k := range []token.Kind{token.KindUnknown, token.KindSession, token.KindGranular, token.KindClassic, token.KindGitHub, token.KindGitLab, token.KindJFrog, token.KindAzure, token.KindJWT, token.KindBasic} {
		keys = append(keys, "cli.scan.kind."+string(k))
	}
	inBothLanguages(t, keys)
}
