package agent

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

const (
	pnpmRC = "/home/u/.config/pnpm/auth.ini"
	yarnRC = "/home/u/.yarnrc.yml"
)

// setUp plans and applies a request.
func setUp(t *testing.T, a *Agent, req api.SetupRequest) api.Plan {
	t.Helper()
	p, err := a.Plan(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Apply(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return p
}

const (
	ownLine  = "//registry.example.com/:_authToken=${SG_0000000000000001}\n"
	yarnLine = "npmRegistries:\n  \"//registry.example.com\":\n    npmAuthToken: \"${SG_0000000000000001-}\"\n"
)

// TestSetupReachesEveryManager: one plan gives each manager its line, shown before; the undo takes back
// what was added, though the user has edited around it, and leaves what was there.
func TestSetupReachesEveryManager(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = everything()
		secret := w.issue()
		w.files[userRC] = "; mine\n//registry.example.com/:_authToken=" + secret + "\n"
		a, stop := w.run(t)
		defer stop()
		p := setUp(t, a, api.SetupRequest{Move: true})
		if w.text(userRC) != "; mine\n"+ownLine || w.text(yarnRC) != yarnLine {
			t.Fatalf("after setup:\n%s\n%s", w.text(userRC), w.text(yarnRC))
		}
		var files []string
		for _, e := range p.Edits {
			files = append(files, e.File)
			if strings.Contains(strings.Join(e.Diff, "\n"), secret) {
				t.Errorf("the plan shows the session: %q", e.Diff)
			}
		}
		if want := []string{userRC, yarnRC}; !slices.Equal(files, want) || len(p.Reach) != 4 {
			t.Errorf("planned %v, %v", files, p.Reach)
		}
		if again, err := a.Plan(t.Context(), api.SetupRequest{Move: true}); err != nil || len(again.Edits) > 0 {
			t.Errorf("a second plan: %+v, %v", again.Edits, err)
		}
		w.save(yarnRC, "# mine, added later\nenableTelemetry: false\n"+yarnLine)
		setUp(t, a, api.SetupRequest{Undo: true})
		if got := w.text(yarnRC); got != "# mine, added later\nenableTelemetry: false\n" {
			t.Errorf("yarn's file after undo:\n%s", got)
		}
		if got := w.text(userRC); got != "; mine\n//registry.example.com/:_authToken="+secret+"\n" {
			t.Errorf("the user's file after undo:\n%s", got)
		}
	})
}

// TestUndoOfALineThatWasAdded leaves no line where none was.
func TestUndoOfALineThatWasAdded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = everything()
		w.settings.Move = true
		a, stop := w.run(t)
		defer stop()
		w.complete <- struct{}{}
		if err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if w.text(userRC) != ownLine || w.text(yarnRC) != yarnLine {
			t.Fatalf("after the login:\n%s\n%s", w.text(userRC), w.text(yarnRC))
		}
		setUp(t, a, api.SetupRequest{Undo: true})
		for _, path := range []string{userRC, yarnRC} {
			if text, there := w.files[path]; there && text != "" {
				t.Errorf("%s after undo: %q", path, text)
			}
		}
	})
}

// TestLineThatTheUserTookOutStaysAway until a login or a setup asks for it.
func TestLineThatTheUserTookOutStaysAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = everything()
		w.settings.Move = true
		secret := w.issue()
		w.files[userRC] = "//registry.example.com/:_authToken=" + secret + "\n"
		a, stop := w.run(t)
		defer stop()
		if w.text(yarnRC) != yarnLine {
			t.Fatalf("yarn's file:\n%s", w.text(yarnRC))
		}
		w.save(yarnRC, "enableTelemetry: false\n")
		if got := w.text(yarnRC); got != "enableTelemetry: false\n" {
			t.Errorf("the line came back by itself:\n%s", got)
		}
		setUp(t, a, api.SetupRequest{Move: true})
		if got := w.text(yarnRC); !strings.Contains(got, "SG_") {
			t.Errorf("a setup does not bring it back:\n%s", got)
		}
	})
}

// TestExecMode: the session is in no file and no shell; pnpm gets its helper line, exec gets the session,
// `sandglass env` does not.
func TestExecMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = everything()
		secret := w.issue()
		w.files[userRC] = "//registry.example.com/:_authToken=" + secret + "\n"
		a, stop := w.run(t)
		defer stop()
		p := setUp(t, a, api.SetupRequest{Mode: injection.ModeExec})
		if w.shell("SG_0000000000000001") != "" || strings.Contains(w.text(userRC), secret) {
			t.Error("the session is in the shell or the file")
		}
		if got := w.text(pnpmRC); got != "//registry.example.com/:tokenHelper=/usr/bin/sandglass helper https://registry.example.com/\n" {
			t.Errorf("auth.ini: %q", got)
		}
		if only(t, a).Mode != injection.ModeExec || len(p.Warnings) == 0 || !p.Mode {
			t.Errorf("mode %q, warnings %v", only(t, a).Mode, p.Warnings)
		}
		for use, gets := range map[api.GrantUse]bool{api.UseExec: true, api.UseHelper: true, api.UseEnv: false} {
			g, err := a.Grant(t.Context(), api.GrantRequest{Use: use})
			if err != nil || g.Items[0].Secret.IsZero() == gets {
				t.Errorf("%s: gets it: %v, %v", use, !gets, err)
			}
		}
		setUp(t, a, api.SetupRequest{Mode: injection.ModeEnv})
		if w.shell("SG_0000000000000001") != secret || w.text(pnpmRC) != "" {
			t.Errorf("back in env mode: shell %q, auth.ini %q", w.shell("SG_0000000000000001"), w.text(pnpmRC))
		}
	})
}

