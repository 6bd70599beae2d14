// Package api holds the values that cross between the agent and its faces (command line, tray,
// window). They are plain and immutable: a face gets a Snapshot, draws it, and asks for changes by
// the calls of Agent. No value here can hold a secret but the one called Grant, and it has no
// representation that prints it.
//
// Texts do not cross: a Finding, an Error and a Session carry codes and arguments, and every face
// renders them in its user's language from the catalogues.
package api

import (
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Schema is the version of Snapshot's JSON, told in every --json output.
const Schema = 1

// Snapshot is all that a face shows. Never change one; ask for another.
type Snapshot struct {
	Schema   int           `json:"schema_version"`
	Version  uint64        `json:"version"` // grows with every change
	At       time.Time     `json:"at"`
	Agent    AgentInfo     `json:"agent"`
	Sessions []Session     `json:"sessions"` // the one that ends first comes first, ended ones before running ones
	Findings []Finding     `json:"findings"`
	Files    []WatchedFile `json:"files"`
	Paused   time.Time     `json:"paused_until,omitzero"` // notices are held back until then
	Locked   bool          `json:"locked"`                // env files are empty on purpose
	Settings Settings      `json:"settings"`
	Uses     []Use         `json:"uses"`     // the newest 50, newest first
	Projects []Project     `json:"projects"` // the watched folders, and those found below Settings.Roots, by path

	// MoreProjects is how many were found beside those in Projects.
	MoreProjects int `json:"more_projects,omitempty"`

	Kept  []Kept      `json:"kept"`        // credentials in the keyring that are no sessions, the newest first
	Jobs  []TokenJob  `json:"jobs"`        // changes of access tokens that are not over
	Notes []TokenNote `json:"token_notes"` // what the user has said of access tokens
	Soon  []TokenSoon `json:"tokens_soon"` // access tokens that end within 90 days, and serious marks, as last told

	Shells   []Shell             `json:"shells"`   // that this user has
	Managers []injection.Manager `json:"managers"` // package managers that were found

	// Default is the registry (canonical URL) that packages come from where nothing else is said: what a login
	// without a name is for as long as no session is known.
	Default string `json:"default_registry"`
}

// Shell is a shell that this user has.
type Shell struct {
	Name   string `json:"name"`   // bash, zsh, fish, pwsh, nu
	Hooked bool   `json:"hooked"` // it loads the sessions
}

// AgentInfo says which agent answered.
type AgentInfo struct {
	Version string    `json:"version"`
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Tray    bool      `json:"tray"`    // a tray host shows the icon
	Notices bool      `json:"notices"` // a notification service answers
	Store   Store     `json:"store"`
	Demo    bool      `json:"demo,omitempty"`
	Dir     string    `json:"runtime_dir"` // where env files and the generation file lie

	Settings  string `json:"settings_file"`
	Log       string `json:"log_dir"`
	Autostart bool   `json:"autostart"` // the desktop starts the agent when the user logs in
	Startable bool   `json:"startable"` // that can be changed here
}

// Store is where secrets are kept.
type Store string

// The stores.
const (
	StoreKeyring Store = "keyring" // the OS keyring
	StoreFile    Store = "file"    // an encrypted file, because the user chose it
	StoreMemory  Store = "memory"  // this process only, because no keyring answers
)

// State is where a session stands.
type State string

// The states, one icon each.
const (
	StateRunning State = "running"
	StateEnding  State = "ending"  // inside the last quarter
	StateEnded   State = "ended"   // over, or refused by the registry
	StateUnknown State = "unknown" // alive, end not known
	StateOffline State = "offline" // the registry does not answer; the end still counts
	StateLocked  State = "locked"  // the keyring or the user's Lock holds it back
	StateNone    State = "none"    // known registry, no credential yet
)

// Lifetime is how a session's end is known.
type Lifetime string

// The lifetimes.
const (
	LifetimeTold    Lifetime = "told"    // the credential or the registry says it
	LifetimeLearned Lifetime = "learned" // measured here on earlier sessions
	LifetimeAssumed Lifetime = "assumed" // the registry's published policy
	LifetimeUnknown Lifetime = "unknown"
)

// Session is one credential of one account on one registry, as far as it may be shown.
type Session struct {
	Registry    string     `json:"registry"` // canonical URL; the session's name in every call
	Name        string     `json:"name"`     // what a person calls the registry
	Account     string     `json:"account,omitempty"`
	Kind        token.Kind `json:"kind"`
	State       State      `json:"state"`
	Started     time.Time  `json:"started,omitzero"`
	Ends        time.Time  `json:"ends,omitzero"`
	Lifetime    Lifetime   `json:"lifetime"`
	Length      int64      `json:"lifetime_seconds,omitempty"`      // how long such a session lasts
	Learned     int        `json:"lifetime_observations,omitempty"` // sessions measured here
	Probed      time.Time  `json:"probed,omitzero"`                 // last answer of /-/whoami
	Used        time.Time  `json:"used,omitzero"`
	Variables   []string   `json:"variables"` // env names that carry it
	Places      []Place    `json:"places"`    // where it stands in files
	Login       *Login     `json:"login,omitempty"`
	Fingerprint string     `json:"fingerprint,omitempty"`
	Muted       bool       `json:"muted,omitempty"`

	Mode injection.Mode `json:"mode"` // how it reaches the tools
}

// Left is the time left at now, never below zero; 0 where the end is unknown.
func (s Session) Left(now time.Time) time.Duration {
	if s.Ends.IsZero() {
		return 0
	}
	return max(0, s.Ends.Sub(now))
}

// Share is the part of the life that is left at now, 0 to 1.
func (s Session) Share(now time.Time) float64 {
	whole := s.Ends.Sub(s.Started)
	if s.Ends.IsZero() || whole <= 0 {
		return 0
	}
	return min(1, float64(s.Left(now))/float64(whole))
}

// Place is where a credential or its placeholder stands.
type Place struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Level    Level  `json:"level"`
	Literal  bool   `json:"literal"`            // the secret itself stands there
	Variable string `json:"variable,omitempty"` // the placeholder's name
}

