package registry

import (
	"context"
	"fmt"
	"net/http"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// Revoke ends an access token by its id; the credential itself goes into no address. nil means that the registry said
// so; its replicas may take the access token for an hour yet. ErrNotFound: the registry knows none of that id, or it
// is no id. ErrForbidden: the registry did not do it.
func (c *Client) Revoke(ctx context.Context, o agent.RevokeOrder) error {
	if err := c.revoke(ctx, o); err != nil {
		return fmt.Errorf("revoke access token: %w", err)
	}
	return nil
}

func (c *Client) revoke(ctx context.Context, o agent.RevokeOrder) error {
	if err := sendable(o.Registry, o.Session); err != nil {
		return err
	}
	switch {
	case idOf(o.ID) == "":
		return fmt.Errorf("%w: this is no id of an access token", agent.ErrNotFound)
	case badOTP(o.OTP):
		return &agent.Challenge{Way: agent.WayDigits}
	}
	a, err := c.do(ctx, c.revokeCall(o))
	switch {
	case err != nil:
		return err
	case a.status >= 200 && a.status < 300:
		return nil
	case a.status == http.StatusBadRequest:
		return a.refused(agent.ErrForbidden)
	case a.status == http.StatusNotFound, a.status == http.StatusGone:
		return a.refused(agent.ErrNotFound)
	}
	return tokenRefusal(o.Registry, a, agent.ErrNoTokens)
}

func (c *Client) revokeCall(o agent.RevokeOrder) call {
	return call{method: http.MethodDelete, url: o.Registry.String() + tokensPath + "/token/" + escape(o.ID), command: "token",
		bearer: o.Session, otp: o.OTP, limit: c.request}
}
