package hostile

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/bunfig"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/yamldoc"
)

// npmrc looks at the lines of an .npmrc, those below a [section] too: pnpm 12 does not mind sections.
func (s *scanner) npmrc(src []byte) {
	for e := range npmrc.Parse(src).Entries() {
		if s.full() {
			return
		}
		key := s.plainKey(e.Key, e.Line)
		if len(e.Value) > longest && strings.Contains(e.Value, "$") {
			s.add(Danger{Code: Unreadable, Line: e.Line, Severity: High})
			continue
		}
		set := setting{name: key, value: e.Value, line: e.Line, key: key}
		if strings.HasPrefix(key, "//") {
			s.npmrcBound(set)
			continue
		}
		s.judge(set)
	}
}

func (s *scanner) npmrcBound(set setting) {
	i := strings.LastIndexByte(set.name, ':')
	if i < 2 {
		return
	}
	key := set.name[:i]
	if j := strings.LastIndex(key, ":@"); j >= 0 {
		key = key[:j]
	}
	set.name = set.name[i+1:]
	s.bound(key, set)
}

// shown is a key as it may be shown: of an unusual one nothing, a secret may have slipped into it.
func shown(key string) string {
	name := key
	if host := hostOf(key); host != "" {
		i := strings.LastIndexByte(key, ':')
		name = key[i+1:]
		if usual.MatchString(name) {
			return clean("//" + host + "/:" + name)
		}
		return ""
	}
	if usual.MatchString(strings.TrimPrefix(name, "@")) {
		return name
	}
	return ""
}

var usual = regexp.MustCompile(`^[A-Za-z_][a-zA-Z._:-]{0,39}$`)

var yarn1Line = regexp.MustCompile(`^\s*("(?:[^"\\]|\\.)*"|[^\s"#:]\S*)[:\s]\s*(.*?)\s*$`)

// yarn1 looks at a .yarnrc, whose lines are a key, a blank and a value, each in quotes or not.
func (s *scanner) yarn1(src []byte) {
	for i, line := range strings.Split(strings.TrimPrefix(string(src), "\ufeff"), "\n") {
		if s.full() {
			return
		}
		m := yarn1Line.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		key, value := unquote(strings.TrimSuffix(m[1], ":")), unquote(m[2])
		if option, ok := strings.CutPrefix(key, "--"); ok { // for a command, as in --install.registry, or for all: --*.registry
			key = option
			if _, of, ok := strings.Cut(option, "."); ok {
				key = of
			}
		}
		set := setting{name: key, value: value, line: i + 1, key: key}
		switch {
		case key == "yarn-path" || key == "yarnPath":
			s.add(Danger{Code: YarnPath, Line: set.line, Key: key, Severity: Low})
		case strings.HasPrefix(key, "//"):
			s.npmrcBound(set)
		default:
			s.judge(set)
		}
	}
}

func unquote(text string) string {
	var out string
	if strings.HasPrefix(text, `"`) && json.Unmarshal([]byte(text), &out) == nil {
		return out
	}
	return text
}

// pnpm looks at pnpm-workspace.yaml, which holds settings under names in camelCase, and where packages come from.
func (s *scanner) pnpm(src []byte) {
	doc, err := yamldoc.Parse(src)
	if err != nil {
		s.unreadable()
		return
	}
	for _, v := range doc.Scalars() {
		path := merged(v.Path)
		if len(path) == 0 || s.full() {
			continue
		}
		for _, key := range path {
			s.plainKey(key, v.Line)
		}
		set := setting{name: path[0], value: v.Value, line: v.Line, key: path[0]}
		switch {
		case len(path) > 1 && strings.HasSuffix(strings.ToLower(path[0]), "registries"):
			set.key = path[0] + "." + path[1]
			s.address(set)
		case len(path) > 1:
			s.elsewhere(set)
			fallthrough
		default:
			s.judge(set)
		}
	}
}

// merged is a path without the "<<" that bring what lies below them to where they stand, alone or in lists.
func merged(path []string) (out []string) {
	for i := 0; i < len(path); i++ {
		if path[i] != "<<" {
			out = append(out, path[i])
		} else if i+1 < len(path) && strings.Trim(path[i+1], "0123456789") == "" {
			i++
		}
	}
	return out
}

// elsewhere looks at a text somewhere in a file for addresses: with variables, or with a known registry's host.
func (s *scanner) elsewhere(set setting) {
	if strings.Contains(set.value, "://") {
		s.sends(Danger{Line: set.line, Key: set.key, Severity: High}, set.value)
	}
	s.addresses(unset(set.value), func(a found) { s.fetches(a, Danger{Line: set.line, Key: set.key}) })
}

// bun looks at bunfig.toml.
func (s *scanner) bun(src []byte) {
	list, err := bunfig.Scalars(src)
	if err != nil {
		s.unreadable()
	}
	urls := map[string]string{}
	for _, v := range list {
		if last := v.Path[len(v.Path)-1]; last == "url" {
			urls[strings.Join(v.Path[:len(v.Path)-1], "\x00")] = v.Value
		}
	}
	for _, v := range list {
		if v.Path[0] != "install" || len(v.Path) < 2 {
			continue
		}
		last := v.Path[len(v.Path)-1]
		set := setting{name: last, value: v.Value, line: v.Line, key: last}
		table := strings.Join(v.Path[:len(v.Path)-1], "\x00")
		switch registryTable := v.Path[1] == "registry" || v.Path[1] == "scopes"; {
		case !registryTable:
			s.judge(set)
		case last == "url" || urls[table] == "" && last != "token" && last != "username" && last != "password":
			s.address(set)
		default:
			s.bound(urls[table], set)
		}
	}
}
