package agent

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/hostile"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/lint"
)

// due is what the hooks were told last.
func (w *world) due() injection.Due { w.mu.Lock(); defer w.mu.Unlock(); return w.told }

func codesOf(findings []api.Finding) (out []string) {
	for _, f := range findings {
		out = append(out, f.Code)
	}
	return out
}

// TestA06_WarnedOncePerContent: entering a hostile folder, or one below it, is told about once, and again
// when its files say something else. Asked outright it is told every time.
func TestA06_WarnedOncePerContent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files["/home/u/src/evil/.npmrc"] = "userconfig=./evilrc\n"
		w.files[userRC] = "registry=" + reg.String() + "\n"
		a, stop := w.run(t)
		defer stop()
		look := func(dir string, once bool) []string {
			t.Helper()
			in, err := a.Inspect(t.Context(), api.InspectRequest{Dir: dir, Once: once})
			if err != nil {
				t.Fatal(err)
			}
			return codesOf(in.Findings)
		}
		if got := look("/home/u/src/evil/packages/deep", true); !slices.Equal(got, []string{hostile.UserConfig}) {
			t.Fatalf("entering: %v", got)
		}
		if got := look("/home/u/src/evil", true); len(got) > 0 {
			t.Errorf("entering again: %v", got)
		}
		if got := look("/home/u/src/evil", false); len(got) != 1 {
			t.Errorf("asked outright: %v", got)
		}
		w.set(func() { w.files["/home/u/src/evil/.npmrc"] = "userconfig=./other\n" })
		if got := look("/home/u/src/evil", true); len(got) != 1 {
			t.Errorf("with other content: %v", got)
		}
		if got := look("/home/u", false); len(got) > 0 {
			t.Errorf("the home folder is no project: %v", got)
		}
		if _, err := a.Inspect(t.Context(), api.InspectRequest{Dir: "src"}); codeOf(err) != api.CodeUsage {
			t.Errorf("a relative folder: %v", err)
		}
	})
}

// TestFixIsShownAndThenMade: a project's placeholder, which pnpm passes over, goes to the user's file.
func TestFixIsShownAndThenMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		const project = "/home/u/src/app/.npmrc"
		w.files[userRC] = "//registry.example.com/:_authToken=" + w.issue() + "\nemail=a@example.com\n"
		w.files[project] = "save-exact=true\n"
		a, stop := w.run(t)
		defer stop()
		i := slices.IndexFunc(snapshot(t, a).Findings, func(f api.Finding) bool { return f.Code == lint.Email })
		if i < 0 {
			t.Fatalf("findings: %v", codesOf(snapshot(t, a).Findings))
		}
		f := snapshot(t, a).Findings[i]
		if f.Action == nil || f.Action.Verb != api.VerbFix {
			t.Fatalf("%+v", f)
		}
		fix := []api.Fix{{Code: f.Code, File: f.File, Line: f.Line}}
		p := setUp(t, a, api.SetupRequest{Fixes: fix})
		if len(p.Edits) != 1 || !slices.Contains(p.Edits[0].Diff, "-email=a@example.com") {
			t.Errorf("shown: %+v", p.Edits)
		}
		if w.text(userRC) != ownLine || w.text(project) != "save-exact=true\n" {
			t.Errorf("made:\n%s", w.text(userRC))
		}
		if slices.Contains(codesOf(snapshot(t, a).Findings), lint.Email) {
			t.Error("the finding stays")
		}
		if _, err := a.Plan(t.Context(), api.SetupRequest{Fixes: fix}); codeOf(err) != api.CodeStale {
			t.Errorf("made twice: %v", err)
		}
	})
}

// TestDueNamesWhatACommandNeeds: only a session that is over, of a registry that the command would talk to,
// and not while the user wants to be left alone.
func TestDueNamesWhatACommandNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, "@acme:registry="+reg.String()+"\n//registry.example.com/:_authToken="+w.issue()+"\n")
		due := func(args string) int {
			t.Helper()
			f := strings.Fields(args)
			out, err := a.Due(t.Context(), api.DueRequest{Manager: f[0], Args: f[1:], Dir: "/home/u/src/app"})
			if err != nil {
				t.Fatal(err)
			}
			return len(out)
		}
		if due("npm ci") != 0 || !w.due().At.After(time.Now()) || w.due().Over {
			t.Errorf("fresh: %d due, hooks are told %+v", due("npm ci"), w.due())
		}
		time.Sleep(2*time.Hour + time.Minute)
		synctest.Wait()
		if due("npm ci") != 1 || due("npm run build") != 0 || due("yarn") != 1 || !w.due().Over {
			t.Errorf("over: npm ci %d, npm run %d, yarn %d, hooks %+v", due("npm ci"), due("npm run build"), due("yarn"), w.due())
		}
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbSnooze, Registry: reg.String(), Until: time.Now().Add(10 * time.Minute)}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if due("npm ci") != 0 || w.due().Over || !w.due().At.After(time.Now()) {
			t.Errorf("snoozed: %d, hooks %+v", due("npm ci"), w.due())
		}
		time.Sleep(11 * time.Minute)
		synctest.Wait()
		if due("npm ci") != 1 || !w.due().Over {
			t.Errorf("after the snooze: %d, hooks %+v", due("npm ci"), w.due())
		}
		s := w.settings
		s.Renew = false
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbSet, Settings: &s}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if due("npm ci") != 0 || w.due() != (injection.Due{}) {
			t.Errorf("switched off: %d, hooks %+v", due("npm ci"), w.due())
		}
	})
}

// TestA08_ProjectBetweenIsSealedOff: where a project would put itself between package managers and registry,
// they are given the user's own settings; elsewhere nothing. The user's own proxy stays.
func TestA08_ProjectBetweenIsSealedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = everything()
		w.beside.managers = append(w.beside.managers, injection.Manager{Name: "pnpm", Version: "10.34.9"})
		w.settings.Move = true
		w.files[userRC] = "https-proxy=http://proxy.example.com:3128\n//registry.example.com/:_authToken=" + w.issue() + "\n"
		w.files["/home/u/a/.npmrc"] = "strict-ssl=false\nhttps-proxy=http://evil.example.com/\n"
		w.files["/home/u/b/pnpm-workspace.yaml"] = "strictSsl: false\nhttpsProxy: http://evil.example.com/\n"
		w.files["/home/u/d/.npmrc"] = "registry=http://registry.example.com/\n"
		w.files["/home/u/c/.npmrc"] = "save-exact=true\n"
		a, stop := w.run(t)
		defer stop()
		seal := func(dir string) string {
			t.Helper()
			in, err := a.Inspect(t.Context(), api.InspectRequest{Dir: dir, Once: true})
			if err != nil {
				t.Fatal(err)
			}
			return " " + strings.Join(append(in.Seal, in.Withhold...), " ") + " "
		}
		if got := seal("/home/u/c"); got != "  " {
			t.Errorf("an honest project: %s", got)
		}
		for range 2 { // though it was told of already
			got := seal("/home/u/a")
			if !strings.Contains(got, " npm_config_strict_ssl=true ") || !strings.Contains(got, " npm_config_https_proxy=http://proxy.example.com:3128 ") || strings.Contains(got, "SG_") {
				t.Errorf("strict-ssl and a proxy: %s", got)
			}
		}
		if got := seal("/home/u/b"); !strings.Contains(got, " SG_0000000000000001 ") {
			t.Errorf("what pnpm 10 takes before the environment: %s", got)
		}
		if got := seal("/home/u/d"); !strings.HasSuffix(got, " SG_0000000000000001 ") {
			t.Errorf("the user's host by http: %s", got)
		}
	})
}
