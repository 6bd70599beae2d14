package effective

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/yarnrc"
)

// settings are those of yarn 2 and later, by path, the one that counts first. The parts of a path are joined by a
// character that none of them has.
type settings struct {
	lines  book
	groups map[string]bool // paths without their last part
	set    func(name string) bool
	stop   *claim
}

const joint = "\x00"

func pathOf(parts ...string) string { return strings.Join(parts, joint) }

// yarn is yarn 2 and later, which reads .yarnrc.yml alone.
func (w World) yarn() *view {
	s := &settings{lines: book{}, groups: map[string]bool{}, set: w.Env}
	for _, f := range w.files(kindYarn, LevelProject, LevelWorkspace, LevelAbove, LevelYarn) {
		s.read(f)
	}
	return &view{registries: s.registries(), fallback: mirror, find: s.find, stop: s.stop}
}

func (s *settings) read(f *File) {
	y, err := yarnrc.Parse(f.Text)
	if err != nil {
		s.end(claim{place: Place{File: f.Path, Level: f.Level}})
		return
	}
	for _, v := range y.Scalars() {
		path := slices.Clone(v.Path)
		if len(path) > 1 && path[0] == "npmRegistries" {
			path[1] = strings.TrimSuffix(path[1], "/")
		}
		l := line{file: f, number: v.Line, key: pathOf(path...), value: v.Value}
		if !v.Set {
			continue
		}
		s.lines[l.key] = append(s.lines[l.key], l)
		s.groups[pathOf(path[:len(path)-1]...)] = true
		if got := s.value(l); got.state == broken {
			s.end(got.claim(l))
		}
	}
}

// end notes the first line over which yarn ends.
func (s *settings) end(c claim) {
	if s.stop == nil {
		c.source = SourceUnreadable
		s.stop = &c
	}
}

// value reads a line as yarn does.
func (s *settings) value(l line) value {
	variable := ""
	text, err := yarnrc.Expand(l.value, func(name string) (string, bool) {
		if !s.set(name) {
			return "", false
		}
		if variable == "" {
			variable = name
		}
		return "x", true
	})
	names := append(yarnrc.Variables(l.value), "")
	switch {
	case err != nil:
		return value{state: broken, variable: names[0]}
	case variable != "":
		return value{state: filled, variable: variable}
	case text == "":
		return value{state: empty, variable: names[0]}
	}
	return value{state: literal, text: text, variable: names[0]}
}

// registries are those that the files name, by scope. A scope that names none asks yarn's own default.
func (s *settings) registries() map[string]origin {
	m := map[string]origin{}
	for key, lines := range s.lines {
		parts := strings.Split(key, joint)
		switch {
		case key == "npmRegistryServer":
			m[""] = origin{s.value(lines[0]).address(), lines[0].place()}
		case len(parts) == 3 && parts[0] == "npmScopes" && parts[2] == "npmRegistryServer":
			m["@"+parts[1]] = origin{s.value(lines[0]).address(), lines[0].place()}
		case len(parts) == 3 && parts[0] == "npmScopes":
			if _, ok := s.lines[pathOf("npmScopes", parts[1], "npmRegistryServer")]; !ok {
				m["@"+parts[1]] = origin{url: mirror}
			}
		}
	}
	return m
}

// find lists the lines that could give a credential to a registry: those of the scope, of the registry, and of
// all, of which the latter count only where there is nothing about the registry.
func (s *settings) find(scope string, u registry.URL) []claim {
	address := strings.TrimSuffix(u.String(), "/")
	groups := [][]string{{"npmRegistries", address}, {"npmRegistries", strings.TrimSuffix(u.Key(), "/")}, nil}
	groups = slices.DeleteFunc(groups, func(g []string) bool { return g != nil && !s.groups[pathOf(g...)] })
	always := scope != "" || s.always(groups[0])
	if scope != "" {
		groups = append([][]string{{"npmScopes", strings.TrimPrefix(scope, "@")}}, groups...)
	}
	var live, rest []claim
	for i, group := range groups {
		a, b := s.claims(group)
		live, rest = append(live, a...), append(rest, b...)
		if decides := i > 0 || scope == ""; decides && len(live) == 0 {
			break // what stands there says nothing, and nothing else is asked
		}
	}
	if !always {
		return nil
	}
	return append(live, rest...)
}

// always reports whether credentials are sent for packages without a scope.
func (s *settings) always(group []string) bool {
	lines := s.lines[pathOf(append(slices.Clone(group), "npmAlwaysAuth")...)]
	return len(lines) > 0 && (lines[0].value == "true" || lines[0].value == "1")
}

// claims are the credentials of a group.
func (s *settings) claims(group []string) (live, rest []claim) {
	for _, name := range []string{"npmAuthToken", "npmAuthIdent"} {
		for i, l := range s.lines[pathOf(append(slices.Clone(group), name)...)] {
			v := s.value(l)
			switch c := v.claim(l); {
			case v.state != empty:
				live = append(live, c)
			case i == 0:
				if v.variable != "" {
					rest = append(rest, c)
				}
				return live, rest
			}
		}
	}
	return live, rest
}
