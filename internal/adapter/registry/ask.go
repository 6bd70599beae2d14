package registry

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

const (
	askLimit = 30 * time.Second // all requests of one question
	maxList  = 1 << 20          // bytes of a list of members, packages or access tokens
)

var _ agent.Questions = (*Client)(nil)

// question is one request of a question to a registry.
type question struct {
	reg  registry.URL
	path string // behind the registry's address
	s    token.Secret
	most int64
}

// asked is what came of it: an outcome, and an answer where there was one.
type asked struct {
	answer
	outcome finding.Outcome
	signs   []finding.Sign
}

func (a asked) is(o finding.Outcome) bool { return a.outcome == o }

// object is the JSON object of a good answer. A 200 that holds none becomes OutcomeBad.
func (a *asked) object() (o object, ok bool) {
	if a.outcome != finding.OutcomeOK {
		return nil, false
	}
	o, err := parseObject(a.body)
	if err != nil {
		a.bad()
	}
	return o, err == nil
}

// texts is the same for an object that holds nothing but strings.
func (a *asked) texts() (all map[string]string, ok bool) {
	o, ok := a.object()
	all = map[string]string{}
	for key, raw := range o {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			a.bad()
			return nil, false
		}
		all[key] = s
	}
	return all, ok
}

// bad turns a good answer into one that no registry gives.
func (a *asked) bad() {
	a.outcome, a.signs = finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}
}

// Account asks whom a credential belongs to. OutcomeRefused also stands for a 200 that names nobody, and
// OutcomeMissing for a registry that has no whoami, which says nothing about the credential.
func (c *Client) Account(ctx context.Context, reg registry.URL, s token.Secret) finding.Answer {
	a := c.ask(ctx, question{reg: reg, path: "-/whoami", s: s})
	out := finding.Answer{Outcome: a.outcome, Status: a.status, Signs: a.signs}
	if !a.is(finding.OutcomeOK) {
		return out
	}
	id, err := parseWhoami(a.answer)
	switch {
	case errors.Is(err, agent.ErrRefused):
		out.Outcome = finding.OutcomeRefused
	case err != nil:
		out.Outcome, out.Signs = finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}
	default:
		out.Name = id.Name
	}
	return out
}

// ask sends a question and reads the whole answer.
func (c *Client) ask(ctx context.Context, q question) asked {
	k, refusal := c.prepare(q)
	if k == nil {
		return refusal
	}
	limited, cancel := context.WithTimeout(ctx, k.limit)
	defer cancel()
	res, err := c.send(limited, *k)
	if err != nil {
		return failed(ctx, err)
	}
	defer res.Body.Close()
	a, err := k.read(ctx, res)
	if err != nil {
		out := failed(ctx, err)
		out.status = res.StatusCode
		return out
	}
	return judged(a, q)
}

// prepare makes the request, unless it must not be sent.
func (c *Client) prepare(q question) (*call, asked) {
	if safe(q.reg) != nil {
		return nil, asked{outcome: finding.OutcomeTLS, signs: []finding.Sign{finding.SignTLS}}
	}
	if !q.s.IsZero() && q.s.Check() != nil {
		return nil, asked{} // a header cannot hold it: nothing was asked
	}
	return &call{method: http.MethodGet, url: q.reg.String() + q.path, command: "view", bearer: q.s, most: q.most, limit: c.request}, asked{}
}

// failed says why no answer came. Nothing was asked where the caller gave up.
func failed(ctx context.Context, err error) asked {
	var op *net.OpError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return asked{}
	case errors.Is(err, errBuild):
		return asked{}
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return asked{outcome: finding.OutcomeOffline, signs: []finding.Sign{finding.SignProxy}}
	case certificate(err) != "", errors.Is(err, agent.ErrUnsafe):
		return asked{outcome: finding.OutcomeTLS, signs: []finding.Sign{finding.SignTLS}}
	case errors.Is(err, agent.ErrBadAnswer):
		return asked{outcome: finding.OutcomeBad, signs: []finding.Sign{finding.SignBadAnswer}}
	}
	return asked{outcome: finding.OutcomeOffline, signs: []finding.Sign{finding.SignNetwork}}
}

// judged sorts an answer by its status, and reads its words unless it is a good one.
func judged(a answer, q question) asked {
	out := asked{answer: a, outcome: outcome(a.status)}
	if out.outcome != finding.OutcomeOK {
		out.signs = signs(a, !q.s.IsZero())
	}
	return out
}

func outcome(status int) finding.Outcome {
	switch status {
	case http.StatusOK:
		return finding.OutcomeOK
	case http.StatusUnauthorized:
		return finding.OutcomeRefused
	case http.StatusForbidden, http.StatusPaymentRequired, http.StatusUnavailableForLegalReasons:
		return finding.OutcomeForbidden
	case http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return finding.OutcomeMissing
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusTooEarly:
		return finding.OutcomeBusy
	case http.StatusProxyAuthRequired, http.StatusNetworkAuthenticationRequired:
		return finding.OutcomeOffline // a proxy answered, the registry did not
	}
	if status >= 500 && status < 600 {
		return finding.OutcomeServer
	}
	return finding.OutcomeBad
}

// yes turns a fact into what is known of it.
func yes(b bool) finding.Known {
	if b {
		return finding.Yes
	}
	return finding.No
}

// escapeName is a package's name as it stands in a path: npm keeps the "@" and escapes the slash. ok is false for what
// is no package's name.
func escapeName(name string) (escaped string, ok bool) {
	if len(name) > 300 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", false
	}
	scope, short, scoped := strings.Cut(name, "/")
	if !scoped {
		return escape(name), name != "" && name[0] != '.' && name[0] != '@' && name[0] != '-'
	}
	if len(scope) < 2 || scope[0] != '@' || scope[1] == '.' || short == "" || short[0] == '.' || strings.Contains(short, "/") {
		return "", false
	}
	return "@" + escape(scope[1:]) + "%2f" + escape(short), true
}
