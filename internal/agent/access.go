package agent

import (
	"context"
	"errors"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// AccessTokens talks to a registry about an account's access tokens. Implemented by adapter/registry. Beside the
// errors of Registry there are ErrNoTokens, ErrForbidden (a 403, which is ErrDenied too) and *Challenge. ErrRefused says
// that the session is no longer taken.
type AccessTokens interface {
	// List reads the whole list.
	List(ctx context.Context, reg registry.URL, session token.Secret) ([]access.Token, error)
	// Create makes one. After ErrOffline nobody knows whether it was made; after ErrBadAnswer it probably was, and
	// Created.Token names it if the registry did. ErrDenied says that the password is wrong; *SpecError, what of the
	// order is.
	Create(ctx context.Context, o CreateOrder) (Created, error)
	// Revoke ends one, by its id. ErrNotFound if there is none.
	Revoke(ctx context.Context, o RevokeOrder) error
	// AwaitProof polls until the second factor's page is completed, and returns the one-time password that came of it.
	AwaitProof(ctx context.Context, reg registry.URL, c Challenge) (token.Secret, error)
	// CreateDraft and RevokeDraft are what would be sent, without secrets.
	CreateDraft(o CreateOrder) api.Draft
	RevokeDraft(o RevokeOrder) api.Draft
	// Reads asks whether a credential reads a package (nil), for a rotation's proof.
	Reads(ctx context.Context, reg registry.URL, name string, s token.Secret) error
}

// ErrNoTokens says that a registry has no list of access tokens.
var ErrNoTokens = errors.New("the registry has no access tokens that can be listed")

// ErrForbidden says that a registry takes the session and does not allow what was asked for.
var ErrForbidden = errors.New("the registry does not allow it")

// SpecError is the error of a registry that makes no access token like the one that was ordered.
type SpecError struct {
	Problem access.Problem // its Code is empty where the registry's words are none that are known
	Says    string         // the registry's words, cleaned
}

// Error implements error.
func (e *SpecError) Error() string {
	if e.Says == "" {
		return "the registry makes no such access token"
	}
	return "the registry makes no such access token: " + e.Says
}

// CreateOrder is what an access token is made with.
type CreateOrder struct {
	Registry               registry.URL
	Session, Password, OTP token.Secret
	Spec                   access.Spec
}

// RevokeOrder names an access token that is to end.
type RevokeOrder struct {
	Registry     registry.URL
	Session, OTP token.Secret
	ID           string
}

// Created is an access token fresh from its registry.
type Created struct {
	Secret token.Secret
	Token  access.Token
	Date   time.Time // the registry's clock when it answered, zero if it told none
}

// Challenge is the error of a registry that asks for a second factor.
type Challenge struct {
	Way  ChallengeWay
	Page string // of WayPage: where the user confirms
	Host string // of Page
	Done string // of WayPage: where to ask for the result
}

// ChallengeWay is how a second factor is shown.
type ChallengeWay string

// The ways.
const (
	WayPage   ChallengeWay = "page"
	WayDigits ChallengeWay = "digits" // from an authenticator
	WayMail   ChallengeWay = "mail"   // a code that was sent by e-mail
)

// Error implements error.
func (c *Challenge) Error() string { return "the registry asks for a second factor: " + string(c.Way) }

// Is lets errors.Is(err, ErrOTP) find it.
func (c *Challenge) Is(err error) bool { return err == ErrOTP }

// Lookout looks for what starts by itself on this machine and could wait for a revocation. Implemented by
// adapter/lookout.
type Lookout interface {
	Signs(ctx context.Context) ([]api.Sign, error)
}
