package agent

import (
	"context"

	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Questions are those that a verdict needs answers to. They change nothing at the registry. None fails: what could not
// be asked is an outcome. Implemented by adapter/registry.
type Questions interface {
	// Account asks whom a credential belongs to.
	Account(ctx context.Context, reg registry.URL, s token.Secret) finding.Answer
	// Package asks for a package with a credential, or as nobody where s is zero.
	Package(ctx context.Context, reg registry.URL, p Package, s token.Secret) finding.Answer
	// Org asks what an account is to the organisation of a package's scope, and which of its teams have the package.
	Org(ctx context.Context, reg registry.URL, m Member) finding.Org
	// Token asks the registry's list of access tokens about one of them. s is a session that may read the list.
	Token(ctx context.Context, reg registry.URL, q TokenQuestion) finding.Token
}

// Package names a package, and a version or nothing.
type Package struct{ Name, Version string }

// Member is an account, with a session of its own, and a package of an organisation's.
type Member struct {
	Account string
	Package string // @org/name
	Session token.Secret
}

// TokenQuestion asks about an access token and what it is for.
type TokenQuestion struct {
	Session token.Secret // may read the list
	About   token.Secret
	Package string
}

// Logs finds what npm has written about its runs. Implemented by adapter/npmlog.
type Logs interface {
	// Newest returns the newest log. ErrNotFound if there is none.
	Newest(ctx context.Context) (path string, text []byte, err error)
	// Dir is the folder that they lie in.
	Dir() string
}
