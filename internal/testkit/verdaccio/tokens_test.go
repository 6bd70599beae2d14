package verdaccio_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// list is a list of access tokens over HTTP.
type list struct {
	s       *verdaccio.Server
	session string
}

// told is what an answer says.
type told map[string]any

// send sends a request about access tokens. header are names and values.
func (l list) send(t *testing.T, method, path, body string, header ...string) (int, told, http.Header) {
	t.Helper()
	req, err := http.NewRequest(method, l.s.URL+"-/npm/v1/tokens"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+l.session)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer := told{}
	if len(text) > 0 && json.Unmarshal(text, &answer) != nil {
		t.Fatalf("%s %s: %s", method, path, text)
	}
	return res.StatusCode, answer, res.Header
}

// make asks for an access token: fields behind password and name.
func (l list) make(t *testing.T, fields string, header ...string) (int, told) {
	t.Helper()
	body := fmt.Sprintf(`{"name":"made","password":%q,%s}`, verdaccio.Password("alice"), fields)
	status, answer, _ := l.send(t, http.MethodPost, "", body, header...)
	return status, answer
}

func tokens(t *testing.T, o verdaccio.Options) list {
	t.Helper()
	s := verdaccio.Start(t, o)
	return list{s, s.Mint("alice", 365*24*time.Hour)}
}

const day = 24 * time.Hour

// TestTokensMade makes one of each, in both spellings.
func TestTokensMade(t *testing.T) {
	l := tokens(t, verdaccio.Options{})
	for _, c := range []struct {
		fields string
		want   verdaccio.AccessToken
		life   time.Duration
	}{
		{`"packages":["a"]`, verdaccio.AccessToken{Packages: []string{"a"}, ReadOnly: true}, 30 * day},
		{`"packages":["*"]`, verdaccio.AccessToken{All: true, ReadOnly: true}, 30 * day},
		{`"packages_all":true,"expires":400`, verdaccio.AccessToken{All: true, ReadOnly: true}, 400 * day},
		{`"scopes":["@a"],"packages_and_scopes_permission":"read-write"`, verdaccio.AccessToken{Scopes: []string{"@a"}}, 7 * day},
		{`"scopes":["@a"],"packages_and_scopes_permission":"read-write","expires":"90"`, verdaccio.AccessToken{Scopes: []string{"@a"}}, 90 * day},
		{`"scopes":["@a"],"packages_and_scopes_permission":"read-write-stage-only"`, verdaccio.AccessToken{Scopes: []string{"@a"}, Stage: true}, 7 * day},
		{`"orgs":["a"]`, verdaccio.AccessToken{Orgs: []string{"a"}, NoPackages: true, ReadOnly: true}, 30 * day},
		{`"orgs":["a"],"orgs_permission":"read-write"`, verdaccio.AccessToken{Orgs: []string{"a"}, NoPackages: true, ReadOnly: true, OrgWrite: true}, 7 * day},
		{`"packages":["a"],"token_description":"why","cidr":["10.0.0.0/8"],"bypass_2fa":true`, verdaccio.AccessToken{Packages: []string{"a"}, ReadOnly: true, Description: "why", Addresses: []string{"10.0.0.0/8"}, Bypass: true}, 30 * day},
		{`"packages":["a"],"description":"why","cidr_whitelist":["10.0.0.0/8"],"expires":null`, verdaccio.AccessToken{Packages: []string{"a"}, ReadOnly: true, Description: "why", Addresses: []string{"10.0.0.0/8"}}, 30 * day},
	} {
		status, answer := l.make(t, c.fields)
		all := l.s.Tokens("alice")
		got := all[len(all)-1]
		c.want.Name, c.want.Ends = "made", got.Ends
		if status != http.StatusCreated || fmt.Sprint(got.AccessToken) != fmt.Sprint(c.want) || got.Ends.Sub(got.Born).Round(time.Minute) != c.life {
			t.Errorf("%s: %d, got %+v", c.fields, status, got.AccessToken)
		}
		if answer["token"] != got.Value || answer["key"] != got.Key || answer["updated"] != nil || answer["expiry"] == nil {
			t.Errorf("%s: told %v", c.fields, answer)
		}
	}
	date := time.Now().AddDate(0, 0, 50).UTC()
	status, answer := l.make(t, `"packages":["a"],"expires":"`+date.Format(time.DateOnly)+`"`)
	if text, _ := answer["expiry"].(string); status != http.StatusCreated || !strings.HasPrefix(text, date.Format(time.DateOnly)) {
		t.Errorf("a date: %d, %v", status, answer)
	}
}

