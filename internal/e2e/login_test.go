package e2e

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/vault"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// loginPage is what every client prints before it waits.
var loginPage = regexp.MustCompile(`https?://127\.0\.0\.1:\d+/login/\S+`)

// login runs a client's own login in a terminal of the user's, and signs in at its page.
func (u *user) login(c clients.Client, r *verdaccio.Server, args ...string) {
	u.t.Helper()
	cmd := c.Command(u.t.Context(), u.home.Work(), u.env, append([]string{"login", "--registry", r.URL}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		u.t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		u.t.Fatal(err)
	}
	var said strings.Builder
	signed := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if page := loginPage.FindString(lines.Text()); page != "" && !signed {
			signed = true
			if err := r.Answer(page, "alice", verdaccio.Password("alice")); err != nil {
				u.t.Errorf("sign in: %v", err)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		u.t.Fatalf("%s login: %v\n%s", c.Name, err, &said)
	}
}

// withKeyring is a user's home with a private bus that has a keyring, and the address of that bus.
func withKeyring(t *testing.T, r *verdaccio.Server, use ...clients.Client) (*user, string) {
	t.Helper()
	bus := desktop.Bus(t)
	vault.Start(t, bus)
	home := clients.NewHome(t, r.URL, use...)
	return newUser(t, home, "DBUS_SESSION_BUS_ADDRESS="+bus, "NO_COLOR=1"), bus
}

// session returns the user's session at r, as the agent tells it.
func (u *user) session(r *verdaccio.Server) api.Session {
	for _, s := range u.status().Sessions {
		if s.Registry == r.URL {
			return s
		}
	}
	return api.Session{}
}

// shellValue is what a fresh shell that loads the env file finds in a variable.
func (u *user) shellValue(name string) string {
	u.t.Helper()
	out, err := u.command(u.t.Context(), "sh", "-c", `. "$XDG_RUNTIME_DIR/sandglass/env.sh"; printf %s "$`+name+`"`).Output()
	if err != nil {
		u.t.Fatal(err)
	}
	return string(out)
}

// TestD02_EveryLogin runs the real logins of npm 10, 11 and 12 and pnpm 11 and 12 beside the agent. The
// literal that each writes is taken into keyring and env file, and the user's file says what it said
// before: placeholder, comments, order, link.
func TestD02_EveryLogin(t *testing.T) {
	for _, c := range []struct{ client, file string }{
		{"npm10", ".npmrc"}, {"npm11", ".npmrc"}, {"npm12", ".npmrc"}, {"pnpm11", ".config/pnpm/auth.ini"}, {"pnpm12", ".config/pnpm/auth.ini"},
	} {
		t.Run(c.client, func(t *testing.T) {
			client := clients.Need(t, c.client)
			r := verdaccio.Start(t, verdaccio.Options{})
			u, _ := withKeyring(t, r, client)
			key := "//" + r.Host() + "/:_authToken"
			before := "; alice's registries\nregistry=" + r.URL + "\n\n# the login\n" + key + "=${NPM_TOKEN}\nfund = false\n\n# another one\n//other.example.com/:_authToken=${OTHER_TOKEN}\n"
			u.home.Write(t, ".npmrc", "registry="+r.URL+"\n", 0o600)
			u.home.Write(t, "dotfiles/file", before, 0o600)
			link := filepath.Join(u.home.Dir, c.file)
			if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
				t.Fatal(err)
			}
			_ = os.Remove(link)
			if err := os.Symlink(filepath.Join(u.home.Dir, "dotfiles/file"), link); err != nil {
				t.Fatal(err)
			}
			u.home.Write(t, ".config/sandglass/settings.toml", "move = true\n", 0o600)
			u.agent("--no-tray")
			u.env = append(u.env, "NPM_TOKEN=", "OTHER_TOKEN=")
			u.login(client, r)
			u.await("the placeholder to come back", func() bool { return strings.Contains(u.home.Read(c.file), "${NPM_TOKEN}") })
			s := u.session(r)
			if s.State != api.StateRunning || s.Lifetime != api.LifetimeTold {
				t.Errorf("session: %+v", s)
			}
			if u.shellValue("NPM_TOKEN") == "" {
				t.Error("the env file does not carry the session")
			}
			if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 && c.client != "pnpm11" && c.client != "pnpm12" {
				t.Errorf("the link is gone: %v %v", info, err)
			}
			if got := u.home.Read(c.file); got != before {
				t.Errorf("the file says:\n%s\nand said before the login:\n%s", got, before)
			}
			who := client.Command(t.Context(), u.home.Work(), append(u.env, "NPM_TOKEN="+u.shellValue("NPM_TOKEN")), "whoami", "--registry", r.URL)
			if out, err := who.CombinedOutput(); err != nil || !strings.Contains(string(out), "alice") {
				t.Errorf("whoami: %v\n%s", err, out)
			}
		})
	}
}

// TestLiteralStaysUntilAgreed: the first notice of a real notification service offers to move the
// literal; its button does it.
func TestLiteralStaysUntilAgreed(t *testing.T) {
	npm := clients.Need(t, "npm12")
	r := verdaccio.Start(t, verdaccio.Options{Session: 16 * time.Second})
	u, bus := withKeyring(t, r, npm)
	notes := desktop.NewNoteServer(t, bus, 1, "actions", "body")
	u.agent("--no-tray")
	u.login(npm, r)
	note := notes.Note(t)
	if !strings.Contains(u.home.Read(".npmrc"), "_authToken=ey") {
		t.Errorf("the file was changed without the user's word:\n%s", u.home.Read(".npmrc"))
	}
	notes.Press(t, note.ID, "move")
	u.await("the literal to be moved", func() bool { return strings.Contains(u.home.Read(".npmrc"), "${SG_") })
	// The session runs out: the next notice is about that.
	for note.Actions == nil || note.Actions[0] != "renew" && !strings.Contains(strings.Join(note.Actions, " "), "renew") {
		note = notes.Note(t)
	}
	notes.Press(t, note.ID, "renew")
	u.await("the login to start", func() bool { return u.session(r).Login != nil })
	if err := r.Answer(u.session(r).Login.URL, "alice", verdaccio.Password("alice")); err != nil {
		t.Fatal(err)
	}
	u.await("the new session", func() bool { s := u.session(r); return s.Login == nil && s.State == api.StateRunning })
}
