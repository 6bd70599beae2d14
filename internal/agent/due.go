package agent

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/yarnrc"
)

// Due implements api.Agent.
func (a *Agent) Due(ctx context.Context, req api.DueRequest) ([]api.Session, error) {
	if !filepath.IsAbs(req.Dir) {
		return nil, &api.Error{Code: api.CodeUsage, Cause: "the folder must be an absolute path"}
	}
	if !injection.Reaches(req.Manager, req.Args) {
		return []api.Session{}, nil
	}
	// What the project names is only compared with the sessions that there are.
	var named []registry.URL
	for _, f := range a.linesAround(a.around(req.Dir)) {
		for _, r := range f.registries() {
			if u, err := registry.Parse(r.URL); err == nil {
				named = append(named, u)
			}
		}
	}
	if u, err := registry.Parse(injection.RegistryFlag(req.Args)); err == nil {
		named = append(named, u)
	}
	return ask(ctx, a, func() ([]api.Session, error) { return a.core.due(named), nil })
}

// due lists the sessions that are over and that a command would talk to which uses the registries of the
// user's own files and these.
func (c *core) due(named []registry.URL) []api.Session {
	now, out := c.now(), []api.Session{}
	needed := map[registry.URL]bool{}
	for _, u := range append(named, c.usersRegistries()...) {
		needed[u] = true
	}
	for _, e := range c.ordered() {
		if needed[e.Registry] && c.renewable(e) && e.over(now) && !now.Before(e.Ladder.Snoozed) {
			e.Used = now
			c.touch()
			out = append(out, c.viewSession(e))
		}
	}
	return out
}

// renewable reports whether shells may be held up to renew e before a command: there was a session, the
// user did not lock it away or mute it, and the settings want it.
func (c *core) renewable(e *entry) bool {
	return c.settings.Renew && c.open() && e.Held && e.Fingerprint != "" && !e.Muted
}

// usersRegistries are those that the user's own files send packages to; npm's public one where no file
// says otherwise.
func (c *core) usersRegistries() (out []registry.URL) {
	standard := false
	for _, f := range c.files {
		if f.level == api.LevelProject {
			continue
		}
		for _, r := range f.regs {
			if u, err := registry.Parse(r.URL); err == nil {
				out = append(out, u)
				standard = standard || r.Scope == "" && f.level != api.LevelYarn
			}
		}
	}
	if !standard {
		out = append(out, registry.Public)
	}
	return out
}

// defaultRegistry is where the user's packages come from where nothing else is said, as npm reads it: the user's own
// file before the machine's, else npm's public one.
func (c *core) defaultRegistry() registry.URL {
	for _, level := range []api.Level{api.LevelUser, api.LevelGlobal} {
		for _, path := range slices.Sorted(maps.Keys(c.files)) {
			f := c.files[path]
			for _, r := range f.regs {
				if u, err := registry.Parse(r.URL); err == nil && f.level == level && r.Scope == "" {
					return u
				}
			}
		}
	}
	return registry.Public
}

// dueAt says from when on the hooks should ask whether a session is to be renewed: the first end among
// those that were used lately, and whether that has come.
func (c *core) dueAt() injection.Due {
	now := c.now()
	var d injection.Due
	for _, e := range c.sessions {
		if !c.renewable(e) || now.Sub(e.Used) > stillUsed {
			continue
		}
		end := e.life().End
		switch {
		case e.over(now) && now.Before(e.Ladder.Snoozed):
			end = e.Ladder.Snoozed
		case e.over(now):
			d.Over = true
		}
		if !end.IsZero() && (d.At.IsZero() || end.Before(d.At)) {
			d.At = end
		}
	}
	return d
}

// stillUsed is how long after its last use a session that is over still holds commands up.
const stillUsed = 7 * 24 * time.Hour

// registries are those that the file names.
func (f nearFile) registries() []npmrc.ScopedRegistry {
	switch f.name {
	case ".npmrc":
		return npmrc.Parse(f.data).Registries()
	case ".yarnrc.yml":
		if y, err := yarnrc.Parse(f.data); err == nil {
			return y.Registries()
		}
	}
	return nil
}
