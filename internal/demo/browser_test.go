package demo_test

import (
	"path/filepath"
	"strings"
	"testing"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/demo"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/testkit/chromium"
)

// TestRealBrowser completes the page in a real browser, whose Origin and Sec-Fetch headers and whose
// reading of the page's security policy no client of ours can stand in for.
func TestRealBrowser(t *testing.T) {
	t.Run("fields", func(t *testing.T) {
		completed(t, func(page string) string {
			return chromium.SignIn(t, page, demo.DefaultUser, demo.DefaultPassword, filepath.Join(t.TempDir(), "page.png"))
		})
	})
	t.Run("one click", func(t *testing.T) {
		completed(t, func(page string) string {
			b := chromium.Start(t)
			b.Open(page)
			b.Click("button[name=quick]")
			b.Gone("button[name=quick]")
			return b.Text()
		})
	})
}

// completed starts a login, lets browse complete its page, and wants the session.
func completed(t *testing.T, browse func(page string) (text string)) {
	t.Helper()
	r, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	reg, err := registry.Parse(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	c := client.New(client.Options{})
	t.Cleanup(c.Close)
	login, err := c.StartLogin(t.Context(), reg)
	if err != nil {
		t.Fatal(err)
	}
	if text := browse(login.Page); !strings.Contains(text, "You are signed in") && !strings.Contains(text, "サインインしました") {
		t.Errorf("the page says %q", text)
	}
	issued, err := c.AwaitLogin(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := c.Whoami(t.Context(), reg, issued.Secret); err != nil || id.Name != demo.DefaultUser {
		t.Errorf("whoami: %q, %v", id.Name, err)
	}
}
