package ipc

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Client asks the agent of one runtime folder. It is safe for concurrent use, holds no connection
// between calls, and finds an agent that was started after it.
type Client struct{ dir string }

var _ api.Agent = (*Client)(nil)

// Dial returns a Client. Nothing is connected yet: a call answers with api.CodeNoAgent where no agent runs.
func Dial(dir string) *Client { return &Client{dir} }

// Snapshot implements api.Agent.
func (c *Client) Snapshot(ctx context.Context) (s api.Snapshot, err error) {
	err = c.call(ctx, methodSnapshot, nil, &s)
	return s, err
}

// Watch implements api.Agent.
func (c *Client) Watch(ctx context.Context, see func(api.Snapshot) error) error {
	return c.stream(ctx, methodWatch, nil, nil, func(raw json.RawMessage) error {
		var s api.Snapshot
		if err := json.Unmarshal(raw, &s); err != nil {
			return badAnswer(err)
		}
		return see(s)
	})
}

// Login implements api.Agent.
func (c *Client) Login(ctx context.Context, req api.LoginRequest, report func(api.Login)) error {
	return c.stream(ctx, methodLogin, toWireLogin(req), nil, events(report))
}

// Logout implements api.Agent.
func (c *Client) Logout(ctx context.Context, registry string) error {
	return c.call(ctx, methodLogout, wireName{registry}, nil)
}

// Grant implements api.Agent.
func (c *Client) Grant(ctx context.Context, req api.GrantRequest) (api.Grant, error) {
	var items []wireItem
	if err := c.call(ctx, methodGrant, req, &items); err != nil {
		return api.Grant{}, err
	}
	return fromWireGrant(items), nil
}

// Do implements api.Agent.
func (c *Client) Do(ctx context.Context, a api.Action) error {
	return c.call(ctx, methodDo, a, nil)
}

// Plan implements api.Agent.
func (c *Client) Plan(ctx context.Context, req api.SetupRequest) (p api.Plan, err error) {
	err = c.call(ctx, methodPlan, req, &p)
	return p, err
}

// Apply implements api.Agent.
func (c *Client) Apply(ctx context.Context, planID string) error {
	return c.call(ctx, methodApply, wireName{planID}, nil)
}

// Due implements api.Agent.
func (c *Client) Due(ctx context.Context, req api.DueRequest) (out []api.Session, err error) {
	err = c.call(ctx, methodDue, req, &out)
	return out, err
}

// Inspect implements api.Agent.
func (c *Client) Inspect(ctx context.Context, req api.InspectRequest) (out api.Inspection, err error) {
	err = c.call(ctx, methodInspect, req, &out)
	return out, err
}

// Keep implements api.Agent.
func (c *Client) Keep(ctx context.Context, req api.KeepRequest) error {
	return c.call(ctx, methodKeep, wireKeep{req.Store, req.Passphrase.Reveal()}, nil)
}

// Prove implements api.Agent.
func (c *Client) Prove(ctx context.Context, req api.ProveRequest) (out api.Proof, err error) {
	err = c.call(ctx, methodProve, req, &out)
	return out, err
}

// Diagnose implements api.Agent.
func (c *Client) Diagnose(ctx context.Context, req api.DiagnoseRequest) (out api.Diagnosis, err error) {
	err = c.call(ctx, methodDiagnose, req, &out)
	return out, err
}

// Scan implements api.Agent.
func (c *Client) Scan(ctx context.Context, req api.ScanRequest, report func(api.Progress)) (out api.ScanReport, err error) {
	err = c.stream(ctx, methodScan, req, &out, events(report))
	return out, err
}

// Discover implements api.Agent.
func (c *Client) Discover(ctx context.Context, req api.DiscoverRequest, report func(api.Progress)) (out api.Discovery, err error) {
	err = c.stream(ctx, methodDiscover, req, &out, events(report))
	return out, err
}

// Import implements api.Agent.
func (c *Client) Import(ctx context.Context, req api.ImportRequest) (out api.ImportReport, err error) {
	err = c.call(ctx, methodImport, toWireImport(req), &out)
	return out, err
}

