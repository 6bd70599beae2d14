package api

import (
	"slices"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Project is a watched folder: what its config files ask for, and what each package manager would use there.
type Project struct {
	Dir      string    `json:"dir"`
	Missing  bool      `json:"missing,omitempty"` // there is no such folder
	Found    bool      `json:"found,omitempty"`   // it is not among Settings.Projects, but was found below Settings.Roots
	Files    []string  `json:"files"`             // config files of the project that exist, its own before those above it
	Scopes   []Scope   `json:"scopes"`            // the default registry first
	Findings []Finding `json:"findings"`          // about this project's files

	// OwnScope is that of the package that the project is, where its manifest names one: "@acme".
	OwnScope string `json:"own_scope,omitempty"`
}

// ScopesOf are the scopes whose packages the project has from a registry, its own among them. They are what its files
// say: to be suggested, not to be acted on.
func (p Project) ScopesOf(registry string) (scopes []string) {
	own := "" // where the project's own scope comes from
	for _, s := range p.Scopes {
		if s.Scope == p.OwnScope || s.Scope == "" && own == "" {
			own = s.Registry
		}
		if s.Scope != "" && s.Registry == registry && !slices.Contains(scopes, s.Scope) {
			scopes = append(scopes, s.Scope)
		}
	}
	if p.OwnScope != "" && own == registry && !slices.Contains(scopes, p.OwnScope) {
		scopes = append(scopes, p.OwnScope)
	}
	return scopes
}

// Scope is what packages of one scope come from.
type Scope struct {
	Scope       string       `json:"scope"`          // "@acme", "" for all others
	Registry    string       `json:"registry"`       // canonical URL
	Name        string       `json:"name"`           // what a person calls the registry
	File        string       `json:"file,omitempty"` // where that stands; empty: the package manager's own default
	Line        int          `json:"line,omitempty"`
	Credentials []Credential `json:"credentials"` // one for each package manager
}

// Credential is what a package manager would send to a registry from a folder.
type Credential struct {
	Manager  string `json:"manager"`
	Registry string `json:"registry,omitempty"` // canonical URL, where this manager would ask another one
	Source   Source `json:"source"`
	Key      string `json:"key,omitempty"` // the setting's name, such as //registry.example.com/:_authToken
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Level    Level  `json:"level,omitempty"`
	Variable string `json:"variable,omitempty"` // the placeholder's name
	Live     bool   `json:"live"`               // what it stands for is a session that runs
	Hides    *Place `json:"hides,omitempty"`    // the line that this one beats
}

// Source is where a credential comes from.
type Source string

// The sources.
const (
	SourceNone        Source = "none"        // nothing is sent
	SourceLiteral     Source = "literal"     // the secret itself stands in the file
	SourcePlaceholder Source = "placeholder" // ${NAME} stands there
	SourceHelper      Source = "helper"      // a program is asked
	SourceIgnored     Source = "ignored"     // a line is there, and this manager does not read it
	SourceUnreadable  Source = "unreadable"  // a file that counts cannot be read
)

// KeepRequest says where secrets are to be kept from now on.
type KeepRequest struct {
	Store      Store
	Passphrase token.Secret // for StoreFile: opens the file, and is set by the first use
}

// ProveRequest asks for a proof that a shell has what it needs.
type ProveRequest struct {
	Shell    string `json:"shell"`              // one of Snapshot.Shells
	Registry string `json:"registry,omitempty"` // empty: the session that lives longest
}

// Proof is what a fresh shell answered.
type Proof struct {
	Shell   string `json:"shell"`
	Command string `json:"command"` // what was typed there
	Account string `json:"account,omitempty"`
	Answer  string `json:"answer,omitempty"` // its last words, cleaned of secrets, where it did not work
	OK      bool   `json:"ok"`
}
