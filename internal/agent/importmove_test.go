package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// moved plans and applies repairs, and returns the plan.
func moved(t *testing.T, a *Agent, req api.SetupRequest) api.Plan {
	t.Helper()
	p, err := a.Plan(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(p)
	holdsNone(t, "the plan", string(text))
	if err := a.Apply(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return p
}

func moveOf(file string, lines ...int) (req api.SetupRequest) {
	for _, l := range lines {
		req.Fixes = append(req.Fixes, api.Fix{Code: api.FixMove, File: file, Line: l})
	}
	return req
}

func restoreAll(t *testing.T, a *Agent) (req api.SetupRequest) {
	t.Helper()
	for _, k := range snapshot(t, a).Kept {
		req.Restore = append(req.Restore, k.ID)
	}
	return req
}

// TestM01_MoveAndBack: a credential goes from a file into the keyring, and comes back byte for byte, by another agent,
// from the keyring alone.
func TestM01_MoveAndBack(t *testing.T) {
	yml := strings.ReplaceAll("# mine\nnpmScopes:\n  acme:\n    npmRegistryServer: \"https://registry.example.com\" # ours\n    npmAuthToken: \""+planted(1)+"\" # until May\n  b:\n    npmAlwaysAuth: true\n", "\n", "\r\n")
	for name, c := range map[string]struct {
		file, text string
		lines      []int
		left, warn []string // what the file says then, and the plan before
		kept       int
	}{
		"bashrc":      {"/home/u/.bashrc", "# mine\n\nexport NPM_TOKEN=" + planted(1) + " # work\nalias l=ls\nexport GH_TOKEN='" + planted(2) + "'", []int{3, 5}, []string{"alias l=ls"}, nil, 2},
		"npmrc auth":  {userRC, "; mine\n//other.example.com/:_auth = " + basic + "\nfund=false\n", []int{2}, []string{":_auth = ${SG_", "fund=false"}, nil, 1},
		"npmrc old":   {userRC, "; //other.example.com/:_authToken=" + planted(1) + "\nfund=false\n", []int{1}, []string{"fund=false"}, nil, 1},
		"project":     {"/srv/p/.npmrc", "save-exact=true\n//registry.example.com/:_authToken=" + planted(1) + "\n# end\n", []int{2}, []string{"# end"}, []string{api.FindingMovedTo, api.FindingNoLine}, 1},
		"project yml": {"/srv/p/.yarnrc.yml", yml, []int{5}, []string{"npmAlwaysAuth: true\r\n"}, []string{api.FindingMovedTo, api.FindingNoLine}, 1},
		"env":         {"/srv/p/.env", "A=1\nNPM_TOKEN=" + planted(1) + "\nB=2\n", []int{2}, []string{"A=1\nB=2\n"}, []string{api.FindingEnvMoved}, 1},
		"unity":       {"/home/u/.upmconfig.toml", fmt.Sprintf(upm, planted(1)), []int{2}, []string{"alwaysAuth = true"}, []string{api.FindingUPMMoved}, 1},
		"whole file":  {"/home/u/.zshenv", "export A_TOKEN=" + planted(1) + "\nexport B_TOKEN=" + planted(1) + "\n", []int{0}, nil, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			imports(t, map[string]string{c.file: c.text}, func(t *testing.T, w *world, a *Agent) {
				p := moved(t, a, moveOf(c.file, c.lines...))
				text := w.text(c.file)
				holdsNone(t, "the file", text)
				holdsNone(t, "the state", string(w.state))
				for _, part := range c.left {
					if !strings.Contains(text, part) {
						t.Errorf("the file says %q", text)
					}
				}
				var warn []string
				for _, f := range p.Warnings {
					warn = append(warn, f.Code)
				}
				if slices.Sort(warn); !slices.Equal(warn, c.warn) || len(p.Edits) != 1 || len(p.Edits[0].Diff) == 0 {
					t.Errorf("warnings %q, %+v", warn, p.Edits)
				}
				for _, k := range snapshot(t, a).Kept {
					if k.Variable != "" && token.NewSecret(w.shell(k.Variable)).Fingerprint() != k.Fingerprint {
						t.Errorf("the shells have %q in %s", w.shell(k.Variable), k.Variable)
					}
				}
				if kept := snapshot(t, a).Kept; len(kept) != c.kept || len(kept[0].Taken) == 0 || kept[0].Taken[0].File != c.file {
					t.Errorf("kept: %+v", kept)
				}
				later, end := w.run(t)
				defer end()
				moved(t, later, restoreAll(t, later))
				if w.text(c.file) != c.text {
					t.Errorf("put back:\n%q, was\n%q", w.text(c.file), c.text)
				}
				for key := range w.keys {
					if strings.HasPrefix(key, "kept ") {
						t.Errorf("%s is left in the keyring", key)
					}
				}
				if len(snapshot(t, later).Kept) != 0 {
					t.Errorf("left: %+v", snapshot(t, later).Kept)
				}
			})
		})
	}
}

// TestMoveOfALine: the line of a session in the user's own file becomes its placeholder, as after setup.
func TestMoveOfALine(t *testing.T) {
	imports(t, map[string]string{userRC: "; mine\n" + npmLine(1)}, func(t *testing.T, w *world, a *Agent) {
		p := moved(t, a, moveOf(userRC, 2))
		own := snapshot(t, a).Sessions[0].Variables[0]
		if w.text(userRC) != "; mine\n"+line("${"+own+"}") || !p.Move || len(p.Edits) != 1 || w.shell(own) != planted(1) || len(snapshot(t, a).Kept) != 0 {
			t.Errorf("%q, %+v", w.text(userRC), p)
		}
	})
}

// TestMoveOfADeadLine: a session that is over leaves its line without a placeholder, and can be put back all the same.
func TestMoveOfADeadLine(t *testing.T) {
	imports(t, map[string]string{userRC: "; mine\n" + npmLine(2)}, func(t *testing.T, w *world, a *Agent) {
		p := moved(t, a, moveOf(userRC, 2))
		if kept := snapshot(t, a).Kept; w.text(userRC) != "; mine\n" || p.Move || len(kept) != 1 || len(kept[0].Taken) != 1 {
			t.Errorf("%q, %+v", w.text(userRC), kept)
		}
		if moved(t, a, restoreAll(t, a)); w.text(userRC) != "; mine\n"+npmLine(2) {
			t.Errorf("%q", w.text(userRC))
		}
	})
}

// TestJ11_NothingMovesWhileLocked: what is locked hands nothing to shells in a line's place, and nothing to files.
func TestJ11_NothingMovesWhileLocked(t *testing.T) {
	const rc = "/home/u/.bashrc"
	imports(t, map[string]string{rc: "export B_TOKEN=" + planted(2) + "\n"}, func(t *testing.T, w *world, a *Agent) {
		p, err := a.Plan(t.Context(), moveOf(rc, 1))
		if err != nil {
			t.Fatal(err)
		}
		do(t, a, api.VerbLock)
		if err := a.Apply(t.Context(), p.ID); codeOf(err) != api.CodeStale {
			t.Errorf("a plan from before: %v", err)
		}
		if _, err := a.Plan(t.Context(), moveOf(rc, 1)); codeOf(err) != api.CodeKeyring {
			t.Errorf("a plan: %v", err)
		}
		if _, err := a.Import(t.Context(), api.ImportRequest{Take: []string{print(2)}}); codeOf(err) != api.CodeKeyring || len(w.keys) != 0 {
			t.Errorf("taken: %v", err)
		}
	})
}

// TestMoveFromProject: where the user lets lines be written, the project's credential stands behind a placeholder in the
// user's own file, as the plan has shown.
func TestMoveFromProject(t *testing.T) {
	const file = "/srv/p/.npmrc"
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.takes(1)
		w.files[file] = npmLine(1)
		a, stop := w.run(t)
		defer stop()
		p := moved(t, a, moveOf(file, 1))
		if len(p.Edits) != 2 || p.Edits[1].File != userRC || !slices.Contains(p.Edits[1].Diff, "+"+strings.TrimSpace(w.text(userRC))) {
			t.Errorf("%+v, and the file says %q", p.Edits, w.text(userRC))
		}
		own := snapshot(t, a).Sessions[0].Variables[0]
		if w.text(file) != "" || w.text(userRC) != line("${"+own+"}") || w.shell(own) != planted(1) {
			t.Errorf("%q %q", w.text(file), w.text(userRC))
		}
	})
}

