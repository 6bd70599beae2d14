package leak

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// checkHole searches a hole for pieces of credentials, sends it through JSON, and returns what came out.
func checkHole(t *testing.T, h Hole, secrets ...string) Hole {
	t.Helper()
	raw, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range secrets {
		for _, text := range []string{s, decoded(s)} {
			for i := range max(0, len(text)-piece+1) {
				if strings.Contains(string(raw), text[i:i+piece]) {
					t.Fatalf("the hole holds a piece of a credential: %q", text[i:i+piece])
				}
			}
		}
	}
	var back Hole
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// roundTrip takes each credential of a file out and puts it back, and returns how many could be taken.
func roundTrip(t *testing.T, path, text string) (taken int) {
	t.Helper()
	all := scan(path, []byte(text))
	var secrets []string
	for _, f := range all {
		secrets = append(secrets, f.secret)
	}
	for _, f := range all {
		fresh, h, s, err := Take(path, []byte(text), f.Fingerprint, f.Line)
		var left *LeftError
		if errors.As(err, &left) {
			t.Logf("%s:%d: %s", path, f.Line, left.Code)
			continue
		}
		if err != nil {
			t.Errorf("%s:%d: %v", path, f.Line, err)
			continue
		}
		taken++
		if s.Reveal() != f.secret || len(fresh) >= len(text) || strings.Count(string(fresh), f.secret) != strings.Count(text, f.secret)-1 {
			t.Errorf("%s:%d: took another one, or left %q", path, f.Line, fresh)
		}
		h = checkHole(t, h, secrets...)
		back, err := Fill(fresh, h, s)
		if err != nil || string(back) != text {
			t.Errorf("%s:%d: %v: put back as\n%q, not\n%q\n%+v", path, f.Line, err, back, text, h)
		}
		again, err := Fill(back, h, s)
		if err != nil || string(again) != string(back) {
			t.Errorf("%s:%d: put back twice: %v\n%q", path, f.Line, err, again)
		}
	}
	return taken
}

// TestM01_WhatIsTakenOutComesBack goes through every form in which a credential lies about, and every layout.
func TestM01_WhatIsTakenOutComesBack(t *testing.T) {
	taken := 0
	for _, p := range plantedSet() {
		for _, text := range []string{
			p.text, strings.TrimSuffix(p.text, "\n"), strings.ReplaceAll(p.text, "\n", "\r\n"), "\ufeff" + p.text, "# a\n\n" + p.text + "\n# b\n# c\n# d\n",
			strings.Repeat("# same\n", 5) + p.text + strings.Repeat("# same\n", 5), "\n\n" + p.text + "\n\n",
		} {
			if strings.Contains(text, "\r\r") {
				continue
			}
			taken += roundTrip(t, p.path, text)
		}
	}
	if taken < 150 {
		t.Errorf("only %d were taken", taken)
	}
	t.Logf("%d taken", taken)
}

// TestM01_LinesOfTheirOwn: each line that is a credential's alone is taken, and its variable told.
func TestM01_LinesOfTheirOwn(t *testing.T) {
	for _, c := range []struct{ path, text, rest, variable string }{
		{".npmrc", "a=1\n//" + reg + "/:_authToken=%s\nb=2\n", "a=1\nb=2\n", ""},
		{".npmrc", "//" + reg + "/:_authToken=%s ; mine\n", "", ""},
		{".env", "A=1\nexport NPM_TOKEN='%s' # mine\nB=2", "A=1\nB=2", "NPM_TOKEN"},
		{"/home/a/.config/environment.d/envvars.conf", "NPM_TOKEN=%s\n", "", "NPM_TOKEN"},
		{".pam_environment", "NPM_TOKEN DEFAULT=%s\n", "", "NPM_TOKEN"},
		{".bashrc", "if true; then\n  :\n  export NPM_TOKEN=\"%s\";\nfi\n", "if true; then\n  :\nfi\n", "NPM_TOKEN"},
		{".cshrc", "setenv NPM_TOKEN '%s'\n", "", "NPM_TOKEN"},
		{"config.fish", "set -gx NPM_TOKEN %s\n", "", "NPM_TOKEN"},
		{"profile.ps1", "$env:NPM_TOKEN = \"%s\"\r\n", "", "NPM_TOKEN"},
		{"env.nu", "$env.NPM_TOKEN = \"%s\"\n", "", "NPM_TOKEN"},
		{"a.bat", "@set \"NPM_TOKEN=%s\"\r\necho\r\n", "echo\r\n", "NPM_TOKEN"},
		{".upmconfig.toml", "[npmAuth.\"https://" + reg + "\"]\ntoken = \"%s\"\nalwaysAuth = true\n", "[npmAuth.\"https://" + reg + "\"]\nalwaysAuth = true\n", ""},
		{"bunfig.toml", "[install.scopes]\nacme = { token = \"%s\" }\n", "[install.scopes]\n", ""},
		{".yarnrc.yml", "npmRegistries:\n  \"https://" + reg + "\":\n    npmAlwaysAuth: true\n    npmAuthToken: \"%s\"\nyarnPath: x\n", "npmRegistries:\n  \"https://" + reg + "\":\n    npmAlwaysAuth: true\nyarnPath: x\n", ""},
		{".yarnrc.yml", "yarnPath: x\nnpmRegistries:\n  \"https://" + reg + "\":\n    npmAuthToken: \"%s\"\n", "yarnPath: x\n", ""},
	} {
		secret := npmToken()
		text := fmt.Sprintf(c.text, secret)
		l := Scan(c.path, []byte(text))
		if len(l) != 1 {
			t.Fatalf("%s: %+v", c.path, l)
		}
		fresh, _, _, err := Take(c.path, []byte(text), l[0].Fingerprint, l[0].Line)
		if err != nil || string(fresh) != c.rest {
			t.Errorf("%s: %v: left %q, want %q", c.path, err, fresh, c.rest)
		}
		if _, registry, variable := Setting(c.path, []byte(text), l[0].Fingerprint, l[0].Line); variable != c.variable || (registry == "") != !strings.Contains(text, reg) && c.path != "bunfig.toml" {
			t.Errorf("%s: for %q, variable %q", c.path, registry, variable)
		}
		roundTrip(t, c.path, text)
	}
}

// TestM01_OtherLinesStay: what does more than that, or is read by nobody knows what, is left, with the reason.
func TestM01_OtherLinesStay(t *testing.T) {
	for _, c := range []struct{ path, text, code string }{
		{"a.sh", "FOO=1 NPM_TOKEN=%s npm ci\n", "shared-line"}, {"a.sh", "NPM_TOKEN=%s npm ci\n", "shared-line"}, {"a.sh", "export NPM_TOKEN=%s FOO=1\n", "shared-line"},
		{"a.sh", "export NPM_TOKEN=%s && npm ci\n", "shared-line"}, {"a.sh", "if true; then\n  export NPM_TOKEN=%s\nfi\n", "shared-line"}, {"a.sh", "env \\\n NPM_TOKEN=%s\n", "shared-line"},
		{"a.sh", "cat > .env <<EOF\nNPM_TOKEN=%s\nEOF\n", "shared-line"}, {"a.sh", "NPM_TOKEN=%s\\\n", "shared-line"}, {"a.sh", "f() { NPM_TOKEN=%s\n}\n", "shared-line"},
		{"bunfig.toml", "[install.scopes]\nacme = { token = \"%s\", url = \"https://" + reg + "/\" }\n", "shared-line"},
		{".yarnrc.yml", "npmScopes: { acme: { npmAuthToken: %s, npmAlwaysAuth: true } }\n", "shared-line"},
		{".bash_history", "export NPM_TOKEN=%s\n", "history"}, {"/h/.config/nushell/history.txt", "$env.NPM_TOKEN = \"%s\"\n", "history"},
		{".github/workflows/a.yml", "env:\n  NPM_TOKEN: %s\n", "ci"}, {"notes.md", "%s\n", "unknown-form"}, {"fish_variables", "SETUVAR --export NPM_TOKEN:%s\n", "readonly-form"},
		{"a.bat", "set NPM_TOKEN=%s & npm ci\r\n", "shared-line"},
	} {
		secret := npmToken()
		text := fmt.Sprintf(c.text, secret)
		l := Scan(c.path, []byte(text))
		if len(l) != 1 {
			t.Fatalf("%s: %+v", c.path, l)
		}
		fresh, _, _, err := Take(c.path, []byte(text), l[0].Fingerprint, l[0].Line)
		if fresh != nil || !errors.Is(err, &LeftError{c.code}) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %q: %v, want %s", c.path, c.text, err, c.code)
		}
	}
	text := utf16Text("//" + reg + "/:_authToken=" + npmToken() + "\r\n")
	l := Scan(".npmrc", []byte(text))
	if _, _, _, err := Take(".npmrc", []byte(text), l[0].Fingerprint, 1); !errors.Is(err, ErrEncoding) {
		t.Error(err)
	}
	spelled := "//" + reg + "/:_auth=" + base64.StdEncoding.EncodeToString([]byte("alice:S9x+q2/zTR=7mWk")) + " ; alice%3AS9x%2bq2%2FzTR%3D7mWk\n"
	l = Scan(".npmrc", []byte(spelled))
	if _, h, _, err := Take(".npmrc", []byte(spelled), l[0].Fingerprint, 1); !errors.Is(err, ErrShared) {
		t.Errorf("the hole holds the password: %+v, %v", h, err)
	}
	if _, _, _, err := Take(".npmrc", nil, l[0].Fingerprint, 1); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
}