// Level is what a config file is to the package managers.
type Level string

// The levels.
const (
	LevelUser    Level = "user"
	LevelGlobal  Level = "global"
	LevelPnpm    Level = "pnpm" // pnpm's auth.ini
	LevelYarn    Level = "yarn" // yarn's .yarnrc.yml in the home folder
	LevelProject Level = "project"
)

// WatchedFile is a config file that the agent keeps an eye on.
type WatchedFile struct {
	Path    string `json:"path"`
	Level   Level  `json:"level"`
	Exists  bool   `json:"exists"`
	Polling bool   `json:"polling,omitempty"` // watched by looking, since the system cannot notify
}

// LoginState is where a login stands.
type LoginState string

// The login states, in order.
const (
	LoginStarting LoginState = "starting" // asking the registry for a login page
	LoginWaiting  LoginState = "waiting"  // the page is open, the user is at it
	LoginDone     LoginState = "done"
	LoginFailed   LoginState = "failed"
)

// Login is a login under way.
type Login struct {
	Registry string     `json:"registry"`
	State    LoginState `json:"state"`
	URL      string     `json:"url,omitempty"`  // the login page; no secret, but good for one login only
	Host     string     `json:"host,omitempty"` // the page's host, for the user to check
	Browser  bool       `json:"browser"`        // a browser was started on it
	Since    time.Time  `json:"since"`
	Error    *Error     `json:"error,omitempty"`
}

// LoginRequest asks for a login.
type LoginRequest struct {
	Registry  string `json:"registry"`             // URL; empty means the session that needs it most, else npm
	NoBrowser bool   `json:"no_browser,omitempty"` // only tell the page's address
	Unseen    bool   `json:"unseen,omitempty"`     // a program asks, not a person: once in a while, and no page is opened twice
	Couch     *Couch `json:"-"`                    // log in by name and password instead
}

