package finding

import (
	"strings"
	"testing"
	"unicode/utf16"
)

// TestJ01_RedactedReadsWhatWindowsWrites: the shell of Windows redirects as UTF-16, also behind a text that is not.
func TestJ01_RedactedReadsWhatWindowsWrites(t *testing.T) {
	wide := func(text string) (out []byte) {
		for _, u := range utf16.Encode([]rune(text)) {
			out = append(out, byte(u), byte(u>>8))
		}
		return out
	}
	for name, text := range canaries() {
		if strings.Contains(text, `\u005f`) {
			continue
		}
		for _, paste := range [][]byte{append([]byte{0xff, 0xfe}, wide(text)...), append([]byte("npm error code E404\n"), wide(text)...)} {
			out := strings.ReplaceAll(string(Redacted(paste, "")), "\x00", "")
			if low := strings.ToLower(out); strings.Contains(low, "canary") || strings.Contains(low, "ca0a1234") {
				t.Errorf("%s: %q", name, out)
			}
		}
	}
}

// TestJ01_RedactedVariables: a job's log lists its variables with a colon.
func TestJ01_RedactedVariables(t *testing.T) {
	for _, key := range []string{"NPM_TOKEN: ", "NODE_AUTH_TOKEN: '", "MY_REGISTRY_PASSWORD:"} {
		if out := string(Redacted([]byte("env:\n  "+key+"CANARY0123456789abcdef\n"), "")); strings.Contains(out, "CANARY") {
			t.Errorf("%q", out)
		}
	}
	const told = "ERR_INVALID_TOKEN: it is not known\nNPM_TOKEN: ***\nNPM_TOKEN: ${NPM_TOKEN_2}\n"
	if out := string(Redacted([]byte(told), "")); out != told {
		t.Errorf("%q", out)
	}
}
