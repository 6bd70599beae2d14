package agent

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

const placeholderFile = "; my registries\nregistry=https://registry.example.com/\n\n# work login\n//registry.example.com/:_authToken=${NPM_TOKEN}\nfund=false\n"

// rewritten is what npm's login makes of placeholderFile: comments and blank lines gone, the literal in.
func rewritten(secret string) string {
	return "registry=https://registry.example.com/\n//registry.example.com/:_authToken=" + secret + "\nfund=false\n"
}

func snapshot(t *testing.T, a *Agent) api.Snapshot {
	t.Helper()
	s, err := a.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// only returns the one session.
func only(t *testing.T, a *Agent) api.Session {
	t.Helper()
	s := snapshot(t, a)
	if len(s.Sessions) != 1 {
		t.Fatalf("%d sessions, want 1: %+v", len(s.Sessions), s.Sessions)
	}
	return s.Sessions[0]
}

func codes(s api.Snapshot) (out []string) {
	for _, f := range s.Findings {
		out = append(out, f.Code)
	}
	return out
}

// TestD02_LoginBesideTheAgent: npm login overwrites the placeholder; the literal becomes a session in
// keyring, env file and only then placeholder again, with the comments that npm dropped.
func TestD02_LoginBesideTheAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		if s := only(t, a); s.State != api.StateNone {
			t.Errorf("before the login: %s", s.State)
		}
		secret := w.issue()
		w.order = nil
		w.save(userRC, rewritten(secret))
		s := only(t, a)
		if s.State != api.StateRunning || s.Account != "alice" || s.Lifetime != api.LifetimeAssumed || s.Left(w.Now()) != 2*time.Hour {
			t.Errorf("after the login: %+v", s)
		}
		if w.shell("NPM_TOKEN") != secret {
			t.Error("the variable that the user's file refers to does not carry the session")
		}
		if got := w.text(userRC); got != placeholderFile {
			t.Errorf("file after the login:\n%s", got)
		}
		keyring, file := slices.Index(w.order, "keyring"), slices.Index(w.order, "file")
		if env := slices.Index(w.order, "env"); keyring < 0 || env < 0 || file < max(keyring, env) {
			t.Errorf("written in the order %v", w.order)
		}
	})
}

// TestLiteralStaysUntilAgreed: without the user's word the file stays as it is; the first notice
// offers to move it, and its button does.
func TestLiteralStaysUntilAgreed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		file := "//registry.example.com/:_authToken=" + secret + "\n"
		w.save(userRC, file)
		if w.text(userRC) != file {
			t.Fatal("the file was changed without the user's word")
		}
		if s := only(t, a); s.State != api.StateRunning || !s.Places[0].Literal {
			t.Errorf("session: %+v", s)
		}
		if !slices.Contains(codes(snapshot(t, a)), api.FindingLiteral) {
			t.Error("no finding tells of the literal")
		}
		if len(w.shown()) != 1 || w.shown()[0].Buttons[0].Key != buttonMove {
			t.Fatalf("notices: %+v", w.shown())
		}
		w.press <- Pressed{ID: "move", Key: buttonMove}
		synctest.Wait()
		own := only(t, a).Variables[0]
		if got := w.text(userRC); got != "//registry.example.com/:_authToken=${"+own+"}\n" {
			t.Errorf("after Move: %s", got)
		}
		if !w.settings.Move || w.shell(own) != secret || !strings.HasPrefix(own, "SG_") {
			t.Errorf("move %v, variable %s", w.settings.Move, own)
		}
	})
}

// TestSessionEndsAndIsRenewed: the notice comes before the end, the env file is empty at the end, the
// notice's button logs in, and the same variable carries the new session.
func TestSessionEndsAndIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		first := w.issue()
		w.save(userRC, rewritten(first))
		<-time.After(100 * time.Minute)
		if err := a.Do(t.Context(), api.Action{Verb: api.VerbRescan}); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Grant(t.Context(), api.GrantRequest{Use: api.UseExec, Program: "npm"}); err != nil {
			t.Fatal(err)
		}
		<-time.After(10*time.Minute + time.Second)
		if n := w.shown(); len(n) != 1 || !strings.Contains(n[0].Title, "alice") || n[0].Buttons[0].Key != buttonRenew {
			t.Fatalf("ten minutes before the end: %+v", n)
		}
		if w.shell("NPM_TOKEN") != first {
			t.Error("the variable is empty before the end")
		}
		<-time.After(10 * time.Minute)
		if s := only(t, a); s.State != api.StateEnded {
			t.Errorf("after the end: %s", s.State)
		}
		if w.shell("NPM_TOKEN") != "" {
			t.Error("the variable outlived the session")
		}
		if n := w.shown(); len(n) != 2 || n[1].ID != n[0].ID {
			t.Errorf("at the end: %d notices; the second must replace the first", len(n))
		}
		w.press <- Pressed{ID: reg.String(), Key: buttonRenew}
		w.complete <- struct{}{}
		synctest.Wait()
		if s := only(t, a); s.State != api.StateRunning || w.shell("NPM_TOKEN") == "" || w.shell("NPM_TOKEN") == first {
			t.Errorf("after Renew: %s", s.State)
		}
		if w.text(userRC) != placeholderFile {
			t.Error("renewing touched the file")
		}
	})
}