// Couch is a login by name and password, for registries that have no login page.
type Couch struct {
	Name     string
	Password token.Secret
	OTP      token.Secret // one-time password, if the registry asked for one
}

// GrantUse is what a secret is handed out for.
type GrantUse string

// The uses.
const (
	UseExec   GrantUse = "exec"
	UseEnv    GrantUse = "env"
	UseHelper GrantUse = "helper"
	UseEnsure GrantUse = "ensure"
	UseCopy   GrantUse = "copy" // to the clipboard, for half a minute
	UseShow   GrantUse = "show" // on the screen, for a few seconds
	UseEmit   GrantUse = "emit" // to a program that stores it: a CI service's
)

// GrantRequest asks for credentials.
type GrantRequest struct {
	Use      GrantUse `json:"use"`
	Registry string   `json:"registry,omitempty"` // empty: every live session
	Kept     string   `json:"kept,omitempty"`     // one of Snapshot.Kept instead of a session; for UseCopy, UseShow and UseEmit
	Program  string   `json:"program"`            // what it is for, as the user knows it
	Dir      string   `json:"dir,omitempty"`      // where it runs, absolute: UseHelper gives nothing where the files there would lead it astray
}

// Grant is the one value that carries secrets. The ipc adapter alone knows how to write it down.
type Grant struct {
	Items []GrantItem
}

// GrantItem is one credential on its way out.
type GrantItem struct {
	Registry  string
	Key       string   // //host/path/
	Variables []string // env names that stand for it
	Secret    token.Secret
	Ends      time.Time
}

// Use is the record of a grant.
type Use struct {
	At         time.Time `json:"at"`
	Use        GrantUse  `json:"use"`
	Program    string    `json:"program"` // what it calls itself
	PID        int       `json:"pid,omitempty"`
	Executable string    `json:"executable,omitempty"` // of the process that asked, as the system tells it
	Registry   string    `json:"registry"`
}

// Verb names a small change of state.
type Verb string

// The verbs.
const (
	VerbPause   Verb = "pause"   // hold back notices until Until
	VerbResume  Verb = "resume"  // tell notices again
	VerbLock    Verb = "lock"    // empty the env files and forget what is in memory
	VerbUnlock  Verb = "unlock"  // fill them again
	VerbMove    Verb = "move"    // agree that literals in the user's files become placeholders
	VerbForget  Verb = "forget"  // drop Registry from the list; nothing is revoked
	VerbCancel  Verb = "cancel"  // stop the login to Registry
	VerbSnooze  Verb = "snooze"  // tell again about Registry at Until
	VerbMute    Verb = "mute"    // no notices about Registry
	VerbUnmute  Verb = "unmute"  //
	VerbProbe   Verb = "probe"   // ask every registry now
	VerbRescan  Verb = "rescan"  // read every file now
	VerbWatch   Verb = "watch"   // Path is a project folder to keep an eye on
	VerbUnwatch Verb = "unwatch" //
	VerbSet     Verb = "set"     // replace the settings by Settings
	VerbShow    Verb = "show"    // bring up the window
	VerbQuit    Verb = "quit"    // empty the env files and end
	VerbFix     Verb = "fix"     // Plan with the finding in SetupRequest.Fixes shows the edit, Apply makes it

	VerbDrop   Verb = "drop"   // forget the credential of Snapshot.Kept that ID names; it is not revoked
	VerbNote   Verb = "note"   // put Note to the others, or in the place of the one with its ID
	VerbUnnote Verb = "unnote" // forget the note that ID names

	VerbAutostart   Verb = "autostart"    // start with the desktop from now on
	VerbNoAutostart Verb = "no-autostart" // and no longer
)

// Room is a room of the window.
type Room string

