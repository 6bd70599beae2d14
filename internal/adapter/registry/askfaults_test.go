package registry_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	client "github.com/sandglass-dev/sandglass/internal/adapter/registry"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

var sand = agent.Package{Name: "@acme/sand", Version: "1.0.0"}

// all asks every question of a registry that is in trouble.
func all(t *testing.T, c *client.Client, reg registry.URL) map[string]finding.Outcome {
	t.Helper()
	account := c.Account(t.Context(), reg, canary)
	with := c.Package(t.Context(), reg, sand, canary)
	without := c.Package(t.Context(), reg, sand, token.Secret{})
	org := c.Org(t.Context(), reg, agent.Member{Account: "ann", Package: sand.Name, Session: canary})
	list := c.Token(t.Context(), reg, agent.TokenQuestion{Session: canary, About: canary, Package: sand.Name})
	leaks(t, []any{account, with, without, org, list})
	if list != (finding.Token{}) || org.Member == finding.Yes || with.HasVersion != "" || account.Name != "" {
		t.Errorf("it is known: %+v %+v %+v %+v", account, with, org, list)
	}
	return map[string]finding.Outcome{"account": account.Outcome, "with": with.Outcome, "without": without.Outcome, "org": org.Asked}
}

func wantAll(t *testing.T, got map[string]finding.Outcome, want finding.Outcome) {
	t.Helper()
	for question, o := range got {
		if o != want {
			t.Errorf("%s: got %q, want %q", question, o, want)
		}
	}
}

func TestF01toF03_SlowQuestions(t *testing.T) {
	for name, headers := range map[string]bool{"F01 no first byte": false, "F02 F03 hang after headers": true} {
		t.Run(name, func(t *testing.T) {
			over := make(chan struct{})
			reg := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if headers {
					_, _ = io.WriteString(w, `{"name":`)
					w.(http.Flusher).Flush()
				}
				wait(r, over)
			})
			wantAll(t, all(t, real(t, client.Options{Limit: short}), reg), finding.OutcomeOffline)
			close(over)
		})
	}
}

func TestF01_AQuestionEndsInHalfAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := wire(func(r *http.Request) (*http.Response, error) {
			select {
			case <-r.Context().Done():
				return nil, r.Context().Err()
			case <-time.After(9 * time.Second):
			}
			switch {
			case strings.HasSuffix(r.URL.Path, "/acme/user"):
				return reply(200, `{"ann":"developer"}`), nil
			case strings.HasSuffix(r.URL.Path, "/team"):
				return reply(200, `["`+strings.Repeat(`a","`, 60)+`b"]`), nil
			case strings.HasSuffix(r.URL.Path, "/tokens"):
				return reply(200, `{"objects":[],"urls":{"next":"/x?page=`+time.Now().String()+`"}}`), nil
			}
			return reply(200, `["bob"]`), nil
		})
		c, began := client.New(client.Options{Transport: slow}), time.Now()
		if got := c.Org(t.Context(), far(t), agent.Member{Account: "ann", Package: sand.Name, Session: canary}); got.Granted != "" || got.Member != finding.Yes {
			t.Errorf("%+v", got)
		}
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("an organisation took %v", took)
		}
		began = time.Now()
		if got := c.Token(t.Context(), far(t), agent.TokenQuestion{Session: canary, About: canary}); got != (finding.Token{}) {
			t.Errorf("%+v", got)
		}
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("a list took %v", took)
		}
	})
}

