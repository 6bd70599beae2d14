package ipc

import (
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// wireImport is an api.ImportRequest with its secrets in the open.
type wireImport struct {
	api.ImportRequest
	Variables []wireVariable `json:"variables,omitempty"`
}

type wireVariable struct {
	Name   string `json:"name"`
	Secret string `json:"secret"`
}

func toWireImport(r api.ImportRequest) wireImport {
	w := wireImport{ImportRequest: r}
	for _, v := range r.Variables {
		w.Variables = append(w.Variables, wireVariable{v.Name, v.Secret.Reveal()})
	}
	return w
}

func (w wireImport) request() api.ImportRequest {
	r := w.ImportRequest
	for _, v := range w.Variables {
		r.Variables = append(r.Variables, api.ImportVariable{Name: v.Name, Secret: token.NewSecret(v.Secret)})
	}
	return r
}

// wireProof is what an account's owner shows beside a session.
type wireProof struct {
	Password string `json:"password,omitempty"`
	OTP      string `json:"otp,omitempty"`
}

func toWireProof(password, otp token.Secret) wireProof {
	return wireProof{password.Reveal(), otp.Reveal()}
}

// secrets are zero where nothing was shown.
func (w wireProof) secrets() (password, otp token.Secret) {
	if w.Password != "" {
		password = token.NewSecret(w.Password)
	}
	if w.OTP != "" {
		otp = token.NewSecret(w.OTP)
	}
	return password, otp
}

type wireOrder struct {
	api.TokenOrder
	Proof wireProof `json:"proof,omitzero"`
}

func (w wireOrder) request() api.TokenOrder {
	w.TokenOrder.Password, w.TokenOrder.OTP = w.Proof.secrets()
	return w.TokenOrder
}

type wireRevoke struct {
	api.RevokeRequest
	Proof wireProof `json:"proof,omitzero"`
}

func (w wireRevoke) request() api.RevokeRequest {
	_, w.RevokeRequest.OTP = w.Proof.secrets()
	return w.RevokeRequest
}

type wireRotate struct {
	api.RotateRequest
	Proof wireProof `json:"proof,omitzero"`
}

func (w wireRotate) request() api.RotateRequest {
	w.RotateRequest.Password, w.RotateRequest.OTP = w.Proof.secrets()
	return w.RotateRequest
}

// wireNew is an api.NewToken with its secret in the open.
type wireNew struct {
	api.NewToken
	Secret string `json:"secret,omitempty"`
}

func (w wireNew) token() api.NewToken {
	if w.Secret != "" {
		w.NewToken.Secret = token.NewSecret(w.Secret)
	}
	return w.NewToken
}

// wireRotation is an api.Rotation with its secret in the open.
type wireRotation struct {
	api.Rotation
	Secret string `json:"secret,omitempty"`
}

func (w wireRotation) rotation() api.Rotation {
	if w.Secret != "" {
		w.Rotation.Secret = token.NewSecret(w.Secret)
	}
	return w.Rotation
}
