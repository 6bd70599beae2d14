package api

import (
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// TokensRequest asks for the access tokens of the account that is signed in to a registry.
type TokensRequest struct {
	Registry string `json:"registry,omitempty"` // empty: the default registry
	Fresh    bool   `json:"fresh,omitempty"`    // ask the registry now, however young the list is that is known
}

// TokenList is what a registry told of an account's access tokens, and what this machine knows of them.
type TokenList struct {
	Registry string        `json:"registry"`
	Name     string        `json:"name"`
	Account  string        `json:"account,omitempty"`
	At       time.Time     `json:"at,omitzero"` // when the registry was asked
	Tokens   []AccessToken `json:"tokens"`      // those that the user has entered, too
}

// AccessToken is one of them.
type AccessToken struct {
	access.Token
	Marks  []access.Mark `json:"marks"`
	Places []Place       `json:"places"`           // where it stands on this machine; without a file: a variable of the shells
	Kept   string        `json:"kept,omitempty"`   // the name of Snapshot.Kept's entry with its secret
	InUse  bool          `json:"in_use,omitempty"` // it is what Sandglass gives to tools now
	Note   string        `json:"note,omitempty"`   // where else it is kept, in the user's words
}

// TokenNote is what the user has said of an access token: where it is kept, or that there is one which no list tells.
type TokenNote struct {
	ID       string    `json:"id"` // of the registry, or ours; empty: a new one
	Registry string    `json:"registry,omitempty"`
	Name     string    `json:"name"`            // for one that no list tells
	Ends     time.Time `json:"ends,omitzero"`   // the same
	Where    string    `json:"where,omitempty"` // "GitHub secret NPM_TOKEN of acme/site"
}

// TokenOrder asks for an access token.
type TokenOrder struct {
	Registry string      `json:"registry,omitempty"`
	Spec     access.Spec `json:"spec"`
	Variable string      `json:"variable,omitempty"` // the environment variable that carries it from now on; empty: none
	Where    string      `json:"where,omitempty"`    // where else it will be kept, as in TokenNote
	DryRun   bool        `json:"dry_run,omitempty"`  // only NewToken.Drafts

	Password token.Secret `json:"-"` // the account's, which npm's public registry asks for
	OTP      token.Secret `json:"-"` // one-time password, if one was asked for (CodeOTP)
}

// NewToken is an access token that was just made. Its secret lies in the keyring already.
type NewToken struct {
	Token  AccessToken  `json:"token"`
	Secret token.Secret `json:"-"`
	Drafts []Draft      `json:"drafts,omitempty"`
}

// Draft is a request as it would be sent, without secrets.
type Draft struct {
	Method string   `json:"method"`
	URL    string   `json:"url"`
	Header []string `json:"header"` // "Name: value"; secrets are told as [session], [password], [one-time password]
	Body   string   `json:"body,omitempty"`
}

// TokenStep is how far something with access tokens is.
type TokenStep struct {
	Step    string `json:"step"`              // asking, page, made, kept, verified, revoked, failed, waiting
	ID      string `json:"id,omitempty"`      // of the access token that it is about
	URL     string `json:"url,omitempty"`     // of the page for the second factor, good for this once
	Host    string `json:"host,omitempty"`    // of the page, for the user to check
	Browser bool   `json:"browser,omitempty"` // a browser was started on it
	Done    int    `json:"done,omitempty"`
	Total   int    `json:"total,omitempty"`
	Error   *Error `json:"error,omitempty"`
}

// The steps.
const (
	StepAsking   = "asking"
	StepPage     = "page" // the second factor's page waits for the user
	StepMade     = "made"
	StepKept     = "kept"
	StepVerified = "verified"
	StepRevoked  = "revoked"
	StepFailed   = "failed" // this one; the others go on
	StepWaiting  = "waiting"
)

// RevokeRequest asks that access tokens are revoked.
type RevokeRequest struct {
	Registry string   `json:"registry,omitempty"`
	IDs      []string `json:"ids,omitempty"`     // ids, or any beginning of one that names it alone, or masked forms
	Panic    bool     `json:"panic,omitempty"`   // all that are listed, then the sessions, then what this machine keeps: of Registry, or of all where none is named
	Sure     []string `json:"sure,omitempty"`    // those (ids) that this machine uses and that are to go nevertheless
	Checked  bool     `json:"checked,omitempty"` // the user has seen RevokeReport.Signs
	DryRun   bool     `json:"dry_run,omitempty"` // nothing is revoked: what it would break, and the requests

	OTP token.Secret `json:"-"`
}

// RevokeReport says what became of each.
type RevokeReport struct {
	Items  []Revoked `json:"items"`
	Signs  []Sign    `json:"signs"` // of a program that waits for a revocation; with any of them and Checked false nothing is revoked
	Drafts []Draft   `json:"drafts,omitempty"`
}

// Revoked is what became of one.
type Revoked struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Masked   string  `json:"masked,omitempty"`
	Registry string  `json:"registry"`
	What     string  `json:"what"`  // token, session, copy
	State    string  `json:"state"` // planned, revoked, in-use, failed, left
	Error    *Error  `json:"error,omitempty"`
	Breaks   []Place `json:"breaks"` // where this machine uses it
}

