package demo_test

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/demo"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// npmLimit ends an npm that hangs.
const npmLimit = 2 * time.Minute

// npm is the machine's own npm in a home of its own. All that it could reach beyond 127.0.0.1 goes to
// a proxy that lets nothing through and counts.
type npm struct {
	path, home, project string
	env                 []string
	strayed             *atomic.Int64
}

func newNPM(t *testing.T, reg *demo.Registry) *npm {
	t.Helper()
	path, err := exec.LookPath("npm")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("npm is missing; packaging/setup.sh installs it")
		}
		t.Skip("npm is missing; packaging/setup.sh installs it")
	}
	n := &npm{path: path, home: t.TempDir(), project: t.TempDir()}
	var blocked string
	n.strayed, blocked = blockingProxy(t)
	n.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + n.home, "USERPROFILE=" + n.home, "CI=", "NO_COLOR=1", "LANG=C.UTF-8",
		"npm_config_userconfig=" + filepath.Join(n.home, ".npmrc"), "npm_config_globalconfig=" + filepath.Join(n.home, "global"),
		"npm_config_cache=" + filepath.Join(n.home, "cache"), "HTTP_PROXY=" + blocked, "HTTPS_PROXY=" + blocked, "NO_PROXY=127.0.0.1",
	}
	rc := "registry=" + reg.URL() + "\nfund=false\nupdate-notifier=false\nfetch-retries=0\n"
	write(t, filepath.Join(n.home, ".npmrc"), rc)
	write(t, filepath.Join(n.project, "package.json"), `{"name":"consumer","version":"1.0.0","private":true}`)
	return n
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// blockingProxy closes every connection that it gets.
func blockingProxy(t *testing.T) (*atomic.Int64, string) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var count atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			count.Add(1)
			_ = c.Close()
		}
	}()
	return &count, "http://" + l.Addr().String()
}

func (n *npm) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, n.path, args...)
	cmd.Dir, cmd.Env = n.project, n.env
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// run returns what npm printed, and fails the test unless it ends as wanted.
func (n *npm) run(t *testing.T, ok bool, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), npmLimit)
	defer cancel()
	out, err := n.command(ctx, args...).CombinedOutput()
	if (err == nil) != ok {
		t.Fatalf("npm %s: %v\n%s", args[0], err, redact(string(out)))
	}
	return string(out)
}

// login runs npm login and answers the page that it prints.
func (n *npm) login(t *testing.T, reg *demo.Registry) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), npmLimit)
	defer cancel()
	cmd := n.command(ctx, "login", "--auth-type=web")
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
			if err := reg.Answer(ctx, page, demo.DefaultUser, token.NewSecret(demo.DefaultPassword)); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil || !answered {
		t.Fatalf("npm login: %v, page answered %v\n%s", err, answered, redact(stderr.String()))
	}
}

var (
	pageAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/login/\S+`)
	secretText  = regexp.MustCompile(`npm_[A-Za-z0-9]{36}`)
)

func redact(s string) string { return secretText.ReplaceAllString(s, "[secret]") }

func TestG01_RealNpm(t *testing.T) {
	reg, err := demo.Start(t.Context(), demo.Options{Session: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reg.Close() })
	n := newNPM(t, reg)

	if out := n.run(t, false, "install", "@acme/private"); !strings.Contains(out, "E404") {
		t.Errorf("a stranger's install: %s", out)
	}
	n.login(t, reg)
	if out := n.run(t, true, "whoami"); strings.TrimSpace(out) != demo.DefaultUser {
		t.Errorf("whoami: %q", out)
	}
	n.run(t, true, "install", "@acme/private")
	raw, err := os.ReadFile(filepath.Join(n.project, "node_modules", "@acme", "private", "index.js"))
	if err != nil || !strings.Contains(string(raw), "@acme/private 2.0.0") {
		t.Errorf("installed %q, %v", raw, err)
	}
	if out := n.run(t, true, "token", "list"); !strings.Contains(out, "Token npm_") || strings.Count(out, " with id ") != 2 {
		t.Errorf("token list:\n%s", redact(out))
	}
	sessions := reg.Sessions()
	if len(sessions) != 1 {
		t.Fatalf("%d sessions", len(sessions))
	}
	assertAllWith(t, reg, "/@acme/private", sessions[0].Fingerprint)

	reg.ExpireAll()
	if out := n.run(t, false, "whoami"); !strings.Contains(out, "E401") {
		t.Errorf("whoami after the end: %s", redact(out))
	}
	if out := n.run(t, false, "view", "@acme/private"); !strings.Contains(out, "E404") {
		t.Errorf("view after the end: %s", redact(out))
	}
	n.login(t, reg)
	n.run(t, true, "logout")
	if s := reg.Sessions(); len(s) != 0 {
		t.Errorf("%d sessions after logout", len(s))
	}
	rc, err := os.ReadFile(filepath.Join(n.home, ".npmrc"))
	if err != nil || strings.Contains(string(rc), "_authToken") {
		t.Errorf("logout left the session in .npmrc (%v)", err)
	}
	if count := n.strayed.Load(); count != 0 {
		t.Errorf("npm tried to leave this machine %d times", count)
	}
}

// assertAllWith fails unless the last request for path carried this credential.
func assertAllWith(t *testing.T, reg *demo.Registry, path, fingerprint string) {
	t.Helper()
	last := demo.Request{}
	for _, r := range reg.Requests() {
		if r.Path == path && r.Command == "install" {
			last = r
		}
	}
	if last.Status != 200 || last.Fingerprint != fingerprint {
		t.Errorf("npm asked for %s with %+v", path, last)
	}
}