// TestTokensRefused reads the words of each refusal.
func TestTokensRefused(t *testing.T) {
	l := tokens(t, verdaccio.Options{})
	many := func(n int) string { return strings.TrimSuffix(strings.Repeat(`"x",`, n), ",") }
	for fields, want := range map[string]string{
		`"packages":["a"],"name":""`: "Token name is required",
		`"packages":"a"`:             "Packages must be an array",
		`"scopes":{}`:                "Scopes must be an array",
		`"orgs":1`:                   "Organizations must be an array",
		`"packages":["a"],"packages_and_scopes_permission":"all"`:                               "Invalid packages_and_scopes_permission. Must be one of: no-access, read-only, read-write",
		`"orgs":["a"],"orgs_permission":"read-write-stage-only"`:                                "Invalid orgs_permission. Must be one of: no-access, read-only, read-write",
		`"packages":[],"scopes":[]`:                                                             "You must have at least one package / scope or organization added to this token.",
		`"packages":["a"],"orgs_permission":"read-only"`:                                        "You must select at least one organization if granting organization permissions to this token.",
		`"orgs":["a"],"packages_and_scopes_permission":"read-only"`:                             "You must select at least one package or scope if granting package/scopes permissions to this token.",
		`"packages":["a"],"packages_and_scopes_permission":"no-access"`:                         "Please select at least one: package, scope or organization.",
		`"packages":["a"],"packages_and_scopes_permission":"read-write","expires":91`:           "Read-write tokens cannot have expiration longer than 90 days",
		`"packages":["a"],"packages_and_scopes_permission":"read-write","expires":"9999-01-01"`: "Read-write tokens cannot have expiration longer than 90 days",
		`"packages":["a"],"expires":-1`:                                                         "Invalid expiration",
		`"packages":["a"],"expires":"soon"`:                                                     "Invalid expiration",
		`"packages":["a"],"cidr":["here"]`:                                                      "Invalid CIDR range",
		`"packages":[` + many(50) + `],"scopes":["@a"]`:                                         "Tokens cannot have more than 50 packages and scopes",
		`"orgs":[` + many(51) + `]`:                                                             "Tokens cannot have more than 50 organizations",
	} {
		if status, answer := l.make(t, fields); status != http.StatusBadRequest || answer["error"] != want {
			t.Errorf("%.80s: %d %v", fields, status, answer)
		}
	}
	if status, answer, _ := l.send(t, http.MethodPost, "", "[]"); status != http.StatusBadRequest {
		t.Errorf("no object: %d %v", status, answer)
	}
	if status, answer, _ := l.send(t, http.MethodPost, "", `{"name":"a","password":"wrong","packages":["a"]}`); status != http.StatusUnauthorized || answer["error"] != "Invalid password" {
		t.Errorf("a wrong password: %d %v", status, answer)
	}
	if n := len(l.s.Tokens("alice")); n != 0 {
		t.Errorf("%d were made", n)
	}
	for range 1000 {
		l.s.Issue("alice", verdaccio.AccessToken{})
	}
	if status, answer := l.make(t, `"packages":["a"]`); status != http.StatusBadRequest {
		t.Errorf("one too many: %d %v", status, answer)
	}
}

// TestTokensAreForSessions: no access token asks about access tokens, whatever it may.
func TestTokensAreForSessions(t *testing.T) {
	l := tokens(t, verdaccio.Options{})
	for name, value := range map[string]string{
		"bypass": l.s.Issue("alice", verdaccio.AccessToken{Bypass: true}), "plain": l.s.Issue("alice", verdaccio.AccessToken{}),
		"dead": l.s.Issue("alice", verdaccio.AccessToken{Revoked: true}), "nobody": "",
	} {
		other := list{l.s, value}
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			path := ""
			if method == http.MethodDelete {
				path = "/token/" + l.s.Tokens("alice")[0].Key
			}
			status, answer, _ := other.send(t, method, path, "{}")
			said := fmt.Sprint(answer["error"])
			if limited := strings.Contains(said, "npm tokens that bypass 2FA are being restricted"); status != http.StatusUnauthorized || limited != (name == "bypass" || name == "plain") {
				t.Errorf("%s, %s: %d %s", name, method, status, said)
			}
		}
	}
}

// TestTokensLastUse: the list tells when an access token was last used.
func TestTokensLastUse(t *testing.T) {
	l := tokens(t, verdaccio.Options{})
	value := l.s.Issue("alice", verdaccio.AccessToken{Name: "ci", Addresses: []string{"127.0.0.0/8"}})
	away := l.s.Issue("alice", verdaccio.AccessToken{Name: "away", Addresses: []string{"192.0.2.0/24"}})
	l.s.Forward(3 * day)
	for _, v := range []string{value, away} {
		ask(t, http.MethodGet, l.s.URL+"plain-sand", v)
	}
	_, answer, header := l.send(t, http.MethodGet, "?page=0&perPage=1", "")
	first := answer["objects"].([]any)[0].(map[string]any)
	at, err := time.Parse(time.RFC3339, fmt.Sprint(first["accessed"]))
	if err != nil || at.Before(time.Now().Add(3*day-time.Hour)) {
		t.Errorf("last used %v: %v", first["accessed"], err)
	}
	if first["description"] != nil || answer["total"] != 2. || !strings.HasPrefix(header.Get("npm-notice"), "SECURITY NOTICE") {
		t.Errorf("the list: %v, %v", answer, header)
	}
	_, answer, _ = l.send(t, http.MethodGet, "?page=1&perPage=1", "")
	if second := answer["objects"].([]any)[0].(map[string]any); second["accessed"] != nil || answer["urls"].(map[string]any)["prev"] == nil {
		t.Errorf("the second page: %v", answer)
	}
}

