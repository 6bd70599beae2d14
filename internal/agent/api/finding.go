package api

import (
	"fmt"

	"github.com/sandglass-dev/sandglass/internal/domain/hostile"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/lint"
)

// Severity is how much a finding matters.
type Severity string

// The severities, in order.
const (
	SeverityInfo    Severity = "info"
	SeverityWarning Severity = "warning"
	SeverityError   Severity = "error"
)

// Finding is something worth telling: what is wrong, where, what to do, and the action that does it.
// Its texts are in the catalogues under "finding.<code>.title", ".text" and ".hint"; Args fill them.
type Finding struct {
	Code     string            `json:"code"` // stable, lower-case, with dashes
	Severity Severity          `json:"severity"`
	Registry string            `json:"registry,omitempty"`
	File     string            `json:"file,omitempty"`
	Line     int               `json:"line,omitempty"`
	Args     map[string]string `json:"args,omitempty"` // never a secret
	Action   *Action           `json:"action,omitempty"`
}

// The finding codes of the agent.
const (
	FindingKeyringAbsent   = "keyring-absent"     // no keyring answers: secrets live in memory only
	FindingKeyringLocked   = "keyring-locked"     // it answers but is locked
	FindingKeyringSlow     = "keyring-slow"       // a call ran into its time limit
	FindingLiteral         = "literal-credential" // a secret stands in a file; Move puts a placeholder there
	FindingProjectLiteral  = "project-literal"    // the same in a project's file, where it beats every login
	FindingClassic         = "classic-token"      // a classic npm token: dead since December 2025
	FindingFileUnreadable  = "file-unreadable"    // a config file cannot be read or is not text
	FindingFileChanged     = "file-not-written"   // our line could not be put into the file
	FindingWatchPolling    = "watch-polling"      // the system's table of watches is full: looking every 2 s instead
	FindingClockSkew       = "clock-skew"         // this machine's clock is off by more than a minute
	FindingEnvFile         = "env-file"           // the env file cannot be written
	FindingSharedVariable  = "shared-variable"    // one name stands for two registries
	FindingKnownVariable   = "known-variable"     // a name that everyone knows carries the credential
	FindingKeptVariable    = "kept-variable"      // a name that others can guess carries a credential that is no session
	FindingInsecure        = "insecure-registry"  // http to a host that is not this machine
	FindingNoTray          = "no-tray"            // this desktop shows no tray icons
	FindingNoNotices       = "no-notices"         // no notification service answers
	FindingSettings        = "settings-invalid"   // settings.toml has a line that cannot be used
	FindingLogin           = "login-failed"       // the last login did not work
	FindingNoLine          = "no-line"            // no config file refers to the session's variable; Move adds the line
	FindingStaleLiteral    = "stale-literal"      // an older session stands in a file and beats the present one
	FindingNoHook          = "no-hook"            // placeholders stand for a session, and no shell loads it
	FindingFileMode        = "file-mode"          // of a plan: in which files the session will stand
	FindingOtherCredential = "other-credential"   // two files hold different credentials for one registry
	FindingStateWrite      = "state-unwritable"   // state.json cannot be written: a restart would forget
	FindingState           = "state-unreadable"   // state.json was damaged and set aside
	FindingStaleEnv        = "stale-environment"  // a program was started with a session that is not the present one
	FindingDesktopEnv      = "desktop-env"        // the desktop's environment cannot be set
	FindingLeakTracked     = "leak-tracked"       // a secret stands in a project's file that git tracks, or would take
	FindingHookShared      = "hook-shared"        // of a plan: the hook that is edited is that of other repositories too
	FindingUPMMoved        = "upm-moved"          // of a plan: Unity reads its credential from this file alone
	FindingEnvMoved        = "env-moved"          // of a plan: what reads the variable from this file no longer finds it
	FindingMovedTo         = "moved-to"           // of a plan: for which registry a credential is kept that a project's file has
)

// The warnings of a plan, told as findings. Package injection says when.
const (
	FindingHelperPath = injection.WarnHelperPath
	FindingHelperOld  = injection.WarnHelperOld
	FindingExecOnly   = injection.WarnExecOnly
)

