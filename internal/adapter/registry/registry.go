// Package registry talks to package registries over HTTP: web login, login by name and password,
// whoami and logout, an account's access tokens, and the questions that a verdict needs answers to.
//
// One Client serves all registries for the life of the agent and is safe for concurrent use. It keeps
// no credential: each call gets the one that it needs, sends it only to the registry that it was
// handed with, in a header or a body, and only over https or to a loopback address. Redirects are
// never followed. A call made twice is two requests; nothing but polling is retried here.
//
// Every error wraps one of the sentinels of package agent, or the context's error. No error holds a
// secret, an address that a registry gave, or a control character that a registry sent. The same is
// true of the answers to questions, which are outcomes and never errors; a question, with all the
// requests that it takes, ends within 30 s.
//
// Proxies are those of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), read by net/http at first
// use. The proxy keys of .npmrc files are not read.
package registry

import (
	"fmt"
	"net/http"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

const (
	requestLimit = 10 * time.Second // one request with its answer
	pollLimit    = 30 * time.Second // one poll: some registries hold it open
	loginCeiling = 10 * time.Minute // all polls of one login
	maxBody      = 64 << 10         // bytes of an answer
	maxHeader    = 64 << 10         // bytes of an answer's header
)

// Options says how a Client works. The zero value is ready for use.
type Options struct {
	// UserAgent names the program to registries; "sandglass" if empty.
	UserAgent string
	// Transport carries the requests; nil means HTTP/1.1 and 2 with the environment's proxies.
	Transport http.RoundTripper
	// Limit is the time for one request and its answer; zero means 10 s, and 30 s for a poll.
	Limit time.Duration
	// Ceiling is the time for all polls of one login; zero means 10 min.
	Ceiling time.Duration
}

// Client is a registry client. It implements agent.Registry, agent.Questions and agent.AccessTokens.
type Client struct {
	transport http.RoundTripper
	agent     string
	request   time.Duration
	poll      time.Duration
	ceiling   time.Duration
}

var _ agent.Registry = (*Client)(nil)

// New returns a Client.
func New(o Options) *Client {
	c := &Client{transport: o.Transport, agent: o.UserAgent, request: requestLimit, poll: pollLimit, ceiling: loginCeiling}
	if c.transport == nil {
		c.transport = defaultTransport()
	}
	if c.agent == "" {
		c.agent = "sandglass"
	}
	if o.Limit > 0 {
		c.request, c.poll = o.Limit, o.Limit
	}
	if o.Ceiling > 0 {
		c.ceiling = o.Ceiling
	}
	return c
}

// Close lets go of idle connections. The Client stays usable.
func (c *Client) Close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

func defaultTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = maxHeader
	t.MaxIdleConnsPerHost = 1
	t.IdleConnTimeout = 30 * time.Second
	return t
}

// safe refuses registries to which a credential would travel readable for others.
func safe(reg registry.URL) error {
	switch {
	case reg.IsZero():
		return fmt.Errorf("%w: no registry", agent.ErrUnsafe)
	case !reg.Secure() && !reg.Loopback():
		return fmt.Errorf("%w: %s is not https", agent.ErrUnsafe, reg.Host())
	}
	return nil
}
