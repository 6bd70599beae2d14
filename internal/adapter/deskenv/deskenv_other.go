//go:build !linux

package deskenv

import "github.com/sandglass-dev/sandglass/internal/agent"

// New returns nil: this system has no way that keeps a value from others.
func New() agent.Desktop { return nil }