// TestF04toF07 is the table of what a status and a body say.
func TestF28_F04toF07_StatusAndBody(t *testing.T) {
	for _, c := range []struct {
		status  int
		header  string
		body    string
		outcome finding.Outcome
		signs   []finding.Sign
	}{
		{401, "", "", finding.OutcomeRefused, nil},
		{401, "www-authenticate: Bearer realm=\"x\"", "", finding.OutcomeRefused, []finding.Sign{finding.SignInvalid}},
		{401, "www-authenticate: Basic realm=\"x\", Bearer", "", finding.OutcomeRefused, []finding.Sign{finding.SignInvalid}},
		{401, "www-authenticate: Basic realm=\"x\"", "", finding.OutcomeRefused, []finding.Sign{finding.SignPassword}},
		{401, "www-authenticate: IPAddress", `{}`, finding.OutcomeRefused, []finding.Sign{finding.SignAddressRange}},
		{401, "www-authenticate: OTP", `{"authUrl":"https://a.example.com/","doneUrl":"https://a.example.com/"}`, finding.OutcomeRefused, []finding.Sign{finding.SignOTP, finding.SignOTPPage}},
		{401, "www-authenticate: OTP", `{"error":"A One Time Password (OTP) by email is required."}`, finding.OutcomeRefused, []finding.Sign{finding.SignOTP, finding.SignOTPMail}},
		{401, "", "You must provide a one-time pass.", finding.OutcomeRefused, []finding.Sign{finding.SignOTP}},
		{401, "npm-notice: Access token expired or revoked. Please try logging in again.", "", finding.OutcomeRefused, []finding.Sign{finding.SignInvalid}},
		{401, "", `{"error":"npm tokens that bypass 2FA are being restricted from account actions"}`, finding.OutcomeRefused, []finding.Sign{finding.SignRestricted}},
		{401, "", `{"message":"classic tokens have been revoked"}`, finding.OutcomeRefused, []finding.Sign{finding.SignClassic, finding.SignInvalid}},
		{402, "", `{"error":"You must sign up for private packages"}`, finding.OutcomeForbidden, []finding.Sign{finding.SignPlan}},
		{403, "", `{"error":"Forbidden"}`, finding.OutcomeForbidden, []finding.Sign{finding.SignForbidden}},
		{403, "", `{"error":"Your account is on a security hold and read-only"}`, finding.OutcomeForbidden, []finding.Sign{finding.SignForbidden, finding.SignHold}},
		{403, "", `{"error":"Two-factor authentication or granular access token with bypass 2fa enabled is required to publish packages."}`, finding.OutcomeForbidden, []finding.Sign{finding.SignForbidden, finding.SignTwoFactor}},
		{403, "", `{"error":"You cannot publish over the previously published versions: 1.0.0."}`, finding.OutcomeForbidden, []finding.Sign{finding.SignForbidden, finding.SignVersionExists}},
		{403, "", `{"reason":"ann is not a member of acme"}`, finding.OutcomeForbidden, []finding.Sign{finding.SignForbidden, finding.SignNotMember}},
		{404, "", "Not found", finding.OutcomeMissing, []finding.Sign{finding.SignNotFound}},
		{405, "", "", finding.OutcomeMissing, []finding.Sign{finding.SignNotFound}},
		{410, "", "", finding.OutcomeMissing, []finding.Sign{finding.SignNotFound}},
		{408, "", "", finding.OutcomeBusy, nil}, {425, "", "", finding.OutcomeBusy, nil}, // F06
		{429, "Retry-After: 1000000000", "", finding.OutcomeBusy, []finding.Sign{finding.SignRateLimit}}, // F05
		{500, "", "", finding.OutcomeServer, []finding.Sign{finding.SignServer}}, {502, "", "<html>", finding.OutcomeServer, []finding.Sign{finding.SignServer}},
		{503, "", "", finding.OutcomeServer, []finding.Sign{finding.SignServer}}, {504, "", "", finding.OutcomeServer, []finding.Sign{finding.SignServer}},
		{407, "", "", finding.OutcomeOffline, []finding.Sign{finding.SignProxy}}, {511, "", "", finding.OutcomeOffline, []finding.Sign{finding.SignProxy}},
		{204, "", "", finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}}, {418, "", "", finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}},
		{302, "Location: https://evil.example.net/", "", finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}},
		{200, "Content-Type: text/html", "<!doctype html><p>Sign in", finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}},
		{200, "", "", finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}},
		{200, "", `[]`, finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}},
		{200, "", `{"name":"@acme/sand","versions":`, finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}},
		{200, "", `{"username":7,"name":7}`, finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}},
		{200, "", strings.Repeat(`{"a":`, 100_000), finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}},
		{200, "", strings.Repeat(`[`, 100_000) + strings.Repeat(`]`, 100_000), finding.OutcomeBad, []finding.Sign{finding.SignBadAnswer}},
	} {
		t.Run(fmt.Sprintf("%d %s %.40s", c.status, c.header, c.body), func(t *testing.T) {
			header := c.header
			if header == "" {
				header = "X-None: 1"
			}
			cl := client.New(client.Options{Transport: always(c.status, c.body, header)})
			wantAll(t, all(t, cl, far(t)), c.outcome)
			signs := cl.Account(t.Context(), far(t), canary).Signs
			if !slices.Equal(signs, slices.Sorted(slices.Values(c.signs))) {
				t.Errorf("signs: got %v, want %v", signs, c.signs)
			}
		})
	}
}

