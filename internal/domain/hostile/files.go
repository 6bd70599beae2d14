package hostile

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/bunfig"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/yamldoc"
)

// npmrc looks at the lines of an .npmrc, those below a [section] too: pnpm 12 does not mind sections.
func (s *scanner) npmrc(src []byte) {
	for e := range npmrc.Parse(src).Entries() {
		set := setting{name: e.Key, value: e.Value, line: e.Line, key: shown(e.Key)}
		if strings.HasPrefix(e.Key, "//") {
			s.npmrcBound(set)
			continue
		}
		s.judge(set)
		if names := variables(e.Key); len(names) > 0 { // npm puts variables into keys too
			s.add(Danger{Code: Variable, Line: e.Line, Variable: names[0], Severity: High})
		}
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
	for i, line := range strings.Split(string(src), "\n") {
		m := yarn1Line.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		key, value := unquote(strings.TrimSuffix(m[1], ":")), unquote(m[2])
		if strings.HasPrefix(key, "--") { // an option for a command, as in --install.registry, or for all: --*.registry
			_, key, _ = strings.Cut(key, ".")
		}
		set := setting{name: key, value: value, line: i + 1, key: shown(key)}
		switch {
		case key == "yarn-path":
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

// pnpm looks at pnpm-workspace.yaml, which holds settings under names in camelCase.
func (s *scanner) pnpm(src []byte) {
	doc, err := yamldoc.Parse(src)
	if err != nil {
		s.unreadable(src)
		return
	}
	for _, v := range doc.Scalars() {
		set := setting{name: kebab(v.Path[0]), value: v.Value, line: v.Line, key: shown(v.Path[0])}
		switch {
		case len(v.Path) == 1:
			s.judge(set)
		case strings.HasSuffix(strings.ToLower(v.Path[0]), "registries"):
			set.key = shown(v.Path[0] + "." + v.Path[1])
			s.address(set)
		case set.name == "ca":
			s.judge(set)
		default:
			s.sendsAddress(set)
		}
	}
}

// sendsAddress looks for variables in an address that stands somewhere in a file.
func (s *scanner) sendsAddress(set setting) {
	if strings.Contains(set.value, "://") {
		s.sends(Danger{Line: set.line, Key: set.key, Severity: High}, set.value)
	}
}

var hump = regexp.MustCompile(`([a-z])([A-Z]+)`)

// kebab is strict-ssl of strictSsl.
func kebab(name string) string { return strings.ToLower(hump.ReplaceAllString(name, "$1-$2")) }

// bun looks at bunfig.toml.
func (s *scanner) bun(src []byte) {
	list, err := bunfig.Scalars(src)
	if err != nil {
		s.unreadable(src)
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
		set := setting{name: last, value: v.Value, line: v.Line, key: shown(last)}
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

// manifest looks at package.json for where publishing goes.
func (s *scanner) manifest(src []byte) {
	var m struct {
		PublishConfig map[string]any `json:"publishConfig"`
	}
	if json.Unmarshal(src, &m) != nil {
		return // no package manager works with such a file
	}
	for _, key := range slices.Sorted(maps.Keys(m.PublishConfig)) {
		line := 0
		if before, _, found := strings.Cut(string(src), `"`+key+`"`); found {
			line = strings.Count(before, "\n") + 1
		}
		s.judge(setting{name: key, value: fmt.Sprint(m.PublishConfig[key]), line: line, key: shown(key)})
	}
}
