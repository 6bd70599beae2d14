package agent

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// code is an error's code, "" for none.
func code(err error) string {
	var told *api.Error
	if errors.As(err, &told) {
		return told.Code
	}
	return ""
}

func keep(t *testing.T, a *Agent, store api.Store, passphrase string) error {
	t.Helper()
	err := a.Keep(t.Context(), api.KeepRequest{Store: store, Passphrase: token.NewSecret(passphrase)})
	synctest.Wait()
	return err
}

// signedIn is a world with an agent that has one session.
func signedIn(t *testing.T) (w *world, a *Agent, secret string, stop func()) {
	t.Helper()
	w = newWorld()
	w.settings.Move = true
	w.files[userRC] = placeholderFile
	a, stop = w.run(t)
	secret = w.issue()
	w.save(userRC, rewritten(secret))
	return w, a, secret, stop
}

func TestKeepTakesSecretsAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a, secret, stop := signedIn(t)
		defer func() { stop() }()
		for _, to := range []api.Store{api.StoreFile, api.StoreMemory, api.StoreKeyring, api.StoreFile} {
			if err := keep(t, a, to, "open"); err != nil {
				t.Fatalf("to %s: %v", to, err)
			}
			for store, items := range map[api.Store]map[string]string{api.StoreKeyring: w.keys, api.StoreFile: w.filed, api.StoreMemory: w.inMemory} {
				if got := items[keyName(reg)]; got != "" != (store == to) || got != "" && got != secret {
					t.Errorf("in use: %s; the %s store has %d items", to, store, len(items))
				}
			}
			if s := snapshot(t, a); s.Agent.Store != to || w.settings.Store != to || s.Sessions[0].State != api.StateRunning {
				t.Errorf("after %s: store %s, settings %s, session %s", to, s.Agent.Store, w.settings.Store, s.Sessions[0].State)
			}
			do(t, a, api.VerbLock) // and it is there again after what only memory has would be forgotten
			do(t, a, api.VerbUnlock)
			if w.shell("NPM_TOKEN") != secret {
				t.Errorf("from the %s store: nothing comes back", to)
			}
		}
		stop()
		a, stop = w.run(t)
		if only(t, a).State != api.StateRunning || w.shell("NPM_TOKEN") != secret {
			t.Error("gone at the next start")
		}
	})
}

// TestH16_KeepThatFailsLosesNothing: whatever goes wrong, the old store is still in use and has the session.
func TestH16_KeepThatFailsLosesNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil      func(w *world)
		passphrase string
		want       string
	}{
		"wrong passphrase": {func(*world) {}, "guess", api.CodePassphrase},
		"no passphrase":    {func(*world) {}, "", api.CodePassphrase},
		"disk full":        {func(w *world) { w.fileErr = errors.New("no space left") }, "open", api.CodeFile},
		"settings refused": {func(w *world) { w.settingsErr = errors.New("read-only") }, "open", api.CodeFile},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, a, secret, stop := signedIn(t)
				defer stop()
				w.set(func() { tt.spoil(w) })
				if err := keep(t, a, api.StoreFile, tt.passphrase); code(err) != tt.want {
					t.Errorf("%v, want %s", err, tt.want)
				}
				if s := snapshot(t, a); s.Agent.Store != api.StoreKeyring || w.settings.Store != api.StoreKeyring || w.keys[keyName(reg)] != secret {
					t.Errorf("store %s, settings %s, %d items", s.Agent.Store, w.settings.Store, len(w.keys))
				}
				if len(w.filed) != 0 {
					t.Error("the session lies in a store that is not used")
				}
				w.set(func() { w.fileErr, w.settingsErr = nil, nil })
				if err := keep(t, a, api.StoreFile, "open"); err != nil || w.filed[keyName(reg)] != secret || len(w.keys) != 0 {
					t.Errorf("the second time: %v", err)
				}
			})
		})
	}
}

// TestKeepLeavesNoSessionBehind: the agent forgot the secret and the keyring does not give it away. A change of the
// store would lose a session that is still good.
func TestKeepLeavesNoSessionBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a, secret, stop := signedIn(t)
		defer stop()
		do(t, a, api.VerbLock)
		w.set(func() { w.keyErr = ErrKeyringLocked })
		if err := keep(t, a, api.StoreFile, "open"); code(err) != api.CodeKeyring {
			t.Errorf("%v", err)
		}
		w.set(func() { w.keyErr = nil })
		if err := keep(t, a, api.StoreFile, "open"); err != nil || w.filed[keyName(reg)] != secret {
			t.Errorf("once the keyring answers: %v", err)
		}
		if only(t, a).State != api.StateLocked || w.shell("NPM_TOKEN") != "" {
			t.Error("a change of the store unlocked what the user locked")
		}
		do(t, a, api.VerbUnlock)
		if w.shell("NPM_TOKEN") != secret {
			t.Error("nothing comes back")
		}
	})
}

// TestKeepWithoutAnAnsweringKeyring: what only memory has comes into the file.
func TestKeepWithoutAnAnsweringKeyring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.settings.Move, w.keyErr = true, ErrKeyringAbsent
		w.files[userRC] = placeholderFile
		a, stop := w.run(t)
		defer stop()
		secret := w.issue()
		w.save(userRC, rewritten(secret))
		if err := keep(t, a, api.StoreFile, "open"); err != nil || w.filed[keyName(reg)] != secret {
			t.Fatalf("%v", err)
		}
		if s := snapshot(t, a); s.Agent.Store != api.StoreFile || slices.Contains(codes(s), api.FindingKeyringAbsent) {
			t.Errorf("store %s, findings %q", s.Agent.Store, codes(s))
		}
	})
}

