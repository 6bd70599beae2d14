package agent

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/access"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// verify asks the registry whether the new one belongs to the account and reads. Then the variable of the old one carries it.
func (r *rotating) verify(ctx context.Context) error {
	secret, err := r.a.keptSecret(ctx, r.j.Kept)
	if err != nil {
		return err
	}
	who, err := r.a.ports.Registry.Whoami(ctx, r.of.u, secret)
	switch {
	case errors.Is(err, ErrNoSuchProbe):
	case err != nil:
		return loginError(r.of.u, err)
	case r.of.account != "" && who.Name != r.of.account:
		return &api.Error{Code: api.CodeDenied, Args: r.of.args(), Cause: "the new access token belongs to another account"}
	}
	if r.j.Package != "" {
		err := r.a.ports.Tokens.Reads(ctx, r.of.u, r.j.Package, secret)
		if errors.Is(err, ErrNotFound) {
			err = ErrDenied
		}
		if err != nil {
			told := loginError(r.of.u, err)
			told.Cause = "the new access token does not read " + r.j.Package + ": " + told.Cause
			return told
		}
	}
	r.tell.tell(api.TokenStep{Step: api.StepVerified, ID: r.j.New})
	return r.step(ctx, func(j *job) {
		r.a.core.handOver(r.of.u, j, secret)
		j.Step = api.NextPlaces
	})
}

// handOver has the new one carried by the variable of the old one. The lines that refer to it follow by themselves.
func (c *core) handOver(u registry.URL, j *job, secret token.Secret) {
	fresh := c.vault[j.Kept]
	for _, k := range c.keptOnes() {
		if fresh == nil || k.Token != j.Old || k.Registry != u || k.Variable == "" {
			continue
		}
		fresh.Variable, k.Variable, k.secret = k.Variable, "", token.Secret{}
		if !c.userLock {
			fresh.secret = secret
		}
		c.publishEnv()
		return
	}
}

// rotation is how a rotation stands.
func (r *rotating) rotation(ctx context.Context) (api.Rotation, error) {
	return ask(context.WithoutCancel(ctx), r.a, func() (api.Rotation, error) {
		c := r.a.core
		out := api.Rotation{Job: r.j.view(), New: unseenToken(r.got.token), Places: []api.Place{}, Commands: []string{}, Done: r.done, Secret: r.got.secret}
		if out.New.ID == "" {
			out.New.ID, out.New.Name, out.New.Kind = r.j.New, r.j.Name, access.Granular
		}
		if k := c.vault[r.j.Kept]; k != nil {
			out.New.Kept, out.New.Masked, out.New.Ends, out.New.InUse = k.ID, k.Masked, k.Ends, k.Variable != ""
		}
		out.Places = append(out.Places, c.placesOf(r.of.u, access.Token{ID: r.j.Old, Masked: r.j.Masked})...)
		if r.j.New != "" {
			out.New.Places = append(out.New.Places, c.placesOf(r.of.u, out.New.Token)...)
			out.Places = append(out.Places, out.New.Places...)
		}
		for _, n := range c.notes {
			if kept := r.j.Kept; kept != "" && (n.ID == r.j.Old || n.ID == r.j.New) {
				out.Commands = append(out.Commands, access.NotedCommands(kept, n.Where)...)
			}
		}
		return out, nil
	})
}

// placesOf is where an access token stands on this machine, or its placeholder.
func (c *core) placesOf(u registry.URL, t access.Token) []api.Place {
	return c.machine(u).one(t, noteRecord{}).Places
}

// maxManifests is how many projects are looked at for a package that an access token must read.
const maxManifests = 50

// packageFor chooses a package that an access token with this reach must read: one that it names, else one of its scopes
// that a project here uses. Only names within its reach are chosen, so that the registry is told no others.
func (a *Agent) packageFor(ctx context.Context, u registry.URL, s access.Spec) string {
	for _, name := range s.Packages {
		if access.ValidPackage(name) {
			return name
		}
	}
	type known struct {
		dirs   []string
		scopes []string
	}
	k, err := ask(ctx, a, func() (known, error) {
		k := known{scopes: s.Scopes}
		if s.All {
			k.scopes = a.core.scopesOf(u)
		}
		for _, p := range slices.Concat(a.core.projects, a.core.foundProjects) {
			k.dirs = append(k.dirs, p.view.Dir)
		}
		return k, nil
	})
	if err != nil || len(k.scopes) == 0 {
		return ""
	}
	for _, dir := range k.dirs[:min(len(k.dirs), maxManifests)] {
		for _, name := range a.dependencies(dir) {
			scope, _, scoped := strings.Cut(name, "/")
			if scoped && slices.Contains(k.scopes, scope) && access.ValidPackage(name) {
				return name
			}
		}
	}
	return ""
}

// dependencies are the packages that a project asks for.
func (a *Agent) dependencies(dir string) []string {
	m := a.manifest(dir)
	return slices.Concat(slices.Sorted(maps.Keys(m.Dependencies)), slices.Sorted(maps.Keys(m.DevDependencies)))
}

// manifest is what is of interest in a project's package.json.
type manifest struct {
	Name            string         `json:"name"`
	Dependencies    map[string]any `json:"dependencies"`
	DevDependencies map[string]any `json:"devDependencies"`
}

// manifest reads a project's package.json. One that cannot be read says nothing.
func (a *Agent) manifest(dir string) (m manifest) {
	data, err := a.ports.Files.Read(filepath.Join(dir, "package.json"))
	if err != nil || json.Unmarshal(data, &m) != nil {
		return manifest{}
	}
	return m
}

// ownScope is the scope of the package that a project is, "" if it has none.
func (m manifest) ownScope() string {
	scope, _, scoped := strings.Cut(m.Name, "/")
	if !scoped || !access.ValidPackage(m.Name) || !access.ValidScope(scope) {
		return ""
	}
	return scope
}
