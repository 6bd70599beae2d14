package keyring

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const canary = "npm_CANARY0123456789012345678901234567"

func TestH14_DamagedItems(t *testing.T) {
	for _, text := range []string{"", "{", canary, `"` + canary + `"`, `[]`, `{"v":1}`, `{"v":1,"secret":"a b"}`, `{"v":1,"secret":"x","parts":3,"id":"q"}`, `{"v":1,"secret":"x","parts":1000000}`} {
		v := memoryVault{"k": []byte(text)}
		_, err := load(v, "k")
		if !errors.Is(err, ErrDamaged) || !errors.Is(err, agent.ErrNotFound) {
			t.Errorf("item %q: %v, want ErrDamaged", text, err)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "CANARY") {
			t.Errorf("J02: the error quotes the item: %v", err)
		}
		if err := store(v, "k", token.NewSecret("npm_new")); err != nil {
			t.Errorf("item %q: write over it: %v", text, err)
		}
		if s, err := load(v, "k"); err != nil || s.Reveal() != "npm_new" {
			t.Errorf("item %q: not repaired: %v", text, err)
		}
	}
}

func TestH15_ItemOfANewerVersion(t *testing.T) {
	v := memoryVault{"k": []byte(`{"v":2,"sealed":"x"}`)}
	if _, err := load(v, "k"); !errors.Is(err, ErrNewer) {
		t.Errorf("read: %v, want ErrNewer", err)
	}
}

func TestH10_PartsLeaveNothingBehind(t *testing.T) {
	v := narrowVault{memoryVault{}, 2560}
	for range 3 {
		if err := store(v, "k", token.NewSecret(strings.Repeat("x", 8000))); err != nil {
			t.Fatal(err)
		}
	}
	if len(v.memoryVault) != 4 {
		t.Errorf("8,000 bytes in parts, written three times: %d items, want 4", len(v.memoryVault))
	}
	if err := drop(v, "k"); err != nil || len(v.memoryVault) != 0 {
		t.Errorf("after delete %d items are left, error %v", len(v.memoryVault), err)
	}
}

func TestH10_OldSecretStandsUntilAllPartsAreWritten(t *testing.T) {
	old := token.NewSecret(strings.Repeat("o", 5000))
	for stop := 1; ; stop++ {
		inner := memoryVault{}
		if err := store(narrowVault{inner, 2560}, "k", old); err != nil {
			t.Fatal(err)
		}
		err := store(&failingVault{narrowVault{inner, 2560}, stop}, "k", token.NewSecret(strings.Repeat("n", 5000)))
		s, readErr := load(inner, "k")
		if readErr != nil || len(s.Reveal()) != 5000 {
			t.Fatalf("store broken at write %d: nothing whole is left: %v", stop, readErr)
		}
		if err == nil {
			break
		}
	}
}

// failingVault breaks at one write and all later ones.
type failingVault struct {
	narrowVault
	left int
}

func (f *failingVault) write(key string, data []byte) error {
	if f.left--; f.left <= 0 {
		return os.ErrInvalid
	}
	return f.narrowVault.write(key, data)
}

func TestFileStoreOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "secrets")
	ring := fileRing(dir, "correct horse")
	if err := ring.Set(t.Context(), "https://registry.example.com/", token.NewSecret(canary)); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, ".new-left"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := fileRing(dir, "wrong").Get(t.Context(), "https://registry.example.com/"); !errors.Is(err, agent.ErrKeyringLocked) {
		t.Errorf("wrong passphrase, read: %v, want ErrKeyringLocked", err)
	}
	if err := fileRing(dir, "wrong").Set(t.Context(), "other", token.NewSecret("npm_x")); !errors.Is(err, agent.ErrKeyringLocked) {
		t.Errorf("wrong passphrase, write: %v, want ErrKeyringLocked", err)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if path != dir {
				t.Errorf("J01: %s is left", path)
			}
			return err
		}
		data, _ := os.ReadFile(path)
		info, _ := d.Info()
		if strings.Contains(string(data)+path[len(dir):], "CANARY") || strings.Contains(path[len(dir):], "registry") {
			t.Errorf("J01: %s gives something away", path)
		}
		if info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFileStoreDamage(t *testing.T) {
	dir := t.TempDir()
	if err := fileRing(dir, "p").Set(t.Context(), "k", token.NewSecret("npm_x")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, digest("k")), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := fileRing(dir, "p").Get(t.Context(), "k"); !errors.Is(err, ErrDamaged) {
		t.Errorf("H14: garbage in a file: %v, want ErrDamaged", err)
	}
	for _, name := range []string{digest(checkName), saltFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := fileRing(dir, "p").Set(t.Context(), "k", token.NewSecret("npm_y")); !errors.Is(err, agent.ErrKeyringLocked) {
			t.Errorf("without %s: %v, want ErrKeyringLocked", name, err)
		}
	}
}

func TestFileStoreAsksAgainAfterAWrongPassphrase(t *testing.T) {
	dir, answers := t.TempDir(), []string{"right", "wrong", "right"}
	if err := fileRing(dir, answers[0]).Set(t.Context(), "k", token.NewSecret("npm_x")); err != nil {
		t.Fatal(err)
	}
	ring := Open(Options{Store: api.StoreFile, Dir: dir, Limit: patient, Passphrase: func() (token.Secret, error) {
		answers = answers[1:]
		return token.NewSecret(answers[0]), nil
	}})
	if _, err := ring.Get(t.Context(), "k"); !errors.Is(err, agent.ErrKeyringLocked) {
		t.Errorf("first: %v, want ErrKeyringLocked", err)
	}
	for range 2 {
		if _, err := ring.Get(t.Context(), "k"); err != nil {
			t.Errorf("then: %v", err)
		}
	}
}

func TestH16_NoFileUnlessChosen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "secrets")
	for _, o := range []Options{{Store: api.StoreMemory, Dir: dir}, {Store: "no such", Dir: dir}} {
		ring := Open(o)
		if err := ring.Set(t.Context(), "k", token.NewSecret(canary)); err != nil || ring.Kind() != api.StoreMemory {
			t.Errorf("%q: %v, kind %q", o.Store, err, ring.Kind())
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a store that is no file made a folder")
	}
}

// TestJ01_PassphraseIsForgotten: once it was right it is kept no longer, and the store stays open.
func TestJ01_PassphraseIsForgotten(t *testing.T) {
	v, ok := Options{Dir: t.TempDir()}.vault(api.StoreFile, token.NewSecret("CANARY")).(*fileVault)
	if !ok || v.open() != nil {
		t.Fatal("not opened")
	}
	if v.ask != nil {
		t.Error("the passphrase is still there")
	}
	if err := errors.Join(v.write("k", []byte("x")), v.open()); err != nil {
		t.Errorf("the store is no longer open: %v", err)
	}
}
