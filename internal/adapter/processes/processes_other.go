//go:build !linux

package processes

import "github.com/sandglass-dev/sandglass/internal/agent"

// New returns nil: this system does not show other processes' environments.
func New() agent.Processes { return nil }
