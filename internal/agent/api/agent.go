package api

import "context"

// Agent is what a face may ask. *agent.Agent answers in its own process, ipc.Client over the socket.
// Every call ends when ctx does. Errors are *Error.
type Agent interface {
	// Snapshot returns the state now.
	Snapshot(ctx context.Context) (Snapshot, error)
	// Watch calls see with the state now and after every change, until ctx ends or see returns an error.
	Watch(ctx context.Context, see func(Snapshot) error) error
	// Login logs in to a registry and returns when that is done. A second login for the same registry
	// joins the first. report gets every step, the first one at once; it may be nil.
	Login(ctx context.Context, req LoginRequest, report func(Login)) error
	// Logout revokes the session at the registry and empties keyring and env file. partial failures
	// come back as an *Error with code CodePartly.
	Logout(ctx context.Context, registry string) error
	// Grant hands out credentials for one use, which is recorded.
	Grant(ctx context.Context, req GrantRequest) (Grant, error)
	// Do makes a small change of state and returns when it holds.
	Do(ctx context.Context, a Action) error
	// Plan says what setup would change on disk. Nothing is written.
	Plan(ctx context.Context, req SetupRequest) (Plan, error)
	// Apply makes the changes of a plan that Plan returned and is still true.
	Apply(ctx context.Context, planID string) error
	// Due names the sessions that are over and that a command is about to need, as far as can be told.
	Due(ctx context.Context, req DueRequest) ([]Session, error)
	// Inspect looks at the config files that count in a folder. It sends nothing to any registry.
	Inspect(ctx context.Context, req InspectRequest) (Inspection, error)
	// Keep changes where secrets are kept, and takes those that are there along. For the encrypted file it
	// also opens it, with the same request.
	Keep(ctx context.Context, req KeepRequest) error
	// Prove starts a fresh shell as the user would and asks there who is signed in.
	Prove(ctx context.Context, req ProveRequest) (Proof, error)
	// Diagnose finds out what is behind a failure, or how a package stands, and says what to do. It asks the registry.
	Diagnose(ctx context.Context, req DiagnoseRequest) (Diagnosis, error)
	// Scan looks for credentials that lie in a folder's files, or in what its git repository keeps. report gets how far
	// it is, now and then; it may be nil.
	Scan(ctx context.Context, req ScanRequest, report func(Progress)) (ScanReport, error)
	// Discover looks for projects below folders. report gets how far it is, now and then; it may be nil.
	Discover(ctx context.Context, req DiscoverRequest, report func(Progress)) (Discovery, error)
	// Import finds credentials that lie in the user's own files and in variables, and takes those into the keyring that
	// the request names. Files stay as they are: Plan with FixMove takes them out.
	Import(ctx context.Context, req ImportRequest) (ImportReport, error)
	// Tokens lists the access tokens of an account.
	Tokens(ctx context.Context, req TokensRequest) (TokenList, error)
	// MakeToken creates an access token. report gets every step; it may be nil, here as in the next two.
	MakeToken(ctx context.Context, req TokenOrder, report func(TokenStep)) (NewToken, error)
	// RevokeTokens revokes access tokens, and says of each what became of it.
	RevokeTokens(ctx context.Context, req RevokeRequest, report func(TokenStep)) (RevokeReport, error)
	// RotateToken begins a rotation, or takes one on until it waits for the user.
	RotateToken(ctx context.Context, req RotateRequest, report func(TokenStep)) (Rotation, error)
}
