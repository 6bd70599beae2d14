package yarnrc

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/domain/yamldoc"
)

// File is a config file that has been read.
type File struct {
	src     []byte
	scalars []yamldoc.Scalar
}

// lockfile is the header by which yarn takes a file for one in the format of yarn 1, which is not YAML.
var lockfile = regexp.MustCompile(`(?i)^(#.*(\r?\n))*?#\s+yarn\s+lockfile\s+v1\r?\n`)

// Parse reads a config file. An empty one is fine. The error wraps one of the package's errors and tells
// the line.
func Parse(src []byte) (*File, error) {
	if err := notLockfile(src); err != nil {
		return nil, err
	}
	doc, err := yamldoc.Parse(src)
	if err != nil {
		return nil, err
	}
	return &File{src, doc.Scalars()}, nil
}

func notLockfile(src []byte) error {
	if len(src) <= yamldoc.MaxSize && lockfile.Match(bytes.TrimPrefix(src, []byte("\ufeff"))) {
		return fmt.Errorf("%w: a comment makes yarn take it for a lockfile of yarn 1", ErrOdd)
	}
	return nil
}

// Bytes returns the file as it came.
func (f *File) Bytes() []byte { return f.src }

// Scalars lists all texts in the file, with where they stand.
func (f *File) Scalars() []yamldoc.Scalar { return f.scalars }

// names are yarn's names of credentials, and npm's.
var names = map[string]string{"npmAuthToken": "_authToken", "npmAuthIdent": "_auth"}

// Credentials lists the credentials that yarn sees, in the file's order. Where one registry is spelled in
// several ways there are several with the same RegistryKey; each Key names its own.
func (f *File) Credentials() []npmrc.Credential {
	servers := f.servers()
	var list []npmrc.Credential
	for _, s := range f.scalars {
		name := names[s.Path[len(s.Path)-1]]
		if name == "" || !s.Set {
			continue
		}
		c := npmrc.Credential{Key: formatKey(s.Path), Name: name, Line: s.Line, Value: token.NewSecret(s.Value)}
		switch {
		case len(s.Path) == 1:
			c.RegistryKey = registryKey(servers[""])
		case len(s.Path) == 3 && s.Path[0] == "npmRegistries":
			c.RegistryKey = registryKey(s.Path[1])
		case len(s.Path) == 3 && s.Path[0] == "npmScopes":
			c.RegistryKey = registryKey(servers[s.Path[1]])
			c.Scope = "@" + strings.TrimPrefix(s.Path[1], "@")
			c.Dead = strings.HasPrefix(s.Path[1], "@") // yarn looks scopes up without it
		default:
			continue
		}
		c.Variable, _ = PlaceholderName(s.Value)
		c.Variables = Variables(s.Value)
		c.Literal = s.Value != "" && len(c.Variables) == 0
		list = append(list, c)
	}
	return list
}

// servers are the registries of scopes, and under "" that of the rest. A scope that names none is not in it.
func (f *File) servers() map[string]string {
	m := map[string]string{}
	for _, s := range f.scalars {
		if scope, ok := serverOf(s); ok {
			m[scope] = s.Value
		}
	}
	return m
}

// serverOf reports whether a setting names a registry, and for which scope, as the file spells it.
func serverOf(s yamldoc.Scalar) (scope string, ok bool) {
	if s.Path[len(s.Path)-1] != "npmRegistryServer" || !s.Set {
		return "", false
	}
	if len(s.Path) == 1 {
		return "", true
	}
	if len(s.Path) == 3 && s.Path[0] == "npmScopes" && s.Path[1] != "" {
		return s.Path[1], true
	}
	return "", false
}

// Registries lists the settings that name a registry, for all packages and for scopes, in the file's order.
func (f *File) Registries() []npmrc.ScopedRegistry {
	var list []npmrc.ScopedRegistry
	for _, s := range f.scalars {
		scope, ok := serverOf(s)
		if !ok {
			continue
		}
		if scope != "" {
			scope = "@" + strings.TrimPrefix(scope, "@")
		}
		list = append(list, npmrc.ScopedRegistry{Scope: scope, URL: s.Value, Line: s.Line})
	}
	return list
}

// mirror is the registry that yarn asks by default: another name of npm's public one.
var mirror = "//" + strings.Join([]string{"registry", "yarnpkg", "com"}, ".")

// registryKey is the form in which npm's config names a registry that yarn's spells as an address, as one
// without a scheme, or not at all.
func registryKey(spelled string) string {
	if spelled == "" {
		return registry.Public.Key()
	}
	u, err := registry.FromKey(spelled)
	if !strings.HasPrefix(spelled, "//") {
		u, err = registry.Parse(spelled)
	}
	key := u.Key()
	if err != nil {
		_, rest, _ := strings.Cut(spelled, "//")
		key = "//" + strings.TrimSuffix(rest, "/") + "/"
	}
	if key == mirror+"/" {
		return registry.Public.Key()
	}
	return key
}
