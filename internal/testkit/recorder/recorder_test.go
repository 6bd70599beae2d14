package recorder

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const secret = "npm_Secret+0"

// get asks for an address, with a credential or without, through a proxy or not.
func get(t *testing.T, address, authorization string, transport *http.Transport) string {
	t.Helper()
	q, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		q.Header.Set("Authorization", authorization)
	}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestCanaryInAnyGuise(t *testing.T) {
	r := Start(t)
	for name, c := range map[string]struct{ path, authorization string }{
		"header": {"x", "Bearer " + secret},
		"basic":  {"x", "Basic " + base64.StdEncoding.EncodeToString([]byte("me:"+secret))},
		"path":   {url.PathEscape(secret) + "/x", ""},
		"query":  {"x?a=" + secret, ""},
		"case":   {"x", "Bearer " + strings.ToUpper(secret)},
	} {
		r.Reset()
		get(t, r.URL+c.path, c.authorization, &http.Transport{})
		if len(r.Canary(secret)) != 1 {
			t.Errorf("%s: %+v", name, r.Requests())
		}
	}
	r.Reset()
	get(t, r.URL+"x", "Bearer other", &http.Transport{})
	if len(r.Canary(secret)) != 0 || len(r.Requests()) != 1 {
		t.Errorf("found where there is none: %+v", r.Requests())
	}
}

func TestEveryPackageIsThere(t *testing.T) {
	r := Start(t)
	for path, want := range map[string]string{
		"plain":       `"tarball":"` + r.URL + `plain/-/x-1.0.0.tgz"`,
		"@a%2fb":      `"tarball":"` + r.URL + `@a/b/-/x-1.0.0.tgz"`,
		"x/y/@a%2Fb":  `"tarball":"` + r.URL + `x/y/@a/b/-/x-1.0.0.tgz"`,
		"x/y/@a/b":    `"integrity":"` + Integrity("@a/b") + `"`,
		"deep/plain/": `"versions"`,
	} {
		if got := get(t, r.URL+path, "", &http.Transport{}); !strings.Contains(got, want) {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestProxyAndTunnel(t *testing.T) {
	r := Start(t)
	proxy, err := url.Parse(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(r.CA())) {
		t.Fatal("no certificate")
	}
	for _, scheme := range []string{"http", "https"} {
		r.Reset()
		through := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: roots}}
		body := get(t, scheme+"://registry.example.com/plain", "Bearer "+secret, through)
		found := r.Canary(secret)
		if len(found) != 1 || !found[0].Proxied || found[0].Host != "registry.example.com" || !strings.Contains(body, scheme+"://registry.example.com/plain/-/") {
			t.Errorf("%s: %+v\n%s", scheme, r.Requests(), body)
		}
	}
}
