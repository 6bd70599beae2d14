package registry

import (
	"context"
	"fmt"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Reads asks whether a credential reads a package: nil if the registry shows it. What everybody may read says nothing
// about the credential. ErrNotFound also stands for a package that the credential may not see.
func (c *Client) Reads(ctx context.Context, reg registry.URL, name string, s token.Secret) error {
	if err := c.reads(ctx, reg, name, s); err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	return nil
}

func (c *Client) reads(ctx context.Context, reg registry.URL, name string, s token.Secret) error {
	if err := sendable(reg, s); err != nil {
		return err
	}
	escaped, ok := escapeName(name)
	if !ok {
		return fmt.Errorf("%w: this is no package's name", agent.ErrNotFound)
	}
	a := c.packument(ctx, question{reg: reg, path: escaped, s: s, most: maxPackage}, agent.Package{Name: name})
	sentinel := agent.ErrBadAnswer
	switch a.Outcome {
	case finding.OutcomeOK:
		return nil
	case finding.OutcomeRefused:
		sentinel = agent.ErrRefused
	case finding.OutcomeForbidden:
		return denied{fmt.Errorf("%w (%d)", agent.ErrForbidden, a.Status)}
	case finding.OutcomeMissing:
		sentinel = agent.ErrNotFound
	case finding.OutcomeBusy, finding.OutcomeServer, finding.OutcomeOffline:
		sentinel = agent.ErrOffline
	case finding.OutcomeTLS:
		sentinel = agent.ErrUnsafe
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if a.Status == 0 {
		return sentinel
	}
	return fmt.Errorf("%w (%d)", sentinel, a.Status)
}
