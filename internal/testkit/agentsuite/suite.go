// Package agentsuite is the contract of api.Agent: what every face relies on, whichever way it reaches the agent.
// It is run against the agent itself and against the client of its socket in front of the very same agent.
//
// Run asks the agent of a Rig and makes things happen in its World; both are made anew for each case. It waits for
// conditions and never for a span of time, starts no process and reaches no network. Every answer but a Grant is
// searched for the credentials that there are.
package agentsuite

import (
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// Rig is an agent that has just started, and the world around it. Nobody has logged in yet.
type Rig struct {
	Agent api.Agent
	World World
}

// World is what the agent lives in, and what a case makes happen there. It is safe for concurrent use.
type World interface {
	// Registry is where logins are to; its name is what people call it. It has a login page and takes names and passwords.
	Registry() (url, name string)
	// Password opens that registry to alice.
	Password() string
	// Passphrase opens the encrypted file.
	Passphrase() string
	// Complete signs alice in at the login page that is open, or the next one.
	Complete()
	// Issue makes a credential of the registry's that is good.
	Issue() string
	// Secrets are all credentials that were ever issued.
	Secrets() []string
	// End lets the time of every session run out.
	End()
	// Asks has the registry want this one-time password from now on, whenever access tokens are made or revoked.
	Asks(otp string)
	// Offline takes the registry out of reach.
	Offline(on bool)
	// KeyringFails has the OS keyring answer no more, or again.
	KeyringFails(on bool)
	// Holds is how many secrets a store has.
	Holds(store api.Store) int

	// UserFile is the user's npm config file, which does not exist yet.
	UserFile() string
	// Write replaces a file; a watcher notices it where told.
	Write(path, text string, told bool)
	// Text is what a file says.
	Text(path string) string
	// Folder makes a folder with these files, by name, and returns its path.
	Folder(files map[string]string) string

	// Repository makes a folder with these files that is a git repository; those named are tracked, and committed.
	Repository(files map[string]string, tracked ...string) string
	// Tracks reports whether git tracks a file in it.
	Tracks(path string) bool

	// Says sets what a fresh shell answers, and Typed is what was typed into those so far.
	Says(answer string)
	Typed() []string
	// Rooms are those that the window was brought up in; WindowFails has it not come up.
	Rooms() []api.Room
	WindowFails(on bool)
	// StartsWithDesktop reports whether the desktop starts the agent.
	StartsWithDesktop() bool

	// Quit ends the agent from outside, as a signal does, and returns when it is gone.
	Quit()
}

// Opener makes a rig that ends with the test. A bare one has no window and nothing that starts programs with the desktop.
type Opener func(t *testing.T, bare bool) Rig

// cases are the contract.
var cases = map[string]func(t *testing.T, r Rig){
	"first look":              firstLook,
	"watch":                   watch,
	"watch ends":              watchEnds,
	"slow watcher":            slowWatcher,
	"login":                   login,
	"login joined":            loginJoined,
	"login cancelled":         loginCancelled,
	"login left":              loginLeft,
	"login refused":           loginRefused,
	"login by password":       loginByPassword,
	"logout":                  logout,
	"do notices":              doNotices,
	"do lock":                 doLock,
	"do files":                doFiles,
	"do forget":               doForget,
	"do show":                 doShow,
	"do autostart":            doAutostart,
	"do nonsense":             doNonsense,
	"settings":                settings,
	"settings refused":        settingsRefused,
	"settings by hand":        settingsByHand,
	"projects":                projects,
	"plan":                    plan,
	"plan stale":              planStale,
	"plan refused":            planRefused,
	"inspect":                 inspect,
	"scan":                    scan,
	"scan fix":                scanFix,
	"scan refused":            scanRefused,
	"import":                  imports,
	"H16 import refused":      importRefused,
	"make token":              makeToken,
	"N06 second factor":       secondFactor,
	"rotate token":            rotateToken,
	"access tokens refused":   tokensRefused,
	"discover":                discover,
	"discover refused":        discoverRefused,
	"due":                     due,
	"grant":                   grant,
	"grant refused":           grantRefused,
	"J11 grant while locked":  grantLocked,
	"A06 grant in bad folder": grantUnsafe,
	"keep":                    keep,
	"H16 keep that fails":     keepFails,
	"H01 keep without ring":   keepNoKeyring,
	"prove":                   prove,
	"prove refused":           proveRefused,
	"concurrent":              concurrent,
	"cancelled":               cancelled,
	"quit":                    quit,
	"ended":                   ended,
}

// bare are the cases on a machine that lacks things.
var bare = map[string]func(t *testing.T, r Rig){
	"no window":    noWindow,
	"no autostart": noAutostart,
}

// Run runs every case against rigs that open makes.
func Run(t *testing.T, open Opener) {
	for lacking, all := range map[bool]map[string]func(*testing.T, Rig){false: cases, true: bare} {
		for name, run := range all {
			t.Run(name, func(t *testing.T) {
				r := open(t, lacking)
				ear := &ear{Agent: r.Agent}
				r.Agent = ear
				run(t, r)
				ear.search(t, append(r.World.Secrets(), wrongPassphrase, wrongPassword))
			})
		}
	}
}
