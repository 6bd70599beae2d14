package effective

import (
	"cmp"
	"slices"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// Level is what a config file is to the package managers.
type Level string

// The levels.
const (
	LevelProject   Level = "project"   // in the folder itself
	LevelWorkspace Level = "workspace" // in the root of the workspace that the folder is a package of
	LevelAbove     Level = "above"     // in another folder above
	LevelUser      Level = "user"      // npm's user config, ~/.bunfig.toml, ~/.yarnrc
	LevelGlobal    Level = "global"
	LevelPnpm      Level = "pnpm" // in pnpm's own config folder
	LevelYarn      Level = "yarn" // yarn's .yarnrc.yml in the home folder
)

// File is a config file that exists.
type File struct {
	Path  string
	Level Level
	Text  []byte
}

// World is what the package managers find.
type World struct {
	// Files are the config files: .npmrc of every level, pnpm's auth.ini and rc, .yarnrc.yml, .yarnrc,
	// bunfig.toml, pnpm-workspace.yaml. Of one level the nearest to the folder comes first.
	Files []File
	// Member says that the folder is a package of a workspace whose root lies above it.
	Member bool
	// Managers are those that the user has. Without any, registries are told as npm sees them.
	Managers []injection.Manager
	// Env reports whether a variable is set. Nil: all are.
	Env func(name string) (set bool)
	// Scopes are told of, too, where no line names them.
	Scopes []string
}

// Scope is what packages of one scope come from.
type Scope struct {
	Scope       string // "@acme", "" for all others
	Registry    string // canonical URL as npm sees it, or the first manager where there is no npm; "" where the file's text does not tell
	Name        string // what a person calls the registry
	File        string // where that stands; "": the package manager's own default
	Line        int
	Credentials []Credential // one for each package manager
}

// Credential is what a package manager would send to a registry from a folder.
type Credential struct {
	Manager     string
	Version     string
	Registry    string // canonical URL, where this manager would ask another one than the Scope's
	Source      Source
	Key         string // the setting's name, with a dot between parts of a path, "" where it is of no one line
	File        string
	Line        int
	Level       Level
	Variable    string // the placeholder's name
	Unset       bool   // the variable's value does not get there: it is not set, or this manager reads it otherwise
	Fingerprint string // of a literal, as token.Secret tells it
	Hides       *Place // the line that this one beats
}

// Place is where a credential or its placeholder stands.
type Place struct {
	File     string
	Line     int
	Level    Level
	Literal  bool
	Variable string
}

// Source is where a credential comes from.
type Source string

// The sources.
const (
	SourceNone        Source = "none"        // nothing is sent
	SourceLiteral     Source = "literal"     // the secret itself stands in the file
	SourcePlaceholder Source = "placeholder" // ${NAME} stands there
	SourceHelper      Source = "helper"      // a program is asked
	SourceIgnored     Source = "ignored"     // a line is there, and this manager does not send what it says
	SourceUnreadable  Source = "unreadable"  // a file that counts cannot be read: the manager stops there
)

// MaxScopes is how many scopes are told at most: a project may be made to keep us busy.
const MaxScopes = 200

// maxScope is how long npm lets the name of a package be, with its scope. Of a longer one there is no package.
const maxScope = 214

// Of tells what package managers would do: the default registry first, then scopes by name.
func Of(w World) []Scope {
	if w.Env == nil {
		w.Env = func(string) bool { return true }
	}
	views := make([]*view, len(w.Managers))
	reference := -1
	for i, m := range w.Managers {
		views[i] = look(w, m)
		if reference < 0 || m.Name == "npm" && w.Managers[reference].Name != "npm" {
			reference = i
		}
	}
	lead := look(w, injection.Manager{Name: "npm"})
	if reference >= 0 {
		lead = views[reference]
	}
	all := w.standing()
	var out []Scope
	for _, name := range w.scopes(append(views, lead)) {
		r := lead.registry(name)
		s := Scope{Scope: name, Registry: r.url.String(), Name: nameOf(r.url), File: r.place.File, Line: r.place.Line}
		for i, m := range w.Managers {
			c := views[i].credential(name, r.url, all)
			c.Manager, c.Version = m.Name, m.Version
			s.Credentials = append(s.Credentials, c)
		}
		out = append(out, s)
	}
	return out
}

// nameOf is what a person calls a registry, "" for none.
func nameOf(u registry.URL) string {
	if u.IsZero() {
		return ""
	}
	return u.Name()
}

// scopes lists the scopes that any of the views knows, and those that are asked for, "" first.
func (w World) scopes(views []*view) []string {
	names := append([]string{""}, w.Scopes...)
	for _, v := range views {
		names = append(names, v.scopes...)
		for name := range v.registries {
			names = append(names, name)
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return len(name) > maxScope })
	slices.SortFunc(names, cmp.Compare)
	names = slices.Compact(names)
	return names[:min(len(names), MaxScopes)]
}
