package settings

import (
	"bytes"
	"encoding/json"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/session"
)

// field is one setting. set returns false where the value is none that the setting can have.
type field struct {
	name string
	note string // the comment above it in a new file
	get  func(api.Settings) any
	set  func(*api.Settings, any) (kind, fine bool)
}

// fields are all settings in the order of a new file.
var fields = []field{
	text("language", `"en", "ja", or "" to follow the system`, func(s *api.Settings) *string { return &s.Language }, "", "en", "ja"),
	truth("move", "credentials found in .npmrc move to the keyring; a placeholder takes their place", func(s *api.Settings) *bool { return &s.Move }),
	truth("empty_on_lock", "the env files are empty while the screen is locked", func(s *api.Settings) *bool { return &s.EmptyOnLock }),
	truth("notices", "desktop notifications", func(s *api.Settings) *bool { return &s.Notices }),
	{
		name: "quiet_hours",
		note: `a daily span without notifications, as "22:00-08:00"; "" for none`,
		get:  func(s api.Settings) any { return s.Quiet },
		set:  setQuiet,
	},
	text("store", `"keyring", "file" for an encrypted file, or "memory" for what is gone when the agent ends`,
		func(s *api.Settings) *api.Store { return &s.Store }, api.StoreKeyring, api.StoreFile, api.StoreMemory),
	{
		name: "projects",
		note: "project folders to keep an eye on",
		get:  func(s api.Settings) any { return s.Projects },
		set:  folders(func(s *api.Settings) *[]string { return &s.Projects }),
	},
	{
		name: "roots",
		note: "folders below which projects are found",
		get:  func(s api.Settings) any { return s.Roots },
		set:  folders(func(s *api.Settings) *[]string { return &s.Roots }),
	},
	truth("renew_before_need", "shells renew a session that is over before they run a package manager that needs it", func(s *api.Settings) *bool { return &s.Renew }),
	truth("desktop_env", "programs that the desktop starts get the sessions, too", func(s *api.Settings) *bool { return &s.DesktopEnv }),
	text("mode", `how sessions reach the tools: "exec" (single commands), "env" (shells) or "file" (your config files)`,
		func(s *api.Settings) *injection.Mode { return &s.DefaultMode }, injection.Modes...),
	{
		name: "modes",
		note: `registries of which it is another, as in { "https://registry.example.com/" = "exec" }`,
		get:  func(s api.Settings) any { return s.Modes },
		set:  setModes,
	},
	truth("animations", "the sand falls in the window, unless the system asks for less motion", func(s *api.Settings) *bool { return &s.Animations }),
	truth("explain", "a notice says what is behind it when npm fails in a watched project for want of a login or a right", func(s *api.Settings) *bool { return &s.Explain }),
	truth("welcomed", "the first run was gone through, or skipped", func(s *api.Settings) *bool { return &s.Welcomed }),
	text("log_level", `"debug", "info", "warn" or "error"`, func(s *api.Settings) *string { return &s.LogLevel }, "debug", "info", "warn", "error"),
}

// text is a setting that is one of a few words.
func text[T ~string](name, note string, at func(*api.Settings) *T, words ...T) field {
	return field{
		name: name,
		note: note,
		get:  func(s api.Settings) any { return string(*at(&s)) },
		set: func(s *api.Settings, v any) (bool, bool) {
			word, ok := v.(string)
			if !ok {
				return false, false
			}
			for _, w := range words {
				if string(w) == word {
					*at(s) = w
					return true, true
				}
			}
			return true, false
		},
	}
}

// truth is a setting that is on or off.
func truth(name, note string, at func(*api.Settings) *bool) field {
	return field{
		name: name,
		note: note,
		get:  func(s api.Settings) any { return *at(&s) },
		set: func(s *api.Settings, v any) (bool, bool) {
			on, ok := v.(bool)
			if ok {
				*at(s) = on
			}
			return ok, ok
		},
	}
}

