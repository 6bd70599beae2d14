package registry

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

const maxAddress = 4096 // bytes of an address that a registry gives

// checkPage says whether the user may be sent to page, and which host that is. Any https host may show
// a login page, since registries delegate it; the host is told to the user. npm's public registry shows
// it on its own sites only. Plain http is for a registry and a page that are both on this machine.
func checkPage(reg registry.URL, page string) (host string, err error) {
	_, origin, err := parseAddress(page)
	switch {
	case err != nil:
		return "", err
	case !origin.Secure() && !(reg.Loopback() && origin.Loopback()):
		return "", fmt.Errorf("%w: it is not https", agent.ErrUnsafe)
	case reg == registry.Public && !slices.Contains(registry.PublicSites, origin.Host()):
		return "", fmt.Errorf("%w: its host is not one of npm's", agent.ErrUnsafe)
	}
	return origin.Host(), nil
}

// checkDone returns the address to poll. It must have the registry's own scheme, host and port. A proxy
// of npm's public registry passes that registry's address on; as npm does, it is then taken to be
// reached through the proxy.
func checkDone(reg registry.URL, done string) (string, error) {
	u, origin, err := parseAddress(done)
	if err != nil {
		return "", err
	}
	if origin.Host() == registry.Public.Host() && origin.Host() != reg.Host() {
		return throughProxy(reg, u), nil
	}
	if origin.Host() != reg.Host() || origin.Secure() != reg.Secure() {
		return "", fmt.Errorf("%w: it is not on the registry's own host", agent.ErrUnsafe)
	}
	return done, nil
}

// throughProxy puts u's path and query behind the registry's address, once.
func throughProxy(reg registry.URL, u *url.URL) string {
	path := u.EscapedPath()
	whole := reg.String() + strings.TrimPrefix(path, "/")
	if base, err := url.Parse(reg.String()); err == nil && strings.HasPrefix(path, base.EscapedPath()) {
		whole = strings.TrimSuffix(reg.String(), base.EscapedPath()) + path
	}
	if u.RawQuery != "" {
		whole += "?" + u.RawQuery
	}
	return whole
}

// parseAddress takes apart an address that a registry gave, and gives its origin in canonical form.
func parseAddress(raw string) (*url.URL, registry.URL, error) {
	bad := func(why string) (*url.URL, registry.URL, error) {
		return nil, registry.URL{}, fmt.Errorf("%w: %s", agent.ErrUnsafe, why)
	}
	if len(raw) > maxAddress {
		return bad("it is longer than 4096 bytes")
	}
	for i := range len(raw) {
		if raw[i] <= ' ' || raw[i] >= 0x7f || strings.IndexByte("\\\"'`<>^{|}", raw[i]) >= 0 {
			return bad("it holds a character that must be percent-encoded")
		}
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return bad("it cannot be parsed")
	case u.Scheme != "https" && u.Scheme != "http":
		return bad("it is neither https nor http")
	case u.User != nil || strings.Contains(u.Host, "@"):
		return bad("it holds a user name")
	case u.Opaque != "" || u.Host == "":
		return bad("it has no host")
	}
	origin, err := registry.Parse(u.Scheme + "://" + u.Host + "/")
	if err != nil {
		return bad("its host is not one")
	}
	return u, origin, nil
}
