package yarnrc

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// machine is a user's machine with yarn 4, whose registry is behind a recorder of Authorization headers.
type machine struct {
	t     *testing.T
	home  *clients.Home
	yarn  clients.Client
	url   string // ends in "/"
	key   string // of the same registry, as npm has it
	alice string

	mu   sync.Mutex
	sent []string // "-" for a request without the header
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, yarn: clients.Need(t, "yarn4")}
	s := verdaccio.Start(t, verdaccio.Options{Opaque: true})
	back, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(back)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		if values, ok := r.Header["Authorization"]; ok {
			m.sent = append(m.sent, strings.Join(values, "|"))
		} else {
			m.sent = append(m.sent, "-")
		}
		m.mu.Unlock()
		if r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, "/-/user/") { // Verdaccio has its own idea of it
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(`{"token":"` + m.alice + `"}`))
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	m.url, m.key = front.URL+"/", "//"+strings.TrimPrefix(front.URL, "http://")+"/"
	m.alice = s.Mint("alice", time.Hour)
	m.home = clients.NewHome(t, m.url, m.yarn)
	return m
}

// base is what yarn needs for a registry without TLS, and to stay on this machine.
const base = "# mine\nunsafeHttpWhitelist:\n  - 127.0.0.1 # the test's\nhttpsProxy: http://127.0.0.1:9\nhttpRetry: 0\nenableGlobalCache: false\nnpmPreapprovedPackages: [\"*\", \"@*/*\"] # they are younger than a day\nnodeLinker: node-modules\n"

// run runs yarn in a fresh project and tells the headers that it sent.
func (m *machine) run(rc string, env []string, args ...string) (out string, sent []string, err error) {
	m.t.Helper()
	m.home.Write(m.t, ".yarnrc.yml", rc, 0o600)
	m.home.Write(m.t, "work/package.json", `{"name":"consumer","private":true}`, 0o600)
	m.home.Write(m.t, "work/yarn.lock", "", 0o600)
	m.sent = nil
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	said, err := m.yarn.Command(ctx, m.home.Work(), m.home.Env(env...), args...).CombinedOutput()
	m.mu.Lock()
	defer m.mu.Unlock()
	return string(said), m.sent, err
}

// TestYarnAddsPrivatePackage lets real yarn install a private package of a real registry with what Set wrote.
func TestYarnAddsPrivatePackage(t *testing.T) {
	m := newMachine(t)
	for name, rc := range map[string]string{
		"default registry": base + "npmRegistryServer: " + m.url + "\n",
		"scope's registry": base + "npmScopes:\n  acme:\n    npmRegistryServer: \"" + m.url + "\"\n",
		"CRLF":             strings.ReplaceAll(base+"npmRegistryServer: "+m.url+"\n", "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			m.t = t
			rc, err := Set([]byte(rc), TokenKey(m.key), Placeholder("SG_0123456789abcdef"))
			if err != nil {
				t.Fatal(err)
			}
			out, sent, err := m.run(string(rc), []string{"SG_0123456789abcdef=" + m.alice}, "add", "@acme/private")
			if err != nil || len(sent) == 0 {
				t.Fatalf("yarn add: %v\n%s", err, out)
			}
			for _, header := range sent {
				if header != "Bearer "+m.alice {
					t.Error("a request went without the session")
				}
			}
			if got := m.home.Read("work/node_modules/@acme/private/index.js"); !strings.Contains(got, "sand") {
				t.Errorf("the package did not come: %q", got)
			}
		})
	}
}

// TestYarnWithoutCredential shows that the placeholder neither ends yarn nor sends a bad header.
func TestYarnWithoutCredential(t *testing.T) {
	m := newMachine(t)
	rc, err := Set([]byte(base+"npmRegistryServer: "+m.url+"\n"), TokenKey(m.key), Placeholder("SG_1"))
	if err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string][]string{"unset": nil, "empty": {"SG_1="}} {
		out, sent, err := m.run(string(rc), env, "add", "@acme/private")
		if err == nil || strings.Contains(out, "Usage Error") || len(sent) == 0 {
			t.Errorf("%s: %v, %d requests\n%s", name, err, len(sent), out)
		}
		if out, more, err := m.run(string(rc), env, "add", "plain-sand"); err != nil {
			t.Errorf("%s: the public package: %v\n%s", name, err, out)
		} else {
			sent = append(sent, more...)
		}
		for _, header := range sent {
			if header != "-" {
				t.Errorf("%s: yarn sent Authorization: %q", name, header)
			}
		}
	}
	// What a plain ${NAME} does: the reason for the placeholder's form.
	if out, _, err := m.run(strings.Replace(string(rc), "${SG_1-}", "${SG_1}", 1), nil, "add", "plain-sand"); err == nil || !strings.Contains(out, "SG_1") {
		t.Errorf("yarn goes on without a variable: %s", out)
	}
}

// TestYarnLogin tells what yarn's own login makes of the user's file, and that its entry is found and replaced.
func TestYarnLogin(t *testing.T) {
	m := newMachine(t)
	rc, err := Set([]byte(base+"npmRegistryServer: "+m.url+"\n"), TokenKey(m.key), Placeholder("SG_1"))
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"YARN_IS_TEST_ENV=1", "YARN_INJECT_NPM_USER=alice", "YARN_INJECT_NPM_PASSWORD=" + verdaccio.Password("alice")}
	if out, _, err := m.run(string(rc), env, "npm", "login"); err != nil {
		t.Fatalf("yarn npm login: %v\n%s", err, out)
	}
	after := m.home.Read(".yarnrc.yml")
	if strings.Contains(after, "#") {
		t.Errorf("yarn kept comments: nothing needs to be done then")
	}
	f, err := Parse([]byte(after))
	if err != nil {
		t.Fatal(err)
	}
	literal := 0
	for _, c := range f.Credentials() {
		if c.RegistryKey != m.key {
			t.Errorf("%s is taken for one of %s", c.Key, c.RegistryKey)
		}
		if !c.Literal {
			continue
		}
		literal++
		out, err := Set([]byte(after), c.Key, Placeholder("SG_1"))
		if err != nil || strings.Contains(string(out), c.Value.Reveal()) {
			t.Errorf("the session could not be taken out of %s: %v", c.Key, err)
		}
		if said, sent, err := m.run(string(out), []string{"SG_1=" + m.alice}, "add", "@acme/private"); err != nil || len(sent) == 0 || sent[0] != "Bearer "+m.alice {
			t.Errorf("yarn add after that: %v\n%s", err, said)
		}
	}
	if literal != 1 {
		t.Errorf("%d literal credentials in yarn's file", literal)
	}
	t.Log(strings.ReplaceAll(after, m.alice, "(session)"))
}
