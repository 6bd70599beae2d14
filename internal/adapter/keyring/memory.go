package keyring

import (
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// memoryVault forgets all when the process ends. The gate keeps calls apart.
type memoryVault map[string][]byte

func (memoryVault) open() error { return nil }

func (m memoryVault) read(key string) ([]byte, error) {
	data, ok := m[key]
	if !ok {
		return nil, agent.ErrNotFound
	}
	return slices.Clone(data), nil
}

func (m memoryVault) write(key string, data []byte) error {
	m[key] = slices.Clone(data)
	return nil
}

func (m memoryVault) remove(key string) error {
	delete(m, key)
	return nil
}

func (memoryVault) room() int { return 0 }
