package hostile

import (
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/i18n"
)

// TestWords: every code has its texts, and they name no place that is not filled in.
func TestWords(t *testing.T) {
	for _, lang := range i18n.Languages {
		p := i18n.New(lang)
		for _, code := range Codes {
			for _, part := range []string{"title", "text", "hint"} {
				key := "finding." + code + "." + part
				if text := p.T(key, i18n.Args{"Key": "x", "Host": "h", "Variable": "V"}); !p.Has(key) || text == "" || strings.Contains(text, "<no value>") {
					t.Errorf("%s in %q: %q", key, lang, text)
				}
			}
		}
	}
}
