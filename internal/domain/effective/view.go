package effective

import (
	"cmp"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// origin is a registry and where a file names it. Without a URL the text does not tell which one it is.
type origin struct {
	url   registry.URL
	place Place
}

// claim is a line that could give a credential.
type claim struct {
	source      Source
	key         string
	place       Place
	unset       bool
	fingerprint string
}

// view is how one package manager sees the files.
type view struct {
	registries map[string]origin // by scope, "" for the default
	scopes     []string          // that have credentials of their own
	fallback   registry.URL      // the default registry where no file names one
	// find lists the lines that could give a credential to a registry, the one that counts first.
	find func(scope string, u registry.URL) []claim
	// stop is the line over which the manager ends every command.
	stop *claim
}

// registry is where packages of a scope come from.
func (v *view) registry(scope string) origin {
	if o, ok := v.registries[scope]; ok {
		return o
	}
	if o, ok := v.registries[""]; ok {
		return o
	}
	return origin{url: v.fallback}
}

// credential is what is sent for packages of a scope. usual is the registry that the Scope tells, all are the
// lines that this manager may pass over.
func (v *view) credential(scope string, usual registry.URL, all standing) Credential {
	c := Credential{Source: SourceNone}
	if v.stop != nil {
		return c.from(*v.stop)
	}
	u := v.registry(scope).url
	if u != usual && plain(u) != plain(usual) {
		c.Registry = u.String()
	}
	if u.IsZero() {
		return c
	}
	list := v.find(scope, u)
	if len(list) > 0 && list[0].source != SourceIgnored {
		c = c.from(list[0])
		for _, hidden := range list[1:] {
			if hidden.source != SourceIgnored {
				p := hidden.place
				c.Hides = &p
				break
			}
		}
		return c
	}
	if list = append(list, all.about(u)...); len(list) > 0 {
		c = c.from(list[0])
		c.Source, c.Fingerprint = SourceIgnored, ""
	}
	return c
}

func (c Credential) from(l claim) Credential {
	c.Source, c.Key, c.File, c.Line, c.Level = l.source, l.key, l.place.File, l.place.Line, l.place.Level
	c.Variable, c.Unset, c.Fingerprint = l.place.Variable, l.unset, l.fingerprint
	return c
}

// halt notes a line over which the manager ends. Of several the first by file and line is told.
func (v *view) halt(p Place) {
	if v.stop == nil || p.before(v.stop.place) {
		v.stop = &claim{source: SourceUnreadable, place: p}
	}
}

func (p Place) before(o Place) bool {
	return cmp.Or(cmp.Compare(p.File, o.File), cmp.Compare(p.Line, o.Line)) < 0
}

// mirror is the registry that yarn asks by default, another name of npm's public one.
var mirror, _ = registry.Parse("https://" + strings.Join([]string{"registry", "yarnpkg", "com"}, ".") + "/")

// plain is a registry by its first name.
func plain(u registry.URL) registry.URL {
	if u == mirror {
		return registry.Public
	}
	return u
}
