package keyring

import (
	"context"
	"fmt"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// place is a store with a gate of its own: where one hangs, another can be used. It implements agent.Secrets.
type place struct {
	kind  api.Store
	vault vault
	gate  *gate
}

func (p *place) Kind() api.Store { return p.kind }

func (p *place) Get(ctx context.Context, key string) (token.Secret, error) {
	var s token.Secret
	err := p.gate.run(ctx, func() (func(), error) {
		v, err := load(p.vault, key)
		return func() { s = v }, err
	})
	if err != nil {
		return token.Secret{}, fmt.Errorf("read from the %s store: %w", p.kind, err)
	}
	return s, nil
}

func (p *place) Set(ctx context.Context, key string, s token.Secret) error {
	if err := s.Check(); err != nil {
		return fmt.Errorf("write to the %s store: %w", p.kind, err)
	}
	err := p.gate.run(ctx, func() (func(), error) { return nil, store(p.vault, key, s) })
	if err != nil {
		return fmt.Errorf("write to the %s store: %w", p.kind, err)
	}
	return nil
}

func (p *place) Delete(ctx context.Context, key string) error {
	err := p.gate.run(ctx, func() (func(), error) { return nil, drop(p.vault, key) })
	if err != nil {
		return fmt.Errorf("delete from the %s store: %w", p.kind, err)
	}
	return nil
}
