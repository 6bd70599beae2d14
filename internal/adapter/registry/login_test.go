package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// offer is a registry that offers this login page.
func offer(page, done string) wire {
	body, _ := json.Marshal(map[string]string{"loginUrl": page, "doneUrl": done})
	return always(200, string(body))
}

const goodPage, goodDone = "https://login.example.com/cli/1", "https://registry.example.com/-/v1/done?authId=1"

func startLogin(t *testing.T, reg registry.URL, w wire) (agent.WebLogin, error) {
	t.Helper()
	login, err := client.New(client.Options{Transport: w}).StartLogin(t.Context(), reg)
	leaks(t, err)
	return login, err
}

func TestG01_LoginRequest(t *testing.T) {
	var got *http.Request
	var body string
	login, err := startLogin(t, far(t), func(r *http.Request) (*http.Response, error) {
		raw, err := io.ReadAll(r.Body)
		got, body = r, string(raw)
		if err != nil {
			return nil, err
		}
		return offer(goodPage, goodDone)(r)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Method != "POST" || got.URL.String() != "https://registry.example.com/npm/-/v1/login" || body != "{}" {
		t.Errorf("%s %s %q", got.Method, got.URL, body)
	}
	for name, value := range map[string]string{"npm-auth-type": "web", "npm-command": "login", "User-Agent": "sandglass", "Authorization": "", "Content-Type": "application/json"} {
		if got.Header.Get(name) != value {
			t.Errorf("header %s is %q, want %q", name, got.Header.Get(name), value)
		}
	}
	want := agent.WebLogin{Registry: far(t), Page: goodPage, Host: "login.example.com", Done: goodDone}
	if login != want {
		t.Errorf("login %+v, want %+v", login, want)
	}
}

func TestG05toG10_PageAddresses(t *testing.T) {
	local := mustParse(t, "http://127.0.0.1:4873/")
	public := registry.PublicSites[0]
	cases := []struct {
		name string
		reg  registry.URL
		page string
		ok   bool
	}{
		{"G05 http", far(t), "http://login.example.com/", false},
		{"G05 http on this machine for a far registry", far(t), "http://127.0.0.1/", false},
		{"G05 http on this machine", local, "http://127.0.0.1:4873/login", true},
		{"G05 http elsewhere for a registry here", local, "http://login.example.com/", false},
		{"G06 file", far(t), "file:///etc/passwd", false},
		{"G06 javascript", far(t), "javascript:alert(1)", false},
		{"G06 data", far(t), "data:text/html,x", false},
		{"G06 ms-", far(t), "ms-settings:privacy", false},
		{"G06 no scheme", far(t), "//login.example.com/", false},
		{"G06 opaque", far(t), "https:login.example.com/", false},
		{"G07 dash", far(t), "-https://login.example.com/", false},
		{"G07 option", far(t), "--help", false},
		{"G08 CR", far(t), "https://login.example.com/\r", false},
		{"G08 LF", far(t), "https://login.example.com/\n--x", false},
		{"G08 NUL", far(t), "https://login.example.com/\x00", false},
		{"G08 tab", far(t), "https://login\t.example.com/", false},
		{"G08 escape", far(t), "https://login.example.com/\x1b[31m", false},
		{"G09 userinfo", far(t), "https://registry.example.com@evil.example.net/", false},
		{"G09 empty userinfo", far(t), "https://@evil.example.net/", false},
		{"G09 backslash", far(t), `https://registry.example.com\@evil.example.net/`, false},
		{"G09 look-alike letters", far(t), "https://regіstry.example.com/", false},
		{"G09 bidi", far(t), "https://login.example.com/\u202egpj", false},
		{"G09 no host", far(t), "https:///x", false},
		{"G09 other host", far(t), "https://sso.example.net/x", true},
		{"G09 npm on its site", registry.Public, "https://" + public + "/login?next=/login/cli/1", true},
		{"G09 npm elsewhere", registry.Public, "https://" + public + ".example.net/login", false},
		{"G09 npm look-alike", registry.Public, "https://x" + public + "/login", false},
		{"G09 npm other port", registry.Public, "https://" + public + ":8443/login", false},
		{"G10 space", far(t), "https://login.example.com/?q=a b", false},
		{"G10 quote", far(t), `https://login.example.com/?q="`, false},
		{"G10 5 KB", far(t), "https://login.example.com/" + strings.Repeat("a", 5000), false},
		{"G10 encoded space", far(t), "https://login.example.com/?q=a%20b", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := startLogin(t, c.reg, offer(c.page, c.reg.String()+"-/v1/done?id=1"))
			if c.ok && err != nil {
				t.Error(err)
			}
			if !c.ok {
				wantError(t, err, agent.ErrUnsafe)
			}
		})
	}
	_, err := startLogin(t, far(t), offer("https://login.example.com/"+strings.Repeat("a", 4<<20), goodDone))
	wantError(t, err, agent.ErrBadAnswer) // G10, 4 MB: cut off before it is read
}

func TestG11_DoneAddresses(t *testing.T) {
	proxy := mustParse(t, "https://proxy.example.com/api/npm/")
	upstream := "https://" + registry.Public.Host()
	cases := []struct {
		name       string
		reg        registry.URL
		done, want string // want "": refused
	}{
		{"own host", far(t), "https://registry.example.com/-/v1/done/1", "https://registry.example.com/-/v1/done/1"},
		{"own host in capitals with its port", far(t), "https://Registry.Example.com:443/d", "https://Registry.Example.com:443/d"},
		{"other host", far(t), "https://evil.example.net/d", ""},
		{"sub-domain", far(t), "https://a.registry.example.com/d", ""},
		{"other port", far(t), "https://registry.example.com:8443/d", ""},
		{"other scheme", far(t), "http://registry.example.com/d", ""},
		{"userinfo", far(t), "https://a@registry.example.com/d", ""},
		{"control character", far(t), "https://registry.example.com/d\n", ""},
		{"npm behind a proxy", proxy, upstream + "/-/v1/done?authId=7", "https://proxy.example.com/api/npm/-/v1/done?authId=7"},
		{"npm behind a proxy that put its path there", proxy, upstream + "/api/npm/-/v1/done?authId=7", "https://proxy.example.com/api/npm/-/v1/done?authId=7"},
		{"almost npm behind a proxy", proxy, upstream + ".example.net/-/v1/done", ""},
		{"npm itself", registry.Public, upstream + "/-/v1/done?authId=7", upstream + "/-/v1/done?authId=7"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			login, err := startLogin(t, c.reg, offer("https://"+registry.PublicSites[0]+"/login", c.done))
			if login.Done != c.want {
				t.Errorf("polls %q, want %q", login.Done, c.want)
			}
			if c.want == "" {
				wantError(t, err, agent.ErrUnsafe)
			}
		})
	}
	// Whoever hands in a login of his own making gets no further.
	asked := false
	c := client.New(client.Options{Transport: wire(func(*http.Request) (*http.Response, error) { asked = true; return reply(202, "{}"), nil })})
	_, err := c.AwaitLogin(t.Context(), agent.WebLogin{Registry: far(t), Done: "https://evil.example.net/"})
	wantError(t, err, agent.ErrUnsafe)
	if asked {
		t.Error("a foreign address was polled")
	}
}

