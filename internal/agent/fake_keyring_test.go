package agent

import (
	"context"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// fakeKeyring has three stores, of which the world says which is in use; the encrypted file's passphrase is "open".
type fakeKeyring struct{ *world }

func (k fakeKeyring) now() fakeSecrets {
	k.mu.Lock()
	defer k.mu.Unlock()
	return fakeSecrets{k.world, k.inUse}
}

func (k fakeKeyring) Get(ctx context.Context, key string) (token.Secret, error) {
	return k.now().Get(ctx, key)
}
func (k fakeKeyring) Set(ctx context.Context, key string, s token.Secret) error {
	return k.now().Set(ctx, key, s)
}
func (k fakeKeyring) Delete(ctx context.Context, key string) error { return k.now().Delete(ctx, key) }
func (k fakeKeyring) Kind() api.Store                              { return k.now().store }
func (k fakeKeyring) Use(s Secrets)                                { k.set(func() { k.inUse = s.Kind() }) }

func (k fakeKeyring) Open(_ context.Context, store api.Store, pass token.Secret) (Secrets, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case store == api.StoreFile && !(k.opened && pass.IsZero()) && pass.Reveal() != "open":
		return nil, ErrKeyringLocked
	case store == api.StoreKeyring && k.keyErr != nil:
		return nil, k.keyErr
	}
	k.opened = k.opened || store == api.StoreFile
	return fakeSecrets{k.world, store}, nil
}

type fakeSecrets struct {
	*world
	store api.Store
}

// items are what a store holds, or why it does not answer.
func (k fakeSecrets) items() (map[string]string, error) {
	switch {
	case k.store == api.StoreKeyring:
		return k.keys, k.keyErr
	case k.store == api.StoreFile && !k.opened:
		return k.filed, ErrKeyringLocked
	case k.store == api.StoreFile:
		return k.filed, k.fileErr
	}
	return k.inMemory, nil
}

func (k fakeSecrets) Kind() api.Store { return k.store }

func (k fakeSecrets) Get(_ context.Context, key string) (token.Secret, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	items, err := k.items()
	v, ok := items[key]
	switch {
	case err != nil:
		return token.Secret{}, err
	case !ok:
		return token.Secret{}, ErrNotFound
	}
	return token.NewSecret(v), nil
}

func (k fakeSecrets) Set(_ context.Context, key string, s token.Secret) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	items, err := k.items()
	if err != nil {
		return err
	}
	items[key] = s.Reveal()
	k.order = append(k.order, "keyring")
	return nil
}

func (k fakeSecrets) Delete(_ context.Context, key string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	items, err := k.items()
	delete(items, key)
	return err
}
