package e2e

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// TestExecWithTheAgent is exec on real parts: a login by npm that the agent adopted and moved to the keyring, then private
// installs by exec, in one phase and in two. After that the session stands in no file but the shells' own.
func TestExecWithTheAgent(t *testing.T) {
	var use []clients.Client
	for _, name := range []string{"npm12", "pnpm10", "yarn1", "bun"} {
		use = append(use, clients.Need(t, name))
	}
	r := verdaccio.Start(t, verdaccio.Options{})
	u, _ := withKeyring(t, r, use...)
	u.agent("--no-tray")
	u.login(use[0], r)
	u.await("the login to be adopted", func() bool { return u.session(r).State == api.StateRunning })
	u.sandglass("setup", "--shell", "bash", "--move", "--yes")
	var secret string
	u.await("the session in the env file", func() bool {
		for _, name := range u.session(r).Variables {
			secret = u.shellValue(name)
		}
		return secret != "" && !strings.Contains(u.home.Read(".npmrc"), secret)
	})
	for _, c := range []struct{ dir, command string }{
		{"npm", "exec -- npm install"}, {"pnpm", "exec -- pnpm install"}, {"yarn", "exec -- yarn install"}, {"bun", "exec -- bun install"},
		{"script", "exec -- sh -c 'npm install'"}, {"one", "exec --registry " + r.URL + " -- npm install"},
		{"npm2", "exec --two-phase -- npm install"}, {"pnpm2", "exec --two-phase -- pnpm install"}, {"yarn2", "exec --two-phase -- yarn install"},
	} {
		u.home.Write(t, "work/"+c.dir+"/package.json", `{"name":"consumer","private":true,"dependencies":{"@acme/private":"1.0.0"}}`, 0o644)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := u.command(ctx, "sh", "-c", "sandglass "+c.command)
		cmd.Dir = filepath.Join(u.home.Work(), c.dir)
		out, err := cmd.CombinedOutput()
		cancel()
		if err != nil || !strings.Contains(u.home.Read("work/"+c.dir+"/node_modules/@acme/private/index.js"), "sand") {
			t.Errorf("%s: %v\n%s", c.command, err, out)
		}
	}
	noted := map[string]bool{}
	for _, use := range u.status().Uses {
		noted[string(use.Use)+" "+use.Program] = true
	}
	for _, want := range []string{"exec npm", "exec pnpm", "exec yarn", "exec bun", "exec sh"} {
		if !noted[want] {
			t.Errorf("%s is not noted: %v", want, noted)
		}
	}
	u.absent(secret, "run/sandglass/env.")
}

// absent fails the test if a secret stands in a file of the home, but for those whose names begin so.
func (u *user) absent(secret, but string) {
	u.t.Helper()
	looked := 0
	_ = filepath.WalkDir(u.home.Dir, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(u.home.Dir, path)
		if err != nil || !e.Type().IsRegular() || strings.HasPrefix(filepath.ToSlash(name), but) {
			return nil
		}
		looked++
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte(secret)) {
			u.t.Errorf("the session stands in %s", name)
		}
		return nil
	})
	if looked < 20 {
		u.t.Errorf("only %d files were looked at", looked)
	}
}