// TestHelperForPnpm10 is written to .npmrc only where the user asked for it, with a program of its own.
func TestHelperForPnpm10(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = &beside{desktop: map[string]string{}, managers: []injection.Manager{{Name: "pnpm", Version: "10.34.9"}}}
		w.files[userRC] = "//registry.example.com/:_authToken=" + w.issue() + "\n"
		a, stop := w.run(t)
		defer stop()
		setUp(t, a, api.SetupRequest{Mode: injection.ModeExec})
		if strings.Contains(w.text(userRC), "tokenHelper") {
			t.Fatalf("written unasked:\n%s", w.text(userRC))
		}
		setUp(t, a, api.SetupRequest{Mode: injection.ModeExec, Helper: true})
		const script = "/home/u/.config/sandglass/helper/registry.example.com"
		if want := ownLine + "//registry.example.com/:tokenHelper=" + script + "\n"; w.text(userRC) != want {
			t.Errorf("got\n%s", w.text(userRC))
		}
		if !slices.Contains(w.runnable, script) || !strings.Contains(w.text(script), reg.String()) {
			t.Errorf("the program: runnable %v, %q", w.runnable, w.text(script))
		}
		setUp(t, a, api.SetupRequest{Undo: true})
		if text := w.text(userRC); strings.Contains(text, "tokenHelper") || w.text(script) != "" {
			t.Errorf("after undo:\n%s\n%s", text, w.text(script))
		}
	})
}

// TestFileMode: the literal stands in the user's files while the session lives, and only then: not while the
// agent is locked or asleep, not after the end, not after quitting.
func TestFileMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = everything()
		w.files[userRC] = "; mine\n//registry.example.com/:_authToken=" + w.issue() + "\n; below\n"
		a, stop := w.run(t)
		setUp(t, a, api.SetupRequest{Mode: injection.ModeFile})
		w.complete <- struct{}{}
		if err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		var secret string
		for s, ends := range w.issued {
			if ends.After(w.issued[secret]) || secret == "" {
				secret = s
			}
		}
		there := func() bool {
			in := strings.Contains(w.text(userRC), "_authToken=npm_")
			if yarn := strings.Contains(w.text(yarnRC), "npm_"); in != yarn {
				t.Errorf(".npmrc has it: %v, .yarnrc.yml has it: %v", in, yarn)
			}
			if w.shell("SG_0000000000000001") != "" {
				t.Error("the shells have it too")
			}
			return in
		}
		if !there() || !strings.HasPrefix(w.text(userRC), "; mine\n") || !strings.HasSuffix(w.text(userRC), "; below\n") {
			t.Fatalf("after the login:\n%s", w.text(userRC))
		}
		for _, way := range []struct{ shut, open func() }{
			{func() { w.events <- PowerSleep }, func() { w.events <- PowerWake }},
			{func() { _ = a.Do(t.Context(), api.Action{Verb: api.VerbLock}) }, func() { _ = a.Do(t.Context(), api.Action{Verb: api.VerbUnlock}) }},
		} {
			way.shut()
			synctest.Wait()
			if there() {
				t.Errorf("asleep or locked:\n%s", w.text(userRC))
			}
			way.open()
			synctest.Wait()
			if !there() {
				t.Errorf("awake and unlocked:\n%s", w.text(userRC))
			}
		}
		if n := len(snapshot(t, a).Findings); n > 0 && slices.ContainsFunc(snapshot(t, a).Findings, func(f api.Finding) bool { return f.Code == api.FindingLiteral }) {
			t.Errorf("what the user chose is told as wrong: %+v", snapshot(t, a).Findings)
		}
		time.Sleep(2*time.Hour + time.Minute)
		synctest.Wait()
		if there() {
			t.Errorf("after the end:\n%s", w.text(userRC))
		}
		w.complete <- struct{}{}
		if err := a.Login(t.Context(), api.LoginRequest{Registry: reg.String()}, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !there() {
			t.Errorf("after the renewal:\n%s", w.text(userRC))
		}
		stop()
		if there() {
			t.Errorf("after quitting:\n%s", w.text(userRC))
		}
	})
}

// TestHelperSaysWhyByANotice, since pnpm shows nothing of it: once, though pnpm asks three times.
func TestHelperSaysWhyByANotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.beside = everything()
		w.settings.Modes = map[string]injection.Mode{reg.String(): injection.ModeExec}
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, "//registry.example.com/:_authToken="+w.issue()+"\n")
		time.Sleep(26 * time.Hour)
		synctest.Wait()
		w.mu.Lock()
		before := len(w.notices)
		w.mu.Unlock()
		for range 3 {
			if _, err := a.Grant(t.Context(), api.GrantRequest{Use: api.UseHelper, Registry: reg.String(), Program: "pnpm"}); codeOf(err) != api.CodeEnded {
				t.Errorf("got %v", err)
			}
		}
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		if n := len(w.notices) - before; n != 1 || !strings.Contains(w.notices[before].Title, "pnpm") {
			t.Errorf("%d notices: %+v", n, w.notices[before:])
		}
	})
}
