package keyring

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	lib "github.com/99designs/keyring"

	"github.com/sandglass-dev/sandglass/internal/adapter/keyring/busguard"
	"github.com/sandglass-dev/sandglass/internal/agent"
)

// init runs after the library's own and gives the environment back.
func init() { busguard.Restore() }

// service is the name under which OS keyrings list what is ours.
const service = "sandglass"

// systemVault is the OS keyring. It is opened at the first call and again after it went away.
type systemVault struct{ ring lib.Keyring }

// probeName is an item that is written and removed again: a locked keyring still says what it has not.
const probeName = "probe"

func (s *systemVault) open() error {
	if err := s.write(probeName, []byte(service)); err != nil {
		return err
	}
	return s.remove(probeName)
}

func (s *systemVault) dial() error {
	if s.ring != nil {
		return nil
	}
	ring, err := lib.Open(systemConfig())
	if err != nil {
		return classify(err)
	}
	s.ring = ring
	return nil
}

// failed forgets a keyring that is gone, so that the next call looks for it anew.
func (s *systemVault) failed(err error) error {
	err = classify(err)
	if errors.Is(err, agent.ErrKeyringAbsent) {
		s.ring = nil
	}
	return err
}

func (s *systemVault) read(key string) ([]byte, error) {
	if err := s.dial(); err != nil {
		return nil, err
	}
	it, err := s.ring.Get(prefix + key)
	if err != nil {
		return nil, s.failed(err)
	}
	return it.Data, nil
}

func (s *systemVault) write(key string, data []byte) error {
	if err := s.dial(); err != nil {
		return err
	}
	return s.failed(s.ring.Set(lib.Item{
		Key:         prefix + key,
		Data:        data,
		Label:       "Sandglass: " + key,
		Description: "npm session or access token kept by Sandglass",
	}))
}

func (s *systemVault) remove(key string) error {
	if err := s.dial(); err != nil {
		return err
	}
	err := s.failed(s.ring.Remove(prefix + key))
	if errors.Is(err, agent.ErrNotFound) {
		return nil
	}
	return err
}

func (s *systemVault) room() int { return systemRoom }

// classify turns the library's errors into the agent's.
func classify(err error) error {
	var (
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, lib.ErrKeyNotFound), errors.Is(err, fs.ErrNotExist):
		return agent.ErrNotFound
	case errors.Is(err, lib.ErrNoAvailImpl):
		return agent.ErrKeyringAbsent
	case errors.As(err, &syntax), errors.As(err, &kind):
		return ErrDamaged // and not err, which quotes what lies there
	}
	if sentinel := systemError(err); sentinel != nil {
		return fmt.Errorf("%w: %w", sentinel, err)
	}
	return err
}
