package e2e

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// signedIn is a user whose npm login was adopted and moved out of the file.
func signedIn(t *testing.T, settings string, o verdaccio.Options) (*user, *verdaccio.Server, clients.Client) {
	t.Helper()
	npm := clients.Need(t, "npm12")
	r := verdaccio.Start(t, o)
	u, _ := withKeyring(t, r, npm)
	u.home.Write(t, ".config/sandglass/settings.toml", "move = true\n"+settings, 0o600)
	return u, r, npm
}

func (u *user) moved() {
	u.t.Helper()
	u.await("the placeholder", func() bool { return strings.Contains(u.home.Read(".npmrc"), "${SG_") })
}

// secretOf is the session's text, as the shells get it.
func (u *user) secretOf(r *verdaccio.Server) string {
	return u.shellValue(u.session(r).Variables[0])
}

// TestJ01_CanaryIsNowhereElse: after login, exec, status, doctor and a renewal, at log level debug, the
// secret lies in the env files and nowhere else on disk, and was in no program's arguments.
func TestJ01_CanaryIsNowhereElse(t *testing.T) {
	u, r, npm := signedIn(t, "log_level = \"debug\"\n", verdaccio.Options{Opaque: true})
	seen := watchArguments(t)
	u.agent("--no-tray")
	u.login(npm, r)
	u.moved()
	secret := u.secretOf(r)
	if len(secret) < 30 {
		t.Fatal("no session in the env file")
	}
	if out := u.sandglass("exec", "--", "npm", "whoami", "--registry", r.URL); !strings.Contains(out, "alice") {
		t.Errorf("exec: %s", out)
	}
	for _, args := range [][]string{{"status"}, {"status", "--json"}, {"doctor"}, {"setup", "--shell", "bash", "--move", "--dry-run"}} {
		if strings.Contains(u.sandglass(args...), secret) {
			t.Errorf("sandglass %v prints the secret", args)
		}
	}
	err := filepath.WalkDir(u.home.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(secret)) && !strings.Contains(path, "/run/sandglass/env.") {
			t.Errorf("%s holds the secret", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if !strings.Contains(u.log(), "level=DEBUG") {
		t.Error("the log was not at level debug: the test proves nothing")
	}
	if seen(secret) {
		t.Error("the secret was in a program's arguments")
	}
}

// watchArguments looks at the arguments of every process as often as it can, until the returned
// function asks whether a text was among them.
func watchArguments(t *testing.T) func(secret string) bool {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	all, done := map[string]bool{}, make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			procs, _ := filepath.Glob("/proc/[0-9]*/cmdline")
			for _, p := range procs {
				if line, err := os.ReadFile(p); err == nil {
					all[string(line)] = true
				}
			}
			<-tick.C
		}
	}()
	return func(secret string) bool {
		cancel()
		<-done
		for line := range all {
			if strings.Contains(line, secret) {
				return true
			}
		}
		return false
	}
}

// TestD10_KillAndRestart: kill -9 leaves every shell with what it had; the next agent finds the session
// in the keyring.
func TestD10_KillAndRestart(t *testing.T) {
	u, r, npm := signedIn(t, "", verdaccio.Options{})
	first := u.command(context.Background(), "sandglass-agent", "--no-tray")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	u.answers()
	u.login(npm, r)
	u.moved()
	secret := u.secretOf(r)
	_ = first.Process.Signal(syscall.SIGKILL)
	_ = first.Wait()
	u.agent("--no-tray")
	u.await("the session to come back", func() bool { return u.session(r).State == api.StateRunning })
	if u.secretOf(r) != secret {
		t.Error("the restarted agent hands out another secret")
	}
}

// TestK01_SecondAgentYields: it says so and leaves the first alone.
func TestK01_SecondAgentYields(t *testing.T) {
	u, _, _ := signedIn(t, "", verdaccio.Options{})
	u.agent("--no-tray")
	pid := u.status().Agent.PID
	out, err := u.command(t.Context(), "sandglass-agent", "--no-tray").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "running") {
		t.Errorf("second agent: %v %s", err, out)
	}
	if u.status().Agent.PID != pid {
		t.Error("the first agent is gone")
	}
}

