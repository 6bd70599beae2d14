package agentsuite

import (
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

var stores = []api.Store{api.StoreKeyring, api.StoreFile, api.StoreMemory}

func (r Rig) keep(t *testing.T, store api.Store, passphrase string) error {
	return r.Agent.Keep(t.Context(), api.KeepRequest{Store: store, Passphrase: token.NewSecret(passphrase)})
}

// keep: the session goes along to each store, and is in no other.
func keep(t *testing.T, r Rig) {
	r.signIn(t)
	for _, to := range []api.Store{api.StoreFile, api.StoreFile, api.StoreMemory, api.StoreKeyring, api.StoreMemory, api.StoreFile, api.StoreKeyring} {
		if err := r.keep(t, to, r.World.Passphrase()); err != nil {
			t.Fatalf("to %s: %v", to, err)
		}
		if s := r.now(t); s.Agent.Store != to || s.Settings.Store != to || !r.in(api.StateRunning)(s) {
			t.Errorf("to %s: in use %s, settings %s, session %+v", to, s.Agent.Store, s.Settings.Store, r.session(s))
		}
		r.lies(t, to)
	}
}

// lies waits until the session's secret is in one store and no other, and checks that it is handed out.
func (r Rig) lies(t *testing.T, in api.Store) {
	t.Helper()
	r.until(t, "the secret in the "+string(in)+" store alone", func(api.Snapshot) bool {
		for _, store := range stores {
			if want := store == in; (r.World.Holds(store) == 1) != want {
				return false
			}
		}
		return true
	})
	if r.secret(t) != r.World.Secrets()[0] {
		t.Errorf("in the %s store, and not handed out", in)
	}
}

// keepFails: the old store goes on.
func keepFails(t *testing.T, r Rig) {
	r.signIn(t)
	refused(t, r.keep(t, api.StoreFile, wrongPassphrase), api.CodePassphrase)
	refused(t, r.keep(t, api.StoreFile, ""), api.CodePassphrase)
	refused(t, r.keep(t, "cloud", ""), api.CodeUsage)
	refused(t, r.keep(t, "", ""), api.CodeUsage)
	if s := r.now(t); s.Agent.Store != api.StoreKeyring || s.Settings.Store != api.StoreKeyring {
		t.Errorf("in use %s, settings %s", s.Agent.Store, s.Settings.Store)
	}
	r.lies(t, api.StoreKeyring)
}

// keepNoKeyring: one cannot go to a keyring that does not answer, and what is in the file stays there.
func keepNoKeyring(t *testing.T, r Rig) {
	r.signIn(t)
	must(t, r.keep(t, api.StoreFile, r.World.Passphrase()))
	r.lies(t, api.StoreFile)
	r.World.KeyringFails(true)
	if e := refused(t, r.keep(t, api.StoreKeyring, ""), api.CodeKeyring); e.Cause == "" {
		t.Error("it does not say why")
	}
	if s := r.now(t); s.Agent.Store != api.StoreFile || s.Settings.Store != api.StoreFile {
		t.Errorf("in use %s, settings %s", s.Agent.Store, s.Settings.Store)
	}
	r.World.KeyringFails(false)
	r.lies(t, api.StoreFile)
	must(t, r.keep(t, api.StoreKeyring, ""))
	r.lies(t, api.StoreKeyring)
}