// TestM01_PlaceIsFoundAgain: the file changed since.
func TestM01_PlaceIsFoundAgain(t *testing.T) {
	upm := "[npmAuth.\"https://" + reg + "\"]\n"
	for _, c := range []struct{ what, path, old, now, want string }{
		{"lines above", ".env", "A=1\nNPM_TOKEN=%s\nB=2\n", "new=1\nnew=2\nA=3\nB=2\n", "new=1\nnew=2\nA=3\nNPM_TOKEN=%s\nB=2\n"},
		{"one neighbour gone", ".env", "A=1\nNPM_TOKEN=%s\nB=2\n", "x=1\nB=2\n", "x=1\nNPM_TOKEN=%s\nB=2\n"},
		{"all gone", ".env", "A=1\nNPM_TOKEN=%s\nB=2\n", "x=1\ny=2", "x=1\ny=2\nNPM_TOKEN=%s\n"},
		{"file empty", ".env", "A=1\nNPM_TOKEN=%s\nB=2\n", "", "NPM_TOKEN=%s\n"},
		{"was the last", ".env", "A=1\nNPM_TOKEN=%s", "A=1\nB=2\n", "A=1\nNPM_TOKEN=%s\nB=2\n"},
		{"there already", ".env", "A=1\nNPM_TOKEN=%s\nB=2\n", "B=2\r\nNPM_TOKEN=%s\r\n", "B=2\r\nNPM_TOKEN=%s\r\n"},
		{"sections swapped", ".upmconfig.toml", upm + "token = \"%s\"\n\n[other]\nx = 1\n", "[other]\nx = 1\n" + upm, "[other]\nx = 1\n" + upm + "token = \"%s\"\n"},
		{"section gone", ".upmconfig.toml", upm + "token = \"%s\"\n", "[other]\nx = 1\n", "[other]\nx = 1\n\n" + upm + "token = \"%s\"\n"},
		{"placeholder", ".npmrc", "a=1\n//" + reg + "/:_authToken=%s\nb=2\n", "a=1\nb=2\n//" + reg + "/:_authToken=${SG_X}\n", "a=1\nb=2\n//" + reg + "/:_authToken=%s\n"},
		{"placeholder", ".yarnrc.yml", "npmAuthToken: %s\nb: 2\n", "b: 2\nnpmAuthToken: ${X-}\n", "b: 2\nnpmAuthToken: %s\n"},
		{"another", ".npmrc", "//" + reg + "/:_authToken=%s\n", "//" + reg + "/:_authToken=" + uuid() + "\n", "another credential"},
		{"another", ".yarnrc.yml", "npmAuthToken: %s\n", "npmAuthToken: " + uuid() + "\n", "another credential"},
		{"another", ".bashrc", "export NPM_TOKEN=%s\n", "export NPM_TOKEN='" + uuid() + "'\n", "another credential"},
		{"written another way", ".env", "NPM_TOKEN=%s\n", "NPM_TOKEN=\"%s\"\n", "NPM_TOKEN=\"%s\"\n"},
		{"a command", "config.fish", "a\nset -gx NPM_TOKEN %s\n", "a\nset -gx NPM_TOKEN (pass npm)\n", "a\nset -gx NPM_TOKEN %s\nset -gx NPM_TOKEN (pass npm)\n"},
		{"another name", "config.fish", "set -gx NPM_TOKEN %s\n", "set -gx NPM_TOKEN_B 12345678\n", "set -gx NPM_TOKEN_B 12345678\nset -gx NPM_TOKEN %s\n"},
		{"broken", ".yarnrc.yml", "npmAuthToken: %s\n", ": {{ broken\n", "cannot be edited"},
	} {
		secret := npmToken()
		put := func(text string) string { return strings.ReplaceAll(text, "%s", secret) }
		l := Scan(c.path, []byte(put(c.old)))
		_, h, s, err := Take(c.path, []byte(put(c.old)), token.NewSecret(secret).Fingerprint(), l[0].Line)
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		got, err := Fill([]byte(put(c.now)), checkHole(t, h, secret), s)
		if err != nil {
			got = []byte(err.Error())
		}
		if err == nil && string(got) != put(c.want) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s in %s:\n%s\nwant\n%s", c.what, c.path, got, put(c.want))
		}
	}
}

