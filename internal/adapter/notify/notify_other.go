//go:build !linux

package notify

import (
	"context"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// Service shows no notices on this system yet.
type Service struct{ pressed chan agent.Pressed }

// New returns a Service that says what it cannot do.
func New(Options) *Service { return &Service{pressed: make(chan agent.Pressed)} }

// Show returns ErrUnavailable.
func (*Service) Show(context.Context, agent.Notice) error { return ErrUnavailable }

// Close has nothing to close.
func (*Service) Close(context.Context, string) error { return nil }

// Pressed never tells anything.
func (s *Service) Pressed() <-chan agent.Pressed { return s.pressed }

// Available is false.
func (*Service) Available() bool { return false }

// Shutdown has nothing to end.
func (*Service) Shutdown() {}

// TrayHost is true: Windows and macOS always have a place for icons.
func TrayHost(context.Context) bool { return true }

// FollowTrayHost says yes, once.
func FollowTrayHost(_ context.Context, see func(shown bool)) { see(true) }
