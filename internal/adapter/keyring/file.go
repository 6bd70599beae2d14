package keyring

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	lib "github.com/99designs/keyring"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// rounds makes guessing the passphrase slow: the library's own 8192 are too few today.
const rounds = 600_000

const (
	saltFile  = "salt"
	checkName = "check" // an item that says whether the passphrase is right
	stagePart = ".new-"
)

// fileVault keeps one encrypted file per item in dir. File names are digests: no registry can be read
// from them. Every write is made beside and renamed into place.
type fileVault struct {
	dir  string
	ask  func() (token.Secret, error) // nil once it was right: the passphrase may be good for more than this
	key  string                       // what the passphrase was stretched to
	ring lib.Keyring                  // nil until the passphrase proved right
}

// open asks for the passphrase, unless that was done, and compares it with the first one ever given.
func (f *fileVault) open() error {
	if f.ring != nil {
		return nil
	}
	if f.dir == "" || f.ask == nil {
		return fmt.Errorf("%w: no folder or no passphrase for the encrypted file", agent.ErrKeyringAbsent)
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("make folder of the encrypted file: %w", err)
	}
	f.sweep()
	pass, err := f.ask()
	if err != nil {
		return fmt.Errorf("%w: %w", agent.ErrKeyringLocked, err)
	}
	if pass.IsZero() {
		return fmt.Errorf("%w: the passphrase is empty", agent.ErrKeyringLocked)
	}
	salt, err := f.salt()
	if err != nil {
		return err
	}
	key, err := pbkdf2.Key(sha256.New, pass.Reveal(), salt, rounds, 32)
	if err != nil {
		return fmt.Errorf("stretch passphrase: %w", err)
	}
	f.key = hex.EncodeToString(key)
	return f.check()
}

// check proves the passphrase by reading the check item, which the first unlock writes.
func (f *fileVault) check() error {
	ring, err := f.in(f.dir)
	if err != nil {
		return err
	}
	var path *fs.PathError
	_, err = ring.Get(digest(checkName))
	switch {
	case err == nil:
	case errors.As(err, &path):
		return fmt.Errorf("read encrypted file: %w", err)
	case !errors.Is(err, lib.ErrKeyNotFound):
		return fmt.Errorf("%w: the passphrase is wrong, or a file is damaged", agent.ErrKeyringLocked)
	case f.used():
		return fmt.Errorf("%w: the encrypted file has lost its check item", agent.ErrKeyringLocked)
	default:
		if err := f.put(checkName, []byte(service)); err != nil {
			return err
		}
	}
	f.ring, f.ask = ring, nil
	return nil
}

// in opens the library's file store on a folder.
func (f *fileVault) in(dir string) (lib.Keyring, error) {
	ring, err := lib.Open(lib.Config{
		AllowedBackends:  []lib.BackendType{lib.FileBackend},
		FileDir:          dir,
		FilePasswordFunc: func(string) (string, error) { return f.key, nil },
	})
	if err != nil {
		return nil, fmt.Errorf("open encrypted file: %w", err)
	}
	return ring, nil
}

func (f *fileVault) read(key string) ([]byte, error) {
	if err := f.open(); err != nil {
		return nil, err
	}
	it, err := f.ring.Get(digest(key))
	if err == nil {
		return it.Data, nil
	}
	if errors.Is(err, lib.ErrKeyNotFound) {
		return nil, agent.ErrNotFound
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return nil, err
	}
	return nil, ErrDamaged // the passphrase is right, so the file is not what was written
}

func (f *fileVault) write(key string, data []byte) error {
	if err := f.open(); err != nil {
		return err
	}
	return f.put(key, data)
}

func (f *fileVault) remove(key string) error {
	if err := f.open(); err != nil {
		return err
	}
	if err := f.ring.Remove(digest(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (*fileVault) room() int { return 0 }

// put lets the library write into a folder of its own and moves the file into place.
func (f *fileVault) put(key string, data []byte) error {
	stage, err := os.MkdirTemp(f.dir, stagePart)
	if err != nil {
		return fmt.Errorf("write encrypted file: %w", err)
	}
	defer os.RemoveAll(stage)
	ring, err := f.in(stage)
	if err != nil {
		return err
	}
	name := digest(key)
	if err := ring.Set(lib.Item{Key: name, Data: data}); err != nil {
		return fmt.Errorf("write encrypted file: %w", err)
	}
	return rename(filepath.Join(stage, name), filepath.Join(f.dir, name))
}

// rename moves a finished file to its name, on disk before it is seen.
func rename(from, to string) error {
	file, err := os.OpenFile(from, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("write encrypted file: %w", err)
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write encrypted file: %w", err)
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("write encrypted file: %w", err)
	}
	return nil
}

// salt reads the folder's salt, or makes it.
func (f *fileVault) salt() ([]byte, error) {
	path := filepath.Join(f.dir, saltFile)
	data, err := os.ReadFile(path)
	if err == nil {
		return data, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read salt: %w", err)
	}
	if f.used() {
		return nil, fmt.Errorf("%w: the encrypted file has lost its salt", agent.ErrKeyringLocked)
	}
	temp := filepath.Join(f.dir, stagePart+saltFile)
	salt := []byte(rand.Text())
	if err := os.WriteFile(temp, salt, 0o600); err != nil {
		return nil, fmt.Errorf("write salt: %w", err)
	}
	return salt, rename(temp, path)
}

// used reports whether items lie in the folder.
func (f *fileVault) used() bool {
	entries, _ := os.ReadDir(f.dir)
	for _, e := range entries {
		if len(e.Name()) == hex.EncodedLen(sha256.Size) {
			return true
		}
	}
	return false
}

// sweep removes what an interrupted write left; it is encrypted too.
func (f *fileVault) sweep() {
	entries, _ := os.ReadDir(f.dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), stagePart) {
			os.RemoveAll(filepath.Join(f.dir, e.Name()))
		}
	}
}

// digest is the file name of a key.
func digest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
