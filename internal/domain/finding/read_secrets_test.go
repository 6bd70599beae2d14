package finding

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// canaries are credentials in each place where a pasted log may hold one, made at run time so that no scanner takes
// this file for a leak.
func canaries() map[string]string {
	const c = "CANARY0123456789abcdefghij"
	npm, id := "npm_"+c+"CANARY0123", "ca0a1234-"+"89ab-cdef-0123-456789abcdef"
	return map[string]string{
		"line":      "//registry.example.com/:_authToken=" + c,
		"quoted":    `//registry.example.com/:_authToken = "` + c + `"`,
		"basic":     "//registry.example.com/:_auth=" + c + "==",
		"password":  "//registry.example.com/:_password=" + c,
		"npm":       "npm error 404 '" + npm + "@1.0.0' is not in this registry",
		"user":      "npm error 404 Not Found - GET https://alice:" + c + "@registry.example.com/@acme%2fui - Not found",
		"slash":     "npm error 404 Not Found - GET https://alice:CANARY12/" + c + "@registry.example.com/@acme%2fui - Not found",
		"query":     "npm error 404 Not Found - GET https://registry.example.com/@acme%2fui?token=" + c + " - Not found",
		"path":      "npm error 404 Not Found - DELETE https://registry.example.com/-/user/token/" + c + " - Not found",
		"name":      "npm error 404 Not Found - GET https://registry.example.com/" + npm + " - Not found",
		"page":      "npm error   https://www.example.com/login?next=/login/cli/" + id,
		"page 2":    "npm error   https://www.example.com/auth/cli/" + id,
		"done":      "npm error   https://registry.example.com/-/v1/done?authId=" + id,
		"header":    "npm error authorization: Bearer " + c,
		"env":       "error Error: Failed to replace env in config: ${" + npm + "}",
		"setting":   ` WARN  Ignored project-level auth setting "//registry.example.com/:_authToken=` + c + `" in "/home/alice/.npmrc"`,
		"otp":       "$ npm publish --otp=CANARY123456",
		"variable":  "NPM_TOKEN=" + c + " npm publish",
		"repo":      `npm error 422 Unprocessable Entity - PUT https://r.example.com/ui - package.json: "repository.url" is "https://alice:` + c + `@git.example.com/ui", expected to match "https://git.example.com/x?t=` + c + `" from provenance`,
		"yaml":      "npmAuthToken: " + c,
		"json":      `{"_authToken":"` + c + `"}`,
		"package":   "error Couldn't find package \"" + npm + "\" on the \"npm\" registry.",
		"ndjson":    `{"level":"error","code":"ERR_PNPM_FETCH_404","request":{"url":"https://a:` + c + `@r.example.com/ui","authHeaderValue":"Bearer ` + c + `"},"pkgName":"` + npm + `","err":{"message":"GET https://a:` + c + `@r.example.com/ui: Not Found - 404"}}`,
		"escaped":   `{"error":{"code":"E404","summary":"404 Not Found - GET https://r.example.com/npm\u005f` + c + `CANARY - Not found","detail":""}}`,
		"published": "📦 ui@1.0.0 → https://alice:" + c + "@registry.example.com/\nERR_PNPM_OTP_NON_INTERACTIVE x",
		"asked":     "$ npm install " + npm + "\nnpm error code E404",
		"file":      "Usage Error: Environment variable not found (X) in /home/" + npm + "/.yarnrc.yml",
	}
}

func TestJ01_ReadHoldsNoSecret(t *testing.T) {
	for name, text := range canaries() {
		for _, paste := range []string{text, "npm error code E404\n" + text + "\nnpm error 404 Not Found - GET https://registry.example.com/@acme%2fui - Not found\n", "\x1b[31m" + text + "\x1b[0m", text + "\nnpm error code E401\n"} {
			f, _ := Read([]byte(paste))
			out, err := json.Marshal(f)
			if low := strings.ToLower(string(out)); err != nil || strings.Contains(low, "canary") || strings.Contains(low, "ca0a1234") {
				t.Errorf("%s: %s %v", name, out, err)
			}
		}
	}
}

func TestJ01_RedactedHoldsNoSecret(t *testing.T) {
	for name, text := range canaries() {
		if strings.Contains(text, `\u005f`) {
			continue // no console writes it so
		}
		out := string(Redacted([]byte("before\n"+text+"\nafter\n"), "/home/alice"))
		if low := strings.ToLower(out); strings.Contains(low, "canary") || strings.Contains(low, "ca0a1234") {
			t.Errorf("%s: %s", name, out)
		}
		if !strings.HasPrefix(out, "before\n") || !strings.HasSuffix(out, "\nafter\n") {
			t.Errorf("%s: more was taken: %q", name, out)
		}
	}
}

func TestRedactedLeavesTheRest(t *testing.T) {
	for name, text := range recordings(t) {
		got := string(Redacted([]byte(text), "/home/nobody"))
		want := text
		if strings.Contains(name, "otp-json") { // its pages' ids
			continue
		}
		if got != want {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("%s: changed at %q, now %q", name, want[max(i-40, 0):min(i+80, len(want))], got[max(i-40, 0):min(i+80, len(got))])
					break
				}
			}
		}
	}
	for _, c := range [][3]string{
		{"/home/alice/src/.npmrc and /home/alice", "/home/alice", "~/src/.npmrc and ~"},
		{"/home/alicent/x", "/home/alice/", "/home/alicent/x"},
		{`C:\Users\bob\app "C:\\Users\\bob\\app" C:/Users/bob/app`, `C:\Users\bob`, `~\app "~\\app" ~/app`},
		{"mail bob.b+x@mail.example.com now", "", "mail [redacted]@mail.example.com now"},
		{"install @acme/ui@1.0.0 ui@2.0.0 from https://registry.example.com/@acme/ui\r\n\xff", "", "install @acme/ui@1.0.0 ui@2.0.0 from https://registry.example.com/@acme/ui\r\n\xff"},
		{"//r.example.com/:_authToken=${NPM_TOKEN}", "", "//r.example.com/:_authToken=${NPM_TOKEN}"},
		{"git+ssh://git@git.example.com/x.git", "", "git+ssh://[redacted]@git.example.com/x.git"},
		{"x", "/", "x"},
	} {
		if got := string(Redacted([]byte(c[0]), c[1])); got != c[2] {
			t.Errorf("%q: %q\nwant %q", c[0], got, c[2])
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range recordings(f) {
		f.Add([]byte(text))
	}
	for _, text := range canaries() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		Redacted(text, "/home/alice")
		x, ok := Read(text)
		if !ok && x.Client != "" {
			t.Errorf("not ok, and %+v", x)
		}
		for _, s := range []string{x.Client, x.Version, x.Command, x.Code, x.Method, x.URL, x.Package, x.Spec, x.Variable, x.Setting, x.File, x.Repository, x.Provenance} {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || len(s) > 1024 || secretShape.in(s) {
				t.Errorf("%q", s)
			}
		}
		if strings.Contains(x.URL, "@") && strings.Contains(strings.SplitN(strings.TrimPrefix(x.URL, "https://"), "/", 2)[0], "@") || strings.ContainsAny(x.URL, "?#") {
			t.Errorf("address %q", x.URL)
		}
		if x.Status < 0 || x.Status > 599 || ok && x.Client == "" {
			t.Errorf("%+v", x)
		}
	})
}