// TestMoveRefused: what has changed, what cannot be taken, and what the user wants where it is.
func TestMoveRefused(t *testing.T) {
	const rc = "/home/u/.bashrc"
	imports(t, map[string]string{rc: "export A=1 NPM_TOKEN=" + planted(1) + "\nexport B_TOKEN=" + planted(2) + "\n", "/home/u/.zshrc": "export B_TOKEN=" + planted(2) + "\n"}, func(t *testing.T, w *world, a *Agent) {
		for code, req := range map[string]api.SetupRequest{
			api.CodeMove: moveOf(rc, 1), api.CodeStale: moveOf(rc, 3), api.CodeUsage: moveOf("relative", 1), api.CodeNoKept: {Restore: []string{"none"}},
		} {
			_, err := a.Plan(t.Context(), req)
			var told *api.Error
			if !errors.As(err, &told) || told.Code != code || code == api.CodeMove && told.Args["Why"] != "shared-line" {
				t.Errorf("%s: %v", code, err)
			}
		}
		p, err := a.Plan(t.Context(), api.SetupRequest{Fixes: append(moveOf(rc, 2).Fixes, moveOf("/home/u/.zshrc", 1).Fixes...)})
		if err != nil {
			t.Fatal(err)
		}
		w.set(func() { w.files["/home/u/.zshrc"] += "# more\n" })
		if err := a.Apply(t.Context(), p.ID); codeOf(err) != api.CodeStale {
			t.Errorf("changed: %v", err)
		}
		if kept := snapshot(t, a).Kept; len(kept) != 0 || !strings.Contains(w.text(rc), planted(2)) {
			t.Errorf("half done: %+v", kept)
		}
		moved(t, a, moveOf(rc, 2))
		kept := snapshot(t, a).Kept
		if len(kept) != 1 || len(kept[0].Taken) != 1 || kept[0].Taken[0].File != rc {
			t.Fatalf("%+v", kept)
		}
		do(t, a, api.VerbLock)
		if _, err := a.Plan(t.Context(), restoreAll(t, a)); codeOf(err) != api.CodeKeyring {
			t.Errorf("while locked: %v", err)
		}
		do(t, a, api.VerbUnlock)
		if err := a.Apply(t.Context(), p.ID); codeOf(err) != api.CodeStale {
			t.Errorf("twice: %v", err)
		}
	})
}

