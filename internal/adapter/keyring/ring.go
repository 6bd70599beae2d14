// Package keyring keeps secrets in the OS keyring (Secret Service or KWallet, Keychain, Credential
// Manager), in an encrypted file if the user chose that, or in memory. It is the one package that
// imports 99designs/keyring, and it imports busguard so that this cannot hang the program or leave
// a dbus-daemon behind.
//
// A Ring is made once by the agent and may be used from any goroutine; one call to a store runs at a time. Every
// call returns within its limit (3 s), even if the keyring waits for its user to type a password:
// that call then goes on in a goroutine of its own, and until it ends every other call to that store fails at
// once with agent.ErrKeyringSlow. A write that ran out of time may still happen later.
//
// Nothing falls back to a weaker store: where the keyring is absent or locked, the call fails.
package keyring

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

var _ agent.Keyring = (*Ring)(nil)

// DefaultLimit is how long a call may take where Options says nothing.
const DefaultLimit = 3 * time.Second

var errNoStore = errors.New("there is no such store")

// Options say which store a Ring uses.
type Options struct {
	Store api.Store // StoreKeyring, StoreFile or StoreMemory; anything else counts as StoreMemory
	// Dir is where StoreFile keeps its files, one per item. It is made with mode 0700.
	Dir string
	// Passphrase gives the passphrase of StoreFile where Use was not told it. It is asked at the first call,
	// and again after a wrong one; its time counts towards the call's.
	Passphrase func() (token.Secret, error)
	// Limit is the longest that a call may take; zero means DefaultLimit.
	Limit time.Duration
}

// Ring is a store of secrets, and can become another one. It implements agent.Keyring.
type Ring struct {
	o Options

	mu    sync.Mutex
	place *place
	known map[api.Store]*place // those that were in use, which stay open
}

// vault is a store of bytes under names. Its errors wrap the agent's sentinels where one fits; reading
// what is not there is agent.ErrNotFound, removing it is no error.
type vault interface {
	// open finds out whether the store answers, or asks for what opens it.
	open() error
	read(key string) ([]byte, error)
	write(key string, data []byte) error
	remove(key string) error
	// room is the most bytes that one name can hold, 0 if there is no limit.
	room() int
}

// Open makes a Ring. Nothing is asked, read or written yet.
func Open(o Options) *Ring {
	switch o.Store {
	case api.StoreKeyring, api.StoreFile:
	default:
		o.Store = api.StoreMemory
	}
	first := place{o.Store, o.vault(o.Store, token.Secret{}), newGate(o.Limit)}
	return &Ring{o: o, place: &first, known: map[api.Store]*place{o.Store: &first}}
}

// vault makes the vault of a store, nil if there is no such store.
func (o Options) vault(store api.Store, passphrase token.Secret) vault {
	switch store {
	case api.StoreKeyring:
		return &systemVault{}
	case api.StoreFile:
		f := &fileVault{dir: o.Dir, ask: o.Passphrase}
		if !passphrase.IsZero() {
			f.ask = func() (token.Secret, error) { return passphrase, nil }
		}
		return f
	case api.StoreMemory:
		return memoryVault{}
	}
	return nil
}

// Open opens a store beside the one in use. A store that was open before is the same one again, memory too; of the
// encrypted file a passphrase that is given is always tried.
func (r *Ring) Open(ctx context.Context, store api.Store, passphrase token.Secret) (agent.Secrets, error) {
	r.mu.Lock()
	p := r.known[store]
	r.mu.Unlock()
	if p == nil || store == api.StoreFile && !passphrase.IsZero() {
		v := r.o.vault(store, passphrase)
		if v == nil {
			return nil, fmt.Errorf("open the %.20q store: %w", store, errNoStore)
		}
		p = &place{store, v, newGate(r.o.Limit)}
	}
	if store != api.StoreFile {
		r.remember(p) // one that hangs is not asked a second time
	}
	if err := p.gate.run(ctx, func() (func(), error) { return nil, p.vault.open() }); err != nil {
		return nil, fmt.Errorf("open the %s store: %w", store, err)
	}
	r.remember(p)
	return p, nil
}

func (r *Ring) remember(p *place) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known[p.kind] = p
}

// Use makes a store that Open gave this Ring's own. It panics with one of another Ring's kind.
func (r *Ring) Use(s agent.Secrets) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.place = s.(*place)
}

func (r *Ring) now() *place {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.place
}

// Kind is the store that was asked for in Open, or last in Use.
func (r *Ring) Kind() api.Store { return r.now().kind }

// Get returns the secret stored under key.
func (r *Ring) Get(ctx context.Context, key string) (token.Secret, error) {
	return r.now().Get(ctx, key)
}

// Set stores a secret under key, in place of an older one, and reads it back. A secret that
// token.Secret.Check refuses is not stored.
func (r *Ring) Set(ctx context.Context, key string, s token.Secret) error {
	return r.now().Set(ctx, key, s)
}

// Delete removes what is stored under key. It is no error if there is nothing.
func (r *Ring) Delete(ctx context.Context, key string) error { return r.now().Delete(ctx, key) }
