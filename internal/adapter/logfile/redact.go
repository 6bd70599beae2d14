package logfile

import (
	"fmt"
	"log/slog"
	"regexp"
)

// Quotes and tabs may come escaped, by %q or JSON: the rules allow backslashes where those can stand.

// gone stands in place of what looked like a secret.
const gone = "[secret]"

// rules find what looks like a credential. They are the last net, for texts that came from elsewhere:
// our own secrets are token.Secret and print themselves as [secret].
var rules = []struct {
	shape *regexp.Regexp
	with  string
}{
	// an Authorization header
	{regexp.MustCompile(`(?i)\b(bearer|basic)(?:\s|\\[trn]|%20|\+)+[A-Za-z0-9._~+/=:-]{8,}`), "${1} " + gone},
	// a config line or query parameter whose name says that a secret follows
	{regexp.MustCompile(`(?i)((?:_auth(?:token)?|_password|password|passwd|npm-otp|secret|access_token|api[-_]?key|[A-Z0-9_]*NPM_TOKEN|SG_[A-Z0-9_]+)["'\\]*\s*[=:]\s*["'\\]*)[^\s"'\\&,;]+`), "${1}" + gone},
	// user name and password in an address
	{regexp.MustCompile(`([a-z][a-z0-9+.-]*://)[^\s/@"']+@`), "${1}" + gone + "@"},
	// what follows ? or # in an address: a login's id
	{regexp.MustCompile(`(https?://[^\s"'?#]+)[?#][^\s"']*`), "${1}?" + gone},
	// a login page, which is good for one login
	{regexp.MustCompile(`(https?://[^\s"'?#]*/login/)[^\s"'\\]+`), "${1}" + gone},
	// tokens that show what they are
	{regexp.MustCompile(`npms?_[A-Za-z0-9]{20,}`), gone},
	{regexp.MustCompile(`(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})`), gone},
	{regexp.MustCompile(`\bgl[a-z]{2,5}-[A-Za-z0-9_.=-]{20,}`), gone},
	{regexp.MustCompile(`\b(?:AKCp[A-Za-z0-9]{20,}|cmVmd[A-Za-z0-9]{20,})`), gone},
	{regexp.MustCompile(`\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b`), gone},
	{regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?`), gone},
}

// Redact replaces whatever looks like a credential. A text without one comes back as it is.
func Redact(s string) string {
	for _, r := range rules {
		s = r.shape.ReplaceAllString(s, r.with)
	}
	return s
}

// redactAttr is the handler's ReplaceAttr: it cleans messages, keys and values of every kind that can
// hold a text. Values of other types are written as fmt writes them, which a token.Secret withstands.
func redactAttr(_ []string, a slog.Attr) slog.Attr {
	a.Key = Redact(a.Key)
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Redact(a.Value.String()))
	case slog.KindAny:
		a.Value = slog.StringValue(Redact(written(a.Value.Any())))
	}
	return a
}

// written spells any value. Bytes are a text here, and so is each of a list of them.
func written(v any) string {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case *slog.Source:
		return fmt.Sprintf("%s:%d", v.File, v.Line)
	}
	return fmt.Sprintf("%+v", v)
}