// TestF07_LongPackuments reads what it needs of a long answer, and no more than 8 MiB.
func TestF07_LongPackuments(t *testing.T) {
	filler := strings.Repeat(`{"a":[1,2,{"b":"`+strings.Repeat("x", 200)+`"}]},`, 40_000) // 9 MB
	for name, c := range map[string]struct {
		body    string
		outcome finding.Outcome
		has     finding.Known
	}{
		"early":            {`{"name":"@acme/sand","versions":{"1.0.0":{"x":"}"}},"time":[` + filler, finding.OutcomeOK, finding.Yes},
		"early, other":     {`{"versions":{"0.9.0":{"1.0.0":1}},"name":"@acme/sand","time":[` + filler, finding.OutcomeOK, finding.No},
		"too late":         {`{"name":"@acme/sand","time":[` + filler + `0],"versions":{"1.0.0":{}}}`, finding.OutcomeOK, finding.Unasked},
		"cut in versions":  {`{"name":"@acme/sand","versions":{"1.0.0":{},"2.0.0":[` + filler, finding.OutcomeOK, finding.Yes},
		"never named":      {`{"time":[` + filler, finding.OutcomeBad, finding.Unasked},
		"another's":        {`{"name":"@acme/other","versions":{"1.0.0":{}}}`, finding.OutcomeBad, finding.Unasked},
		"no versions":      {`{"name":"@acme/sand"}`, finding.OutcomeOK, finding.Unasked},
		"broken at once":   {`{"name":"@acme/sand",,}`, finding.OutcomeBad, finding.Unasked},
		"versions: a list": {`{"name":"@acme/sand","versions":["1.0.0"]}`, finding.OutcomeBad, finding.Unasked},
		"NUL":              {"{\"name\":\"@acme/sand\x00\"}", finding.OutcomeBad, finding.Unasked},
	} {
		got := client.New(client.Options{Transport: always(200, c.body)}).Package(t.Context(), far(t), sand, token.Secret{})
		if got.Outcome != c.outcome || got.HasVersion != c.has {
			t.Errorf("%s: %+v", name, got)
		}
	}
	endless := &counted{}
	got := client.New(client.Options{Transport: wire(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: struct {
			io.Reader
			io.Closer
		}{io.MultiReader(strings.NewReader(`{"name":"@acme/sand","readme":"`), spaces{endless}), endless}}, nil
	})}).Package(t.Context(), far(t), sand, token.Secret{})
	if got.Outcome != finding.OutcomeOK || endless.n > 9<<20 {
		t.Errorf("an endless one: %+v after %d bytes", got, endless.n)
	}
}

// spaces reads nothing but spaces.
type spaces struct{ *counted }

func (s spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return s.counted.Read(p)
}

func TestF08F09_BrokenAnswersToQuestions(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\n"
	for name, text := range map[string]string{
		"F08 chunked garbage": head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + canary.Reveal(),
		"F08 no HTTP":         "SSH-2.0-" + canary.Reveal() + "\x1b[31m\r\n",
		"F09 early close":     head + "Content-Length: 100\r\n\r\n{\"name\":\"@acme/sand\"",
		"F09 nothing":         "",
	} {
		for _, reset := range []bool{false, true} {
			t.Run(fmt.Sprint(name, reset), func(t *testing.T) {
				wantAll(t, all(t, real(t, client.Options{}), raw(t, text, reset)), finding.OutcomeOffline)
			})
		}
	}
}

func TestF17_QuestionsWantATrustedConnection(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request got through") }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of every refused handshake
	s.StartTLS()
	t.Cleanup(s.Close)
	wantAll(t, all(t, real(t, client.Options{}), mustParse(t, s.URL)), finding.OutcomeTLS)
	silent := client.New(client.Options{Transport: wire(func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return nil, errors.New("no")
	})})
	wantAll(t, all(t, silent, mustParse(t, "http://registry.example.com/")), finding.OutcomeTLS)
	if got := silent.Account(t.Context(), far(t), token.NewSecret("a\nb")); got.Outcome != "" {
		t.Errorf("a credential that no header holds: %+v", got)
	}
	for _, name := range []string{"", "@acme", "@/a", "@acme/", "@acme/../a", "@acme/a/b", "..", "a b", "-", "a\x00", "@../a"} {
		if got := silent.Package(t.Context(), far(t), agent.Package{Name: name}, token.Secret{}); got.Outcome != "" {
			t.Errorf("%q was asked for", name)
		}
	}
}

func TestF12toF16_QuestionsFollowNothing(t *testing.T) {
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	reg := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/tokens") && r.URL.Query().Get("page") == "0" { // the next page is elsewhere
			_, _ = fmt.Fprintf(w, `{"objects":[],"urls":{"next":"%s/?page=1"}}`, other.URL)
			return
		}
		w.Header().Set("Location", other.URL)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	wantAll(t, all(t, real(t, client.Options{}), reg), finding.OutcomeBad)
	if elsewhere.Load() != 0 {
		t.Error("the credential went elsewhere")
	}
}

