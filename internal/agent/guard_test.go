package agent

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// TestGuardForgets: a plan tells what git would do, nothing is done before it is applied, and only once.
func TestGuardForgets(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		r := w.git.add(t, t.TempDir(), map[string]string{".npmrc": npmLine(1), "it's here/.env": planted(2) + "\n"}, ".npmrc", "it's here/.env")
		npmrc, env := filepath.Join(r.root, ".npmrc"), filepath.Join(r.root, "it's here", ".env")
		var fixes []api.Fix
		for _, file := range []string{npmrc, env} {
			fixes = append(fixes, api.Fix{Code: api.FixUntrack, File: file, Line: 1}, api.Fix{Code: api.FixIgnore, File: file, Line: 1}, api.Fix{Code: api.FixIgnore, File: file, Line: 2})
		}
		plan := func() api.Plan {
			t.Helper()
			p, err := a.Plan(t.Context(), api.SetupRequest{Fixes: fixes})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		p := plan()
		if want := []string{"git -C " + r.root + " rm --cached -- .npmrc", "git -C " + r.root + ` rm --cached -- 'it'\''s here/.env'`}; !slices.Equal(p.Commands, want) {
			t.Errorf("commands %q", p.Commands)
		}
		if len(p.Undo) != 2 || len(p.Edits) != 1 || !slices.Equal(p.Edits[0].Diff, []string{"+/.npmrc", "+/it's here/.env"}) || !p.Edits[0].Create {
			t.Errorf("%+v", p)
		}
		if len(r.index) != 2 || w.text(filepath.Join(r.root, ".gitignore")) != "" {
			t.Error("something was done")
		}
		r.stage(".npmrc", "another\n")
		if err := a.Apply(t.Context(), p.ID); codeOf(err) != api.CodeStale || len(r.index) != 2 || w.text(filepath.Join(r.root, ".gitignore")) != "" {
			t.Errorf("the index has changed: %v", err)
		}
		if p = plan(); p.ID == "" {
			t.Error("no name")
		}
		if err := a.Apply(t.Context(), p.ID); err != nil || len(r.index) != 0 || w.text(filepath.Join(r.root, ".gitignore")) != "/.npmrc\n/it's here/.env\n" {
			t.Errorf("%v, %v", err, r.index)
		}
		if err := a.Apply(t.Context(), p.ID); codeOf(err) != api.CodeStale {
			t.Errorf("twice: %v", err)
		}
		if _, err := a.Plan(t.Context(), api.SetupRequest{Fixes: fixes}); codeOf(err) != api.CodeStale {
			t.Errorf("what git does not track: %v", err)
		}
		for _, file := range []string{filepath.Join(t.TempDir(), ".npmrc"), "relative"} {
			if _, err := a.Plan(t.Context(), api.SetupRequest{Fixes: []api.Fix{{Code: api.FixIgnore, File: file}}}); err == nil {
				t.Errorf("%s is taken", file)
			}
		}
	})
}

// TestGuardHook: the hook's edit is shown, made, and the file can be run; what another tool writes is left alone.
func TestGuardHook(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		r := w.git.add(t, t.TempDir(), nil)
		r.hook = Hook{Path: "/elsewhere/pre-commit", Shared: true}
		ask := func(code string) (api.Plan, error) {
			return a.Plan(t.Context(), api.SetupRequest{Fixes: []api.Fix{{Code: code, File: r.root}}})
		}
		p, err := ask(api.FixHook)
		if err != nil || len(p.Edits) != 1 || !p.Edits[0].Create || len(p.Warnings) != 1 || p.Warnings[0].Code != api.FindingHookShared {
			t.Fatalf("%v %+v", err, p)
		}
		if err := a.Apply(t.Context(), p.ID); err != nil || !strings.Contains(w.text(r.hook.Path), "sandglass scan") || !slices.Contains(w.runnable, r.hook.Path) {
			t.Errorf("%v, %q", err, w.runnable)
		}
		r.hook.Ours, r.hook.Runnable = true, true
		if p, err = ask(api.FixHook); err != nil || len(p.Edits) != 0 {
			t.Errorf("once more: %v %+v", err, p)
		}
		if p, err = ask(api.FixUnhook); err != nil || len(p.Edits) != 1 || !p.Edits[0].Delete {
			t.Errorf("off: %v %+v", err, p)
		}
		r.hook = Hook{Path: r.hook.Path, Tool: "lefthook", ToolFile: "lefthook.yml"}
		var told *api.Error
		if _, err = ask(api.FixHook); !errors.As(err, &told) || told.Code != api.CodeHookTool || told.Args["File"] != "lefthook.yml" {
			t.Errorf("a tool's: %v", err)
		}
		r.hook, r.hookErr = Hook{Path: r.hook.Path}, ErrHookScript
		if _, err = ask(api.FixHook); codeOf(err) != api.CodeHookScript {
			t.Errorf("no script: %v", err)
		}
	})
}

// TestGuardWatchesProjects: a literal in a watched project's own file is told as an error where git keeps the file, or
// would, once for each line, and no longer when git leaves it out.
func TestGuardWatchesProjects(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		dir := t.TempDir()
		files := map[string]string{".npmrc": "# a\n" + npmLine(1), ".env": "NPM_TOKEN=" + planted(2) + "\n", "bunfig.toml": "[install]\n"}
		r := w.git.add(t, dir, files, ".npmrc")
		w.set(func() {
			for name, text := range files {
				w.files[filepath.Join(dir, name)] = text
			}
		})
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbWatch, Path: dir}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		look := func() (all, ofProject []string) {
			s, err := a.Snapshot(t.Context())
			if err != nil || len(s.Projects) != 1 {
				t.Fatal(err)
			}
			list := func(findings []api.Finding) (out []string) {
				for _, f := range findings {
					if f.Code == api.FindingLeakTracked && (f.Severity != api.SeverityError || f.Action == nil || f.Action.Verb != api.VerbFix) {
						t.Errorf("%+v", f)
					}
					if f.Code == api.FindingLeakTracked || f.Code == api.FindingProjectLiteral {
						out = append(out, f.Code+" "+filepath.Base(f.File))
					}
				}
				slices.Sort(out)
				return out
			}
			return list(s.Findings), list(s.Projects[0].Findings)
		}
		all, of := look()
		same(t, all, "leak-tracked .env", "leak-tracked .npmrc")
		same(t, of, "leak-tracked .env", "leak-tracked .npmrc")
		p, err := a.Plan(t.Context(), api.SetupRequest{Fixes: []api.Fix{
			{Code: api.FindingLeakTracked, File: filepath.Join(dir, ".npmrc"), Line: 2}, {Code: api.FindingLeakTracked, File: filepath.Join(dir, ".env"), Line: 1},
		}})
		if err != nil || len(p.Commands) != 1 || len(p.Edits) != 1 || len(p.Edits[0].Diff) != 2 {
			t.Fatalf("%v %+v", err, p)
		}
		r.ignored = []string{".npmrc", ".env"} // as the edit will have it
		if err := a.Apply(t.Context(), p.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		all, of = look()
		same(t, all, "project-literal .npmrc")
		same(t, of)
		w.save(filepath.Join(dir, ".npmrc"), "\n")
		w.save(filepath.Join(dir, ".env"), "A=b\n")
		if all, of = look(); len(all)+len(of) > 0 {
			t.Errorf("still told: %v %v", all, of)
		}
	})
}
