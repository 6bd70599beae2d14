package agent

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// TestLoginWhileLocked: after Lock the user logs in with npm. Shells get nothing, so the credential stays in
// the file until Unlock, when the placeholder and the variable come together.
func TestLoginWhileLocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		do(t, a, api.VerbLock)
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		if w.shell("NPM_TOKEN") != "" || w.text(userRC) != rewritten(secret) {
			t.Errorf("locked: the file is %q", w.text(userRC))
		}
		do(t, a, api.VerbUnlock)
		if w.shell("NPM_TOKEN") != secret || w.text(userRC) != placeholderFile {
			t.Errorf("unlocked: the file is %q", w.text(userRC))
		}
	})
}

// TestKeyringForgotAtRestart: the session is gone from the keyring when the agent starts again. Nothing can
// unlock it, so it shows as signed out, and a new login is all it takes.
func TestKeyringForgotAtRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		_, stop := w.run(t)
		w.save(userRC, rewritten(w.issue()))
		stop()
		clear(w.keys)
		a, stop := w.run(t)
		defer stop()
		do(t, a, api.VerbUnlock)
		if s := only(t, a); s.State != api.StateNone || w.shell("NPM_TOKEN") != "" {
			t.Errorf("after the restart: %s", s.State)
		}
		if _, defined := w.env[len(w.env)-1]["NPM_TOKEN"]; !defined {
			t.Error("the variable must stay defined")
		}
		fresh := w.renew(t, a)
		if s := only(t, a); s.State != api.StateRunning || w.shell("NPM_TOKEN") != fresh {
			t.Errorf("after a new login: %s", s.State)
		}
	})
}

// TestSettingsEditedByHand: a line that the user writes into settings.toml counts as soon as the file is
// saved, and one that was saved a moment before Move is not lost to it.
func TestSettingsEditedByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		w.settings.EmptyOnLock = true
		w.changes <- []string{"/settings.toml"}
		synctest.Wait()
		w.events <- PowerLock
		synctest.Wait()
		if !snapshot(t, a).Settings.EmptyOnLock || w.shell("NPM_TOKEN") != "" {
			t.Error("the setting does not count yet")
		}
		w.events <- PowerUnlock
		synctest.Wait()
		w.settings.Language = "ja" // saved, and not announced yet
		do(t, a, api.VerbMove)
		if !w.settings.Move || w.settings.Language != "ja" || !w.settings.EmptyOnLock {
			t.Errorf("Move overwrote an edit by hand: %+v", w.settings)
		}
		if s := snapshot(t, a).Settings; s.Language != "ja" || w.text(userRC) != placeholderFile {
			t.Errorf("after Move: language %q, file %q", s.Language, w.text(userRC))
		}
	})
}

// TestNameNoLongerReferredTo: the user's file stops naming NPM_TOKEN. From then on no shell finds the
// session there, after a restart either; the name stays defined, as empty.
func TestNameNoLongerReferredTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		own := only(t, a).Variables[0]
		check := func(when string) {
			t.Helper()
			last := w.env[len(w.env)-1]
			if v, defined := last["NPM_TOKEN"]; !defined || v != "" || last[own] != secret {
				t.Errorf("%s: NPM_TOKEN defined %v, empty %v; ours carries the session: %v", when, defined, v == "", last[own] == secret)
			}
		}
		w.save(userRC, line("${"+own+"}"))
		check("after the edit")
		stop()
		_, stop = w.run(t)
		defer stop()
		check("after a restart")
	})
}

// TestLockOutlivesARestart: who locked and restarts is still locked, until Unlock.
func TestLockOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move = true
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		do(t, a, api.VerbLock)
		stop()
		published := len(w.env)
		a, stop = w.run(t)
		defer stop()
		leaked := slices.ContainsFunc(w.env[published:], func(vars map[string]string) bool { return vars["NPM_TOKEN"] != "" })
		if s := snapshot(t, a); leaked || !s.Locked || s.Sessions[0].State != api.StateLocked {
			t.Errorf("after the restart: locked %v, session %s", s.Locked, s.Sessions[0].State)
		}
		do(t, a, api.VerbUnlock)
		if w.shell("NPM_TOKEN") != secret {
			t.Error("Unlock did not fill the env file")
		}
	})
}