func TestF23_AProxyThatIsNotThere(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	through := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: l.Addr().String()})}
	got := client.New(client.Options{Transport: through}).Account(t.Context(), far(t), canary)
	if got.Outcome != finding.OutcomeOffline || !slices.Contains(got.Signs, finding.SignProxy) {
		t.Errorf("%+v", got)
	}
}

// TestTokenListForms reads entries as registries may spell them.
func TestTokenListForms(t *testing.T) {
	mask := canary.Reveal()[:8] + "..." + canary.Reveal()[len(canary.Reveal())-4:]
	const y, n = finding.Yes, finding.No
	for body, want := range map[string]finding.Token{
		`{"token":"` + mask + `","expires":1798859045000,"automation":true}`:                                                      {Listed: y, Ends: time.UnixMilli(1798859045000).UTC(), Bypass: y},
		`{"token":"` + mask + `","type":"automation","revoked":"2026-01-01T00:00:00Z"}`:                                           {Listed: y, Bypass: y, Revoked: y},
		`{"token":"` + mask + `","type":"readonly","cidr":null,"cidr_whitelist":["10.0.0.0/8"]}`:                                  {Listed: y, ReadOnly: y, Address: y},
		`{"token":"` + mask + `","readonly":false,"permissions":[{"name":"package","action":"read"}]}`:                            {Listed: y, ReadOnly: y},
		`{"token":"` + mask + `","permissions":[{"name":"org","action":"read"}],"scopes":[{"type":"org","name":"acme"}]}`:         {Listed: y},
		`{"token":"` + mask + `","scopes":[{"type":"package","name":"*"}],"packages_and_scopes_permission":"read-write"}`:         {Listed: y, Covers: y, Stage: n},
		`{"token":"` + mask + `","scopes":[{"type":"scope","name":"acme"},7],"publish_policy":"stage_only","expiry":"yesterday"}`: {Listed: y, Stage: y},
		`{"token":"` + canary.Reveal()[:10] + `"}`:                                                                                {Listed: y},
		`{"token":"npm_..."}`:           {Listed: n},
		`{"token":"npm_canzzz...6789"}`: {Listed: n},
		`{"token":"` + mask + `","readonly":true},{"token":"` + mask + `"}`: {Listed: y},
		``: {Listed: n},
	} {
		c := client.New(client.Options{Transport: always(200, `{"objects":[`+body+`],"total":1,"urls":{}}`)})
		if got := c.Token(t.Context(), far(t), agent.TokenQuestion{Session: canary, About: canary, Package: "@acme/sand"}); got != want {
			t.Errorf("%s: got %+v, want %+v", strings.ReplaceAll(body, canary.Reveal(), "CANARY"), got, want)
		}
	}
}

// FuzzQuestions: whatever a registry answers, every question ends in a known outcome without secrets.
func FuzzQuestions(f *testing.F) {
	f.Add(200, `{"name":"@acme/sand","versions":{"1.0.0":{}},"username":"ann","ann":"developer"}`, "")
	f.Add(200, `["@acme:a"]`, "")
	f.Add(200, `{"objects":[{"token":"npm_cana...6789","expiry":"2026-01-01T00:00:00Z","scopes":[{"type":"scope","name":"@acme"}]}],"urls":{"next":"?page=1"}}`, "")
	f.Add(401, `{"error":"`+canary.Reveal()+`"}`, "Bearer, OTP")
	f.Add(403, `{"ann":"\u202e"}`, "Basic")
	f.Add(200, `{"ann":"`+canary.Reveal()+`\u001b[31m"}`, "")
	reg := far(f)
	known := []finding.Outcome{finding.OutcomeOK, finding.OutcomeRefused, finding.OutcomeForbidden, finding.OutcomeMissing, finding.OutcomeBusy, finding.OutcomeServer, finding.OutcomeOffline, finding.OutcomeBad}
	f.Fuzz(func(t *testing.T, status int, body, challenge string) {
		c := client.New(client.Options{Transport: always(status, body, "www-authenticate: "+challenge)})
		a, p := c.Account(t.Context(), reg, canary), c.Package(t.Context(), reg, sand, canary)
		org := c.Org(t.Context(), reg, agent.Member{Account: "ann", Package: sand.Name, Session: canary})
		list := c.Token(t.Context(), reg, agent.TokenQuestion{Session: canary, About: canary, Package: sand.Name})
		for _, o := range []finding.Outcome{a.Outcome, p.Outcome, org.Asked} {
			if !slices.Contains(known, o) {
				t.Fatalf("outcome %q", o)
			}
		}
		if text := fmt.Sprintf("%+v", []any{a, p, org, list}); strings.Contains(text, canary.Reveal()) || strings.ContainsFunc(text, steers) {
			t.Fatalf("%q", text)
		}
	})
}
