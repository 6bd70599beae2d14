package token

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

const canary = "npm_canary0123456789canary0123456789ab"

// TestJ02_SecretDoesNotPrint tries every way in which Go programs print a value.
func TestJ02_SecretDoesNotPrint(t *testing.T) {
	type holder struct {
		Open   Secret
		hidden Secret
		Many   []Secret
		ByName map[string]Secret
	}
	s := NewSecret(canary)
	h := holder{s, s, []Secret{s}, map[string]Secret{"a": s}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", &h)
	}
	fmt.Fprintln(&out, fmt.Errorf("wrap: %w", errors.New(fmt.Sprint(h.hidden))))
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		log.Info("m", "secret", s, "holder", h, "group", slog.GroupValue(slog.Any("s", s)))
	}
	for _, v := range []any{s, h, &h, map[string]any{"s": s}} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(raw)
	}
	text := out.String()
	for _, bad := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), base64.StdEncoding.EncodeToString([]byte(canary))} {
		if strings.Contains(text, bad) {
			t.Errorf("the secret was printed as %q", bad[:8])
		}
	}
}

func TestT03_CheckRefusesWhatNoRegistryIssues(t *testing.T) {
	for _, ok := range []string{"a", canary, "abc==", "eyJh.eyJi.c-_", strings.Repeat("x", MaxLength)} {
		if err := NewSecret(ok).Check(); err != nil {
			t.Errorf("%.20q: %v", ok, err)
		}
	}
	for bad, want := range map[string]error{"": ErrEmpty, strings.Repeat("x", MaxLength+1): ErrTooLong, "a b": ErrCharset, "a\nb": ErrCharset,
		"a\rb": ErrCharset, "a\x00b": ErrCharset, "$(id)": ErrCharset, "`id`": ErrCharset, "a'b": ErrCharset, "é": ErrCharset, "${X}": ErrCharset} {
		if err := NewSecret(bad).Check(); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", bad, err, want)
		}
	}
}

func TestClassify(t *testing.T) {
	entropy := strings.Repeat("aB3", 10)
	npm := "npm_" + entropy + Checksum(entropy)
	jwt := func(iat, exp int64) string {
		part := base64.RawURLEncoding.EncodeToString
		return part([]byte(`{"alg":"HS256"}`)) + "." + part(fmt.Appendf(nil, `{"iat":%d,"exp":%d}`, iat, exp)) + ".c2ln"
	}
	for _, c := range []struct {
		value string
		from  Provenance
		want  Kind
	}{
		{npm, Found, KindUnknown}, {npm, Appeared, KindSession}, {npm, LoggedIn, KindSession}, {npm, Created, KindGranular},
		{"01234567-89ab-cdef-0123-456789abcdef", Appeared, KindClassic},
		{"ghp_" + strings.Repeat("a", 36), Appeared, KindGitHub}, {"github_pat_" + strings.Repeat("a", 82), Found, KindGitHub},
		{"glpat-" + strings.Repeat("a", 20), Found, KindGitLab}, {"AKCp" + strings.Repeat("a", 69), Found, KindJFrog},
		{strings.Repeat("a2", 26), Found, KindAzure}, {strings.Repeat("a", 76) + "AZDO" + "abcd", Found, KindAzure},
		{jwt(1000, 1000+7200), Found, KindSession}, {jwt(1000, 1000+90*86400), Found, KindJWT}, {jwt(1000, 1000+90*86400), LoggedIn, KindSession},
		{"whatever", Found, KindUnknown},
	} {
		if got := Classify(NewSecret(c.value), c.from); got != c.want {
			t.Errorf("Classify(%.12q…, %d) = %s, want %s", c.value, c.from, got, c.want)
		}
	}
	if !ChecksumOK(NewSecret(npm)) || ChecksumOK(NewSecret("npm_"+entropy+"000000")) {
		t.Error("checksum of npm tokens")
	}
}

func TestClassifyLine(t *testing.T) {
	encode := func(s string) Secret { return NewSecret(base64.StdEncoding.EncodeToString([]byte(s))) }
	azure := strings.Repeat("a2", 26)
	for _, c := range []struct {
		name  string
		value Secret
		want  Kind
	}{
		{"_auth", encode("alice:secret"), KindBasic}, {"_password", encode("secret"), KindBasic}, {"_auth", NewSecret("not base64!"), KindBasic},
		{"_auth", encode("any:" + azure), KindAzure}, {"_password", encode(azure), KindAzure}, {"_authToken", NewSecret(azure), KindAzure},
	} {
		if got := ClassifyLine(c.name, c.value, Found); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestE10_JWTTimes(t *testing.T) {
	make3 := func(payload string) Secret {
		return NewSecret("eyJh." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c")
	}
	if got, ok := JWTTimes(make3(`{"iat":1000,"exp":8200.5}`)); !ok || got.Expires.Sub(got.Issued) != 7200*time.Second+500*time.Millisecond {
		t.Errorf("%v %v", got, ok)
	}
	for _, bad := range []string{`{}`, `{"exp":"x"}`, `{"exp":-1}`, `{"exp":1e300}`, `{"exp":1700000000000000}`, `[]`, `null`, `{"exp":null}`, ``} {
		if got, ok := JWTTimes(make3(bad)); ok {
			t.Errorf("%s: %v", bad, got)
		}
	}
}

func FuzzJWTTimes(f *testing.F) {
	f.Add("eyJhIjoxfQ.eyJleHAiOjF9.c")
	f.Add("...")
	f.Fuzz(func(t *testing.T, text string) {
		if times, ok := JWTTimes(NewSecret(text)); ok && (times.Expires.Year() < 1970 || times.Expires.Year() > 9999) {
			t.Errorf("%q: %v", text, times)
		}
		Classify(NewSecret(text), Found)
	})
}
