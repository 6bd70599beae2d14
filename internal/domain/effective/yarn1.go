package effective

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// yarn1 is yarn 1, which reads the .npmrc of every folder above, too, and sends a credential for packages without a
// scope only where it is told to always.
func (w World) yarn1() *view {
	files := w.files(kindNpm, LevelProject, LevelUser, LevelGlobal, LevelWorkspace, LevelAbove)
	d := &dialect{book: read(files, false), set: w.Env, unset: broken, names: names}
	d.keys = func(_ string, u registry.URL) []string {
		keys := []string{u.String(), u.Key(), ""}
		if u == mirror {
			keys = append(keys, registry.Public.Key())
		}
		return keys
	}
	v := d.view()
	v.fallback = mirror
	for _, f := range w.files(kindYarn1, LevelProject, LevelUser, LevelGlobal, LevelWorkspace, LevelAbove) {
		for scope, o := range namedInYarnrc(f) {
			if _, ok := v.registries[scope]; !ok {
				v.registries[scope] = o
			}
		}
	}
	v.find = func(scope string, u registry.URL) []claim {
		list := d.find(scope, u)
		if scope == "" && !d.always(u) {
			return nil
		}
		return list
	}
	v.stop = d.stop(files)
	return v
}

// always reports whether yarn 1 sends a credential for packages without a scope.
func (d *dialect) always(u registry.URL) bool {
	for _, key := range d.keys("", u) {
		if lines := d.book[joined(key, "always-auth")]; len(lines) > 0 && lines[0].value != "" && lines[0].value != "false" {
			return true
		}
	}
	return false
}

// stop is the first line over which a manager ends that takes no variable that is not set.
func (d *dialect) stop(files []*File) *claim {
	for _, f := range files {
		first := claim{}
		for _, lines := range read([]*File{f}, true) {
			for _, l := range lines {
				if v := d.value(l); v.state == broken && (first.source == "" || l.number < first.place.Line) {
					first = v.claim(l)
				}
			}
		}
		if first.source != "" {
			first.source = SourceUnreadable
			return &first
		}
	}
	return nil
}

var yarnrcLine = regexp.MustCompile(`^\s*("(?:[^"\\]|\\.)*"|[^\s"#:]\S*)[:\s]\s*(.*?)\s*$`)

// namedInYarnrc are the registries in a .yarnrc, by scope. Of duplicates the last one counts.
func namedInYarnrc(f *File) map[string]origin {
	m := map[string]origin{}
	number := 0
	for text := range strings.Lines(strings.TrimPrefix(string(f.Text), "\ufeff")) {
		number++
		parts := yarnrcLine.FindStringSubmatch(text)
		if parts == nil {
			continue
		}
		if scope, ok := scopeOf(unquoted(parts[1])); ok {
			u := address(unquoted(parts[2]))
			m[scope] = origin{u, Place{File: f.Path, Line: number, Level: f.Level}}
		}
	}
	return m
}

func unquoted(text string) string {
	var out string
	if strings.HasPrefix(text, `"`) && json.Unmarshal([]byte(text), &out) == nil {
		return out
	}
	return text
}
