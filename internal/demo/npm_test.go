package demo_test

import (
	"bufio"
	"bytes"
	"context"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/demo"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// clientLimit ends a client that hangs.
const clientLimit = 2 * time.Minute

// machine is a home with one real client in it, whose registry is the demo's. Its kit fails the test
// if the client asks for anything outside this machine.
type machine struct {
	reg    *demo.Registry
	client clients.Client
	home   *clients.Home
}

func newMachine(t *testing.T, name string) *machine {
	t.Helper()
	c := clients.Need(t, name)
	reg, err := demo.Start(t.Context(), demo.Options{Session: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reg.Close() })
	m := &machine{reg, c, clients.NewHome(t, reg.URL(), c)}
	m.home.Write(t, "work/package.json", `{"name":"consumer","version":"1.0.0","private":true,"license":"MIT"}`, 0o600)
	return m
}

func (m *machine) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := m.client.Command(ctx, m.home.Work(), m.home.Env(), args...)
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// run returns what the client printed, and fails the test unless it ends as wanted.
func (m *machine) run(t *testing.T, ok bool, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientLimit)
	defer cancel()
	out, err := m.command(ctx, args...).CombinedOutput()
	if (err == nil) != ok {
		t.Fatalf("%s %s: %v\n%s", m.client.Name, args[0], err, redact(string(out)))
	}
	return string(out)
}

// login runs npm login and answers the page that it prints.
func (m *machine) login(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientLimit)
	defer cancel()
	cmd := m.command(ctx, "login", "--auth-type=web")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answered := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if page := pageAddress.FindString(lines.Text()); page != "" && !answered {
			answered = true
			if err := m.reg.Answer(ctx, page, demo.DefaultUser, token.NewSecret(demo.DefaultPassword)); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil || !answered {
		t.Fatalf("%s login: %v, page answered: %v\n%s", m.client.Name, err, answered, redact(stderr.String()))
	}
}

// installed fails the test unless the private package was brought by the session that lives.
func (m *machine) installed(t *testing.T) {
	t.Helper()
	if got := m.home.Read("work/node_modules/@acme/private/index.js"); !strings.Contains(got, "@acme/private 2.0.0") {
		t.Errorf("%s installed %q", m.client.Name, got)
	}
	sessions := m.reg.Sessions()
	if len(sessions) != 1 {
		t.Fatalf("%d sessions", len(sessions))
	}
	archives := 0
	for _, r := range m.reg.Requests() {
		if r.Path == "/@acme/private/-/private-2.0.0.tgz" && r.Status == 200 && r.Fingerprint == sessions[0].Fingerprint {
			archives++
		}
	}
	if archives == 0 {
		t.Errorf("%s got the package without the session", m.client.Name)
	}
}

var (
	pageAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/login/\S+`)
	secretText  = regexp.MustCompile(`npm_[A-Za-z0-9]{36}`)
)

func redact(s string) string { return secretText.ReplaceAllString(s, "[secret]") }

func TestG01_RealNpm(t *testing.T) {
	for _, name := range []string{"npm11", "npm12"} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t, name)
			if out := m.run(t, false, "install", "@acme/private"); !strings.Contains(out, "E404") {
				t.Errorf("a stranger's install: %s", out)
			}
			m.login(t)
			if out := m.run(t, true, "whoami"); strings.TrimSpace(out) != demo.DefaultUser {
				t.Errorf("whoami: %q", out)
			}
			m.run(t, true, "install", "@acme/private")
			m.installed(t)
			if out := m.run(t, true, "token", "list"); strings.Count(out, " with id ") != 5 {
				t.Errorf("token list:\n%s", redact(out))
			}
			m.reg.ExpireAll()
			if out := m.run(t, false, "whoami"); !strings.Contains(out, "E401") {
				t.Errorf("whoami after the end: %s", redact(out))
			}
			if out := m.run(t, false, "view", "@acme/private"); !strings.Contains(out, "E404") {
				t.Errorf("view after the end: %s", redact(out))
			}
			m.login(t)
			m.run(t, true, "logout")
			if s := m.reg.Sessions(); len(s) != 0 {
				t.Errorf("%d sessions after logout", len(s))
			}
			if strings.Contains(m.home.Read(".npmrc"), "_authToken") {
				t.Error("logout left the session in .npmrc")
			}
		})
	}
}

// TestRealClientsInstall hands a session to the other clients by the files that they read.
func TestRealClientsInstall(t *testing.T) {
	for _, name := range []string{"pnpm10", "pnpm11", "pnpm12", "yarn1", "yarn4", "bun"} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t, name)
			session, err := m.reg.SignIn(demo.DefaultUser)
			if err != nil {
				t.Fatal(err)
			}
			url := strings.TrimSuffix(m.reg.URL(), "/")
			m.home.Write(t, ".npmrc", "registry="+url+"/\n"+strings.TrimPrefix(url, "http:")+"/:_authToken="+session.Reveal()+"\n", 0o600)
			m.home.Write(t, ".yarnrc.yml", "npmRegistryServer: "+url+"\nnpmAuthToken: "+session.Reveal()+
				"\nnpmAlwaysAuth: true\nunsafeHttpWhitelist: [127.0.0.1]\nnodeLinker: node-modules\nnpmMinimalAgeGate: 0\n", 0o600)
			m.run(t, true, "add", "@acme/private")
			m.installed(t)
		})
	}
}
