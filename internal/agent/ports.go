package agent

import (
	"context"
	"errors"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Ports are the outside things that the agent needs. Adapters implement them; the wiring in
// app/sandglass-agent puts them together. All are called from goroutines of the agent's own and
// must be safe for concurrent use.
type Ports struct {
	Registry Registry
	Keyring  Keyring
	Files    Files
	Watcher  Watcher
	Env      EnvFiles
	Clock    Clock
	Notices  Notices // nil: no notification service
	Browser  Browser // nil: addresses are only told
	Power    Power   // nil: no sleep and lock events
	Store    Store
	Settings SettingsFile
	Shells   Shells
	Window   Window // nil: no window on this machine

	Finder Finder // nil: no projects can be found

	Questions Questions // for verdicts
	Logs      Logs      // nil: npm's logs cannot be read

	Tokens  AccessTokens
	Lookout Lookout // nil: nothing here starts by itself

	Git Git // nil: nothing here asks git

	Managers  Managers
	Desktop   Desktop   // nil: programs started from the desktop cannot be reached
	Processes Processes // nil: other processes' environments cannot be read
	Autostart Autostart // nil: nothing here starts programs with the desktop
}

// Errors that adapters wrap so that the agent can tell outcomes apart with errors.Is.
var (
	ErrRefused     = errors.New("the registry refused the credential")       // 401, or 200 without a user name
	ErrOffline     = errors.New("the registry does not answer")              // DNS, connection, time limit, 5xx, 429
	ErrNoWebLogin  = errors.New("the registry has no web login")             // 404 or 405 on the login request
	ErrLoginGone   = errors.New("the login page has expired")                // 404 or 410 while polling, or ten minutes
	ErrBadAnswer   = errors.New("the registry's answer makes no sense")      // size, JSON, URL rules
	ErrUnsafe      = errors.New("refused as unsafe")                         // http to a far host, foreign doneUrl
	ErrOTP         = errors.New("the registry asks for a one-time password") //
	ErrDenied      = errors.New("wrong user name or password")               //
	ErrNoSuchProbe = errors.New("the registry has no whoami")                // 404 on whoami: says nothing about the credential

	ErrKeyringAbsent = errors.New("no keyring answers")
	ErrKeyringLocked = errors.New("the keyring is locked")
	ErrKeyringSlow   = errors.New("the keyring did not answer in time")
	ErrNotFound      = errors.New("not found")
	ErrChanged       = errors.New("the file changed meanwhile")
)

// Registry talks to package registries. Implemented by adapter/registry.
type Registry interface {
	// StartLogin asks for a login page.
	StartLogin(ctx context.Context, reg registry.URL) (WebLogin, error)
	// AwaitLogin polls until the page is completed.
	AwaitLogin(ctx context.Context, login WebLogin) (Issued, error)
	// CouchLogin logs in by name and password.
	CouchLogin(ctx context.Context, reg registry.URL, c api.Couch) (Issued, error)
	// Whoami asks whom a credential belongs to.
	Whoami(ctx context.Context, reg registry.URL, s token.Secret) (Identity, error)
	// Logout revokes a session.
	Logout(ctx context.Context, reg registry.URL, s token.Secret) error
}

// WebLogin is a login page that waits for its user.
type WebLogin struct {
	Registry registry.URL
	Page     string // where the user signs in
	Host     string // of Page
	Done     string // where to ask for the result; may hold an id that is good for this login
}

// Issued is a credential fresh from the registry.
type Issued struct {
	Secret token.Secret
	Date   time.Time // the registry's clock when it answered, zero if it told none
}

// Identity is whom a credential belongs to.
type Identity struct {
	Name string
	Date time.Time // the registry's clock, zero if it told none
}

// Keyring keeps secrets in the one of its stores that is in use. Implemented by adapter/keyring.
type Keyring interface {
	Secrets
	// Open opens a store beside the one in use, whether or not that answers; passphrase is for api.StoreFile. Of
	// an encrypted file that is open already it is compared. A wrong one is ErrKeyringLocked.
	Open(ctx context.Context, store api.Store, passphrase token.Secret) (Secrets, error)
	// Use keeps secrets from now on in a store that Open gave. What the one before holds stays there.
	Use(s Secrets)
}

// Secrets is one store of secrets. Every call has a time limit of its own.
type Secrets interface {
	Get(ctx context.Context, key string) (token.Secret, error) // ErrNotFound, ErrKeyringAbsent, ErrKeyringLocked, ErrKeyringSlow
	Set(ctx context.Context, key string, s token.Secret) error
	Delete(ctx context.Context, key string) error // nil if there was none
	Kind() api.Store
}

// Files reads and replaces the user's config files. Implemented by adapter/files.
type Files interface {
	// Read returns the content, following links. errors.Is(err, fs.ErrNotExist) where there is none.
	Read(path string) ([]byte, error)
	// Modified is the time of the last write.
	Modified(path string) (time.Time, error)
	// Private takes a file's rights away from everybody but its owner.
	Private(path string) error
	// Stamp is a text that changes when the file does.
	Stamp(path string) (string, error)
	// Replace writes new in place of old: atomic, beside the target that links lead to, with its mode
	// and owner kept (0600 for a new file). ErrChanged if the content is no longer old. old nil means: must not exist.
	Replace(path string, old, new []byte) error
	// Runnable lets the owner run a file.
	Runnable(path string) error
}

// Watcher tells when files may have changed. Implemented by adapter/watch.
type Watcher interface {
	// Track replaces the set of watched files (absolute paths; they need not exist). A path that ends in a
	// separator is a folder whose entries count: that one comes, goes or gets another name is its change.
	Track(paths []string)
	// Changes delivers batches of tracked paths that may have changed, after
	// 20 ms of quiet. After an overflow every path is looked at again.
	Changes() <-chan []string
	// Polling reports whether the system's notices are not to be had for any path.
	Polling() bool
}

// Variable is one line of the env files.
type Variable struct {
	Name  string
	Value token.Secret // zero: defined as empty
}

// EnvFiles publishes variables to shells. Implemented by adapter/envfile.
type EnvFiles interface {
	// Publish replaces the env files of every shell and raises the generation.
	Publish(vars []Variable, due injection.Due) error
	// Dir is where they lie.
	Dir() string
}

// Clock is the wall clock. Implemented by adapter/power.
type Clock interface {
	// Now is wall time without a monotonic reading.
	Now() time.Time
	// WakeAt arms one alarm: Alarms delivers once wall time reaches t, or the clock was set, or the
	// machine woke. A new call replaces the old alarm; the zero time disarms it.
	WakeAt(t time.Time)
	Alarms() <-chan struct{}
}

// PowerEvent is something that happened to the machine.
type PowerEvent int

// The power events.
const (
	PowerSleep PowerEvent = iota + 1
	PowerWake
	PowerLock
	PowerUnlock
)

// Power tells of sleep, wake, screen lock and unlock. Implemented by adapter/power.
type Power interface {
	Events() <-chan PowerEvent
	// Done lets the machine sleep: the agent calls it once PowerSleep is handled.
	Done()
}

// Notice is a desktop notification.
type Notice struct {
	ID       string // a notice with the same ID replaces the older one
	Title    string
	Body     string
	Buttons  []Button // the first one is also the body's click
	Critical bool
}

// Button is an action of a notice.
type Button struct{ Key, Label string }

// Pressed is a button that the user pressed, or the closing of a notice (Key "").
type Pressed struct{ ID, Key string }

// Notices shows notifications. Implemented by adapter/notify.
type Notices interface {
	Show(ctx context.Context, n Notice) error
	Close(ctx context.Context, id string) error
	Pressed() <-chan Pressed
	Available() bool
}

// Browser opens a page. Implemented by adapter/browser.
type Browser interface {
	Open(ctx context.Context, page string) error
}

// Store keeps the state file. Implemented by adapter/files.
type Store interface {
	Load() ([]byte, error) // ErrNotFound if there is none
	Save(data []byte) error
	SetAside() (path string, err error) // moves a damaged file out of the way
}

// SettingsFile reads and writes settings.toml. Implemented by adapter/settings.
type SettingsFile interface {
	Load() (api.Settings, []api.Finding)
	Save(api.Settings) error
	Path() string
}

// Shells edits rc files. Implemented by adapter/shellrc.
type Shells interface {
	// Plan says how the rc files of these shells would change to load the hook, or to stop doing so.
	Plan(shells []string, remove bool) ([]FileEdit, error)
	// Detect names the shells that this user has.
	Detect() []string
	// Hooked names those whose rc files load the hook.
	Hooked() []string
	// Prove starts a fresh shell as the user's terminal would, with nothing of this process's environment that
	// the shell's own files would not bring, and runs command in it. It is bounded by ctx; output is both streams'.
	Prove(ctx context.Context, shell, command string) (output string, err error)
}

// FileEdit is one file's change, whole.
type FileEdit struct {
	Path     string
	Old, New []byte // Old nil: create; New nil: delete
}

// Window brings up sandglass-window.
type Window interface {
	// Show opens the window in a room, or brings the one that is open to the front; "" leaves it in its room.
	Show(ctx context.Context, room api.Room) error
}

// Autostart has the desktop start the agent when the user logs in. Implemented by adapter/autostart.
type Autostart interface {
	// Enabled reports whether it does.
	Enabled() (bool, error)
	// Set changes that.
	Set(on bool) error
}

// Managers finds the user's package managers. Implemented by adapter/managers.
type Managers interface {
	// Find names each manager that the user's PATH leads to, with its version. It may start programs to
	// ask them, and is bounded by a few seconds.
	Find(ctx context.Context) []injection.Manager
}

// Desktop gives variables to programs that the desktop starts from now on: editors, above all.
// Implemented by adapter/deskenv.
type Desktop interface {
	// Set defines the variables; those with the zero value as empty.
	Set(ctx context.Context, vars []Variable) error
	// Unset takes variables away again, or empties those that cannot be taken away.
	Unset(ctx context.Context, names []string) error
}

// Processes looks at the environments that the user's processes were started with. Implemented by
// adapter/processes.
type Processes interface {
	// Holding lists the processes that hold a value under one of these names, with its fingerprint.
	Holding(ctx context.Context, names []string) ([]Holder, error)
}

// Holder is a process that was started with a credential in its environment.
type Holder struct {
	PID         int
	Program     string // the executable's base name
	Variable    string
	Fingerprint string // of the value
	Started     time.Time
}
