package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Create makes an access token. It is sent once, whatever becomes of it: after ErrOffline nobody knows whether it was
// made. ErrBadAnswer comes of an answer that says that it was made and does not tell it, or tells nothing; what it
// tells beside is returned. *agent.Challenge: a second factor is wanted, be it for the first time or because the one
// that was sent is wrong. ErrDenied: the password is. *agent.SpecError: something else of the order.
func (c *Client) Create(ctx context.Context, o agent.CreateOrder) (agent.Created, error) {
	made, err := c.create(ctx, o)
	if err != nil {
		return agent.Created{Token: made.Token, Date: made.Date}, fmt.Errorf("create access token: %w", err)
	}
	return made, nil
}

func (c *Client) create(ctx context.Context, o agent.CreateOrder) (agent.Created, error) {
	if err := sendable(o.Registry, o.Session); err != nil {
		return agent.Created{}, err
	}
	if badOTP(o.OTP) {
		return agent.Created{}, &agent.Challenge{Way: agent.WayDigits}
	}
	a, err := c.do(ctx, c.createCall(o))
	switch {
	case err != nil:
		return agent.Created{}, err
	case a.status == http.StatusOK, a.status == http.StatusCreated:
		return created(a, o)
	}
	err = tokenRefusal(o.Registry, a, agent.ErrNoTokens)
	switch {
	case errors.Is(err, agent.ErrBadAnswer) && a.status >= 400:
		err = orderRefused(a)
	case errors.Is(err, agent.ErrRefused) && strings.Contains(strings.ToLower(a.words()), "password"):
		err = a.refused(agent.ErrDenied)
	}
	return agent.Created{}, err
}

// createCall is the request for an order.
func (c *Client) createCall(o agent.CreateOrder) call {
	k := call{method: http.MethodPost, url: o.Registry.String() + tokensPath, command: "token", bearer: o.Session, otp: o.OTP,
		body: orderBody(o.Spec, o.Password), limit: c.request}
	if !o.Password.IsZero() {
		k.secrets = []string{o.Password.Reveal()}
	}
	return k
}

// orderBody writes an order. Three fields have one name in the API's documentation and another in npm's own client:
// both are sent, since a registry passes over what it does not know.
func orderBody(s access.Spec, password token.Secret) map[string]any {
	body := map[string]any{"name": s.Name}
	text := func(value string, keys ...string) {
		for _, key := range keys {
			if value != "" {
				body[key] = value
			}
		}
	}
	list := func(values []string, keys ...string) {
		for _, key := range keys {
			if len(values) > 0 {
				body[key] = values
			}
		}
	}
	text(password.Reveal(), "password")
	text(s.Description, "description", "token_description")
	if s.Days != 0 {
		body["expires"] = s.Days
	}
	if s.All {
		body["packages_all"], s.Packages = true, []string{"*"}
	}
	list(s.Packages, "packages")
	list(s.Scopes, "scopes")
	list(s.Orgs, "orgs")
	text(string(s.Permission), "packages_and_scopes_permission")
	text(string(s.OrgPermission), "orgs_permission")
	list(s.Addresses, "cidr", "cidr_whitelist")
	if s.Bypass {
		body["bypass_2fa"] = true
	}
	return body
}

// created reads the answer to an order. What it does not tell stays untold, but for the name.
func created(a answer, o agent.CreateOrder) (agent.Created, error) {
	e, err := parseObject(a.body)
	if err != nil {
		return agent.Created{Date: a.date()}, err
	}
	text, _ := e.text("token")
	if text != "" {
		a.hide = append(a.hide, text)
	}
	delete(e, "token")
	made := agent.Created{Token: a.entries(o.Registry).token(e), Date: a.date()}
	if made.Token.Name == "" {
		made.Token.Name = clean(o.Spec.Name, a.hide)
	}
	issued, err := usable(text, made.Date)
	switch {
	case err != nil:
		return made, err
	case strings.Contains(text, "..") || strings.Contains(text, "**"):
		return made, fmt.Errorf("%w: it shows the new access token in part only", agent.ErrBadAnswer)
	case issued.Secret.Equal(o.Session):
		return made, fmt.Errorf("%w: it gives back the session instead of an access token", agent.ErrBadAnswer)
	}
	made.Secret, made.Token.Masked = issued.Secret, shorten(text)
	return made, nil
}