// TestKeepOpensTheFile: at the start nobody was asked for the passphrase. Keep brings the sessions back.
func TestKeepOpensTheFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, a, secret, stop := signedIn(t)
		if err := keep(t, a, api.StoreFile, "open"); err != nil {
			t.Fatal(err)
		}
		stop()
		w.opened = false
		a, stop = w.run(t)
		defer stop()
		if s := snapshot(t, a); s.Sessions[0].State != api.StateLocked || !slices.Contains(codes(s), api.FindingKeyringLocked) {
			t.Fatalf("at the start: %s, %q", s.Sessions[0].State, codes(s))
		}
		if err := keep(t, a, api.StoreFile, "guess"); code(err) != api.CodePassphrase || only(t, a).State != api.StateLocked {
			t.Errorf("a wrong passphrase: %v", err)
		}
		if err := keep(t, a, api.StoreFile, "open"); err != nil || w.shell("NPM_TOKEN") != secret {
			t.Errorf("the right one: %v", err)
		}
		if s := snapshot(t, a); s.Sessions[0].State != api.StateRunning || slices.Contains(codes(s), api.FindingKeyringLocked) {
			t.Errorf("then: %s, %q", s.Sessions[0].State, codes(s))
		}
	})
}

// TestKilledWhileSecretsMove: the agent is killed between two steps of a change. The next one starts with the store
// that the settings name, has the session, and takes out of the other store what is in both.
func TestKilledWhileSecretsMove(t *testing.T) {
	for name, after := range map[string]bool{"before the settings": false, "after the settings": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, a, secret, stop := signedIn(t)
				_ = a
				stop()
				var saved savedState
				if err := json.Unmarshal(w.state, &saved); err != nil {
					t.Fatal(err)
				}
				saved.Moving = []api.Store{api.StoreKeyring, api.StoreFile}
				w.state, _ = json.Marshal(saved)
				w.filed[keyName(reg)], w.opened = secret, true
				used, other := w.keys, w.filed
				if after {
					w.settings.Store, w.inUse = api.StoreFile, api.StoreFile
					used, other = other, used
				}
				a, stop = w.run(t)
				defer stop()
				if used[keyName(reg)] != secret || len(other) != 0 || w.shell("NPM_TOKEN") != secret {
					t.Errorf("%d items in use, %d beside", len(used), len(other))
				}
				do(t, a, api.VerbProbe)
				if err := json.Unmarshal(w.state, &saved); err != nil || only(t, a).State != api.StateRunning {
					t.Error(err)
				}
				saved = savedState{}
				if _ = json.Unmarshal(w.state, &saved); len(saved.Moving) != 0 {
					t.Errorf("still to do: %q", saved.Moving)
				}
			})
		})
	}
}

// TestKilledBeforeAllWasThere: the other store has the only copy. It stays.
func TestKilledBeforeAllWasThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _, secret, stop := signedIn(t)
		stop()
		var saved savedState
		if err := json.Unmarshal(w.state, &saved); err != nil {
			t.Fatal(err)
		}
		saved.Moving = []api.Store{api.StoreKeyring, api.StoreFile}
		w.state, _ = json.Marshal(saved)
		w.inUse, w.settings.Store, w.fileErr, w.opened = api.StoreFile, api.StoreFile, errors.New("no such device"), true
		_, stop = w.run(t)
		defer stop()
		if w.keys[keyName(reg)] != secret {
			t.Error("the only copy was removed")
		}
	})
}

func TestKeepRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, _, stop := signedIn(t)
		defer stop()
		if err := keep(t, a, "cloud", ""); code(err) != api.CodeUsage {
			t.Errorf("a store that there is not: %v", err)
		}
	})
}

// TestGrantsForPeople: what is copied or shown is one session by its name, is noted, and is nothing while locked.
func TestGrantsForPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a, secret, stop := signedIn(t)
		defer stop()
		for _, use := range []api.GrantUse{api.UseCopy, api.UseShow} {
			req := api.GrantRequest{Use: use, Program: "sandglass-window"}
			if _, err := a.Grant(t.Context(), req); code(err) != api.CodeUsage {
				t.Errorf("%s without a registry: %v", use, err)
			}
			req.Registry = reg.String()
			g, err := a.Grant(t.Context(), req)
			if err != nil || len(g.Items) != 1 || g.Items[0].Secret.Reveal() != secret {
				t.Errorf("%s: %d items, %v", use, len(g.Items), err)
			}
			if u := snapshot(t, a).Uses[0]; u.Use != use || u.Program != "sandglass-window" || u.Registry != reg.String() {
				t.Errorf("noted: %+v", u)
			}
			do(t, a, api.VerbLock)
			if g, err := a.Grant(t.Context(), req); code(err) != api.CodeEnded || len(g.Items) != 0 {
				t.Errorf("%s while locked: %d items, %v", use, len(g.Items), err)
			}
			do(t, a, api.VerbUnlock)
		}
		if n := len(snapshot(t, a).Uses); n != 2 {
			t.Errorf("%d uses are noted, want 2", n)
		}
	})
}