// TestTokensRevoked: a revoked access token goes on working for as long as the options say.
func TestTokensRevoked(t *testing.T) {
	for _, kept := range []bool{false, true} {
		l := tokens(t, verdaccio.Options{Lag: time.Hour, KeepRevoked: kept})
		first, second := l.s.Issue("alice", verdaccio.AccessToken{}), l.s.Issue("alice", verdaccio.AccessToken{})
		key := l.s.Tokens("alice")[0].Key
		for path, want := range map[string]int{
			"/token/" + key: 204, "/token/" + second: 204, "/token/nonsense": 400,
			"/token/" + l.s.Issue("bob", verdaccio.AccessToken{}): 400,
			"/token/00000000-0000-4000-a000-000000000000":         404,
		} {
			if status, answer, _ := l.send(t, http.MethodDelete, path, ""); status != want {
				t.Errorf("%s: %d %v, want %d", path, status, answer, want)
			}
		}
		if !l.s.Live(first) || !l.s.Live(second) {
			t.Error("they are dead at once")
		}
		if status, _, _ := l.send(t, http.MethodDelete, "/token/"+key, ""); status != http.StatusNotFound {
			t.Errorf("once more: %d", status)
		}
		all := l.s.Tokens("alice")
		if kept != (len(all) == 2) || kept && all[0].RevokedTime.IsZero() {
			t.Errorf("listed after that: %+v", all)
		}
		l.s.Forward(59 * time.Minute)
		if !l.s.Live(first) {
			t.Error("dead before its time")
		}
		l.s.Settle()
		if l.s.Live(first) || l.s.Live(second) {
			t.Error("alive after all has settled")
		}
	}
}

// TestTokensFactor shows each second factor.
func TestTokensFactor(t *testing.T) {
	l := tokens(t, verdaccio.Options{})
	web := []string{"npm-auth-type", "web", "npm-command", "token"}
	asked := func(factor verdaccio.Factor, want string, header ...string) told {
		t.Helper()
		l.s.SetAccount("alice", verdaccio.Account{Factor: factor})
		status, answer := l.make(t, `"packages":["a"]`, header...)
		if got := fmt.Sprint(answer["error"]); status != http.StatusUnauthorized || !strings.Contains(got, want) {
			t.Errorf("%s %v: %d %s", factor, header, status, got)
		}
		return answer
	}
	made := func(factor verdaccio.Factor, header ...string) {
		t.Helper()
		l.s.SetAccount("alice", verdaccio.Account{Factor: factor})
		if status, answer := l.make(t, `"packages":["a"]`, header...); status != http.StatusCreated {
			t.Errorf("%s %v: %d %v", factor, header, status, answer)
		}
	}
	asked(verdaccio.FactorDigits, "You must provide a one-time pass.", web...)
	asked(verdaccio.FactorDigits, "invalid OTP", "npm-otp", "000000")
	made(verdaccio.FactorDigits, "npm-otp", verdaccio.OTP)
	asked(verdaccio.FactorMail, "A One Time Password (OTP) by email is required.")
	made(verdaccio.FactorMail, "npm-otp", verdaccio.MailOTP)
	asked(verdaccio.FactorMissing, "A One Time Password (OTP) by email is required.")
	made(verdaccio.FactorMissing, "npm-otp", verdaccio.MailOTP)
	asked(verdaccio.FactorPage, "You must provide a one-time pass.", "npm-auth-type", "web")
	page := func(header ...string) told {
		t.Helper()
		return asked(verdaccio.FactorPage, "<nil>", append(web, header...)...)
	}
	page("npm-otp", "1234567812345678") // a wrong one: the page once more
	answer := page()
	if err := l.s.Confirm(answer["authUrl"].(string)); err != nil {
		t.Fatal(err)
	}
	_, text := ask(t, http.MethodGet, answer["doneUrl"].(string), "")
	var done struct{ Token string }
	if err := json.Unmarshal([]byte(text), &done); err != nil || len(done.Token) != 16 {
		t.Fatalf("%s: %v", text, err)
	}
	made(verdaccio.FactorPage, "npm-otp", done.Token)
	page("npm-otp", done.Token)
	answer = page()
	if err := l.s.ConfirmSkip(answer["authUrl"].(string)); err != nil {
		t.Fatal(err)
	}
	made(verdaccio.FactorPage)
	l.s.Forward(5 * time.Minute)
	page()
	l.s.SetAccount("alice", verdaccio.Account{Factor: verdaccio.FactorMissing})
	if status, answer, _ := l.send(t, http.MethodDelete, "/token/"+l.s.Tokens("alice")[0].Key, ""); status != http.StatusNoContent {
		t.Errorf("revoke without a second factor to show: %d %v", status, answer)
	}
	seen := l.s.Requests()
	if first := seen[0]; !strings.Contains(first.Body, verdaccio.Password("alice")) || first.Header.Get("npm-command") != "token" {
		t.Errorf("the record: %+v", first)
	}
}
