package keyring

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

func holds(t *testing.T, s agent.Secrets, key string) bool {
	t.Helper()
	_, err := s.Get(t.Context(), key)
	if err != nil && !errors.Is(err, agent.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

func TestChangeOfStore(t *testing.T) {
	ring := Open(Options{Store: api.StoreMemory, Dir: t.TempDir(), Limit: patient})
	if err := ring.Set(t.Context(), "k", token.NewSecret(canary)); err != nil {
		t.Fatal(err)
	}
	file := change(t, ring, api.StoreFile, "correct horse")
	if holds(t, ring, "k") {
		t.Error("the new store has what nobody wrote there")
	}
	if err := ring.Set(t.Context(), "f", token.NewSecret(canary)); err != nil {
		t.Fatal(err)
	}
	memory := change(t, ring, api.StoreMemory, "")
	if !holds(t, ring, "k") || holds(t, ring, "f") || !holds(t, file, "f") {
		t.Error("memory is not the one that it was, or the file has gone")
	}
	change(t, ring, api.StoreFile, "") // it is open, and need not be told again
	if !holds(t, ring, "f") || !holds(t, memory, "k") {
		t.Error("the file is not the one that it was, or memory has gone")
	}
}

func TestH16_FileThatDoesNotOpenChangesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "secrets")
	if err := fileRing(dir, "right").Set(t.Context(), "k", token.NewSecret(canary)); err != nil {
		t.Fatal(err)
	}
	ring := Open(Options{Store: api.StoreMemory, Dir: dir, Limit: patient})
	if _, err := ring.Open(t.Context(), api.StoreFile, token.NewSecret("wrong")); !errors.Is(err, agent.ErrKeyringLocked) {
		t.Errorf("wrong passphrase: %v, want ErrKeyringLocked", err)
	}
	if _, err := ring.Open(t.Context(), api.StoreFile, token.Secret{}); !errors.Is(err, agent.ErrKeyringAbsent) {
		t.Errorf("none: %v, want ErrKeyringAbsent", err)
	}
	if _, err := ring.Open(t.Context(), "cloud", token.Secret{}); !errors.Is(err, errNoStore) {
		t.Errorf("a store that there is not: %v", err)
	}
	if ring.Kind() != api.StoreMemory || holds(t, ring, "k") {
		t.Error("another store is in use")
	}
	change(t, ring, api.StoreFile, "right")
	if !holds(t, ring, "k") {
		t.Error("what the file held is gone")
	}
	if _, err := ring.Open(t.Context(), api.StoreFile, token.NewSecret("wrong")); !errors.Is(err, agent.ErrKeyringLocked) || !holds(t, ring, "k") {
		t.Errorf("wrong passphrase of a file that is open: %v", err)
	}
}

func TestFirstPassphraseCounts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "secrets")
	ring := Open(Options{Store: api.StoreMemory, Dir: dir, Limit: patient})
	change(t, ring, api.StoreFile, "first")
	if _, err := os.Stat(filepath.Join(dir, saltFile)); err != nil {
		t.Error(err)
	}
	again := Open(Options{Store: api.StoreMemory, Dir: dir, Limit: patient})
	if _, err := again.Open(t.Context(), api.StoreFile, token.NewSecret("second")); !errors.Is(err, agent.ErrKeyringLocked) {
		t.Errorf("another passphrase after the first: %v, want ErrKeyringLocked", err)
	}
}
