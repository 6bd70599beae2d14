package sessions

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/ui/window/desk"
)

// facts are what a snapshot says of one registry outside of its session.
type facts struct {
	managers []string // package managers that read it, with their major versions
	programs []string // others that were given it lately
	shells   []string // that load it
	scopes   []string // of projects that come from it, as "@acme/*"
	projects int      // that ask it
	uses     []api.Use
}

// gather collects the facts of all registries in one go.
func gather(s api.Snapshot) map[string]facts {
	all := map[string]facts{}
	for _, one := range s.Sessions {
		f := facts{managers: managers(one, s.Managers)}
		for _, shell := range s.Shells {
			if shell.Hooked {
				f.shells = append(f.shells, shell.Name)
			}
		}
		all[one.Registry] = f
	}
	for _, p := range s.Projects {
		seen := map[string]bool{}
		for _, scope := range p.Scopes {
			f := all[scope.Registry]
			if !seen[scope.Registry] {
				seen[scope.Registry] = true
				f.projects++
			}
			if name := desk.Plain(scope.Scope) + "/*"; scope.Scope != "" && !slices.Contains(f.scopes, name) {
				f.scopes = append(f.scopes, name)
			}
			all[scope.Registry] = f
		}
	}
	for _, u := range s.Uses {
		f := all[u.Registry]
		f.uses = append(f.uses, u)
		if name := desk.Plain(u.Program); foreign(u, s.Managers) && !slices.Contains(f.programs, name) {
			f.programs = append(f.programs, name)
		}
		all[u.Registry] = f
	}
	return all
}

// managers are those that read a file which the session stands in; all, where it stands in none.
func managers(s api.Session, all []injection.Manager) (out []string) {
	if s.State == api.StateNone {
		return nil
	}
	for _, m := range all {
		reads := len(s.Places) == 0
		for _, p := range s.Places {
			modern := m.Name == "yarn" && m.Major() >= 2
			switch p.Level {
			case api.LevelPnpm:
				reads = reads || m.Name == "pnpm"
			case api.LevelYarn:
				reads = reads || modern
			default:
				reads = reads || !modern
			}
		}
		name := m.Name
		if m.Major() > 0 {
			name += " " + strconv.Itoa(m.Major())
		}
		if reads && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// foreign reports whether a program other than a package manager or Sandglass itself was given a session.
func foreign(u api.Use, all []injection.Manager) bool {
	if u.Program == "" || strings.HasPrefix(strings.ToLower(u.Program), "sandglass") {
		return false
	}
	return !slices.ContainsFunc(all, func(m injection.Manager) bool { return m.Name == u.Program })
}
