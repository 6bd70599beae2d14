package registry_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

var ann = api.Couch{Name: "ann@home", Password: token.NewSecret(password)}

func couchLogin(t *testing.T, w wire, who api.Couch) (agent.Issued, error) {
	t.Helper()
	issued, err := client.New(client.Options{Transport: w}).CouchLogin(t.Context(), far(t), who)
	leaks(t, err)
	leaks(t, issued)
	return issued, err
}

func readUser(t *testing.T, r *http.Request) map[string]any {
	t.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	var user map[string]any
	if err := json.Unmarshal(raw, &user); err != nil {
		t.Fatal(err)
	}
	return user
}

var created = `{"ok":true,"token":"` + canary.Reveal() + `"}`

func TestCouchLogin(t *testing.T) {
	issued, err := couchLogin(t, func(r *http.Request) (*http.Response, error) {
		user := readUser(t, r)
		if r.Method != "PUT" || r.URL.EscapedPath() != "/npm/-/user/org.couchdb.user%3Aann%40home" || r.URL.RawQuery != "" || r.Header.Get("Authorization") != "" || r.Header.Get("npm-otp") != "" {
			t.Errorf("asks %s %s %v", r.Method, r.URL, r.Header)
		}
		if user["name"] != ann.Name || user["password"] != password || user["_id"] != "org.couchdb.user:ann@home" || user["type"] != "user" {
			t.Errorf("sends %v", user)
		}
		return reply(201, created), nil
	}, ann)
	if err != nil || !issued.Secret.Equal(canary) {
		t.Error(err)
	}
}

func TestCouchConflict(t *testing.T) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("ann@home:"+password))
	var steps []string
	issued, err := couchLogin(t, func(r *http.Request) (*http.Response, error) {
		steps = append(steps, r.Method+" "+strings.TrimPrefix(r.URL.RequestURI(), "/npm/-/user/org.couchdb.user%3Aann%40home"))
		if len(steps) == 1 {
			return reply(409, `{"error":"conflict"}`), nil
		}
		if r.Header.Get("Authorization") != basic {
			t.Error("no Basic credential")
		}
		if len(steps) == 2 {
			return reply(200, `{"_rev":"3-abc","roles":["a"],"email":"a@registry.example.com","name":"somebody else"}`), nil
		}
		user := readUser(t, r)
		if user["_rev"] != "3-abc" || user["email"] == nil || len(user["roles"].([]any)) != 1 || user["name"] != ann.Name || user["password"] != password {
			t.Error("the stored document is not merged as npm merges it")
		}
		return reply(201, created), nil
	}, ann)
	if err != nil || !issued.Secret.Equal(canary) {
		t.Error(err)
	}
	if got := strings.Join(steps, ", "); got != "PUT , GET ?write=true, PUT /-rev/3-abc" {
		t.Errorf("steps: %s", got)
	}
	for _, doc := range []string{`{}`, `{"_rev":7}`, `x`} {
		_, err := couchLogin(t, func(r *http.Request) (*http.Response, error) {
			if r.Method == "PUT" {
				return reply(409, ""), nil
			}
			return reply(200, doc), nil
		}, ann)
		wantError(t, err, agent.ErrBadAnswer)
	}
}

func TestF29_OneTimePassword(t *testing.T) {
	for name, challenge := range map[string]wire{
		"header":  always(401, `{}`, "WWW-Authenticate: Basic realm=x, OTP"),
		"headers": always(401, `{}`, "WWW-Authenticate: Basic", "WWW-Authenticate: otp"),
		"body":    always(401, `{"error":"You must provide a one-time pass."}`),
	} {
		t.Run(name, func(t *testing.T) {
			w := func(r *http.Request) (*http.Response, error) {
				if r.Header.Get("npm-otp") == "123456" {
					return reply(201, created), nil
				}
				return challenge(r)
			}
			_, err := couchLogin(t, w, ann)
			wantError(t, err, agent.ErrOTP)
			again := ann
			again.OTP = token.NewSecret("123456")
			if _, err := couchLogin(t, w, again); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCouchRefusals(t *testing.T) {
	echo := `{"error":"no ` + password + ` ` + base64.StdEncoding.EncodeToString([]byte("ann@home:"+password)) + `"}`
	cases := []struct {
		w        wire
		sentinel error
	}{
		{always(401, echo, "WWW-Authenticate: Basic"), agent.ErrDenied},
		{always(401, echo), agent.ErrDenied},
		{always(401, `{"error":"one-time pass"}`, "WWW-Authenticate: Bearer"), agent.ErrDenied},
		{always(400, echo), agent.ErrDenied},
		{always(403, echo), agent.ErrDenied},
		{always(409, echo), agent.ErrDenied}, // the account's document cannot be read either
		{always(404, echo), agent.ErrBadAnswer},
		{always(503, echo), agent.ErrOffline},
		{always(307, "", "Location: https://evil.example.net/"), agent.ErrUnsafe},
		{always(201, `{"ok":true}`), agent.ErrBadAnswer},
		{always(201, `{"token":"a b"}`), agent.ErrBadAnswer},
	}
	for _, c := range cases {
		_, err := couchLogin(t, c.w, ann)
		wantError(t, err, c.sentinel)
		if strings.Contains(err.Error(), base64.StdEncoding.EncodeToString([]byte(password))[:12]) {
			t.Errorf("the encoded password leaks: %v", err)
		}
	}
	for _, who := range []api.Couch{{Name: "", Password: ann.Password}, {Name: "ann"}, {Name: "a\nb", Password: ann.Password},
		{Name: "ann", Password: ann.Password, OTP: token.NewSecret("1\r\nX: y")}} {
		_, err := couchLogin(t, func(*http.Request) (*http.Response, error) { t.Error("a request was sent"); return nil, io.EOF }, who)
		wantError(t, err, agent.ErrDenied)
	}
}

// A registry that echoes a password changes neither its spaces nor what is invisible in it; cleaning does.
func TestJ01_PasswordsThatCleaningWouldChange(t *testing.T) {
	for _, secret := range []string{"two  spaces", "tab\tin it", "soft\u00adhyphen", " around "} {
		raw, err := json.Marshal(map[string]string{"error": "wrong <" + secret + ">"})
		if err != nil {
			t.Fatal(err)
		}
		_, err = couchLogin(t, always(401, string(raw)), api.Couch{Name: "ann", Password: token.NewSecret(secret)})
		if err == nil || !strings.HasSuffix(err.Error(), "wrong <[secret]>)") {
			t.Errorf("error %v", err)
		}
	}
}