// What a project's files may be told for. Packages hostile and lint say when.
const (
	FindingHostileRegistry        = hostile.Registry
	FindingHostileAddress         = hostile.Address
	FindingHostileLookalike       = hostile.Lookalike
	FindingHostileVariable        = hostile.Variable
	FindingHostileUserConfig      = hostile.UserConfig
	FindingHostileGlobalConfig    = hostile.GlobalConfig
	FindingHostileProxy           = hostile.Proxy
	FindingHostileTLS             = hostile.TLS
	FindingHostileMore            = hostile.More
	FindingHostileHelper          = hostile.Helper
	FindingHostileProgram         = hostile.Program
	FindingHostileYarnPath        = hostile.YarnPath
	FindingHostileEnv             = hostile.Env
	FindingHostileLockfile        = hostile.Lockfile
	FindingHostileUnreadable      = hostile.Unreadable
	FindingLintProjectPlaceholder = lint.ProjectPlaceholder
	FindingLintDefault            = lint.Default
	FindingLintOptional           = lint.Optional
	FindingLintUnset              = lint.Unset
	FindingLintStaleProject       = lint.StaleProject
	FindingLintSection            = lint.Section
	FindingLintSlash              = lint.Slash
	FindingLintPort               = lint.Port
	FindingLintEnvYarn            = lint.EnvYarn
	FindingLintEmail              = lint.Email
	FindingLintUnscoped           = lint.Unscoped
	FindingLintAlwaysAuth         = lint.AlwaysAuth
)

// Error is a failure told to a face. Its texts are in the catalogues under "error.<code>" and
// "error.<code>.hint"; Args fill them.
type Error struct {
	Code  string            `json:"code"`
	Args  map[string]string `json:"args,omitempty"`
	Cause string            `json:"cause,omitempty"` // technical, English, cleaned of secrets
}

// Error implements error for logs; people get the catalogue's text.
func (e *Error) Error() string {
	if e.Cause != "" {
		return fmt.Sprintf("%s: %s", e.Code, e.Cause)
	}
	return e.Code
}

// The error codes. The command line turns each into one exit code.
const (
	CodeInternal    = "internal"         // exit 1
	CodeUsage       = "usage"            // 2
	CodeURL         = "registry-url"     // 2: not a registry URL
	CodeUnknown     = "unknown-registry" // 2: no such registry here
	CodeEnded       = "session-ended"    // 3
	CodeNone        = "not-signed-in"    // 3
	CodeCancelled   = "cancelled"        // 4
	CodeDenied      = "denied"           // 4: the registry or the user said no
	CodeOTP         = "otp-needed"       // 4: a one-time password is asked for
	CodeNetwork     = "network"          // 5
	CodeNoWebLogin  = "no-web-login"     // 5: log in by name and password instead
	CodeLoginExpire = "login-expired"    // 5: the login page was not completed in time
	CodeBadAnswer   = "registry-answer"  // 5: the registry's answer makes no sense
	CodeKeyring     = "keyring"          // 6
	CodePassphrase  = "passphrase"       // 6: the encrypted file does not open with it
	CodeUnsafe      = "unsafe"           // 7: refused
	CodePartly      = "partly"           // 8
	CodeNoAgent     = "no-agent"         // 1: the agent does not run and could not be started
	CodeNoWindow    = "no-window"        // 1: there is no window on this machine, or it could not start
	CodeNoAutostart = "no-autostart"     // 1: starting with the desktop cannot be changed here
	CodeStale       = "plan-stale"       // 1: files changed since the plan was made
	CodeFile        = "file"             // 1: a file could not be read or written
	CodeNoLog       = "no-log"           // 1: npm has written no log, or none that can be found
	CodeNoFailure   = "no-failure"       // 1: nothing in the text tells of a failure
	CodeFolder      = "no-folder"        // 2: there is no such folder
	CodeWhole       = "whole-disk"       // 2: the folder is a whole file system, and nobody said that this is meant
	CodeNoGit       = "no-git"           // 1: this is no git repository, or there is no git
	CodeHookTool    = "hook-tool"        // 1: another tool writes the hook; the command belongs in that tool's config
	CodeHookOff     = "hook-off"         // 1: the hook is there, but nobody may run it
	CodeHookScript  = "hook-script"      // 1: the hook is no shell script
	CodeNoTokens    = "no-token-list"    // 5: the registry has no list of access tokens
	CodeNoToken     = "no-access-token"  // 2: no access token of that name, or several
	CodeSpec        = "access-spec"      // 2: an access token cannot be made so; Args Problem is the code, with its own
	CodePassword    = "password-needed"  // 4: the registry wants the account's password
	CodeNoKept      = "no-kept"          // 2: nothing of that name is kept
	CodeNoJob       = "no-job"           // 2: nothing of that name is under way
	CodeInUse       = "token-in-use"     // 4: a file here still holds the access token that is to be revoked, or (Args Sign) something here could wait for that; asking again revokes it
	CodeMove        = "not-moved"        // 1: a credential cannot be taken out of its line; Args Why is an import.left code
)
