package ipc

import (
	"encoding/json"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// protocol is the version of the lines below. It changes only when an old peer would misread them.
const protocol = 1

// The methods, one for each of api.Agent's.
const (
	methodSnapshot = "snapshot"
	methodWatch    = "watch"
	methodLogin    = "login"
	methodLogout   = "logout"
	methodGrant    = "grant"
	methodDo       = "do"
	methodPlan     = "plan"
	methodApply    = "apply"
	methodDue      = "due"
	methodInspect  = "inspect"
	methodKeep     = "keep"
	methodProve    = "prove"
	methodDiagnose = "diagnose"
	methodScan     = "scan"
	methodDiscover = "discover"
	methodImport   = "import"
	methodTokens   = "tokens"
	methodMake     = "make-token"
	methodRevoke   = "revoke-tokens"
	methodRotate   = "rotate-token"
)

// request is the line that opens a call.
type request struct {
	V      int             `json:"v"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params,omitempty"`
}

// answer is one line back: an event, or the end of the call as a result or an error.
type answer struct {
	Event  json.RawMessage `json:"event,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  *api.Error      `json:"error,omitempty"`
}

// wireLogin is an api.LoginRequest with the secrets that it may hold.
type wireLogin struct {
	api.LoginRequest
	Couch *wireCouch `json:"couch,omitempty"`
}

type wireCouch struct {
	Name     string `json:"name"`
	Password string `json:"password"`
	OTP      string `json:"otp,omitempty"`
}

func toWireLogin(r api.LoginRequest) wireLogin {
	w := wireLogin{LoginRequest: r}
	if c := r.Couch; c != nil {
		w.Couch = &wireCouch{c.Name, c.Password.Reveal(), c.OTP.Reveal()}
	}
	return w
}

func (w wireLogin) request() api.LoginRequest {
	r := w.LoginRequest
	if c := w.Couch; c != nil {
		r.Couch = &api.Couch{Name: c.Name, Password: token.NewSecret(c.Password), OTP: token.NewSecret(c.OTP)}
	}
	return r
}

// wireItem is an api.GrantItem with its secret in the open.
type wireItem struct {
	Registry  string    `json:"registry"`
	Key       string    `json:"key"`
	Variables []string  `json:"variables"`
	Secret    string    `json:"secret"`
	Ends      time.Time `json:"ends,omitzero"`
}

func toWireGrant(g api.Grant) []wireItem {
	out := make([]wireItem, len(g.Items))
	for i, it := range g.Items {
		out[i] = wireItem{it.Registry, it.Key, it.Variables, it.Secret.Reveal(), it.Ends}
	}
	return out
}

func fromWireGrant(in []wireItem) api.Grant {
	g := api.Grant{Items: make([]api.GrantItem, len(in))}
	for i, w := range in {
		g.Items[i] = api.GrantItem{Registry: w.Registry, Key: w.Key, Variables: w.Variables, Secret: token.NewSecret(w.Secret), Ends: w.Ends}
	}
	return g
}

// wireKeep is an api.KeepRequest with its secret in the open.
type wireKeep struct {
	Store      api.Store `json:"store"`
	Passphrase string    `json:"passphrase,omitempty"`
}

// wireName is the parameter of calls that name one thing: a registry, a plan.
type wireName struct {
	Name string `json:"name"`
}