// The states of Revoked.
const (
	RevokePlanned = "planned" // of a dry run
	RevokeDone    = "revoked" // it may work for up to an hour
	RevokeInUse   = "in-use"  // this machine uses it, and nobody said that it is to go nevertheless
	RevokeFailed  = "failed"
	RevokeLeft    = "left" // not tried: something before it stopped the rest
)

// Sign is something that starts by itself on this machine and could wait for a revocation.
type Sign struct {
	File   string    `json:"file"`
	What   string    `json:"what"` // code: the catalogues say it under "access.sign.<code>"
	Since  time.Time `json:"since,omitzero"`
	Detail string    `json:"detail,omitempty"` // the unit's or program's name, cleaned
}

// RotateRequest begins a rotation, or takes one that waits a step on.
type RotateRequest struct {
	Registry string       `json:"registry,omitempty"`
	ID       string       `json:"id,omitempty"`       // of the access token that is to be replaced; begins one
	Spec     *access.Spec `json:"spec,omitempty"`     // of the new one; nil: the old one's twin
	Package  string       `json:"package,omitempty"`  // that the new one must be able to read; empty: chosen from its reach
	Job      string       `json:"job,omitempty"`      // of the rotation that is to go on
	Continue bool         `json:"continue,omitempty"` // the user's word: the places are changed, revoke the old one
	Abandon  bool         `json:"abandon,omitempty"`  // stop: both stay as they are
	DryRun   bool         `json:"dry_run,omitempty"`

	Password token.Secret `json:"-"`
	OTP      token.Secret `json:"-"`
}

// TokenJob is a change of access tokens that is not over. It is kept across restarts.
type TokenJob struct {
	ID       string    `json:"id"`
	What     string    `json:"what"`     // create, rotate, revoke
	Registry string    `json:"registry"` // empty for a revocation of everything everywhere
	Step     string    `json:"step"`     // the step that comes next: create, store, verify, places, revoke
	Since    time.Time `json:"since"`
	Name     string    `json:"name"`              // of the access token; of a revocation the first one's, empty for one of everything
	Old      string    `json:"old,omitempty"`     // id
	New      string    `json:"new,omitempty"`     // id
	Kept     string    `json:"kept,omitempty"`    // the name of Snapshot.Kept's entry with the new one's secret
	Package  string    `json:"package,omitempty"` // of a rotation: that the new one is seen to read before the old one goes; empty: none was known, and its account has to do
	Left     []string  `json:"left,omitempty"`    // of a revocation: ids that are still to go
	Error    *Error    `json:"error,omitempty"`   // why it stopped
	Lost     bool      `json:"lost,omitempty"`    // it was made, and its secret did not arrive: it can only be revoked
}

// What changes of access tokens are.
const (
	ChangeCreate = "create"
	ChangeRotate = "rotate"
	ChangeRevoke = "revoke"
)

// The steps of TokenJob.
const (
	NextCreate = "create" // and nobody knows whether it was made
	NextStore  = "store"
	NextVerify = "verify"
	NextPlaces = "places" // the user's word is waited for
	NextRevoke = "revoke"
)

// Rotation is where one stands.
type Rotation struct {
	Job      TokenJob     `json:"job"`
	New      AccessToken  `json:"new"`
	Places   []Place      `json:"places"`   // on this machine, that are to be changed, or were
	Commands []string     `json:"commands"` // prepared for CI services; the secret comes on stdin
	Done     bool         `json:"done,omitempty"`
	Drafts   []Draft      `json:"drafts,omitempty"`
	Secret   token.Secret `json:"-"` // once, when it was just made
}

// TokenSoon is an access token that a timeline shows and a reminder tells.
type TokenSoon struct {
	Registry string    `json:"registry"`
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Ends     time.Time `json:"ends,omitzero"`
	Marks    int       `json:"marks,omitempty"` // that are serious
}
