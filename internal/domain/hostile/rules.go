package hostile

import (
	"regexp"
	"slices"
	"strings"
)

// setting is one setting of a project, whatever its file's format. name is npm's name of it.
type setting struct {
	name  string
	value string
	line  int
	key   string // as the file has it
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

// npmName is strict-ssl of strictSsl and strict_ssl.
func npmName(name string) string {
	if len(name) > 40 || name == "" {
		return name // nobody's setting
	}
	var b []byte
	for i := range len(name) {
		switch c := name[i]; {
		case 'A' <= c && c <= 'Z':
			if i > 0 && 'a' <= name[i-1] && name[i-1] <= 'z' {
				b = append(b, '-')
			}
			b = append(b, c-'A'+'a')
		case c == '_' && i > 0:
			b = append(b, '-')
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// judge looks at a setting that is not bound to a host.
func (s *scanner) judge(set setting) {
	name := npmName(set.name)
	d := Danger{Line: set.line, Key: set.key, Severity: High}
	if code, ok := plain[name]; ok {
		if set.value != "" && set.value != "null" {
			d.Code = code
			s.add(d)
		}
		return
	}
	switch {
	case name == "registry" || strings.HasSuffix(set.name, ":registry"):
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
		if brought(name, set.value) {
			d.Code = Program
			s.add(d)
		}
	case slices.Contains(credentials, strings.ToLower(set.name)) || slices.Contains(sent, name) || strings.Contains(set.value, "://"):
		s.sends(d, set.value)
	}
}

var (
	loads  = regexp.MustCompile(`(?i)(?:^|\s)["']?-r\b|require|import|loader|env-file|openssl-config|use-openssl-ca|eval|\$`)
	rooted = regexp.MustCompile(`^(?:/|~|[A-Za-z]:[\\/])`)
)

// brought reports whether a setting names a program that the project may have brought along: one by a path that
// begins at the project, or by a variable.
func brought(name, value string) bool {
	value = strings.TrimSpace(unset(value))
	if name == "node-options" {
		return loads.MatchString(value)
	}
	return strings.HasPrefix(value, ".") || strings.Contains(value, "$") ||
		strings.ContainsAny(value, `/\`) && !rooted.MatchString(value)
}

// bound looks at a part of a credential, or of what guards it, that is for one host. key is "//host/path/" or an
// address.
func (s *scanner) bound(key string, set setting) {
	name := strings.ToLower(set.name)
	d := Danger{Line: set.line, Key: set.key, Severity: High}
	guards := name == "tokenhelper" || name == "ca" || name == "cafile"
	if !guards && len(variables(key)) == 0 && len(variables(set.value)) == 0 {
		return
	}
	d.Host = hostOf(key)
	switch {
	case name == "tokenhelper":
		d.Code = Helper
		s.add(d)
	case guards:
		d.Code = TLS
		s.add(d)
	case len(variables(key)) > 0:
		s.sends(d, key)
	case !s.knows(d.Host):
		s.sends(d, set.value)
	}
}
