package effective

import (
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// look is how a package manager sees the files.
func look(w World, m injection.Manager) *view {
	switch {
	case m.Name == "pnpm":
		return w.pnpm(m.Major())
	case m.Name == "yarn" && m.Major() == 1:
		return w.yarn1()
	case m.Name == "yarn":
		return w.yarn()
	case m.Name == "bun":
		return w.bun()
	case m.Name == "deno":
		return w.deno()
	}
	return w.npm(m.Major())
}

// view makes a view of lines in the grammar of .npmrc.
func (d *dialect) view() *view {
	return &view{registries: d.registries(d.book), fallback: registry.Public, find: d.find}
}

func (w World) npm(major int) *view {
	files := w.files(kindNpm, w.project(), LevelUser, LevelGlobal)
	d := &dialect{
		book: read(files, false), set: w.Env, optional: major == 0 || major > 10, unset: garbled, names: names,
		keys: func(_ string, u registry.URL) []string { return climb(u, true) },
	}
	v := d.view()
	refused := []string{"_auth", "_authToken", "username", "_password"}
	if major == 0 || major > 11 {
		refused = append(refused, "email", "certfile", "keyfile")
	}
	for _, key := range refused {
		if lines := d.book[key]; len(lines) > 0 {
			v.halt(lines[0].place())
		}
	}
	return v
}

func (w World) deno() *view {
	d := &dialect{book: read(w.files(kindNpm, w.project(), LevelUser), false), set: w.Env, unset: garbled, names: names, apart: true}
	d.keys = func(_ string, u registry.URL) []string { return climb(u, false) }
	v := d.view()
	for key, lines := range d.book {
		if uri, ok := strings.CutSuffix(key, ":_password"); ok && strings.HasPrefix(key, "//") && !d.named(uri) {
			v.halt(lines[0].place())
		}
	}
	return v
}