// setQuiet takes a span of the day.
func setQuiet(s *api.Settings, v any) (kind, fine bool) {
	word, ok := v.(string)
	if !ok {
		return false, false
	}
	if _, err := session.ParseQuiet(word); err != nil {
		return true, false
	}
	s.Quiet = word
	return true, true
}

// folders takes a list of absolute paths, all or none.
func folders(at func(*api.Settings) *[]string) func(*api.Settings, any) (kind, fine bool) {
	return func(s *api.Settings, v any) (kind, fine bool) {
		list, ok := v.([]any)
		if !ok {
			return false, false
		}
		var paths []string
		for _, one := range list {
			path, ok := one.(string)
			if !ok {
				return false, false
			}
			if !filepath.IsAbs(path) || strings.ContainsRune(path, 0) || !utf8.ValidString(path) {
				return true, false
			}
			paths = append(paths, path)
		}
		*at(s) = paths
		return true, true
	}
}

// setModes takes a table of registries and modes, all or none.
func setModes(s *api.Settings, v any) (kind, fine bool) {
	table, ok := v.(map[string]any)
	if !ok {
		return false, false
	}
	var modes map[string]injection.Mode
	for address, word := range table {
		u, err := registry.Parse(address)
		mode, isText := word.(string)
		if err != nil || !isText || !slices.Contains(injection.Modes, injection.Mode(mode)) {
			return true, false
		}
		if modes == nil {
			modes = map[string]injection.Mode{}
		}
		modes[u.String()] = injection.Mode(mode)
	}
	s.Modes = modes
	return true, true
}

// apply puts the entry into s. It returns "" or the problem: unknown, type or value.
func (e entry) apply(s *api.Settings) string {
	for _, f := range fields {
		if f.name != e.name {
			continue
		}
		switch kind, fine := f.set(s, e.value); {
		case fine:
			return ""
		case kind:
			return wrongValue
		default:
			return wrongType
		}
	}
	return unknown
}

// shown is the value for a person, cut to a length that fits a line. What follows an unknown name is
// not shown: a credential may have been put into the wrong file.
func (e entry) shown() string {
	known := false
	for _, f := range fields {
		known = known || f.name == e.name
	}
	if !known {
		return ""
	}
	const most = 40
	if utf8.RuneCountInString(e.raw) <= most {
		return e.raw
	}
	return string([]rune(e.raw)[:most]) + "…"
}

// invalid names the first setting of s that has a value which Load would refuse, "" if there is none.
func invalid(s api.Settings) string {
	for _, f := range fields {
		var scratch api.Settings
		v := f.get(s)
		if list, ok := v.([]string); ok {
			many := make([]any, len(list))
			for i, one := range list {
				many[i] = one
			}
			v = many
		}
		if table, ok := v.(map[string]injection.Mode); ok {
			many := map[string]any{}
			for k, one := range table {
				many[k] = string(one)
			}
			v = many
		}
		if _, fine := f.set(&scratch, v); !fine {
			return f.name
		}
	}
	return ""
}

// same compares two values of one setting; no list is the same as an empty one.
func same(a, b any) bool {
	x, isList := a.([]string)
	y, _ := b.([]string)
	if isList && len(x) == 0 && len(y) == 0 {
		return true
	}
	m, isTable := a.(map[string]injection.Mode)
	n, _ := b.(map[string]injection.Mode)
	if isTable && len(m) == 0 && len(n) == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}

// write spells a value in TOML.
func write(v any) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case string:
		return quote(v)
	case []string:
		quoted := make([]string, len(v))
		for i, one := range v {
			quoted[i] = quote(one)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case map[string]injection.Mode:
		var pairs []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			pairs = append(pairs, quote(k)+" = "+quote(string(v[k])))
		}
		if len(pairs) == 0 {
			return "{}"
		}
		return "{ " + strings.Join(pairs, ", ") + " }"
	}
	return ""
}

// quote writes a basic string. TOML's escapes are those of JSON, and it escapes DEL too.
func quote(s string) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // strings always can be written
	return strings.ReplaceAll(strings.TrimSuffix(out.String(), "\n"), "\x7f", `\u007f`)
}
