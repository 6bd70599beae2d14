package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// MaxState is the size of the largest state file, in bytes.
const MaxState = 32 << 20

// Store implements agent.Store: one file, whole or not at all, for its owner alone.
type Store struct{ path string }

var _ agent.Store = (*Store)(nil)

// NewStore returns the Store that keeps the state file at path. Its folder is made (0700) when the
// state is first saved.
func NewStore(path string) *Store { return &Store{path} }

// Load returns what was saved last. It wraps agent.ErrNotFound if there is nothing.
func (s *Store) Load() ([]byte, error) {
	file, err := openRegular(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read state: %w", agent.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	defer file.Close()
	return readAll(file, MaxState)
}

// Save replaces the state file. Whatever goes wrong, the old state stays.
func (s *Store) Save(data []byte) error {
	if len(data) > MaxState {
		return fmt.Errorf("save state: %w", ErrTooLarge)
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	target, err := resolve(s.path)
	if err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	if data == nil {
		data = []byte{}
	}
	w := swap{dir: filepath.Dir(target), name: filepath.Base(target), new: data, private: true, whatever: true}
	if err := w.run(); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	return nil
}

// SetAside renames the state file, so that a new one can begin and the damaged one can be looked at.
func (s *Store) SetAside() (path string, err error) {
	stem := s.path + ".damaged-" + time.Now().UTC().Format("20060102T150405Z")
	for n := 0; n < 100; n++ {
		path = stem
		if n > 0 {
			path = fmt.Sprintf("%s.%d", stem, n)
		}
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		if err := os.Rename(s.path, path); err != nil {
			return "", fmt.Errorf("set state aside: %w", err)
		}
		return path, nil
	}
	return "", fmt.Errorf("set state aside: %w", fs.ErrExist)
}