// TestM01_SeveralAreTakenAndComeBack: the last first, and back in the opposite order.
func TestM01_SeveralAreTakenAndComeBack(t *testing.T) {
	tok := npmToken()
	line := "//" + reg + "/:_authToken="
	for path, text := range map[string]string{
		".npmrc":          "a=1\n" + line + tok + "\n" + line + tok + "\n" + line + npmToken() + "\n\n; " + line + npmToken() + "\n[s]\n" + line + npmToken(),
		".upmconfig.toml": "[npmAuth.\"https://a.example.com\"]\ntoken = \"" + tok + "\"\n[npmAuth.\"https://b.example.com\"]\ntoken = \"" + tok + "\"\n",
		".yarnrc.yml":     "\ufeffnpmRegistries:\r\n  \"https://a.example.com\":\r\n    npmAuthToken: " + tok + "\r\n  \"https://b.example.com\":\r\n    npmAuthToken: \"" + npmToken() + "\"\r\n",
		".env":            strings.Repeat("NPM_TOKEN="+tok+"\n", 4),
	} {
		now := []byte(text)
		var holes []Hole
		var secrets []token.Secret
		for all := Scan(path, now); len(all) > 0; all = Scan(path, now) {
			l := all[len(all)-1]
			fresh, h, s, err := Take(path, now, l.Fingerprint, l.Line)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			now, holes, secrets = fresh, append(holes, checkHole(t, h, s.Reveal())), append(secrets, s)
		}
		if can := Takeable(path, []byte(text)); len(can) != len(holes) || slices.Contains(can, false) {
			t.Errorf("%s: %v", path, can)
		}
		for i := len(holes) - 1; i >= 0; i-- {
			fresh, err := Fill(now, holes[i], secrets[i])
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			now = fresh
		}
		if string(now) != text {
			t.Errorf("%s:\n%q\nwant\n%q", path, now, text)
		}
	}
}

