package effective

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/yamldoc"
)

// pnpm is pnpm of a major version, 0 for the newest.
func (w World) pnpm(major int) *view {
	d := &dialect{set: w.Env, fallback: true, wary: true, unset: garbled, names: append([]string{"tokenHelper"}, names...)}
	old := major > 0 && major < 11
	var v *view
	if old {
		v = w.pnpm10(d)
	} else {
		v = w.pnpm11(d, major)
	}
	files := w.files(kindWorkspace, w.project())
	if !old {
		files = append(w.files(kindPnpmYAML, LevelPnpm), files...)
	}
	for _, f := range files {
		named := namedInYAML(f, !old)
		maps.Copy(v.registries, named)
		if _, ok := named[""]; old && !ok && len(named) > 0 {
			v.find = d.without(slices.MinFunc(slices.Collect(maps.Values(named)), func(a, b origin) int { return cmp.Compare(a.place.Line, b.place.Line) }))
		}
	}
	unscoped := d.keys
	d.keys = func(scope string, u registry.URL) []string {
		keys := unscoped(scope, u)
		if u == v.registry("").url {
			keys = append(keys, "")
		}
		return keys
	}
	return v
}

// pnpm10 reads the member's file as well as the workspace's, and passes over a whole file in which a variable is
// not set.
func (w World) pnpm10(d *dialect) *view {
	d.helpers, d.latest = []Level{LevelUser}, true
	d.keys = func(_ string, u registry.URL) []string { return climb(u, false) }
	files := slices.Concat(w.files(kindNpm, LevelProject, LevelWorkspace, LevelUser), w.files(kindPnpmRC, LevelPnpm), w.files(kindNpm, LevelGlobal))
	d.book = read(slices.DeleteFunc(files, d.torn), false)
	return d.view()
}

// without is pnpm 10 where pnpm-workspace.yaml names registries, but no default one: it ends over every package
// without a scope.
func (d *dialect) without(named origin) func(string, registry.URL) []claim {
	return func(scope string, u registry.URL) []claim {
		if scope == "" {
			return []claim{{source: SourceUnreadable, place: named.place}}
		}
		return d.find(scope, u)
	}
}

// torn reports whether a variable in a file is not set.
func (d *dialect) torn(f *File) bool {
	for _, lines := range read([]*File{f}, true) {
		for _, l := range lines {
			if d.value(l).state == garbled {
				return true
			}
		}
	}
	return false
}

// pnpm11 is pnpm 11 and later.
func (w World) pnpm11(d *dialect, major int) *view {
	d.helpers, d.optional = []Level{LevelUser, LevelPnpm}, true
	d.keys = func(scope string, u registry.URL) (keys []string) {
		if scope != "" {
			for _, key := range climb(u, true) {
				keys = append(keys, key+":"+scope)
			}
		}
		return append(keys, climb(u, true)...)
	}
	if major == 11 {
		d.unset = empty
	}
	files := slices.Concat(w.files(kindNpm, w.project()), w.files(kindPnpmAuth, LevelPnpm), w.files(kindNpm, LevelUser))
	d.book = read(files, major != 11)
	v := d.view()
	for key, lines := range d.book {
		if l := lines[0]; splitName(key) == "tokenHelper" && foreign(l.file.Level) {
			v.halt(l.place())
		}
		if i := strings.LastIndex(key, ":@"); i > 0 && strings.HasPrefix(key, "//") {
			scope, _, _ := strings.Cut(key[i+1:], ":")
			v.scopes = append(v.scopes, scope)
		}
	}
	return v
}

// namedInYAML are the registries in pnpm's own files, by scope. single: the setting "registry" counts there.
func namedInYAML(f *File, single bool) map[string]origin {
	m := map[string]origin{}
	doc, err := yamldoc.Parse(f.Text)
	if err != nil {
		return m
	}
	for _, s := range doc.Scalars() {
		scope := ""
		switch {
		case len(s.Path) == 1 && s.Path[0] == "registry" && single:
		case len(s.Path) == 2 && s.Path[0] == "registries":
			if scope = s.Path[1]; scope == "default" {
				scope = ""
			}
		default:
			continue
		}
		u := address(s.Value)
		m[scope] = origin{u, Place{File: f.Path, Line: s.Line, Level: f.Level}}
	}
	return m
}
