package api

import (
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// DiagnoseRequest asks what is behind a failure. What the package manager said was read by the face that has it
// (finding.Read), so that no pasted secret crosses.
type DiagnoseRequest struct {
	Failure  *finding.Failure `json:"failure,omitempty"`  // nil with Latest false: nothing failed yet
	Latest   bool             `json:"latest,omitempty"`   // of the newest log that npm has written
	Package  string           `json:"package,omitempty"`  // @scope/name or name, with @version or without; empty: the failure's
	Registry string           `json:"registry,omitempty"` // empty: the failure's, or the one that the package comes from
	Dir      string           `json:"dir,omitempty"`      // where it failed, absolute; empty: the home folder
	// Defined names the variables that the shell has where it failed. Nil: those that Sandglass gives to shells.
	Defined []string `json:"defined"`
}

// Diagnosis is a verdict and what it was made of.
type Diagnosis struct {
	Verdict  finding.Verdict  `json:"verdict"`
	Evidence finding.Evidence `json:"evidence"`
	Name     string           `json:"name"`              // what a person calls the registry
	Log      string           `json:"log,omitempty"`     // the log that was read
	Finding  *Finding         `json:"finding,omitempty"` // about the line in question, with the action that mends it
}

// Progress is how far something long is.
type Progress struct {
	Done  int    `json:"done"`            // folders, files or commits that were looked at
	Found int    `json:"found"`           // what was looked for
	At    string `json:"at,omitempty"`    // the folder or file that is being looked at
	Total int    `json:"total,omitempty"` // of Done, where it is known
}

// ScanRequest says where to look for credentials that lie about.
type ScanRequest struct {
	Dir     string `json:"dir"`               // absolute
	Staged  bool   `json:"staged,omitempty"`  // only what the next commit would bring, not what the last one has
	History bool   `json:"history,omitempty"` // also what commits have held
	Shell   bool   `json:"shell,omitempty"`   // the user's shell rc files and shell history instead

	// Git says which repository a hook was started for, as git told the hook.
	Git GitPlace `json:"git,omitzero"`
	// Env is, for Shell, what the shell that asks has of ScanVariables.
	Env map[string]string `json:"env,omitempty"`
}

// ScanVariables say where a shell has its files.
var ScanVariables = []string{"ZDOTDIR", "HISTFILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME"}

// GitPlace is what git tells a hook in GIT_DIR, GIT_WORK_TREE and GIT_INDEX_FILE, as absolute paths: a commit of single
// files has an index of its own.
type GitPlace struct {
	Dir      string `json:"dir,omitempty"`
	WorkTree string `json:"work_tree,omitempty"`
	Index    string `json:"index,omitempty"`
}

// LeakState is where a credential lies.
type LeakState string

// The states, the worst first.
const (
	LeakCommitted LeakState = "committed" // in the repository's history
	LeakTracked   LeakState = "tracked"   // in a file that git tracks
	LeakStaged    LeakState = "staged"    // in what the next commit would bring
	LeakUntracked LeakState = "untracked" // in a file that git would take with the next "add"
	LeakIgnored   LeakState = "ignored"   // in a file that git leaves out
	LeakOutside   LeakState = "outside"   // in a file of no repository
)

// Leak is a credential that lies in a file.
type Leak struct {
	File        string     `json:"file"`
	Line        int        `json:"line"`
	State       LeakState  `json:"state"`
	Commit      string     `json:"commit,omitempty"` // with History, the first that is known to hold it, wherever it lies now
	When        time.Time  `json:"when,omitzero"`
	Kind        token.Kind `json:"kind"`
	Form        string     `json:"form"`               // what kind of line it stands in
	Registry    string     `json:"registry,omitempty"` // that its line names
	Masked      string     `json:"masked"`
	Fingerprint string     `json:"fingerprint"`
	Certain     bool       `json:"certain"`           // its checksum or its shape leaves no doubt
	Session     string     `json:"session,omitempty"` // it is the session that Sandglass keeps for this registry
	Kept        string     `json:"kept,omitempty"`    // Snapshot.Kept's name for it
	Fixes       []Fix      `json:"fixes,omitempty"`   // that Plan knows
}

// The repairs of a leak, as codes of a Fix.
const (
	FixIgnore  = "leak-ignore"  // a line in .gitignore
	FixUntrack = "leak-untrack" // git forgets the file, which stays
	FixMove    = "leak-move"    // to the keyring; a placeholder stands where the package managers read one
	FixRevoke  = "leak-revoke"  // no plan: RevokeTokens with the masked form, or Logout for a session
	FixHook    = "guard-hook"   // of SetupRequest: the pre-commit hook; File is the repository's folder
	FixUnhook  = "guard-unhook"
)

// ScanReport is what was found.
type ScanReport struct {
	Root    string   `json:"root,omitempty"` // of the git repository, "" for none
	Leaks   []Leak   `json:"leaks"`
	Files   int      `json:"files"`   // that were looked at
	Commits int      `json:"commits"` // with History
	Unread  []string `json:"unread,omitempty"`
	Hooked  bool     `json:"hooked"`        // the repository's pre-commit hook asks Sandglass
	Cut     bool     `json:"cut,omitempty"` // there was more than is looked at, or told
}

// DiscoverRequest says where to look for projects.
type DiscoverRequest struct {
	Roots []string `json:"roots"`           // absolute, and there; empty: Settings.Roots
	Whole bool     `json:"whole,omitempty"` // a root may be a whole file system
}

// Discovery is what was found. Nothing is watched by being found.
type Discovery struct {
	Projects []FoundProject `json:"projects"`
	Folders  int            `json:"folders"` // that were read
	Unread   []string       `json:"unread,omitempty"`
	Cut      bool           `json:"cut,omitempty"` // there are more than are told
}

// FoundProject is a folder with config files of package managers.
type FoundProject struct {
	Dir     string   `json:"dir"`
	Files   []string `json:"files"`   // their names
	Watched bool     `json:"watched"` // it is among Settings.Projects, or below Settings.Roots
}
