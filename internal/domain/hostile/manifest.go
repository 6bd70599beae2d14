package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// said are the parts of a package.json whose addresses are for people.
var said = []string{
	"homepage", "bugs", "repository", "funding", "author", "contributors", "maintainers", "license", "licenses",
	"description", "keywords", "readme", "scripts",
}

// manifest looks at package.json for where publishing goes, and where dependencies come from.
func (s *scanner) manifest(src []byte) {
	var m map[string]any
	if json.Unmarshal(bytes.TrimPrefix(src, []byte("\ufeff")), &m) != nil {
		s.lock(src) // bun takes comments
		return
	}
	text := string(src)
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(said, key) {
			s.dependencies(text, key, m[key])
		}
	}
	config, _ := m["publishConfig"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(config)) {
		s.placed(text, key, func() {
			s.judge(setting{name: key, value: fmt.Sprint(config[key]), key: key})
		})
	}
}

// dependencies looks at the texts below a key, whatever its shape.
func (s *scanner) dependencies(src, key string, value any) {
	if s.full() {
		return
	}
	switch v := value.(type) {
	case string:
		s.placed(src, key, func() {
			s.addresses(v, func(a found) { s.fetches(a, Danger{}) })
		})
	case []any:
		for _, item := range v {
			s.dependencies(src, key, item)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			s.dependencies(src, name, v[name])
		}
	}
}

// placed gives what look finds the line of the key. It is looked for only then: a project may be made to keep us
// busy.
func (s *scanner) placed(src, key string, look func()) {
	high, low := len(s.high), len(s.low)
	look()
	if high == len(s.high) && low == len(s.low) {
		return
	}
	line := 0
	if before, _, ok := strings.Cut(src, `"`+key+`"`); ok {
		line = strings.Count(before, "\n") + 1
	}
	for _, list := range [][]Danger{s.high[high:], s.low[low:]} {
		for i := range list {
			list[i].Line = line
		}
	}
}