// TestMoveBackOccupied: where another credential stands by now nothing is put back.
func TestMoveBackOccupied(t *testing.T) {
	const file = "/srv/p/.npmrc"
	imports(t, map[string]string{file: npmLine(1)}, func(t *testing.T, w *world, a *Agent) {
		moved(t, a, moveOf(file, 1))
		w.set(func() { w.files[file] += npmLine(2) })
		_, err := a.Plan(t.Context(), restoreAll(t, a))
		var told *api.Error
		if !errors.As(err, &told) || told.Code != api.CodeMove || told.Args["Why"] != leftOccupied || w.text(file) != npmLine(2) {
			t.Errorf("%v", err)
		}
	})
}

// TestMoveBesideAnotherRepair: one plan edits a file once.
func TestMoveBesideAnotherRepair(t *testing.T) {
	const file = "/srv/p/.npmrc"
	text := "//other.example.com:_authToken=${A}\n" + npmLine(2)
	imports(t, map[string]string{file: text}, func(t *testing.T, w *world, a *Agent) {
		req := moveOf(file, 2)
		req.Fixes = append(req.Fixes, api.Fix{Code: api.FindingLintSlash, File: file, Line: 1})
		if _, err := a.Plan(t.Context(), req); codeOf(err) != api.CodeUsage {
			t.Errorf("%v", err)
		}
		if moved(t, a, api.SetupRequest{Fixes: req.Fixes[:1]}); len(snapshot(t, a).Kept) != 1 {
			t.Error("not moved")
		}
	})
}

// TestMoveInFileMode: a session that stands in a file because the user chose so stays there.
func TestMoveInFileMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.DefaultMode, w.files[userRC] = "file", npmLine(1)
		w.takes(1)
		a, stop := w.run(t)
		defer stop()
		r := lookFor(t, a, api.ImportRequest{})
		if i := itemOf(t, r, print(1)); len(i.Fixes) != 0 || i.Places[0].Left != leftMode {
			t.Errorf("%+v", i)
		}
		if _, err := a.Plan(t.Context(), moveOf(userRC, 1)); codeOf(err) != api.CodeMove {
			t.Errorf("planned: %v", err)
		}
	})
}

// TestMoveFails: a step that does not work leaves the file as it was, and the keyring without what is not needed.
func TestMoveFails(t *testing.T) {
	const file = "/home/u/.bashrc"
	text := "export NPM_TOKEN=" + planted(1) + "\n"
	imports(t, map[string]string{file: text}, func(t *testing.T, w *world, a *Agent) {
		p, err := a.Plan(t.Context(), moveOf(file, 1))
		if err != nil {
			t.Fatal(err)
		}
		w.set(func() { w.files[file] = text + "#\n" })
		if err := a.Apply(t.Context(), p.ID); codeOf(err) != api.CodeStale {
			t.Errorf("%v", err)
		}
		synctest.Wait()
		if w.text(file) != text+"#\n" || len(w.keys) != 0 || len(snapshot(t, a).Kept) != 0 || w.shell("NPM_TOKEN") != "" {
			t.Errorf("%q %v", w.text(file), w.keys)
		}
	})
}
