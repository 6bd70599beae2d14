package e2e

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/terminal"
)

// TestDemo is the newcomer's two minutes in a terminal: the demo tells its page, the page is completed,
// the demo's own shell installs the private package, the session ends, and Ctrl-C leaves nothing.
func TestDemo(t *testing.T) {
	npm := clients.Need(t, "npm12")
	home := clients.NewHome(t, "http://127.0.0.1:1/", npm)
	before := home.Read(".npmrc")
	u := newUser(t, home, "LANG=en_US.UTF-8")
	demo := terminal.Start(t, u.command(t.Context(), "sandglass", "demo", "--no-tray"))
	script := demo.Await(0, `\. (\S+/shell)`, 20*time.Second)[1]
	page := demo.Await(0, `(http://127\.0\.0\.1:\d+/login/\S+)`, 20*time.Second)[1]
	cmd := u.command(t.Context(), "bash", "--norc", "-i")
	shell := terminal.Start(t, cmd)
	if out, status := shell.Run(". "+script, 20*time.Second); status != "0" {
		t.Fatalf("load the demo's shell: %s", out)
	}
	if out, status := shell.Run("npm install @acme/private", time.Minute); status == "0" {
		t.Errorf("the private package installs without a login:\n%s", out)
	}
	res, err := http.PostForm(page, url.Values{"quick": {"1"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	demo.Await(0, `You are signed in`, 20*time.Second)
	if out, status := shell.Run("npm install @acme/private && sandglass status", time.Minute); status != "0" || !strings.Contains(out, "running") {
		t.Errorf("after the login: status %s\n%s", status, out)
	}
	demo.Await(0, `The session is over`, 90*time.Second)
	if out, status := shell.Run("SANDGLASS_NO_INPUT=1 npm whoami", time.Minute); status == "0" {
		t.Errorf("whoami after the end:\n%s", out)
	}
	demo.Type("\x03")
	own := regexp.MustCompile(`/[^/]+$`).ReplaceAllString(script, "")
	u.await("the demo to remove its home", func() bool { _, err := os.Stat(own); return os.IsNotExist(err) })
	if home.Read(".npmrc") != before {
		t.Error("the demo touched the user's file")
	}
	if left, _ := filepath.Glob(filepath.Join(home.Dir, ".local", "state", "sandglass", "*")); len(left) > 0 {
		t.Errorf("the demo left %v", left)
	}
}

// TestDemoEndsOnSIGTERM as it does on Ctrl-C.
func TestDemoEndsOnSIGTERM(t *testing.T) {
	u := newUser(t, clients.NewHome(t, "http://127.0.0.1:1/"), "LANG=ja_JP.UTF-8")
	cmd := u.command(t.Context(), "sandglass", "demo", "--no-tray")
	demo := terminal.Start(t, cmd)
	script := demo.Await(0, `\. (\S+/shell)`, 20*time.Second)[1]
	demo.Await(0, `ようこそ`, time.Second)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	u.await("the demo to remove its home", func() bool { _, err := os.Stat(filepath.Dir(script)); return os.IsNotExist(err) })
}
