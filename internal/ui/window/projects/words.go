package projects

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/i18n"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
	"github.com/sandglass-dev/sandglass/internal/ui/window/plan"
)

// sent is what some package managers send to a registry, in words.
type sent struct {
	managers  []string
	text      string
	other     string // the registry that they ask in its place
	at, hides plan.Spot
	bad       bool // installs of private packages fail
}

// rowsOf says for each package manager what it sends. Those that send the same share a row.
func (r *Room) rowsOf(p api.Project, s api.Scope) (rows []sent) {
	for _, c := range s.Credentials {
		row := r.sentBy(p, s, c)
		i := slices.IndexFunc(rows, func(o sent) bool {
			return o.text == row.text && o.other == row.other && o.at == row.at && o.hides == row.hides
		})
		if i < 0 {
			rows, i = append(rows, row), len(rows)
		}
		rows[i].managers = append(rows[i].managers, desk.Plain(c.Manager))
	}
	return rows
}

func (r *Room) sentBy(p api.Project, s api.Scope, c api.Credential) sent {
	row := sent{at: spot(p.Dir, c.File, c.Line)}
	if c.Hides != nil {
		row.hides = spot(p.Dir, c.Hides.File, c.Hides.Line)
	}
	asked := s.Registry
	if c.Registry != "" && c.Registry != s.Registry {
		asked = c.Registry
		row.other = r.d.P.T("projects.other", i18n.Args{"Registry": r.d.NameOf(c.Registry)})
	}
	key := "projects.source." + string(c.Source)
	switch {
	case c.Source == api.SourceNone && asked == registry.Public.String():
		key += ".public"
	case c.Source == api.SourceNone, c.Source == api.SourceUnreadable:
		row.bad = true
	case c.Source == api.SourcePlaceholder && !c.Live:
		key += ".dead"
		row.bad = true
	case c.Source == api.SourceIgnored:
		row.bad = asked != registry.Public.String()
		if c.Level == api.LevelProject && c.Variable != "" {
			key += ".project"
		}
	}
	row.text = r.d.P.T(key, i18n.Args{"Variable": "${" + desk.Plain(c.Variable) + "}"})
	return row
}

func spot(dir, file string, line int) plan.Spot {
	if file == "" {
		return plan.Spot{}
	}
	return plan.Spot{File: file, Line: line, Name: near(dir, file)}
}

// near is a file's name as seen from the project; a file elsewhere has its short path.
func near(dir, file string) string {
	if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return desk.ShortPath(file)
}

// ownWords count the files that count everywhere.
func (r *Room) ownWords() string {
	n := 0
	for _, f := range r.d.Snapshot.Files {
		if f.Exists {
			n++
		}
	}
	return r.d.P.N("projects.own", n)
}

// everywhere reports whether the user's own files are to be listed.
func everywhere(files []api.WatchedFile, search string) bool {
	for _, f := range files {
		if desk.Matches(search, f.Path) {
			return true
		}
	}
	return false
}

// matches reports whether a project has what is searched for: in its path, a scope or a registry.
func matches(p api.Project, search string) bool {
	if strings.TrimSpace(search) == "" {
		return true
	}
	texts := append([]string{p.Dir}, p.Files...)
	for _, s := range p.Scopes {
		texts = append(texts, s.Scope, s.Registry, s.Name)
	}
	return desk.Matches(search, texts...)
}
