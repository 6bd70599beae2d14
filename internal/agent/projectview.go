package agent

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/effective"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// viewProjects are the watched and the found folders. What was shown is shown again as long as folders and sessions are the same.
func (c *core) viewProjects() []api.Project {
	now := c.now()
	var key strings.Builder
	for _, e := range c.ordered() {
		if e.alive(now) && c.open() {
			key.WriteString(e.Registry.String() + " " + e.Fingerprint + " " + strings.Join(e.names(), " ") + "\n")
		}
	}
	if c.shownProjects == nil || c.shownKey != key.String() {
		c.shownKey, c.shownProjects = key.String(), []api.Project{}
		for _, p := range slices.Concat(c.projects, c.foundProjects) {
			c.shownProjects = append(c.shownProjects, c.viewProject(p))
		}
		slices.SortFunc(c.shownProjects, func(x, y api.Project) int { return strings.Compare(x.Dir, y.Dir) })
	}
	return c.shownProjects
}

func (c *core) viewProject(p project) api.Project {
	v := p.view
	v.Findings = append(slices.Clip(v.Findings), p.tracked...)
	v.Scopes = make([]api.Scope, len(p.scopes))
	for i, s := range p.scopes {
		v.Scopes[i] = api.Scope{Scope: s.Scope, Registry: s.Registry, Name: s.Name, File: s.File, Line: s.Line, Credentials: make([]api.Credential, len(s.Credentials))}
		for j, cred := range s.Credentials {
			v.Scopes[i].Credentials[j] = c.viewCredential(s, cred)
		}
	}
	return v
}

func (c *core) viewCredential(s effective.Scope, cred effective.Credential) api.Credential {
	v := api.Credential{
		Manager: strings.TrimSpace(cred.Manager + " " + cred.Version), Registry: cred.Registry, Source: api.Source(cred.Source), Key: printable(cred.Key), File: cred.File, Line: cred.Line,
		Level: levelShown(cred.Level), Variable: cred.Variable, Live: c.live(s, cred),
	}
	if h := cred.Hides; h != nil {
		v.Hides = &api.Place{File: h.File, Line: h.Line, Level: levelShown(h.Level), Literal: h.Literal, Variable: h.Variable}
	}
	return v
}

// levelShown is a level as the faces know it.
func levelShown(l effective.Level) api.Level {
	if l == effective.LevelWorkspace || l == effective.LevelAbove {
		return api.LevelProject
	}
	return api.Level(l)
}

// live reports whether what a credential stands for is a session that runs.
func (c *core) live(s effective.Scope, cred effective.Credential) bool {
	address := cred.Registry
	if address == "" {
		address = s.Registry
	}
	u, err := registry.Parse(address)
	e := c.sessions[u]
	if err != nil || e == nil || !e.alive(c.now()) || !c.open() {
		return false
	}
	switch cred.Source {
	case effective.SourceLiteral:
		return cred.Fingerprint == e.Fingerprint
	case effective.SourcePlaceholder:
		return !cred.Unset && slices.Contains(e.names(), cred.Variable)
	case effective.SourceHelper:
		return true
	}
	return false
}
