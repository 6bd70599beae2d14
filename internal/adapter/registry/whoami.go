package registry

import (
	"context"
	"fmt"
	"net/http"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Whoami asks whom s belongs to. ErrRefused: the registry does not take it, told by 401 and 403, or by a
// 200 without a name. ErrNoSuchProbe: it has no whoami, which says nothing about s. ErrOffline: it
// did not answer within 10 s, or told us to come back later.
func (c *Client) Whoami(ctx context.Context, reg registry.URL, s token.Secret) (agent.Identity, error) {
	id, err := c.whoami(ctx, reg, s)
	if err != nil {
		return agent.Identity{}, fmt.Errorf("ask whoami: %w", err)
	}
	return id, nil
}

func (c *Client) whoami(ctx context.Context, reg registry.URL, s token.Secret) (agent.Identity, error) {
	if err := sendable(reg, s); err != nil {
		return agent.Identity{}, err
	}
	a, err := c.do(ctx, call{method: http.MethodGet, url: reg.String() + "-/whoami", command: "whoami", bearer: s, limit: c.request})
	switch {
	case err != nil:
		return agent.Identity{}, err
	case a.status == http.StatusOK:
		return parseWhoami(a)
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden:
		return agent.Identity{}, a.refused(agent.ErrRefused)
	case a.missing():
		return agent.Identity{}, a.refused(agent.ErrNoSuchProbe)
	case a.busy():
		return agent.Identity{}, a.refused(agent.ErrOffline)
	}
	return agent.Identity{}, a.refused(agent.ErrBadAnswer)
}

func parseWhoami(a answer) (agent.Identity, error) {
	o, err := parseObject(a.body)
	if err != nil {
		return agent.Identity{}, err
	}
	name, ok := o.text("username")
	switch {
	case !ok:
		return agent.Identity{}, fmt.Errorf("%w: the user name is no text", agent.ErrBadAnswer)
	case name == "":
		return agent.Identity{}, fmt.Errorf("%w (200 without a user name)", agent.ErrRefused)
	case clean(name, a.hide) != name:
		return agent.Identity{}, fmt.Errorf("%w: the user name holds characters that names have not", agent.ErrBadAnswer)
	}
	return agent.Identity{Name: name, Date: a.date()}, nil
}

// sendable refuses to send s where others could read it, or a text that would break a header.
func sendable(reg registry.URL, s token.Secret) error {
	if err := safe(reg); err != nil {
		return err
	}
	if err := s.Check(); err != nil {
		return fmt.Errorf("%w: %w", agent.ErrRefused, err)
	}
	return nil
}

// Logout revokes s. nil means that the registry said so; not every registry that says so does it, which
// only Whoami can tell. ErrRefused: the registry takes s no more, so there is nothing left to revoke.
// ErrNotFound: it knows no logout, or not this session.
//
// The protocol puts the credential into the request's path, where logs of the registry and of proxies
// may keep it; it is dead by then if all went well.
func (c *Client) Logout(ctx context.Context, reg registry.URL, s token.Secret) error {
	if err := c.logout(ctx, reg, s); err != nil {
		return fmt.Errorf("log out: %w", err)
	}
	return nil
}

func (c *Client) logout(ctx context.Context, reg registry.URL, s token.Secret) error {
	if err := sendable(reg, s); err != nil {
		return err
	}
	escaped := escape(s.Reveal())
	a, err := c.do(ctx, call{method: http.MethodDelete, url: reg.String() + "-/user/token/" + escaped, command: "logout",
		bearer: s, limit: c.request, secrets: []string{escaped}})
	switch {
	case err != nil:
		return err
	case a.status >= 200 && a.status < 300:
		return nil
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden:
		return a.refused(agent.ErrRefused)
	case a.missing():
		return a.refused(agent.ErrNotFound)
	case a.busy():
		return a.refused(agent.ErrOffline)
	}
	return a.refused(agent.ErrBadAnswer)
}
