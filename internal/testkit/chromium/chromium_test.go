//go:build unix

package chromium_test

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/chromium"
)

func TestSignIn(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.Method == http.MethodPost {
			fmt.Fprintf(w, "<h1>Hello %s</h1><p>%d", html.EscapeString(r.FormValue("username")), len(r.FormValue("password")))
			return
		}
		fmt.Fprint(w, `<form method=post><input name=username><input name=password type=password><button type=submit>go</button></form>`)
	}))
	t.Cleanup(server.Close)
	shot := filepath.Join(t.TempDir(), "shot.png")
	text := chromium.SignIn(t, server.URL, "zoë", "secret", shot)
	if !strings.Contains(text, "Hello zoë") || !strings.Contains(text, "6") {
		t.Errorf("the page after the form says %q", text)
	}
	png, err := os.ReadFile(shot)
	if err != nil || !bytes.HasPrefix(png, []byte("\x89PNG")) {
		t.Errorf("the screenshot is no picture: %v", err)
	}
}

func TestOpener(t *testing.T) {
	o := chromium.NewOpener(t)
	const page = "http://127.0.0.1:1/login/a?b=c&d='e'%20$f"
	cmd := exec.Command(filepath.Join(o.Dir, "xdg-open"), page)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := <-o.URLs; got != page {
		t.Errorf("got %q", got)
	}
}
