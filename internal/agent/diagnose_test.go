package agent

import (
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/finding"
)

// TestRegistryOf: a request's address holds the registry, the package, and what npm puts behind both.
func TestRegistryOf(t *testing.T) {
	for _, c := range []struct {
		f    finding.Failure
		want string
	}{
		{finding.Failure{Method: "GET", URL: "https://r.example.com/npm/@acme%2fui", Package: "@acme/ui"}, "https://r.example.com/npm/"},
		{finding.Failure{Method: "GET", URL: "https://r.example.com/npm/@acme%2Fui", Package: "@acme/ui"}, "https://r.example.com/npm/"},
		{finding.Failure{Method: "GET", URL: "https://r.example.com/npm/@acme/ui", Package: "@acme/ui"}, "https://r.example.com/npm/"},
		{finding.Failure{Method: "GET", URL: "https://r.example.com/npm/@acme/ui/-/ui-1.0.0.tgz", Package: "@acme/ui"}, "https://r.example.com/npm/"},
		{finding.Failure{Method: "PUT", URL: "https://r.example.com/ui", Package: "ui"}, "https://r.example.com/"},
		{finding.Failure{Method: "GET", URL: "https://r.example.com/npm/-/whoami"}, "https://r.example.com/npm/"},
		{finding.Failure{Method: "GET", URL: "https://r.example.com/npm/-/whoami", Package: "ui"}, "https://r.example.com/npm/"},
		{finding.Failure{Method: "GET", URL: "https://cdn.example.com/some/page", Package: "ui"}, ""},
		{finding.Failure{URL: "https://r.example.com/npm/"}, "https://r.example.com/npm/"},
		{finding.Failure{Package: "ui"}, ""},
	} {
		if got := registryOf(c.f); got != c.want {
			t.Errorf("%+v: %q, want %q", c.f, got, c.want)
		}
	}
}
