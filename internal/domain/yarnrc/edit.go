package yarnrc

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/yamldoc"
)

// TokenKey names the place where yarn looks for a registry's access token: npmRegistries["//host/path"],
// without the last slash. registryKey is "//host/path/" as npm has it. For npm's public registry it is the
// place under yarn's own mirror, which yarn asks where no npmRegistryServer is set.
func TokenKey(registryKey string) string { return TokenKeys(registryKey)[0] }

// TokenKeys names all places that a registry's access token must stand in for yarn to find it: one, or for
// npm's public registry two, as yarn knows it under two names.
func TokenKeys(registryKey string) []string {
	key := func(name string) string {
		return formatKey([]string{"npmRegistries", strings.TrimSuffix(name, "/"), "npmAuthToken"})
	}
	if registryKey == registry.Public.Key() {
		return []string{key(mirror), key(registryKey)}
	}
	return []string{key(registryKey)}
}

var bareKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// formatKey writes a path as yarn config get takes it: npmRegistries["//host"].npmAuthToken.
func formatKey(path []string) string {
	var b strings.Builder
	for i, part := range path {
		if bareKey.MatchString(part) {
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(part)
			continue
		}
		quoted, _ := json.Marshal(part) // of a text there is no error
		b.WriteString("[" + string(quoted) + "]")
	}
	return b.String()
}

// parseKey reads what formatKey wrote.
func parseKey(key string) ([]string, error) {
	var path []string
	for rest := key; rest != "" || path == nil; {
		if strings.HasPrefix(rest, "[") {
			d := json.NewDecoder(strings.NewReader(rest[1:]))
			var part string
			if d.Decode(&part) != nil || !strings.HasPrefix(rest[1+d.InputOffset():], "]") {
				return nil, fmt.Errorf("%w: %q", ErrKey, key)
			}
			path, rest = append(path, part), rest[2+d.InputOffset():]
			continue
		}
		if path != nil {
			var dot bool
			if rest, dot = strings.CutPrefix(rest, "."); !dot {
				return nil, fmt.Errorf("%w: %q", ErrKey, key)
			}
		}
		n := strings.IndexAny(rest, ".[")
		if n < 0 {
			n = len(rest)
		}
		if !bareKey.MatchString(rest[:n]) {
			return nil, fmt.Errorf("%w: %q", ErrKey, key)
		}
		path, rest = append(path, rest[:n]), rest[n:]
	}
	return path, nil
}

// Set gives a credential's key, as Credentials or TokenKey tell it, a value. Where the file has the
// registry in another spelling that yarn honours, that entry gets the value: a second one would hide what
// else stands in the first, or be hidden by it. Errors wrap those of this package; then nothing was done.
func Set(src []byte, key, value string) ([]byte, error) {
	path, err := parseKey(key)
	if err != nil {
		return nil, err
	}
	f, err := Parse(src)
	if err != nil {
		return nil, err
	}
	if len(path) == 3 && path[0] == "npmRegistries" {
		path[1] = f.spelling(path[1])
	}
	return yamldoc.Set(src, path, value)
}

// Remove takes out the entry of exactly this key, and its parents if they hold nothing else.
// Errors are those of Set.
func Remove(src []byte, key string) ([]byte, error) {
	path, err := parseKey(key)
	if err != nil {
		return nil, err
	}
	if err := notLockfile(src); err != nil {
		return nil, err
	}
	return yamldoc.Remove(src, path)
}

// spelling is how the file spells a registry below npmRegistries: as asked for if it does, else with or
// without the last slash, else with a scheme.
func (f *File) spelling(name string) string {
	bare := strings.TrimSuffix(name, "/")
	choices := []string{name, bare, bare + "/"}
	if strings.HasPrefix(name, "//") {
		choices = append(choices, "https:"+bare, "https:"+bare+"/", "http:"+bare, "http:"+bare+"/")
	}
	for _, c := range choices {
		if slices.ContainsFunc(f.scalars, func(s yamldoc.Scalar) bool {
			return len(s.Path) > 1 && s.Path[0] == "npmRegistries" && s.Path[1] == c
		}) {
			return c
		}
	}
	return name
}