// TestM11_ManyCredentialsTakeNoTime: a file that is made to be slow is not.
func TestM11_ManyCredentialsTakeNoTime(t *testing.T) {
	var b strings.Builder
	for b.Len() < 900<<10 {
		b.WriteString("//" + reg + "/:_authToken=" + uuid() + "\n")
	}
	if can := Takeable(".npmrc", []byte(b.String())); len(can) < 10000 || !can[0] || can[len(can)-1] {
		t.Errorf("%d", len(can))
	}
}

func FuzzTake(f *testing.F) {
	for _, p := range plantedSet() {
		f.Add(p.path, p.text, p.text)
	}
	f.Fuzz(func(t *testing.T, path, text, later string) {
		for _, l := range scan(path, []byte(text)) {
			fresh, h, s, err := Take(path, []byte(text), l.Fingerprint, l.Line)
			if err != nil {
				continue
			}
			h = checkHole(t, h, l.secret)
			if back, err := Fill(fresh, h, s); err != nil || string(back) != text {
				t.Errorf("%s: %q came back as %q: %v", path, text, back, err)
			}
			if back, err := Fill([]byte(later), h, s); err == nil && !strings.Contains(string(back), l.secret) && !strings.Contains(string(back), "npmAuth") {
				t.Errorf("%s: %q with %q lost it: %q", path, later, text, back)
			}
		}
	})
}
