package registry

import (
	"encoding/json"
	"errors"
	"testing"
)

// TestA16_A21_OneSpelling: what names the same registry is equal, and what does not is not.
func TestA16_A21_OneSpelling(t *testing.T) {
	same := map[string][]string{
		"https://registry.example.com/":        {"https://registry.example.com", "HTTPS://Registry.Example.COM/", "https://registry.example.com:443/", "https://registry.example.com./"},
		"http://registry.example.com/":         {"http://registry.example.com:80"},
		"https://registry.example.com:8443/a/": {"https://registry.example.com:8443/a"},
		"http://[::1]:4873/":                   {"http://[::1]:4873"},
	}
	for want, spellings := range same {
		for _, s := range append(spellings, want) {
			u, err := Parse(s)
			if err != nil || u.String() != want {
				t.Errorf("Parse(%q) = %v, %v; want %s", s, u, err, want)
			}
		}
	}
	differ := []string{"https://registry.example.com/a/", "https://registry.example.com/ab/", "http://registry.example.com/a/", "https://registry.example.com:8443/a/",
		"https://registry.example.com/A/", "https://xn--registry-abc.example.com/a/"}
	seen := map[URL]string{}
	for _, s := range differ {
		u, err := Parse(s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
		}
		if other, twice := seen[u]; twice {
			t.Errorf("%s and %s are taken for one", s, other)
		}
		seen[u] = s
	}
}

func TestA17_A22_AmbiguousIsRefused(t *testing.T) {
	for _, s := range []string{"", "registry.example.com", "//registry.example.com/", "ftp://registry.example.com/", "https:///x", "https://", "https://:443/",
		"https://h.example.com/a/../b/", "https://h.example.com/./", "https://h.example.com//a/", "https://h.example.com/%2e%2e/b/", "https://h.example.com/a%2Fb/",
		"https://h.example.com/a\\b/", "https://registry.example.com@evil.example.com/", "https://a:b@h.example.com/", "https://h.example.com/?x", "https://h.example.com/#x",
		"https://h.example.com/a b/", "https://h.example.com/\n", "https://ｒegistry.example.com/", "http://[fe80::1%25eth0]/", "https://h.example.com/${NPM_TOKEN}/\x00", "https://$(id)/", "javascript:alert(1)"} {
		if u, err := Parse(s); !errors.Is(err, ErrURL) {
			t.Errorf("Parse(%q) = %v, %v", s, u, err)
		}
	}
}

func TestKeys(t *testing.T) {
	u, _ := Parse("https://registry.example.com:8443/npm/a")
	if u.Key() != "//registry.example.com:8443/npm/a/" || u.Name() != "registry.example.com:8443/npm/a" || u.Host() != "registry.example.com:8443" {
		t.Errorf("%s %s %s", u.Key(), u.Name(), u.Host())
	}
	if back, err := FromKey(u.Key()); err != nil || back != u {
		t.Errorf("FromKey: %v %v", back, err)
	}
	if local, err := FromKey("//127.0.0.1:4873/"); err != nil || local.String() != "http://127.0.0.1:4873/" {
		t.Errorf("FromKey of a loopback key: %v %v", local, err)
	}
	if Public.Name() != "npm" || !Public.Secure() || Public.Loopback() {
		t.Error("npm's public registry")
	}
	for host, want := range map[string]bool{"localhost:1": true, "127.9.9.9": true, "[::1]:80": true, "localhost.evil.example.com": false, "127.0.0.1.example.com": false, "10.0.0.1": false} {
		if LoopbackHost(host) != want {
			t.Errorf("LoopbackHost(%s) is not %v", host, want)
		}
	}
}

func TestJSON(t *testing.T) {
	u, _ := Parse("https://registry.example.com/a/")
	raw, err := json.Marshal(map[string]URL{"u": u, "none": {}})
	var back map[string]URL
	if err != nil || json.Unmarshal(raw, &back) != nil || back["u"] != u || !back["none"].IsZero() {
		t.Errorf("%s %v", raw, err)
	}
	if json.Unmarshal([]byte(`{"u":"ftp://x/"}`), &back) == nil {
		t.Error("a bad URL was read")
	}
}
