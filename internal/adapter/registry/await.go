package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

const (
	pollFloor = time.Second      // npm itself has none and polls without a pause
	pollCap   = 30 * time.Second // the longest pause, whatever the registry asks for
)

// AwaitLogin polls until the page is completed. The registry sets the pace between 1 s and 30 s; faults
// of the network and busy answers are retried with growing pauses. ErrLoginGone after ten minutes in
// all, or once the registry no longer knows the login. No credential is sent along.
func (c *Client) AwaitLogin(ctx context.Context, login agent.WebLogin) (agent.Issued, error) {
	issued, err := c.awaitDone(ctx, waited{login.Registry, login.Done, "login"})
	if err != nil {
		return agent.Issued{}, fmt.Errorf("poll login: %w", err)
	}
	return issued, nil
}

// waited is a page that the user is on.
type waited struct {
	reg     registry.URL
	done    string // where to ask for what comes of it
	command string // what npm would call this
}

func (c *Client) awaitDone(ctx context.Context, w waited) (agent.Issued, error) {
	if err := safe(w.reg); err != nil {
		return agent.Issued{}, err
	}
	done, err := checkDone(w.reg, w.done)
	if err != nil {
		return agent.Issued{}, err
	}
	limited, cancel := context.WithTimeout(ctx, c.ceiling)
	defer cancel()
	faults := 0
	for {
		issued, wait, err := c.pollOnce(limited, done, w.command)
		switch {
		case ctx.Err() != nil:
			return agent.Issued{}, ctx.Err()
		case limited.Err() != nil:
			return agent.Issued{}, fmt.Errorf("%w: nobody completed it within %s", agent.ErrLoginGone, c.ceiling)
		case errors.Is(err, agent.ErrOffline):
			wait = max(wait, pollFloor<<min(faults, 5))
			faults++
		case err != nil, !issued.Secret.IsZero():
			return issued, err
		default:
			faults = 0
		}
		pause(limited, min(max(wait, pollFloor), pollCap))
	}
}

// pollOnce asks once. No error and no secret: not yet. wait is the pause that the registry asked for.
func (c *Client) pollOnce(ctx context.Context, done, command string) (issued agent.Issued, wait time.Duration, err error) {
	a, err := c.do(ctx, call{method: http.MethodGet, url: done, command: command, limit: c.poll})
	if err != nil {
		return agent.Issued{}, 0, err
	}
	switch {
	case a.status == http.StatusOK:
		issued, err = a.issued()
		return issued, 0, err
	case a.status == http.StatusAccepted:
		return agent.Issued{}, a.retryAfter(), nil
	case a.busy():
		return agent.Issued{}, a.retryAfter(), a.refused(agent.ErrOffline)
	case a.redirect():
		return agent.Issued{}, 0, fmt.Errorf("%w: it sends logins elsewhere (%d)", agent.ErrUnsafe, a.status)
	}
	switch a.status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return agent.Issued{}, 0, a.refused(agent.ErrLoginGone)
	}
	return agent.Issued{}, 0, a.refused(agent.ErrBadAnswer)
}

// pause waits for d or the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// retryAfter is the pause that the registry asks for, in seconds or as a date by its own clock; zero if
// it asks for none, or for nonsense.
func (a answer) retryAfter() time.Duration {
	v := strings.TrimSpace(a.header.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if sec, err := strconv.ParseInt(v, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(sec, 0), int64(pollCap/time.Second))) * time.Second
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now := a.date()
	if now.IsZero() {
		now = time.Now()
	}
	return max(0, at.Sub(now))
}
