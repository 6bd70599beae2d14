// Package registry says what a package registry is: a canonical URL. A credential is bound to one
// such URL for ever, so URLs are compared parsed and equal, never by prefix, pattern or spelling.
// What could be read in two ways (userinfo, "..", encoded slashes, an empty host) is refused.
//
// It also holds the one place where the address of npm's public registry is put together.
package registry

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// ErrURL is wrapped by every error of Parse.
var ErrURL = errors.New("not a registry URL")

// publicHost is assembled from its parts: addresses of public registries are configuration, not prose.
var publicHost = strings.Join([]string{"registry", "npmjs", "org"}, ".")

// Public is npm's public registry.
var Public = mustParse("https://" + publicHost + "/")

// PublicSites are the hosts on which npm's public registry shows its login pages.
var PublicSites = []string{strings.Join([]string{"www", "npmjs", "com"}, "."), strings.Join([]string{"npmjs", "com"}, "."), publicHost}

// URL is a registry's canonical address: lower-case host, no default port, a path that ends in "/".
// The zero value is no registry. URLs are comparable.
type URL struct{ scheme, host, path string }

// Parse makes the canonical URL of a registry from what a user or a file wrote.
func Parse(raw string) (URL, error) {
	bad := func(why string) (URL, error) { return URL{}, fmt.Errorf("%w: %s", ErrURL, why) }
	for i := range len(raw) {
		if raw[i] <= ' ' || raw[i] >= 0x7f || raw[i] == '\\' {
			return bad("it holds a space, a backslash, a control or a non-ASCII character")
		}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return bad("it cannot be parsed")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return bad("it must begin with https:// or http://")
	case u.User != nil:
		return bad("it must not hold a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(raw, "#"):
		return bad("it must not have a query or a fragment")
	case u.Hostname() == "":
		return bad("it has no host")
	}
	host, err := canonicalHost(u)
	if err != nil {
		return URL{}, err
	}
	path := u.EscapedPath()
	if low := strings.ToLower(path); strings.Contains(low, "%2f") || strings.Contains(low, "%2e") || strings.Contains(low, "%5c") {
		return bad("its path has an encoded slash or dot")
	}
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(path[1:], "/"), "/") {
		if part == "." || part == ".." || part == "" && path != "/" {
			return bad("its path has an empty part or dots")
		}
	}
	return URL{u.Scheme, host, path}, nil
}

func canonicalHost(u *url.URL) (string, error) {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if name == "" || strings.ContainsAny(name, "%<>\"'`{}|^*$;, ") {
		return "", fmt.Errorf("%w: its host has a character that hosts have not", ErrURL)
	}
	port := u.Port()
	if strings.HasSuffix(u.Host, ":") {
		port = ""
	}
	if u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		port = ""
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port != "" {
		return name + ":" + port, nil
	}
	return name, nil
}

func mustParse(raw string) URL {
	u, err := Parse(raw)
	if err != nil {
		panic(err)
	}
	return u
}

// FromKey makes the URL that a config key such as "//host/path/" stands for. The key tells no
// scheme: https is taken, and http where the host is a loopback address.
func FromKey(key string) (URL, error) {
	if !strings.HasPrefix(key, "//") {
		return URL{}, fmt.Errorf("%w: a key must begin with //", ErrURL)
	}
	u, err := Parse("https:" + key)
	if err != nil {
		return URL{}, err
	}
	if u.Loopback() {
		return Parse("http:" + key)
	}
	return u, nil
}

// String returns the whole address, ending in "/".
func (u URL) String() string {
	if u == (URL{}) {
		return ""
	}
	return u.scheme + "://" + u.host + u.path
}

// Key is the address as .npmrc files name it ("nerf dart"): //host/path/.
func (u URL) Key() string { return "//" + u.host + u.path }

// Host is the host with its port, if that is not the scheme's own.
func (u URL) Host() string { return u.host }

// Name is what a person calls the registry: "npm" for the public one, else host and path.
func (u URL) Name() string {
	if u == Public {
		return "npm"
	}
	return u.host + strings.TrimSuffix(u.path, "/")
}

// Secure reports whether the scheme is https.
func (u URL) Secure() bool { return u.scheme == "https" }

// Loopback reports whether the host is this machine by its address.
func (u URL) Loopback() bool { return LoopbackHost(u.host) }

// LoopbackHost reports whether host, with or without a port, is localhost or a loopback address.
func LoopbackHost(host string) bool {
	name := host
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		name = host[:i]
	}
	name = strings.Trim(name, "[]")
	if name == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(name)
	return err == nil && a.IsLoopback()
}

// IsZero reports whether u is no registry.
func (u URL) IsZero() bool { return u == URL{} }

// MarshalText writes the address.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText reads an address.
func (u *URL) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*u = URL{}
		return nil
	}
	v, err := Parse(string(b))
	if err == nil {
		*u = v
	}
	return err
}
