package api

import (
	"time"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Kept is a credential that lies in the keyring and is no session: an access token that was made here, or one that was
// taken over from where it lay about.
type Kept struct {
	ID          string     `json:"id"`                 // its name in every call
	Registry    string     `json:"registry,omitempty"` // canonical URL, empty where nobody knows
	Kind        token.Kind `json:"kind"`
	Name        string     `json:"name,omitempty"`  // at the registry
	Token       string     `json:"token,omitempty"` // its id at the registry
	Masked      string     `json:"masked"`
	Fingerprint string     `json:"fingerprint"`
	Variable    string     `json:"variable,omitempty"` // the environment variable that carries it
	Since       time.Time  `json:"since"`
	Ends        time.Time  `json:"ends,omitzero"`
	Lost        bool       `json:"lost,omitempty"` // the keyring should have it, and has not
	Taken       []Place    `json:"taken"`          // where it stood; a plan with SetupRequest.Restore puts it back there
}

// ImportRequest asks for credentials that could be taken into the keyring, or that some are taken.
type ImportRequest struct {
	Dir       string           `json:"dir,omitempty"`      // a folder whose own files are looked at beside the user's, absolute
	Variables []ImportVariable `json:"-"`                  // of the shell that asks
	Take      []string         `json:"take,omitempty"`     // ids of items: into the keyring with them. Files stay as they are
	Registry  string           `json:"registry,omitempty"` // what they are for, where nothing says it
}

// ImportVariable is a variable with what may be a credential.
type ImportVariable struct {
	Name   string
	Secret token.Secret
}

// ImportReport lists what was found, with what became of it.
type ImportReport struct {
	Items  []ImportItem `json:"items"`
	Unread []string     `json:"unread,omitempty"`
}

// ImportItem is a credential, and all places where it lies.
type ImportItem struct {
	ID       string      `json:"id"` // its fingerprint
	Kind     token.Kind  `json:"kind"`
	Masked   string      `json:"masked"`
	Registry string      `json:"registry,omitempty"` // what it is for, as the user's own files say it, or the place where it lies
	Variable string      `json:"variable,omitempty"` // its name in the environment
	InShell  bool        `json:"in_shell,omitempty"` // the shell that asks has it
	Places   []LeakPlace `json:"places"`
	Kept     string      `json:"kept,omitempty"`    // Snapshot.Kept's name for it
	Session  bool        `json:"session,omitempty"` // it is the session of Registry
	Note     string      `json:"note,omitempty"`    // code: why it is not carried to shells; catalogues: "import.note.<code>"
	Fixes    []Fix       `json:"fixes"`             // FixMove for each place that Plan can clean
}

// LeakPlace is where a credential lies.
type LeakPlace struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Form string `json:"form"`
	Left string `json:"left,omitempty"` // code: why it cannot be taken out of there; catalogues: "import.left.<code>"
}