// TestD03_NpmLogout: npm's own logout revokes the session and takes its line away; the agent asks the
// registry, and no shell is handed a dead session any more.
func TestD03_NpmLogout(t *testing.T) {
	u, r, npm := signedIn(t, "", verdaccio.Options{})
	u.agent("--no-tray")
	u.login(npm, r)
	u.moved()
	name := u.session(r).Variables[0]
	out, err := npm.Command(t.Context(), u.home.Work(), append(u.env, name+"="+u.shellValue(name)), "logout", "--registry", r.URL).CombinedOutput()
	if err != nil {
		t.Fatalf("npm logout: %v\n%s", err, out)
	}
	u.await("the end of the session", func() bool { return u.session(r).State == api.StateEnded })
	if u.shellValue(name) != "" {
		t.Error("the env file still carries the revoked session")
	}
}

// TestC18_FileThatCannotBeReplaced: the literal stays, the session works, and a finding names the file.
func TestC18_FileThatCannotBeReplaced(t *testing.T) {
	u, r, npm := signedIn(t, "", verdaccio.Options{})
	u.agent("--no-tray")
	locked := filepath.Join(u.home.Dir, "locked")
	u.home.Write(t, "locked/npmrc", "registry="+r.URL+"\n", 0o600)
	_ = os.Remove(filepath.Join(u.home.Dir, ".npmrc"))
	if err := os.Symlink(filepath.Join(locked, "npmrc"), filepath.Join(u.home.Dir, ".npmrc")); err != nil {
		t.Fatal(err)
	}
	// A folder in which nothing can be made: npm writes in place and can, a replacement cannot.
	if out, err := u.command(t.Context(), "chattr", "+i", locked).CombinedOutput(); err != nil {
		clients.Lacking(t, "a file system that knows immutable folders: "+string(out))
	}
	t.Cleanup(func() { _ = u.command(context.Background(), "chattr", "-i", locked).Run() })
	u.login(npm, r)
	u.await("the finding", func() bool {
		return slices.ContainsFunc(u.status().Findings, func(f api.Finding) bool {
			return f.Code == api.FindingFileChanged && strings.HasSuffix(f.File, ".npmrc")
		})
	})
	if !strings.Contains(u.home.Read(".npmrc"), "_authToken=ey") {
		t.Errorf("the literal is gone: %s", u.home.Read(".npmrc"))
	}
	if u.secretOf(r) == "" {
		t.Error("the session does not work")
	}
}

// TestK09_HomeThatCannotBeWritten: the session works all the same, the literal stays, and findings tell
// of the file and of the state that cannot be kept.
func TestK09_HomeThatCannotBeWritten(t *testing.T) {
	u, r, npm := signedIn(t, "", verdaccio.Options{})
	u.home.Write(t, ".local/state/keep", "", 0o600)
	state := filepath.Join(u.home.Dir, ".local", "state")
	for _, dir := range []string{state, u.home.Dir} {
		if out, err := u.command(t.Context(), "chattr", "+i", dir).CombinedOutput(); err != nil {
			clients.Lacking(t, "a file system that knows immutable folders: "+string(out))
		}
		t.Cleanup(func() { _ = u.command(context.Background(), "chattr", "-i", dir).Run() })
	}
	u.agent("--no-tray")
	cmd := npm.Command(t.Context(), u.home.Work(), u.env, "config", "set", "//"+r.Host()+"/:_authToken="+r.Mint("alice", time.Hour))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm config set: %v\n%s", err, out)
	}
	u.await("the findings", func() bool {
		told := map[string]bool{}
		for _, f := range u.status().Findings {
			told[f.Code] = true
		}
		return told[api.FindingFileChanged] && told[api.FindingStateWrite]
	})
	if u.session(r).State != api.StateRunning || u.secretOf(r) == "" || !strings.Contains(u.home.Read(".npmrc"), "_authToken=ey") {
		t.Errorf("session %+v", u.session(r))
	}
}

// TestD11_SignalsEmptyTheEnvFile: every way of asking the agent to end leaves no secret behind.
func TestD11_SignalsEmptyTheEnvFile(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(strconv.Itoa(int(sig)), func(t *testing.T) {
			u, r, npm := signedIn(t, "", verdaccio.Options{})
			agent := u.command(context.Background(), "sandglass-agent", "--no-tray")
			if err := agent.Start(); err != nil {
				t.Fatal(err)
			}
			u.answers()
			u.login(npm, r)
			u.moved()
			name := u.session(r).Variables[0]
			if u.shellValue(name) == "" {
				t.Fatal("no session")
			}
			_ = agent.Process.Signal(sig)
			if err := agent.Wait(); err != nil {
				t.Errorf("the agent ended with %v", err)
			}
			if u.shellValue(name) != "" {
				t.Error("the env file outlived the agent")
			}
		})
	}
}
