package registry

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// StartLogin asks reg for a login page. ErrNoWebLogin: the registry knows no such thing (404, 405, or
// another 4xx, which npm too takes for that). ErrUnsafe: plain http to a far host, before any request,
// or a page or a polling address that breaks the rules of checkPage and checkDone.
func (c *Client) StartLogin(ctx context.Context, reg registry.URL) (agent.WebLogin, error) {
	login, err := c.startLogin(ctx, reg)
	if err != nil {
		return agent.WebLogin{}, fmt.Errorf("start login: %w", err)
	}
	return login, nil
}

func (c *Client) startLogin(ctx context.Context, reg registry.URL) (agent.WebLogin, error) {
	if err := safe(reg); err != nil {
		return agent.WebLogin{}, err
	}
	a, err := c.do(ctx, call{method: http.MethodPost, url: reg.String() + "-/v1/login", command: "login", body: struct{}{}, limit: c.request})
	switch {
	case err != nil:
		return agent.WebLogin{}, err
	case a.status == http.StatusOK, a.status == http.StatusCreated:
		return parseLogin(reg, a.body)
	case a.busy():
		return agent.WebLogin{}, a.refused(agent.ErrOffline)
	case a.redirect():
		return agent.WebLogin{}, fmt.Errorf("%w: it sends logins elsewhere (%d)", agent.ErrUnsafe, a.status)
	case a.missing(), a.status >= 400 && a.status < 500:
		return agent.WebLogin{}, a.refused(agent.ErrNoWebLogin)
	}
	return agent.WebLogin{}, a.refused(agent.ErrBadAnswer)
}

func parseLogin(reg registry.URL, body []byte) (agent.WebLogin, error) {
	o, err := parseObject(body)
	if err != nil {
		return agent.WebLogin{}, err
	}
	page, fine := o.text("loginUrl")
	done, fineToo := o.text("doneUrl")
	if !fine || !fineToo || page == "" || done == "" {
		return agent.WebLogin{}, fmt.Errorf("%w: it lacks loginUrl or doneUrl", agent.ErrBadAnswer)
	}
	host, err := checkPage(reg, page)
	if err != nil {
		return agent.WebLogin{}, fmt.Errorf("login page: %w", err)
	}
	done, err = checkDone(reg, done)
	if err != nil {
		return agent.WebLogin{}, fmt.Errorf("polling address: %w", err)
	}
	return agent.WebLogin{Registry: reg, Page: page, Host: host, Done: done}, nil
}

// usable takes a text for a credential if it may travel.
func usable(s string, date time.Time) (agent.Issued, error) {
	secret := token.NewSecret(s)
	if err := secret.Check(); err != nil {
		return agent.Issued{}, fmt.Errorf("%w: its %w", agent.ErrBadAnswer, err)
	}
	return agent.Issued{Secret: secret, Date: date}, nil
}
