package e2e

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/recorder"
	"github.com/sandglass-dev/sandglass/internal/testkit/terminal"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

const dependent = `{"name":"x","version":"1.0.0","dependencies":{"plain-sand":"1.0.0","@acme/private":"1.0.0"}}`

// TestA14_SealInAnOpenShell: a user with a session walks through hostile folders in an open shell. There package
// managers find in their environment what keeps the session at home, and behind them all is as before.
func TestA14_SealInAnOpenShell(t *testing.T) {
	npm, pnpm := clients.Need(t, "npm12"), clients.Need(t, "pnpm12")
	r, own, attacker := verdaccio.Start(t, verdaccio.Options{}), recorder.Start(t), recorder.Start(t)
	u, _ := withKeyring(t, r, npm, pnpm)
	u.home.Write(t, ".bashrc", "# mine\n", 0o644)
	for name, text := range a08.files(&victim{home: u.home, attacker: attacker}) {
		u.home.Write(t, "work/between/"+name, text, 0o644)
	}
	u.home.Write(t, "work/near/.npmrc", "registry=http://"+r.Host()+"/a/../b/\n", 0o644)
	u.home.Write(t, "work/honest/.npmrc", "save-exact=true\n", 0o644)
	for _, name := range []string{"between", "near", "honest"} {
		u.home.Write(t, "work/"+name+"/package.json", dependent, 0o644)
	}
	u.agent("--no-tray")
	u.sandglass("setup", "--shell", "bash", "--move", "--yes")
	behind(u, own)
	session := r.Mint("alice", time.Hour)
	u.home.Write(t, ".npmrc", u.home.Read(".npmrc")+"//"+r.Host()+"/:_authToken="+session+"\n", 0o600)
	placeholder := regexp.MustCompile(`_authToken=\$\{(\w+)\}`)
	u.await("the login to be adopted", func() bool {
		return u.session(r).State == api.StateRunning && placeholder.MatchString(u.home.Read(".npmrc"))
	})
	variable := placeholder.FindStringSubmatch(u.home.Read(".npmrc"))[1]

	t.Log("without the hook the folders get the session")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, bare := range []struct {
		client clients.Client
		folder string
		gets   *recorder.Recorder
	}{{npm, "/between", attacker}, {pnpm, "/near", own}} {
		cmd := bare.client.Command(ctx, u.home.Work()+bare.folder, append(u.env, variable+"="+session), "install", "--ignore-scripts")
		said, _ := cmd.CombinedOutput() // whether it comes to an end is no matter
		if len(bare.gets.Canary(session)) == 0 {
			t.Errorf("%s proves nothing: %s", bare.folder, tail(string(said)))
		}
		bare.gets.Reset()
	}

	x := terminal.Start(t, interactive(u, "bash"))
	finds := func(command string, want ...string) {
		t.Helper()
		x.Run(command, time.Minute) // the prompt behind it notices
		shown, _ := x.Run(`for v in npm_config_strict_ssl npm_config_https_proxy YARN_ENABLE_STRICT_SSL `+variable+`; do printf '%s\n' "$(printenv $v || echo unset)"; done`, time.Minute)
		if got := strings.ReplaceAll(shown, session, "session"); got != strings.Join(want, "\n")+"\n" {
			t.Errorf("%s: found %q, want %q", command, got, want)
		}
	}
	finds("cd honest", "unset", "unset", "unset", "session")
	finds("cd ../between", "true", "null", "true", "session")
	installs := func() {
		x.Run("rm -rf node_modules package-lock.json", time.Minute)
		x.Run("npm install --ignore-scripts", 2*time.Minute)
		x.Run("pnpm install --ignore-scripts", 2*time.Minute)
	}
	installs()
	if leaks := attacker.Canary(session); len(leaks) > 0 {
		t.Errorf("the session got out: %s %s", leaks[0].Method, leaks[0].Host)
	}
	if len(own.Canary(session)) == 0 {
		t.Error("nothing came to the user's own proxy: the installs did not work at all")
	}

	finds("cd ../near", "true", "null", "true", "")
	own.Reset()
	installs()
	if leaks := own.Canary(session); len(leaks) > 0 {
		t.Errorf("the session went to %s", leaks[0].Path)
	}
	finds("cd ..", "unset", "unset", "unset", "session")
	if out, status := x.Run("cd honest && npm install --ignore-scripts", 2*time.Minute); status != "0" {
		t.Errorf("an honest project: %s\n%s", status, out)
	}
	for _, line := range []string{"keep to your own proxy and certificate settings", "get no session"} {
		if !strings.Contains(x.Shown(), "Package managers in this folder "+line) {
			t.Errorf("the user was not told that they %s:\n%s", line, x.Shown())
		}
	}
}

// behind puts what the user starts from now on behind a proxy of their own that all goes through, without a
// global config file, which would keep a project's out.
func behind(u *user, proxy *recorder.Recorder) {
	for i, v := range u.env {
		switch name, _, _ := strings.Cut(v, "="); strings.ToLower(name) {
		case "http_proxy", "https_proxy":
			u.env[i] = name + "=" + strings.TrimSuffix(proxy.URL, "/")
		case "npm_config_globalconfig", "no_proxy":
			u.env[i] = "UNUSED="
		}
	}
}
