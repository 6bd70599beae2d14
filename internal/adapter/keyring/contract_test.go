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
			return &Ring{kind: api.StoreMemory, vault: narrowVault{memoryVault{}, 2560}, gate: newGate(patient)}
		})
	})
	t.Run("file", func(t *testing.T) {
		dir := t.TempDir()
		open := func(*testing.T) agent.Keyring { return fileRing(dir, "correct horse") }
		shared := open(t)
		keyringsuite.Run(t, func(*testing.T) agent.Keyring { return shared })
		keyringsuite.Lasting(t, open)
	})
	if os.Getenv(childSuite) != "" {
		t.Run("system", func(t *testing.T) {
			open := func(*testing.T) agent.Keyring { return Open(Options{Store: api.StoreKeyring, Limit: patient}) }
			keyringsuite.Run(t, open)
			keyringsuite.Lasting(t, open)
		})
	}
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