// The rooms, in the order of the rail, and the first run.
const (
	RoomSessions Room = "sessions"
	RoomTokens   Room = "tokens"
	RoomProjects Room = "projects"
	RoomPublish  Room = "publish"
	RoomFindings Room = "findings"
	RoomSettings Room = "settings"
	RoomSetup    Room = "setup" // not in the rail: the first run, and from the settings
)

// Rooms are those of the rail, from top to bottom.
var Rooms = []Room{RoomSessions, RoomTokens, RoomProjects, RoomPublish, RoomFindings, RoomSettings}

// Action is a verb with its arguments.
type Action struct {
	Verb     Verb       `json:"verb"`
	Registry string     `json:"registry,omitempty"`
	Path     string     `json:"path,omitempty"`
	Until    time.Time  `json:"until,omitzero"`
	Settings *Settings  `json:"settings,omitempty"`
	ID       string     `json:"id,omitempty"`
	Note     *TokenNote `json:"note,omitempty"`
	Room     Room       `json:"room,omitempty"` // of VerbShow; empty: as the window is, or the sessions
}

// Settings are the user's choices, kept in settings.toml.
type Settings struct {
	Language    string   `json:"language" toml:"language"`           // "", "en" or "ja"; empty follows the system
	Move        bool     `json:"move" toml:"move"`                   // literals may become placeholders
	EmptyOnLock bool     `json:"empty_on_lock" toml:"empty_on_lock"` // env files are empty while the screen is locked
	Notices     bool     `json:"notices" toml:"notices"`             // desktop notifications
	Store       Store    `json:"store" toml:"store"`                 // StoreKeyring, or StoreFile if the user chose it
	Projects    []string `json:"projects" toml:"projects"`           // project folders to watch
	Roots       []string `json:"roots" toml:"roots"`                 // folders below which projects are found
	LogLevel    string   `json:"log_level" toml:"log_level"`         // debug, info, warn, error

	// DefaultMode is how credentials reach the tools, and Modes of which registries (canonical URLs) they do otherwise.
	DefaultMode injection.Mode            `json:"mode" toml:"mode"`
	Modes       map[string]injection.Mode `json:"modes" toml:"modes"`
	// Renew lets the shells' hooks renew a session that is over before they run a command that needs it.
	Renew bool `json:"renew_before_need" toml:"renew_before_need"`
	// DesktopEnv gives the variables to programs that the desktop starts, too.
	DesktopEnv bool `json:"desktop_env" toml:"desktop_env"`

	// Quiet is a daily span without notices, as "22:00-08:00" in local time; "" is none.
	Quiet string `json:"quiet_hours" toml:"quiet_hours"`
	// Animations lets the sand fall in the window, unless the system asks for reduced motion.
	Animations bool `json:"animations" toml:"animations"`
	// Explain tells what is behind it when npm fails in a watched project for want of a login or a right.
	Explain bool `json:"explain" toml:"explain"`
	// Welcomed says that the first run was gone through, or skipped.
	Welcomed bool `json:"welcomed" toml:"welcomed"`
}

// Mode is how the credential of a registry reaches the tools.
func (s Settings) Mode(registry string) injection.Mode {
	if m := s.Modes[registry]; m != "" {
		return m
	}
	return s.DefaultMode
}

// DefaultSettings are in force where the file says nothing.
func DefaultSettings() Settings {
	return Settings{Notices: true, Store: StoreKeyring, LogLevel: "info", Renew: true, DefaultMode: injection.ModeEnv, Animations: true}
}

// StateAt is where the session stands at now. A snapshot may be older than the moment that counts:
// the end comes though nobody asked anything.
func (s Session) StateAt(now time.Time) State {
	switch s.State {
	case StateNone, StateLocked, StateEnded:
		return s.State
	}
	stage := session.Life{Start: s.Started, End: s.Ends}.Stage(now)
	switch {
	case stage == session.Ended:
		return StateEnded
	case s.State == StateOffline:
		return StateOffline
	case stage == session.Unknown:
		return StateUnknown
	case stage == session.Ending:
		return StateEnding
	}
	return StateRunning
}