func TestF07_LoginAnswers(t *testing.T) {
	page, done := `"loginUrl":"`+goodPage+`"`, `"doneUrl":"`+goodDone+`"`
	for name, body := range badObjects(page + "," + done) {
		_, err := startLogin(t, far(t), always(200, body))
		if !errors.Is(err, agent.ErrBadAnswer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, body := range map[string]string{
		"no page": `{` + done + `}`, "no done": `{` + page + `}`, "a number": `{"loginUrl":1,` + done + `}`,
		"null": `{"loginUrl":null,` + done + `}`, "another case": `{"loginurl":"` + goodPage + `",` + done + `}`,
	} {
		_, err := startLogin(t, far(t), always(200, body))
		if !errors.Is(err, agent.ErrBadAnswer) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// badObjects are bodies around the inside of a good object, none of which is one.
func badObjects(inside string) map[string]string {
	return map[string]string{
		"empty": "", "HTML": "<!doctype html><p>Sign in", "truncated": "{" + inside, "array": "[{" + inside + "}]", "text": `"x"`, "null": "null",
		"doubled key":   "{" + inside + "," + inside + "}",
		"two objects":   "{" + inside + "}{}",
		"garbage after": "{" + inside + "}x",
		"NUL":           "{" + inside + ",\"a\":\"\x00\"}",
		"invalid UTF-8": "{" + inside + ",\"a\":\"\xff\xfe\"}",
		"deep":          "{" + inside + `,"a":` + strings.Repeat("[", 30000) + strings.Repeat("]", 30000) + "}",
		"65 KiB":        "{" + inside + `,"a":"` + strings.Repeat("x", 65<<10) + `"}`,
		"BOM":           "\ufeff{" + inside + "}",
	}
}

func TestLoginStatuses(t *testing.T) {
	for status, sentinel := range map[int]error{
		404: agent.ErrNoWebLogin, 405: agent.ErrNoWebLogin, 501: agent.ErrNoWebLogin, 401: agent.ErrNoWebLogin, 422: agent.ErrNoWebLogin,
		429: agent.ErrOffline, 500: agent.ErrOffline, 503: agent.ErrOffline, 408: agent.ErrOffline, 204: agent.ErrBadAnswer, 302: agent.ErrUnsafe, 307: agent.ErrUnsafe,
	} {
		_, err := startLogin(t, far(t), always(status, `{"error":"no"}`, "Location: https://evil.example.net/"))
		if !errors.Is(err, sentinel) {
			t.Errorf("%d: %v, want %v", status, err, sentinel)
		}
	}
}

func TestT19_NothingOverPlainHTTP(t *testing.T) {
	c := client.New(client.Options{Transport: wire(func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return nil, errors.New("no")
	})})
	for _, reg := range []registry.URL{mustParse(t, "http://registry.example.com/"), {}} {
		_, err := c.StartLogin(t.Context(), reg)
		wantError(t, err, agent.ErrUnsafe)
		_, err = c.AwaitLogin(t.Context(), agent.WebLogin{Registry: reg, Done: reg.String()})
		wantError(t, err, agent.ErrUnsafe)
		_, err = c.Whoami(t.Context(), reg, canary)
		wantError(t, err, agent.ErrUnsafe)
		wantError(t, c.Logout(t.Context(), reg, canary), agent.ErrUnsafe)
		_, err = c.CouchLogin(t.Context(), reg, ann)
		wantError(t, err, agent.ErrUnsafe)
	}
}

func TestCancelledStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.New(client.Options{}).StartLogin(ctx, far(t))
	wantError(t, err, context.Canceled)
}
