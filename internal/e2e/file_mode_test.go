package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// TestD11_FileModeTakesTheSessionOut of the user's file when the agent ends, by the signals that let it, and
// after kill -9 at the next start, if the session is over by then. All else in the file stays as it was.
func TestD11_FileModeTakesTheSessionOut(t *testing.T) {
	r := verdaccio.Start(t, verdaccio.Options{})
	u, _ := withKeyring(t, r)
	const rest = "; mine\nregistry="
	u.home.Write(t, ".npmrc", rest+r.URL+"\n", 0o644)
	open := func() bool { return strings.Contains(u.home.Read(".npmrc"), "_authToken=ey") }
	start := func() *exec.Cmd {
		t.Helper()
		cmd := u.command(context.Background(), "sandglass-agent", "--no-tray")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		u.answers()
		return cmd
	}
	agent := start()
	login := func(life time.Duration) {
		t.Helper()
		line, before := "//"+r.Host()+"/:_authToken=", u.session(r).Fingerprint
		u.home.Write(t, ".npmrc", rest+r.URL+"\n"+line+r.Mint("alice", life)+"\n", 0o600)
		u.await("the login to be adopted", func() bool {
			s := u.session(r)
			return s.Fingerprint != before && s.State != api.StateNone
		})
	}
	login(time.Hour)
	u.sandglass("setup", "--mode", "file", "--yes")
	login(2 * time.Hour)
	u.await("the session to stand in the file", open)
	if info, err := os.Stat(filepath.Join(u.home.Dir, ".npmrc")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("C02: others can read the file: %v, %v", info.Mode(), err)
	}
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		u.await("the session to stand in the file", open)
		if err := agent.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		_ = agent.Wait()
		if open() || !strings.HasPrefix(u.home.Read(".npmrc"), rest) {
			t.Errorf("after %v:\n%s", s, u.home.Read(".npmrc"))
		}
		agent = start()
	}
	login(4 * time.Second)
	u.await("the session to stand in the file", open)
	_ = agent.Process.Kill()
	_ = agent.Wait()
	if !open() {
		t.Error("the test proves nothing: kill -9 left no session in the file")
	}
	late := time.NewTimer(4 * time.Second) // the session's life
	<-late.C
	agent = start()
	u.await("the next agent to take it out", func() bool { return !open() })
	_ = agent.Process.Signal(os.Interrupt)
	_ = agent.Wait()
}
