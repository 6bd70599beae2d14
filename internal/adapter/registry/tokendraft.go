package registry

import (
	"context"
	"io"
	"net/http"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// What stands for secrets in a draft.
var (
	draftSession  = token.NewSecret("[session]")
	draftPassword = token.NewSecret("[password]")
	draftOTP      = token.NewSecret("[one-time password]")
)

// CreateDraft is the request that Create sends. The password stands in it even where o has none yet, the one-time
// password only where o has one: it comes with the second try.
func (c *Client) CreateDraft(o agent.CreateOrder) api.Draft {
	o.Session, o.Password, o.OTP = draftSession, draftPassword, placeholder(o.OTP)
	return c.draft(c.createCall(o))
}

// RevokeDraft is the request that Revoke sends.
func (c *Client) RevokeDraft(o agent.RevokeOrder) api.Draft {
	o.Session, o.OTP = draftSession, placeholder(o.OTP)
	if idOf(o.ID) == "" { // it would not be sent, and may be a secret
		o.ID = "[id]"
	}
	return c.draft(c.revokeCall(o))
}

func placeholder(otp token.Secret) token.Secret {
	if otp.IsZero() {
		return otp
	}
	return draftOTP
}

// draft makes the request and tells it. What net/http adds for itself (Host, Content-Length, Accept-Encoding) is left out.
func (c *Client) draft(k call) api.Draft {
	d := api.Draft{Method: k.method, URL: k.url, Header: []string{}}
	req, err := c.build(context.Background(), k)
	if err != nil { // an address of ours can be built
		return d
	}
	d.Header = headerLines(req.Header)
	if req.Body != nil {
		raw, _ := io.ReadAll(req.Body) // it is in memory
		d.Body = string(raw)
	}
	return d
}

func headerLines(h http.Header) []string {
	lines := []string{}
	for name, values := range h {
		for _, v := range values {
			lines = append(lines, name+": "+v)
		}
	}
	slices.Sort(lines)
	return lines
}