// TestE02_SleepThroughTheEnd: three hours asleep; on waking the session is over at once, and one
// notice says so.
func TestE02_SleepThroughTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files[userRC] = placeholderFile
		w.settings.Move = true
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		<-time.After(30 * time.Minute)
		w.events <- PowerSleep
		synctest.Wait()
		if w.shell("NPM_TOKEN") != "" {
			t.Error("the env file is not empty while the machine sleeps")
		}
		w.sleep(3 * time.Hour)
		if s := only(t, a); s.State != api.StateEnded || w.shell("NPM_TOKEN") != "" {
			t.Errorf("after waking: %s", s.State)
		}
		if w.mayleep != 2 {
			t.Errorf("the machine was let go to sleep %d times in two sleeps", w.mayleep)
		}
		if len(w.shown()) != 1 {
			t.Errorf("%d notices after one sleep", len(w.shown()))
		}
	})
}

// TestWakeBeforeTheEndFillsAgain: a short sleep empties and refills.
func TestWakeBeforeTheEndFillsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files[userRC] = placeholderFile
		w.settings.Move = true
		_, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		w.sleep(20 * time.Minute)
		if w.shell("NPM_TOKEN") != secret {
			t.Error("waking did not fill the env file again")
		}
	})
}

// TestOfflineIsNotEnded: a registry out of reach changes the icon and nothing else.
func TestOfflineIsNotEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		w.set(func() { w.offline = true })
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		if s := only(t, a); s.State != api.StateOffline || w.shell("NPM_TOKEN") != secret {
			t.Errorf("offline: %s", s.State)
		}
		w.set(func() { w.offline = false })
		<-time.After(2 * time.Minute)
		if s := only(t, a); s.State != api.StateRunning || s.Account != "alice" {
			t.Errorf("back online: %+v", s)
		}
	})
}

// TestLifetimeIsLearned: a registry of which nothing is known is asked until it refuses; the next
// session's end is then known within a twentieth.
func TestLifetimeIsLearned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.life, w.policy = time.Hour, 0
		a, stop := w.run(t)
		defer stop()
		w.save(userRC, rewritten(w.issue()))
		if s := only(t, a); s.State != api.StateUnknown || s.Lifetime != api.LifetimeUnknown {
			t.Errorf("first session: %s, %s", s.State, s.Lifetime)
		}
		<-time.After(66 * time.Minute)
		if s := only(t, a); s.State != api.StateEnded || s.Learned != 1 {
			t.Fatalf("after an hour: %s, learned %d", s.State, s.Learned)
		}
		w.save(userRC, rewritten(w.issue()))
		s := only(t, a)
		if off := s.Left(w.Now()) - time.Hour; s.Lifetime != api.LifetimeLearned || off.Abs() > 2*time.Minute {
			t.Errorf("second session: %s, off by %v", s.Lifetime, off)
		}
	})
}

// TestAssumedEndThatWasTooEarly: the registry still takes the session after its assumed end.
func TestAssumedEndThatWasTooEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.life = 3 * time.Hour
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		<-time.After(2*time.Hour + time.Minute)
		own := only(t, a).Variables[0]
		if s := only(t, a); s.State != api.StateUnknown || w.shell(own) != secret {
			t.Errorf("past the assumed end: %s", s.State)
		}
		<-time.After(time.Hour + 7*time.Minute) // it is asked every five minutes
		if s := only(t, a); s.State != api.StateEnded || s.Learned != 1 || w.shell(own) != "" {
			t.Errorf("past the true end: %s, learned %d", s.State, s.Learned)
		}
	})
}

// TestE12_RestartKeepsWhatWasKnown: state and keyring bring the session back; what was said is not
// said again.
func TestE12_RestartKeepsWhatWasKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		_, stop := w.run(t)
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		<-time.After(50 * time.Minute)
		stop()
		if w.shell("NPM_TOKEN") != "" {
			t.Error("the env file is not empty after quitting")
		}
		if strings.Contains(string(w.state), secret) || !json.Valid(w.state) {
			t.Errorf("state file: %s", w.state)
		}
		a, stop := w.run(t)
		defer stop()
		if s := only(t, a); s.State != api.StateRunning || s.Left(w.Now()) != 70*time.Minute || w.shell("NPM_TOKEN") != secret {
			t.Errorf("after the restart: %+v", s)
		}
		if len(w.shown()) != 0 {
			t.Errorf("notices: %+v", w.shown())
		}
	})
}

// TestH03_LockedKeyring: the session lives in memory with a finding, and the literal stays where it
// is: moving it could lose it.
func TestH03_LockedKeyring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.keyErr = ErrKeyringLocked
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		s := snapshot(t, a)
		if s.Agent.Store != api.StoreMemory || !slices.Contains(codes(s), api.FindingKeyringLocked) {
			t.Errorf("store %s, findings %v", s.Agent.Store, codes(s))
		}
		if w.shell("NPM_TOKEN") != secret || w.text(userRC) != rewritten(secret) {
			t.Error("the session must be usable and the literal must stay")
		}
		w.set(func() { w.keyErr = nil }) // the user unlocks it
		<-time.After(retryKeyring + time.Second)
		s = snapshot(t, a)
		if s.Agent.Store != api.StoreKeyring || len(w.keys) != 1 || w.text(userRC) != placeholderFile {
			t.Errorf("after unlocking: store %s, %d keys, file:\n%s", s.Agent.Store, len(w.keys), w.text(userRC))
		}
	})
}
