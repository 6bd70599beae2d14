package e2e

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// outlived waits for the end of a session that does not tell it.
func outlived(s *stage) {
	s.t.Helper()
	s.await("the session's end at the registry", func() bool { return !s.front.Live(s.secrets[0]) })
}

// endedEarly ends a session that should live on.
func endedEarly(s *stage) {
	s.adopted()
	s.front.End(s.secrets[0])
}

// movedLong has a session kept whose variable no client is given.
func movedLong(s *stage, _ scenario) {
	s.settings("move = true\n")
	s.credential(s.mint("alice", 2*time.Hour))
}

// breaks has the registry answer otherwise, once the session is kept.
func breaks(f verdaccio.Fault) func(*stage) {
	return func(s *stage) {
		s.adopted()
		s.front.Break(f)
	}
}

// elsewhere has the user's scope come from the right registry, and the project take it from another.
func elsewhere(s *stage, sc scenario) {
	other := verdaccio.Start(s.t, verdaccio.Options{Hide: true})
	host := strings.Replace(other.Host(), "127.0.0.1", "localhost", 1) // another host, and not only another port
	address := "http://" + host + "/"
	s.names[host] = "packages.example.com"
	s.files("@acme:registry="+address+"\n//"+host+"/:_authToken="+s.secret(other.Mint("alice", time.Hour))+"\n",
		"npmScopes:\n  acme:\n    npmRegistryServer: \""+address+"\"\n"+yarnToken(address, s.secrets[0]))
	for _, c := range sc.clients() {
		s.home.Write(s.t, "work/"+c+"/.npmrc", "@acme:registry="+s.front.URL+"\n", 0o600)
		s.home.Write(s.t, "work/"+c+"/.yarnrc.yml", "npmScopes:\n  acme:\n    npmRegistryServer: \""+s.front.URL+"\"\n", 0o600)
	}
}

// at has the files name another registry in the place of the front.
func (s *stage) at(address string, more ...string) {
	u, err := url.Parse(address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.names[u.Host] = "packages.example.com"
	for _, name := range []string{".npmrc", ".yarnrc.yml", "etc/npmrc", ".config/pnpm/rc"} {
		s.home.Write(s.t, name, strings.ReplaceAll(s.home.Read(name), s.front.URL, address)+strings.Join(more, ""), 0o600)
	}
}

// nobody: where the registry should be, nobody listens.
func nobody(s *stage, _ scenario) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	address := "http://" + l.Addr().String() + "/"
	_ = l.Close()
	s.at(address)
}

// selfSigned puts a registry behind a certificate that nobody has heard of.
func selfSigned(s *stage, _ scenario) {
	target, err := url.Parse(s.front.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(target))
	server.Config.ErrorLog = quiet
	server.StartTLS()
	s.t.Cleanup(server.Close)
	s.at(server.URL + "/")
}

// proxied puts a proxy before a registry that wants a password for itself.
func proxied(s *stage, _ scenario) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
		http.Error(w, "Proxy Authentication Required", http.StatusProxyAuthRequired)
	}))
	s.t.Cleanup(proxy.Close)
	s.names[strings.TrimPrefix(proxy.URL, "http://")] = "proxy.example.com:3128"
	s.at("https://packages.example.com/")
	s.home.Write(s.t, ".npmrc", s.home.Read(".npmrc")+"proxy="+proxy.URL+"\nhttps-proxy="+proxy.URL+"\n", 0o600)
	s.home.Write(s.t, ".yarnrc.yml", s.home.Read(".yarnrc.yml")+"httpProxy: \""+proxy.URL+"\"\nhttpsProxy: \""+proxy.URL+"\"\n", 0o600)
	for _, name := range []string{"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"} {
		s.env = append(s.env, name+"="+proxy.URL)
	}
}
