package hostile

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// setting is one setting of a project, whatever its file's format. name is npm's name of it.
type setting struct {
	name  string
	value string
	line  int
	key   string // as the file has it, where that can be shown
}

// variable matches what any package manager puts an environment variable in for. bun does so for $NAME.
var variable = regexp.MustCompile(`\$\{\s*([^${}?:\s-]+)[^${}]*\}|\$([A-Za-z_][A-Za-z0-9_]*)`)

// variables lists the names of variables in a value.
func variables(value string) (names []string) {
	for _, m := range variable.FindAllStringSubmatch(value, -1) {
		if name := m[1] + m[2]; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// plain are settings with one meaning, whatever their value is.
var plain = map[string]string{
	"userconfig": UserConfig, "npmrc-auth-file": UserConfig, "globalconfig": GlobalConfig, "prefix": GlobalConfig,
	"ca": TLS, "cafile": TLS, "token-helper": Helper, "tokenhelper": Helper,
}

// programs are settings that name a program, or options for one.
var programs = []string{
	"git", "shell", "script-shell", "editor", "viewer", "browser", "node-options", "onload-script", "init-module", "init.module",
}

// credentials are the parts of a credential.
var credentials = []string{"_auth", "_authtoken", "_password", "username", "email"}

// sent are settings whose values travel in requests.
var sent = []string{"user-agent", "otp", "noproxy", "no-proxy", "local-address", "scope", "tag"}

// judge looks at a setting that is not bound to a host.
func (s *scanner) judge(set setting) {
	name := strings.ToLower(set.name)
	d := Danger{Line: set.line, Key: set.key, Severity: High}
	if code, ok := plain[name]; ok {
		if set.value != "" && set.value != "null" {
			d.Code = code
			s.add(d)
		}
		return
	}
	switch {
	case name == "registry" || strings.HasSuffix(name, ":registry"):
		s.address(set)
	case name == "proxy" || name == "https-proxy" || name == "http-proxy":
		if set.value != "" && set.value != "false" && set.value != "null" {
			d.Code, d.Host = Proxy, hostOf(set.value)
			s.withVariables(d, set.value)
		}
	case name == "strict-ssl":
		if set.value != "true" && set.value != "" {
			d.Code = TLS
			s.add(d)
		}
	case slices.Contains(programs, name):
		if path := strings.TrimSpace(set.value); strings.HasPrefix(path, ".") || strings.Contains(path, "require") || strings.Contains(path, "import") {
			d.Code = Program
			s.add(d)
		}
	case slices.Contains(credentials, name) || slices.Contains(sent, name) || strings.Contains(set.value, "://"):
		s.sends(d, set.value)
	}
}

// withVariables adds a danger for each variable in a value, or one where there is none.
func (s *scanner) withVariables(d Danger, value string) {
	names := variables(value)
	if len(names) == 0 {
		s.add(d)
	}
	for _, n := range names {
		d.Variable = n
		s.add(d)
	}
}

// sends adds a danger for each variable in a value that is sent somewhere.
func (s *scanner) sends(d Danger, value string) {
	d.Code = Variable
	if d.Host == "" && strings.Contains(value, "://") {
		d.Host = hostOf(value)
	}
	for _, n := range variables(value) {
		d.Variable = n
		s.add(d)
	}
}

// address looks at a registry's address.
func (s *scanner) address(set setting) {
	d := Danger{Line: set.line, Key: set.key, Severity: High, Host: hostOf(set.value)}
	if len(variables(set.value)) > 0 {
		s.sends(d, set.value)
		return
	}
	u, err := registry.Parse(set.value)
	switch {
	case set.value == "":
		return
	case err != nil:
		d.Code = Address
	case slices.Contains(s.known, u):
		return
	case s.lookalike(u.String()):
		d.Code = Lookalike
	default:
		d.Code, d.Severity = Registry, Low
	}
	s.add(d)
}

// bound looks at a part of a credential that is for one host. key is "//host/path/" or an address.
func (s *scanner) bound(key string, set setting) {
	name := strings.ToLower(set.name)
	d := Danger{Line: set.line, Key: set.key, Severity: High, Host: hostOf(key)}
	switch {
	case name == "tokenhelper":
		d.Code = Helper
		s.add(d)
	case len(variables(key)) > 0:
		s.sends(d, key)
	case !s.knows(d.Host) && len(variables(set.value)) > 0:
		s.sends(d, set.value)
	}
}

// knows reports whether a host, with its port, is that of a known registry.
func (s *scanner) knows(host string) bool {
	return slices.ContainsFunc(s.known, func(u registry.URL) bool { return u.Host() == host })
}

// lookalike reports whether an address is at a known registry's host, but by another scheme or port. The
// keys of credentials tell no scheme, and some package managers do not mind the port.
func (s *scanner) lookalike(address string) bool {
	a, err := url.Parse(address)
	if err != nil {
		return false
	}
	name := strings.TrimSuffix(strings.ToLower(a.Hostname()), ".")
	alike := false
	for _, u := range s.known {
		k, err := url.Parse(u.String())
		if err != nil || k.Hostname() != name {
			continue
		}
		if k.Scheme == a.Scheme && u.Host() == hostOf(address) {
			return false
		}
		alike = true
	}
	return alike
}

// hostOf is the host of an address or of a key, without a user and password.
func hostOf(address string) string {
	scheme, rest, ok := strings.Cut(address, "//")
	if !ok {
		return ""
	}
	if scheme != "http:" {
		scheme = "https:"
	}
	rest = strings.TrimLeft(rest, "/")
	if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if u, err := registry.Parse(scheme + "//" + rest + "/"); err == nil {
		return u.Host()
	}
	return strings.ToLower(rest)
}
