package desk

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// TestJ06_ErrorsDrawWhatTheySay: an error quotes files and registries, in its cause and in what it is about.
func TestJ06_ErrorsDrawWhatTheySay(t *testing.T) {
	d := &Desk{P: i18n.New("en")}
	hostile := "first\nsecond \u202egnp.exe \x1b[31m\u2066 \u2028end"
	for _, err := range []error{
		&api.Error{Code: api.CodeFile, Args: map[string]string{"File": hostile}, Cause: hostile},
	} {
		title, hint := d.ErrorWords(err)
		if text := title + hint; strings.ContainsAny(text, "\u202e\x1b\u2066\u2028\n") || !strings.Contains(text, "first; second") {
			t.Errorf("%q", text)
		}
	}
}

// TestJ08_NoTextIsEndless: a name of a megabyte would keep the window busy with its width.
func TestJ08_NoTextIsEndless(t *testing.T) {
	if got := Plain(strings.Repeat("あ", 1<<20)); len(got) > longest+utf8.UTFMax || !utf8.ValidString(got) || !strings.HasSuffix(got, "あ…") {
		t.Errorf("%d bytes, valid: %v", len(got), utf8.ValidString(got))
	}
}