// Tokens implements api.Agent.
func (c *Client) Tokens(ctx context.Context, req api.TokensRequest) (out api.TokenList, err error) {
	err = c.call(ctx, methodTokens, req, &out)
	return out, err
}

// MakeToken implements api.Agent.
func (c *Client) MakeToken(ctx context.Context, req api.TokenOrder, report func(api.TokenStep)) (api.NewToken, error) {
	var out wireNew
	err := c.stream(ctx, methodMake, wireOrder{req, toWireProof(req.Password, req.OTP)}, &out, events(report))
	return out.token(), err
}

// RevokeTokens implements api.Agent.
func (c *Client) RevokeTokens(ctx context.Context, req api.RevokeRequest, report func(api.TokenStep)) (out api.RevokeReport, err error) {
	err = c.stream(ctx, methodRevoke, wireRevoke{req, toWireProof(token.Secret{}, req.OTP)}, &out, events(report))
	return out, err
}

// RotateToken implements api.Agent.
func (c *Client) RotateToken(ctx context.Context, req api.RotateRequest, report func(api.TokenStep)) (api.Rotation, error) {
	var out wireRotation
	err := c.stream(ctx, methodRotate, wireRotate{req, toWireProof(req.Password, req.OTP)}, &out, events(report))
	return out.rotation(), err
}

// events hands the steps of a call to report, which may be nil.
func events[E any](report func(E)) func(json.RawMessage) error {
	return func(raw json.RawMessage) error {
		var e E
		if err := json.Unmarshal(raw, &e); err != nil {
			return badAnswer(err)
		}
		if report != nil {
			report(e)
		}
		return nil
	}
}

func (c *Client) call(ctx context.Context, method string, params, result any) error {
	return c.stream(ctx, method, params, result, nil)
}

// stream makes a call: it gives every event to on and writes the result into result, unless that is nil.
func (c *Client) stream(ctx context.Context, method string, params, result any, on func(json.RawMessage) error) error {
	if ctx.Err() != nil {
		return &api.Error{Code: api.CodeCancelled}
	}
	line, err := encode(method, params)
	if err != nil {
		return badAnswer(err)
	}
	conn, err := dial(ctx, c.dir)
	if err != nil {
		return &api.Error{Code: api.CodeNoAgent, Cause: err.Error()}
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	// An agent that refuses us may close before it has read: its answer counts, not our failure to write.
	_, _ = conn.Write(line)
	err = receive(conn, result, on)
	if ctx.Err() != nil && err != nil {
		return &api.Error{Code: api.CodeCancelled}
	}
	return err
}

func encode(method string, params any) ([]byte, error) {
	req := request{V: protocol, Method: method}
	if params != nil {
		raw, err := json.Marshal(params)
		if err != nil {
			return nil, err
		}
		req.Params = raw
	}
	line, err := json.Marshal(req)
	return append(line, '\n'), err
}

func receive(conn net.Conn, result any, on func(json.RawMessage) error) error {
	in := bufio.NewReader(conn)
	for {
		line, err := readLine(in, maxAnswer)
		if err != nil {
			return &api.Error{Code: api.CodeNoAgent, Cause: "the agent went away: " + err.Error()}
		}
		var a answer
		if err := json.Unmarshal(line, &a); err != nil {
			return badAnswer(err)
		}
		switch {
		case a.Error != nil:
			return a.Error
		case a.Event == nil:
			if result == nil || a.Result == nil {
				return nil
			}
			if err := json.Unmarshal(a.Result, result); err != nil {
				return badAnswer(err)
			}
			return nil
		case on != nil:
			if err := on(a.Event); err != nil {
				return err
			}
		}
	}
}

// badAnswer is for lines that are no answer. Their text is not repeated: it may hold a secret, and
// encoding/json's errors name types and offsets only.
func badAnswer(err error) *api.Error {
	var e *api.Error
	if errors.As(err, &e) {
		return e
	}
	return internal("read the agent's answer: " + err.Error())
}
