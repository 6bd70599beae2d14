package demo

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

func TestPageSpeaksBothLanguages(t *testing.T) {
	r := start(t, Options{})
	a := begin(t, r)
	for header, text := range map[string]string{
		"": "Sign in as demo", "en-GB,ja;q=0.5": "Sign in as demo", "ja": "demo としてサインイン", "de,ja;q=0.8,en;q=0.3": "demo としてサインイン", "xx": "Sign in as demo",
	} {
		res := want(t, ask(t, "GET", a.LoginURL, "", "Accept-Language: "+header), 200)
		if !strings.Contains(res.body, text) || strings.Contains(res.body, "demo.page.") || strings.Contains(res.body, "{{") {
			t.Errorf("%q: page lacks %q or a text", header, text)
		}
	}
}

var (
	styleText = regexp.MustCompile(`(?s)<style>(.*)</style>`)
	outside   = regexp.MustCompile(`(?i)(src|href|url)\s*[=(]|https?:|<script|@import`)
)

func TestPageLoadsNothing(t *testing.T) {
	r := start(t, Options{})
	a := begin(t, r)
	res := want(t, ask(t, "GET", a.LoginURL, ""), 200)
	if found := outside.FindString(res.body); found != "" {
		t.Errorf("the page names something outside: %q", found)
	}
	sum := sha256.Sum256([]byte(styleText.FindStringSubmatch(res.body)[1]))
	if !strings.Contains(res.header.Get("Content-Security-Policy"), base64.StdEncoding.EncodeToString(sum[:])) {
		t.Error("the policy forbids the page's own style")
	}
	for _, part := range []string{`name="username"`, `name="password"`, `<button type="submit">`} {
		if strings.Count(res.body, part) != 1 {
			t.Errorf("%s is not there once", part)
		}
	}
}

func TestPageAnswers(t *testing.T) {
	r := start(t, Options{Users: []User{{"ann", token.NewSecret("a")}}})
	kind := "Content-Type: application/x-www-form-urlencoded"
	a := begin(t, r)
	wrong := url.Values{"username": {`"><script>`}, "password": {"x"}}.Encode()
	res := want(t, ask(t, "POST", a.LoginURL, wrong, kind), 401)
	if !strings.Contains(res.body, "Wrong user name") || strings.Contains(res.body, "<script>") || strings.Contains(res.body, "The demo account") {
		t.Error("the page does not say so, or repeats what it must not")
	}
	res = want(t, ask(t, "POST", a.LoginURL, "quick=1", kind), 200)
	if !strings.Contains(res.body, "You are signed in") {
		t.Error("one click does not sign in")
	}
	want(t, ask(t, "POST", a.LoginURL, "quick=1", kind), 200) // pressed twice: still one session
	if s := r.Sessions(); len(s) != 1 || s[0].User != "ann" {
		t.Errorf("sessions %+v", s)
	}
	want(t, ask(t, "GET", a.DoneURL, ""), 200)
	want(t, ask(t, "GET", a.LoginURL, ""), 200)
	if res := want(t, ask(t, "GET", r.URL()+"login/unknown", ""), 404); !strings.Contains(res.body, "has expired") {
		t.Error("an unknown page does not say so")
	}
}

func FuzzLanguage(f *testing.F) {
	for _, s := range []string{"", "ja", "en;q=0.1,ja;q=0.9", "ja;q=NaN", ";;;,,,=", "en-US,en;q=0.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if l := language(s); l != i18n.English && l != i18n.Japanese {
			t.Fatalf("%q", l)
		}
	})
}
