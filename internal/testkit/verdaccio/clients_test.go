package verdaccio_test

import (
	"bufio"
	"context"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/chromium"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// machine is a user's machine: a registry, a home, a client.
type machine struct {
	t      *testing.T
	server *verdaccio.Server
	home   *clients.Home
	client clients.Client
}

func newMachine(t *testing.T, name string, o verdaccio.Options) *machine {
	t.Helper()
	c := clients.Need(t, name)
	s := verdaccio.Start(t, o)
	return &machine{t, s, clients.NewHome(t, s.URL, c), c}
}

func (m *machine) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	m.t.Cleanup(cancel)
	return m.client.Command(ctx, m.home.Work(), m.home.Env(), args...)
}

// run runs the client to its end.
func (m *machine) run(args ...string) (string, error) {
	out, err := m.command(args...).CombinedOutput()
	return string(out), err
}

var pageAddress = regexp.MustCompile(`http://[^\s]+/login/[0-9a-f]+`)

// login runs the client's own web login and lets answer complete its page.
func (m *machine) login(answer func(page string)) {
	m.t.Helper()
	cmd := m.command("login")
	out, err := cmd.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	var said strings.Builder
	answered := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if page := pageAddress.FindString(lines.Text()); page != "" && !answered {
			answered = true
			answer(page)
		}
	}
	if err := cmd.Wait(); err != nil || !answered {
		m.t.Fatalf("%s login: %v\n%s", m.client.Name, err, said.String())
	}
}

// works proves that the client uses the session that it wrote: it knows the user and installs a private package.
func (m *machine) works(user string) {
	m.t.Helper()
	if out, err := m.run("whoami"); err != nil || strings.TrimSpace(out) != user {
		m.t.Errorf("%s whoami: %v\n%s", m.client.Name, err, out)
	}
	m.home.Write(m.t, "work/package.json", `{"name":"consumer","private":true,"dependencies":{"@acme/private":"1.0.0"}}`, 0o644)
	if out, err := m.run("install"); err != nil {
		m.t.Errorf("%s install: %v\n%s", m.client.Name, err, out)
	}
	if got := m.home.Read("work/node_modules/@acme/private/index.js"); !strings.Contains(got, "sand") {
		m.t.Errorf("%s did not bring the private package: %q", m.client.Name, got)
	}
}

// TestRealClients logs in with each client that can, and says which file holds the session after that.
func TestRealClients(t *testing.T) {
	for _, c := range []struct{ client, file string }{
		{"npm10", ".npmrc"},
		{"npm11", ".npmrc"},
		{"npm12", ".npmrc"},
		{"pnpm11", ".config/pnpm/auth.ini"},
		{"pnpm12", ".config/pnpm/auth.ini"},
	} {
		t.Run(c.client, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, c.client, verdaccio.Options{Opaque: true})
			m.login(func(page string) {
				if err := m.server.Answer(page, "alice", verdaccio.Password("alice")); err != nil {
					t.Error(err)
				}
			})
			key := "//" + m.server.Host() + "/:_authToken="
			for _, file := range []string{".npmrc", ".config/pnpm/auth.ini", ".config/pnpm/rc", ".config/pnpm/config.yaml"} {
				_, rest, found := strings.Cut(m.home.Read(file), key)
				if found != (file == c.file) {
					t.Errorf("%s holds the session: %v", file, found)
				}
				value, _, _ := strings.Cut(rest, "\n")
				if found && !m.server.Live(value) {
					t.Errorf("%s does not hold the session as it is", file)
				}
			}
			m.works("alice")
		})
	}
}

// TestRealBrowser completes npm's login in a real browser.
func TestRealBrowser(t *testing.T) {
	m := newMachine(t, "npm12", verdaccio.Options{})
	shot := filepath.Join(t.TempDir(), "page.png")
	m.login(func(page string) {
		text := chromium.SignIn(t, page, "bob", verdaccio.Password("bob"), shot)
		if !strings.Contains(text, "Signed in") || !strings.Contains(text, "bob") {
			t.Errorf("the page says %q", text)
		}
	})
	m.works("bob")
}

// TestRealLogout shows that npm's logout ends the session here, as it does at npm's public registry.
func TestRealLogout(t *testing.T) {
	m := newMachine(t, "npm12", verdaccio.Options{})
	session := m.server.Mint("alice", time.Hour)
	m.home.Write(t, ".npmrc", "registry="+m.server.URL+"\n//"+m.server.Host()+"/:_authToken="+session+"\n", 0o600)
	m.works("alice")
	if out, err := m.run("logout"); err != nil {
		t.Fatalf("npm logout: %v\n%s", err, out)
	}
	if m.server.Live(session) || strings.Contains(m.home.Read(".npmrc"), session) {
		t.Error("the session lives on")
	}
}

// TestRealSessionOver shows what a user sees when a session is over at a registry that hides packages.
func TestRealSessionOver(t *testing.T) {
	m := newMachine(t, "npm12", verdaccio.Options{Opaque: true, Hide: true})
	session := m.server.Mint("alice", time.Hour)
	m.home.Write(t, ".npmrc", "registry="+m.server.URL+"\n//"+m.server.Host()+"/:_authToken="+session+"\n", 0o600)
	m.works("alice")
	m.server.End(session)
	if out, err := m.run("whoami"); err == nil || !strings.Contains(out, "E401") {
		t.Errorf("whoami: %v\n%s", err, out)
	}
	if out, err := m.run("view", "@acme/private"); err == nil || !strings.Contains(out, "E404") {
		t.Errorf("view: %v\n%s", err, out)
	}
}
