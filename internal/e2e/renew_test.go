package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/terminal"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// TestRenewBeforeNeed: the session ended while nobody looked. The next install in an open shell renews it
// first and then works; Ctrl-C runs the command without; the one after that is not held up again, nor is a
// command that reaches no registry.
func TestRenewBeforeNeed(t *testing.T) {
	for _, name := range []string{"bash", "zsh", "fish"} {
		t.Run(name, func(t *testing.T) {
			r := verdaccio.Start(t, verdaccio.Options{})
			npm := clients.Need(t, "npm12")
			u, _ := withKeyring(t, r, npm)
			u.env = append(u.env, "SHELL=/bin/"+name)
			for _, rc := range []string{".bashrc", ".zshrc", ".config/fish/config.fish"} {
				u.home.Write(t, rc, "# mine\n", 0o644)
			}
			u.agent("--no-tray")
			u.sandglass("setup", "--shell", name, "--move", "--yes")
			x := terminal.Start(t, interactive(u, name))
			soon := r.Mint("alice", 3*time.Second)
			u.home.Write(t, ".npmrc", u.home.Read(".npmrc")+"//"+r.Host()+"/:_authToken="+soon+"\n", 0o600)
			u.await("the session's end", func() bool { return u.session(r).State == api.StateEnded })

			status := typeIn(u, x, name, "one", "npm install @acme/private")
			u.await("the login that the command waits for", func() bool { l := u.session(r).Login; return l != nil && l.URL != "" })
			if _, err := os.Stat(status); err == nil {
				t.Error("the command did not wait for the login")
			}
			if err := r.Answer(u.session(r).Login.URL, "alice", verdaccio.Password("alice")); err != nil {
				t.Fatal(err)
			}
			if got := u.finished(status); got != "0" {
				t.Errorf("npm install after the renewal: %s\n%s", got, u.home.Read("work/one/out"))
			}

			r.End(u.current(r))
			u.awaitEnd(r)
			status = typeIn(u, x, name, "two", "npm install plain-sand")
			u.await("the second login", func() bool { l := u.session(r).Login; return l != nil && l.URL != "" })
			x.Type("\x03")
			if got := u.finished(status); got != "0" {
				t.Errorf("npm after Ctrl-C: %s\n%s\n%s", got, u.home.Read("work/two/out"), x.Shown())
			}
			if u.session(r).Login != nil {
				t.Error("the login goes on, though nobody waits for it")
			}
			status = typeIn(u, x, name, "three", "npm install plain-sand")
			if got := u.finished(status); got != "0" || u.session(r).Login != nil {
				t.Errorf("the command after that is held up again: %s, %+v", got, u.session(r).Login)
			}
		})
	}
}

// interactive is a shell of the user's that reads its rc files.
func interactive(u *user, name string) *exec.Cmd {
	args := map[string][]string{"bash": {"-i"}, "zsh": {"-i"}, "fish": {"-i"}}[name]
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Dir = u.env, u.home.Work()
	return cmd
}

// typeIn types a command into a shell, in a project of its own, and tells the file that will have its status.
func typeIn(u *user, x *terminal.Terminal, shell, project, line string) string {
	u.t.Helper()
	u.home.Write(u.t, "work/"+project+"/package.json", `{"name":"x","version":"1.0.0"}`, 0o644)
	dir := filepath.Join(u.home.Work(), project)
	code := map[bool]string{true: "$status", false: "$?"}[shell == "fish"]
	// Standard error stays the terminal: what waits for a person must be able to say so.
	x.Type("cd " + dir + "\n")
	x.Type(line + " >out; echo " + code + " >s; mv s status\n")
	return filepath.Join(dir, "status")
}

// finished waits until a command's status is known.
func (u *user) finished(status string) string {
	u.t.Helper()
	u.await("the command to finish", func() bool { _, err := os.Stat(status); return err == nil })
	text, _ := os.ReadFile(status)
	return strings.TrimSpace(string(text))
}

// current is the session that the registry saw last.
func (u *user) current(r *verdaccio.Server) string {
	u.t.Helper()
	for _, q := range r.Requests() {
		if q.Token != "" && r.Live(q.Token) {
			return q.Token
		}
	}
	u.t.Fatal("no live session was used")
	return ""
}

// awaitEnd waits until the agent knows that the session is over: a refusal before its time is believed
// when it comes twice.
func (u *user) awaitEnd(r *verdaccio.Server) {
	u.t.Helper()
	u.sandglass("unlock") // asks every registry anew
	u.await("the refusal to be noticed", func() bool { return u.session(r).State == api.StateEnded })
}
