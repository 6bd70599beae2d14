package keyring

import (
	"os"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/keyringsuite"
)

// patient is a limit for stores that work on a busy machine.
const patient = 30 * time.Second

func TestContract(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		keyringsuite.Run(t, func(*testing.T) agent.Keyring { return Open(Options{Store: api.StoreMemory}) })
	})
	t.Run("parts", func(t *testing.T) {
		keyringsuite.Run(t, func(*testing.T) agent.Keyring {
			return &Ring{place: &place{api.StoreMemory, narrowVault{memoryVault{}, 2560}, newGate(patient)}}
		})
	})
	t.Run("file", func(t *testing.T) {
		dir := t.TempDir()
		open := func(*testing.T) agent.Keyring { return fileRing(dir, "correct horse") }
		shared := open(t)
		keyringsuite.Run(t, func(*testing.T) agent.Keyring { return shared })
		keyringsuite.Lasting(t, open)
	})
	t.Run("changed", func(t *testing.T) {
		ring := Open(Options{Store: api.StoreMemory, Dir: t.TempDir(), Limit: patient})
		change(t, ring, api.StoreFile, "correct horse")
		keyringsuite.Run(t, func(*testing.T) agent.Keyring { return ring })
	})
	if os.Getenv(childSuite) != "" {
		t.Run("system", func(t *testing.T) {
			ring := Open(Options{Store: api.StoreMemory, Limit: patient})
			change(t, ring, api.StoreKeyring, "")
			keyringsuite.Run(t, func(*testing.T) agent.Keyring { return ring })
		})
		t.Run("system", func(t *testing.T) {
			open := func(*testing.T) agent.Keyring { return Open(Options{Store: api.StoreKeyring, Limit: patient}) }
			keyringsuite.Run(t, open)
			keyringsuite.Lasting(t, open)
		})
	}
}

// change makes a ring use another store.
func change(t *testing.T, ring *Ring, store api.Store, passphrase string) agent.Secrets {
	t.Helper()
	s, err := ring.Open(t.Context(), store, token.NewSecret(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	ring.Use(s)
	if ring.Kind() != store || s.Kind() != store {
		t.Errorf("in use: %s, want %s", ring.Kind(), store)
	}
	return s
}

func fileRing(dir, passphrase string) *Ring {
	return Open(Options{
		Store:      api.StoreFile,
		Dir:        dir,
		Passphrase: func() (token.Secret, error) { return token.NewSecret(passphrase), nil },
		Limit:      patient,
	})
}

// narrowVault holds as little under one name as Windows does.
type narrowVault struct {
	memoryVault
	most int
}

func (n narrowVault) room() int { return n.most }

func (n narrowVault) write(key string, data []byte) error {
	if len(data) > n.most {
		return os.ErrInvalid
	}
	return n.memoryVault.write(key, data)
}
