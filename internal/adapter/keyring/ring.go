// Package keyring keeps secrets in the OS keyring (Secret Service or KWallet, Keychain, Credential
// Manager), in an encrypted file if the user chose that, or in memory. It is the one package that
// imports 99designs/keyring, and it imports busguard so that this cannot hang the program or leave
// a dbus-daemon behind.
//
// A Ring is made once by the agent and may be used from any goroutine; one call runs at a time. Every
// call returns within its limit (3 s), even if the keyring waits for its user to type a password:
// that call then goes on in a goroutine of its own, and until it ends every other call fails at
// once with agent.ErrKeyringSlow. A write that ran out of time may still happen later.
//
// Nothing falls back to a weaker store: where the keyring is absent or locked, the call fails.
package keyring

import (
	"context"
	"fmt"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

var _ agent.Keyring = (*Ring)(nil)

// DefaultLimit is how long a call may take where Options says nothing.
const DefaultLimit = 3 * time.Second

// Options say which store a Ring uses.
type Options struct {
	Store api.Store // StoreKeyring, StoreFile or StoreMemory; anything else counts as StoreMemory
	// Dir is where StoreFile keeps its files, one per item. It is made with mode 0700.
	Dir string
	// Passphrase gives the passphrase of StoreFile. It is asked at the first call, and again after a
	// wrong one; its time counts towards the call's.
	Passphrase func() (token.Secret, error)
	// Limit is the longest that a call may take; zero means DefaultLimit.
	Limit time.Duration
}

// Ring is a store of secrets. It implements agent.Keyring.
type Ring struct {
	kind  api.Store
	vault vault
	gate  *gate
}

// vault is a store of bytes under names. Its errors wrap the agent's sentinels where one fits; reading
// what is not there is agent.ErrNotFound, removing it is no error.
type vault interface {
	read(key string) ([]byte, error)
	write(key string, data []byte) error
	remove(key string) error
	// room is the most bytes that one name can hold, 0 if there is no limit.
	room() int
}

// Open makes a Ring. Nothing is asked, read or written yet.
func Open(o Options) *Ring {
	r := &Ring{kind: o.Store, gate: newGate(o.Limit)}
	switch o.Store {
	case api.StoreKeyring:
		r.vault = &systemVault{}
	case api.StoreFile:
		r.vault = &fileVault{dir: o.Dir, ask: o.Passphrase}
	default:
		r.kind, r.vault = api.StoreMemory, memoryVault{}
	}
	return r
}

// Kind is the store that was asked for in Open; it never changes.
func (r *Ring) Kind() api.Store { return r.kind }

// Get returns the secret stored under key.
func (r *Ring) Get(ctx context.Context, key string) (token.Secret, error) {
	var s token.Secret
	err := r.gate.run(ctx, func() (func(), error) {
		v, err := load(r.vault, key)
		return func() { s = v }, err
	})
	if err != nil {
		return token.Secret{}, fmt.Errorf("read from the %s store: %w", r.kind, err)
	}
	return s, nil
}

// Set stores a secret under key, in place of an older one, and reads it back. A secret that
// token.Secret.Check refuses is not stored.
func (r *Ring) Set(ctx context.Context, key string, s token.Secret) error {
	if err := s.Check(); err != nil {
		return fmt.Errorf("write to the %s store: %w", r.kind, err)
	}
	err := r.gate.run(ctx, func() (func(), error) { return nil, store(r.vault, key, s) })
	if err != nil {
		return fmt.Errorf("write to the %s store: %w", r.kind, err)
	}
	return nil
}

// Delete removes what is stored under key. It is no error if there is nothing.
func (r *Ring) Delete(ctx context.Context, key string) error {
	err := r.gate.run(ctx, func() (func(), error) { return nil, drop(r.vault, key) })
	if err != nil {
		return fmt.Errorf("delete from the %s store: %w", r.kind, err)
	}
	return nil
}
