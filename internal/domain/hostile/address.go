package hostile

import (
	"net/url"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// address looks at a registry's address.
func (s *scanner) address(set setting) {
	if len(s.low) >= maxDangers && s.far(set.value) {
		s.add(Danger{Severity: Low})
		return
	}
	d := Danger{Line: set.line, Key: set.key, Severity: High, Host: hostOf(set.value)}
	if len(variables(set.value)) > 0 {
		s.sends(d, set.value)
		plain := unset(set.value)
		d.Host = hostOf(plain)
		switch {
		case len(variables(plain)) == 0:
			s.place(plain, d)
		case alone.MatchString(plain):
		case originOf(plain) == "" || len(variables(originOf(plain))) > 0:
			d.Code = Address
			s.add(d)
		}
		return
	}
	s.place(set.value, d)
}

// far reports whether an address surely is at a host that is no known registry's. A project may be made to keep
// us busy with addresses.
func (s *scanner) far(address string) bool {
	rest, ok := strings.CutPrefix(address, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(address, "http://")
	}
	name, _, _ := strings.Cut(rest, "/")
	name, _, _ = strings.Cut(name, ":")
	odd := strings.ContainsFunc(address, func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || strings.ContainsRune(".-/:_", r))
	})
	return ok && !odd && s.near[strings.TrimSuffix(name, ".")] == nil
}

// place looks at an address without variables.
func (s *scanner) place(address string, d Danger) {
	u, err := registry.Parse(address)
	switch {
	case address == "":
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

// knows reports whether a host, with its port, is that of a known registry.
func (s *scanner) knows(host string) bool { return s.hosts[host] }

// lookalike reports whether an address is at a known registry's host, but by another scheme or port. The
// keys of credentials tell no scheme, and some package managers do not mind the port.
func (s *scanner) lookalike(address string) bool {
	a, err := url.Parse(address)
	if err != nil {
		return false
	}
	near := s.near[strings.TrimSuffix(strings.ToLower(a.Hostname()), ".")]
	return len(near) > 0 && !slices.Contains(near, origin{a.Scheme, hostOf(address)})
}

// originOf is an address without its path.
func originOf(address string) string {
	i := strings.Index(address, "://")
	if i < 0 {
		return ""
	}
	if j := strings.IndexAny(address[i+3:], `/?#\`); j >= 0 {
		return address[:i+3+j]
	}
	return address
}

// hostOf is the host of an address or of a key, without a user and password.
func hostOf(address string) string {
	scheme, rest, ok := strings.Cut(address, "//")
	if !ok {
		return ""
	}
	if scheme = strings.ToLower(scheme); scheme != "http:" {
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
