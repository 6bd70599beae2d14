package agent

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

func couchOf(password string) *api.Couch {
	return &api.Couch{Name: "alice", Password: token.NewSecret(password)}
}

// TestJ11_LockEmptiesTheEnvFile, both by the user's Lock and by the screen, where the setting says so.
func TestJ11_LockEmptiesTheEnvFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move, w.settings.EmptyOnLock = true, true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		for _, way := range []struct{ shut, open func() }{
			{func() { w.events <- PowerLock }, func() { w.events <- PowerUnlock }},
			{func() { _ = a.Do(t.Context(), api.Action{Verb: api.VerbLock}) }, func() { _ = a.Do(t.Context(), api.Action{Verb: api.VerbUnlock}) }},
		} {
			way.shut()
			synctest.Wait()
			if w.shell("NPM_TOKEN") != "" || !snapshot(t, a).Locked {
				t.Error("locked: the env file is not empty")
			}
			if g, err := a.Grant(t.Context(), api.GrantRequest{Use: api.UseExec}); err != nil || !g.Items[0].Secret.IsZero() {
				t.Errorf("locked: a secret was handed out (%v)", err)
			}
			way.open()
			synctest.Wait()
			if w.shell("NPM_TOKEN") != secret {
				t.Error("unlocked: the env file was not filled again")
			}
		}
	})
}

// TestD03_FileUnlinked: npm logout removes an empty file. The session stays what it is until the
// registry refuses it.
func TestD03_FileUnlinked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		w.mu.Lock()
		delete(w.files, userRC)
		delete(w.issued, secret)
		w.mu.Unlock()
		w.changes <- []string{userRC}
		synctest.Wait()
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbProbe}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		s := only(t, a)
		if s.State != api.StateEnded || len(s.Places) != 0 || w.shell(s.Variables[0]) != "" {
			t.Errorf("after npm logout: %+v", s)
		}
	})
}

// TestUnreadableFile: what was known stands, and a finding names the file.
func TestUnreadableFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		w.save(userRC, "unreadable")
		s := snapshot(t, a)
		i := slices.IndexFunc(s.Findings, func(f api.Finding) bool { return f.Code == api.FindingFileUnreadable })
		if i < 0 || s.Findings[i].File != userRC || w.shell(s.Sessions[0].Variables[0]) != secret {
			t.Errorf("findings %v", codes(s))
		}
	})
}

// TestC19_EnvFileCannotBeWritten: the placeholder does not replace a literal that no shell could find.
func TestC19_EnvFileCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.envErr = errors.New("no space left on device")
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		if w.text(userRC) != rewritten(secret) || !slices.Contains(codes(snapshot(t, a)), api.FindingEnvFile) {
			t.Errorf("findings %v", codes(snapshot(t, a)))
		}
	})
}

// TestSharedVariable: one name for two registries carries nothing, and is told.
func TestSharedVariable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = "//a.example.com/:_authToken=${NPM_TOKEN}\n//b.example.com/:_authToken=${NPM_TOKEN}\n"
		a, stop := w.run(t)
		defer stop()
		first, second := w.issue(), w.issue()
		w.save(userRC, "//a.example.com/:_authToken="+first+"\n//b.example.com/:_authToken="+second+"\n")
		if w.shell("NPM_TOKEN") != "" || !slices.Contains(codes(snapshot(t, a)), api.FindingSharedVariable) {
			t.Errorf("one variable serves two registries: %v", codes(snapshot(t, a)))
		}
	})
}

// TestClassicTokenIsDead: a bare UUID for npm's public registry is told as what it is.
func TestClassicTokenIsNotASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, "//registry.example.com/:_authToken=github_pat_"+strings.Repeat("a", 82)+"\n")
		if s := only(t, a); s.Kind != token.KindGitHub || s.Lifetime != api.LifetimeUnknown {
			t.Errorf("kind %s, lifetime %s", s.Kind, s.Lifetime)
		}
	})
}

// TestToldEnd: a JWT's own end counts, by the registry's clock.
func TestE07_ToldEndByTheRegistrysClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		ahead := 10 * time.Minute
		jwt := makeJWT(w.Now().Add(ahead), w.Now().Add(ahead+30*time.Minute))
		w.issued[jwt] = time.Now().Add(30 * time.Minute)
		w.save(userRC, "//registry.example.com/:_authToken="+jwt+"\n")
		s := only(t, a)
		if s.Lifetime != api.LifetimeTold || s.Left(w.Now()) != 30*time.Minute {
			t.Errorf("%s, %v left, want 30 min by our clock", s.Lifetime, s.Left(w.Now()))
		}
		if !slices.Contains(codes(snapshot(t, a)), api.FindingClockSkew) {
			t.Error("no finding tells of the clock")
		}
	})
}

func TestSetupPlanMasksSecretsAndApplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		secret := w.issue()
		w.files[userRC] = rewritten(secret)
		w.modified[userRC] = w.Now()
		a, stop := w.run(t)
		defer stop()
		plan, err := a.Plan(t.Context(), api.SetupRequest{Shells: []string{"bash"}, Move: true})
		if err != nil || len(plan.Edits) != 2 {
			t.Fatalf("%v: %+v", err, plan)
		}
		for _, e := range plan.Edits {
			if strings.Contains(strings.Join(e.Diff, "\n"), secret) {
				t.Error("the preview shows the secret")
			}
		}
		if w.text(userRC) != rewritten(secret) {
			t.Fatal("the preview wrote")
		}
		if err := a.Apply(t.Context(), plan.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if strings.Contains(w.text(userRC), secret) || w.text("/home/u/.bashrc") != "hook\n" {
			t.Errorf("after apply: %q", w.text(userRC))
		}
		if codeOf(a.Apply(t.Context(), plan.ID)) != api.CodeStale {
			t.Error("a plan can be applied twice")
		}
	})
}

// TestPausedNoticesComeLater: a pause holds a notice back; it is told when the pause ends and it is
// still true.
func TestPausedNoticesComeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files[userRC] = placeholderFile
		w.settings.Move = true
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		<-time.After(80 * time.Minute)
		_, _ = a.Grant(t.Context(), api.GrantRequest{Use: api.UseExec})
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbPause, Until: w.Now().Add(35 * time.Minute)}); err != nil {
			t.Fatal(err)
		}
		<-time.After(34 * time.Minute)
		if len(w.shown()) != 0 {
			t.Fatalf("told during the pause: %+v", w.shown())
		}
		<-time.After(2 * time.Minute)
		if len(w.shown()) != 1 {
			t.Errorf("%d notices after the pause", len(w.shown()))
		}
	})
}

func TestQuitEmptiesAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		w.save(userRC, rewritten(w.issue()))
		own := only(t, a).Variables[0]
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbQuit}); err != nil && codeOf(err) != api.CodeNoAgent {
			t.Fatal(err)
		}
		<-a.ended
		stop()
		if w.shell(own) != "" {
			t.Error("the env file outlived the agent")
		}
		if _, err := a.Grant(t.Context(), api.GrantRequest{Use: api.UseExec}); codeOf(err) != api.CodeNoAgent {
			t.Errorf("an ended agent answers %v", err)
		}
	})
}

// TestA14_ProjectFilesChooseNothing: a cloned repository's file names no variable, makes no session, and
// does not change the scheme of the user's registry.
func TestA14_ProjectFilesChooseNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.settings.Projects = []string{"/repo"}
		w.files["/repo/.npmrc"] = "registry=http://registry.example.com/\n//evil.example.com/:_authToken=${NPM_TOKEN}\n//registry.example.com/:_authToken=${HTTPS_PROXY}\n"
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		s := only(t, a)
		if s.Registry != reg.String() || len(s.Variables) != 1 || !strings.HasPrefix(s.Variables[0], "SG_") {
			t.Errorf("session %s carried by %v", s.Registry, s.Variables)
		}
		if w.shell("NPM_TOKEN") != "" || w.shell("HTTPS_PROXY") != "" {
			t.Error("a project's file chose the name that carries the session")
		}
	})
}

// TestLogoutWhileLocked revokes all the same: the keyring has what memory forgot.
func TestLogoutWhileLocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbLock}); err != nil {
			t.Fatal(err)
		}
		if err := a.Logout(t.Context(), reg.String()); err != nil || len(w.issued) != 0 {
			t.Errorf("%v, %d sessions left at the registry", err, len(w.issued))
		}
	})
}

// TestT12_UsesAreToldAsTheyWere: by the executable that the system names, cleaned, and a storm as one.
func TestT12_UsesAreToldAsTheyWere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		ctx := api.WithPeer(t.Context(), api.Peer{PID: 7, Program: "/tmp/other"})
		for range 60 {
			if _, err := a.Grant(ctx, api.GrantRequest{Use: api.UseExec, Program: "n\x1bpm\u202e" + strings.Repeat("x", 200)}); err != nil {
				t.Fatal(err)
			}
		}
		uses := snapshot(t, a).Uses
		if len(uses) != 1 || uses[0].Executable != "/tmp/other" || len(uses[0].Program) != 80 || strings.ContainsAny(uses[0].Program, "\x1b\u202e") {
			t.Errorf("%d uses: %+v", len(uses), uses[0])
		}
		if _, err := a.Grant(ctx, api.GrantRequest{Use: "steal"}); codeOf(err) != api.CodeUsage {
			t.Errorf("an unknown use: %v", err)
		}
	})
}
