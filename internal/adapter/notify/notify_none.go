//go:build !linux && !windows && !(darwin && cgo)

package notify

import (
	"context"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// Service shows no notices: this system has none, or they are reached through C and this is built without.
type Service struct{ *outlet }

// New returns a Service that says what it cannot do.
func New(Options) *Service { return &Service{newOutlet()} }

// Show returns ErrUnavailable.
func (*Service) Show(context.Context, agent.Notice) error { return ErrUnavailable }

// Close has nothing to close.
func (*Service) Close(context.Context, string) error { return nil }

// Available is false.
func (*Service) Available() bool { return false }

// Shutdown ends what waits for presses.
func (s *Service) Shutdown() { s.shut() }
