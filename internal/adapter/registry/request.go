package registry

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// call is one request.
type call struct {
	method  string
	url     string // may hold a secret (logout), so it goes into no error
	command string // what npm would call this, for the npm-command header
	bearer  token.Secret
	basic   string // the whole Authorization header of a name and a password
	otp     token.Secret
	body    any    // sent as JSON, nil for none
	accept  string // "" for any JSON
	most    int64  // bytes of the answer, zero for maxBody
	limit   time.Duration
	secrets []string // what the answer may echo and no error may hold
}

// answer is what came back, whole.
type answer struct {
	status int
	header http.Header
	body   []byte
	hide   []string
}

// do sends one request and reads its answer. It follows no redirect, because a RoundTripper follows none.
func (c *Client) do(ctx context.Context, k call) (answer, error) {
	limited, cancel := context.WithTimeout(ctx, k.limit)
	defer cancel()
	res, err := c.send(limited, k)
	if err != nil {
		return answer{}, sendError(ctx, err)
	}
	defer res.Body.Close()
	return k.read(ctx, res)
}

// errBuild marks a request that could not be made.
var errBuild = errors.New("make the request")

// send sends one request. The caller closes the body.
func (c *Client) send(ctx context.Context, k call) (*http.Response, error) {
	req, err := c.build(ctx, k)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBuild, err)
	}
	return c.transport.RoundTrip(req)
}

func sendError(ctx context.Context, err error) error {
	if errors.Is(err, errBuild) {
		return err
	}
	return transportError(ctx, err)
}

// read reads a whole answer.
func (k call) read(ctx context.Context, res *http.Response) (answer, error) {
	most := cmp.Or(k.most, maxBody)
	body, err := io.ReadAll(io.LimitReader(res.Body, most+1))
	if err != nil {
		return answer{}, transportError(ctx, err)
	}
	if int64(len(body)) > most {
		return answer{}, fmt.Errorf("%w: it is longer than %d KiB", agent.ErrBadAnswer, most>>10)
	}
	return answer{res.StatusCode, res.Header, body, k.hidden()}, nil
}

func (c *Client) build(ctx context.Context, k call) (*http.Request, error) {
	var body io.Reader
	if k.body != nil {
		raw, err := json.Marshal(k.body)
		if err != nil {
			return nil, errors.New("write the request") // the cause may quote the body
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, k.method, k.url, body)
	if err != nil {
		return nil, fmt.Errorf("%w: its address cannot be used", agent.ErrBadAnswer)
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept", cmp.Or(k.accept, "application/json"))
	req.Header.Set("npm-auth-type", "web")
	req.Header.Set("npm-command", k.command)
	if k.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	switch {
	case !k.bearer.IsZero():
		req.Header.Set("Authorization", "Bearer "+k.bearer.Reveal())
	case k.basic != "":
		req.Header.Set("Authorization", k.basic)
	}
	if !k.otp.IsZero() {
		req.Header.Set("npm-otp", k.otp.Reveal())
	}
	return req, nil
}

// hidden lists what no text of ours may repeat.
func (k call) hidden() []string {
	all := append([]string{k.bearer.Reveal(), k.otp.Reveal()}, k.secrets...)
	hide := all[:0]
	for _, s := range all {
		if s != "" {
			hide = append(hide, s)
		}
	}
	return hide
}

// date is the registry's clock, zero if it told none.
func (a answer) date() time.Time {
	t, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// says is ": " and the registry's own words for a refusal, cleaned, or "".
func (a answer) says() string {
	text := ""
	if o, err := parseObject(a.body); err == nil {
		for _, key := range []string{"error", "message", "reason"} {
			if s, ok := o.text(key); ok && s != "" {
				text = s
				break
			}
		}
	}
	if text == "" {
		text = a.header.Get("npm-notice")
	}
	if text = clean(text, a.hide); text == "" {
		return ""
	}
	return ": " + text
}

// refused makes the error of a status that is not what was hoped for.
func (a answer) refused(sentinel error) error {
	return fmt.Errorf("%w (%d%s)", sentinel, a.status, a.says())
}

// busy reports a status that says nothing about the request but to come back later.
func (a answer) busy() bool {
	switch a.status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusProxyAuthRequired:
		return true
	}
	return a.status >= 500 && a.status != http.StatusNotImplemented
}

func (a answer) redirect() bool { return a.status >= 300 && a.status < 400 }

// missing reports a status that says that a registry has no such endpoint.
func (a answer) missing() bool {
	return a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed || a.status == http.StatusNotImplemented
}
