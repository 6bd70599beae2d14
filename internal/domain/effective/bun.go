package effective

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/bunfig"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// table is what bunfig.toml says about a scope's registry.
type table struct {
	url   origin
	lines map[string]line // token, password
}

// bun reads .npmrc and, before it, bunfig.toml.
func (w World) bun() *view {
	d := &dialect{book: read(w.files(kindNpm, w.project(), LevelUser), false), set: w.Env, optional: true, bare: true, unset: garbled, names: names}
	d.keys = func(_ string, u registry.URL) []string { return climb(u, true) }
	v := d.view()
	tables := map[string]*table{}
	for _, f := range slices.Backward(w.files(kindBun, w.project(), LevelUser)) {
		for scope, t := range bunTables(f) {
			tables[scope] = t
		}
	}
	for scope, t := range tables {
		v.registries[scope] = t.url
	}
	v.find = func(scope string, u registry.URL) []claim {
		t := tables[scope]
		if t == nil && v.registries[scope].url.IsZero() {
			t = tables[""]
		}
		return append(t.claims(d), d.find(scope, u)...)
	}
	return v
}

// bunTables are the registries of a bunfig.toml, by scope.
func bunTables(f *File) map[string]*table {
	list, _ := bunfig.Scalars(f.Text) // what came before the fault counts
	m := map[string]*table{}
	for _, s := range list {
		scope, rest := "", s.Path
		switch {
		case len(rest) >= 2 && rest[0] == "install" && rest[1] == "registry":
			rest = rest[2:]
		case len(rest) >= 3 && rest[0] == "install" && rest[1] == "scopes":
			scope, rest = "@"+strings.TrimPrefix(rest[2], "@"), rest[3:]
		default:
			continue
		}
		if m[scope] == nil {
			m[scope] = &table{lines: map[string]line{}}
		}
		l := line{file: f, number: s.Line, value: s.Value}
		if len(rest) == 0 || rest[0] == "url" {
			u := address(s.Value)
			m[scope].url = origin{u, l.place()}
			continue
		}
		m[scope].lines[rest[0]] = l
	}
	return m
}

// claims are the credentials in a table. Only $NAME as a whole is a variable there.
func (t *table) claims(d *dialect) (list []claim) {
	if t == nil {
		return nil
	}
	for _, name := range []string{"token", "password"} {
		l, ok := t.lines[name]
		if !ok || l.value == "" {
			continue
		}
		v := value{state: literal, text: l.value}
		if variable, ok := strings.CutPrefix(l.value, "$"); ok {
			v = value{state: garbled, variable: strings.Trim(variable, "{}")}
			if d.set(variable) {
				v.state = filled
			}
		}
		list = append(list, v.claim(l))
	}
	return list
}
