package e2e

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/chromium"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/terminal"
	"github.com/sandglass-dev/sandglass/internal/testkit/vault"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// installs are the private installs of the main job, each in a project of its own.
var installs = []struct{ name, command string }{
	{"npm", "npm install @acme/private"},
	{"pnpm", "pnpm add @acme/private"},
	{"yarn", "yarn add --no-lockfile @acme/private"},
	{"bun", "bun add @acme/private"},
}

// install runs the private installs in an open shell.
func install(t *testing.T, shell *terminal.Terminal, round string) {
	t.Helper()
	for _, i := range installs {
		project := i.name + "-" + round
		out, status := shell.Run("mkdir -p "+project+" && cd "+project+" && echo '{\"name\":\"x\",\"version\":\"1.0.0\"}' >package.json && "+i.command+
			" && test -f node_modules/@acme/private/package.json; s=$?; cd ..; (exit $s)", time.Minute)
		if status != "0" {
			t.Errorf("%s in round %s:\n%s", i.command, round, out)
		}
	}
}

// TestMainJob is what Sandglass is for, on real parts: a desktop with panel and notification service, a
// keyring, a registry with sessions of half a minute, npm's own login completed in Chromium, a shell
// that was open before it all began. The session ends, the notice's button is pressed, Chromium
// completes the page, and the same shell installs again.
func TestMainJob(t *testing.T) {
	var use []clients.Client
	for _, name := range []string{"npm12", "pnpm12", "yarn1", "bun"} {
		use = append(use, clients.Need(t, name))
	}
	d := desktop.Start(t)
	vault.Start(t, d.Address)
	r := verdaccio.Start(t, verdaccio.Options{Session: 30 * time.Second})
	browser := chromium.NewOpener(t)
	home := clients.NewHome(t, r.URL, use...)
	file := "; alice's file\nregistry=" + r.URL + "\n\n# her login\n//" + r.Host() + "/:_authToken=${NPM_TOKEN}\n"
	home.Write(t, ".npmrc", file, 0o600)
	home.Write(t, ".yarnrc", "disable-self-update-check true\n", 0o600)
	home.Write(t, ".bashrc", "# alice's rc file\n", 0o644)
	u := newUser(t, home, "DBUS_SESSION_BUS_ADDRESS="+d.Address, "NO_COLOR=1")
	for _, v := range d.Env() {
		if strings.HasPrefix(v, "DISPLAY=") || strings.HasPrefix(v, "XDG_CURRENT_DESKTOP=") {
			u.env = append(u.env, v)
		}
	}
	u.first(browser.Dir)
	u.agent()

	t.Log("the user sets up the shell and agrees that literals are moved")
	u.sandglass("setup", "--shell", "bash", "--move", "--yes")
	if !strings.Contains(home.Read(".bashrc"), "sandglass") {
		t.Fatalf("rc file after setup:\n%s", home.Read(".bashrc"))
	}
	cmd := exec.Command("bash", "-i")
	cmd.Env, cmd.Dir = u.env, home.Work()
	shell := terminal.Start(t, cmd)
	if out, _ := shell.Run(`echo "${NPM_TOKEN-unset}"`, 20*time.Second); out != "unset\n" {
		t.Errorf("before the first login the variable is not ours to define: %q", out)
	}

	t.Log("npm login in another terminal, completed in Chromium")
	page := make(chan string, 1)
	login := terminal.Start(t, use[0].Command(t.Context(), home.Work(), u.env, "login", "--registry", r.URL))
	page <- login.Await(0, `(http://127\.0\.0\.1:\d+/login/[0-9A-Za-z-]+)`, time.Minute)[1]
	chromium.SignIn(t, <-page, "alice", verdaccio.Password("alice"), "")
	login.Await(0, `Logged in`, 20*time.Second)
	u.await("the login to be adopted", func() bool { return u.session(r).State == api.StateRunning && home.Read(".npmrc") == file })
	first, _ := shell.Run(`printf %s "$NPM_TOKEN" | wc -c`, 20*time.Second)
	if strings.TrimSpace(first) == "0" {
		t.Fatal("the open shell does not have the session at its next prompt")
	}
	install(t, shell, "first")
	d.Shot(t, "main-running")

	t.Log("the session runs out; the notice comes, and its button is pressed")
	u.await("the last quarter of the session", func() bool { return u.session(r).State == api.StateEnding })
	d.WaitNote(t)
	d.Shot(t, "main-notice")
	u.await("the end of the session", func() bool { return u.session(r).State == api.StateEnded })
	if out, _ := shell.Run(`echo "[$NPM_TOKEN]"`, 20*time.Second); out != "[]\n" {
		t.Error("the open shell still has the session that ended")
	}
	d.Shot(t, "main-ended")
	d.PressNote(t, 0, 2)
	select {
	case opened := <-browser.URLs:
		chromium.SignIn(t, opened, "alice", verdaccio.Password("alice"), "")
	case <-time.After(30 * time.Second):
		t.Fatalf("no browser was opened\n%s", u.log())
	}
	u.await("the new session", func() bool { return u.session(r).State == api.StateRunning })
	install(t, shell, "second")
	if home.Read(".npmrc") != file {
		t.Errorf("the user's file after it all:\n%s", home.Read(".npmrc"))
	}
}
