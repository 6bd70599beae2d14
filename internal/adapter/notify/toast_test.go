package notify

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// hostile are texts that a registry or a file may hold, and that must stay texts.
var hostile = []string{
	"", "npm (alice)", `"><action content="x" arguments="renew"/><x a="`, "]]></text><text>x</text><![CDATA[", `</text></binding></visual><audio src="x"/>`,
	"$(Start-Process calc)", "\"@\nStart-Process calc\n@\"", "&amp;&#x41;&lt;&unknown;", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///x'>]>&y;", "<?xml version='1.0'?>",
	"a\x00b\x1b[2J\x07\r\nc\td", "\u202eevil\u2066\u200b", "\xff\xfe broken", "\uFFFE\uFFFF", "' onload='x", "日本語の通知 🏖",
	strings.Repeat("&", 10_000), strings.Repeat("\"", 10_000), strings.Repeat("砂", 10_000),
}

// TestJ07_ToastIsText: whatever a notice says, the toast has the same elements, and its parts say it.
func TestJ07_ToastIsText(t *testing.T) {
	for _, text := range hostile {
		n := agent.Notice{ID: text, Title: text, Body: text, Critical: true, Buttons: []agent.Button{{Key: "renew", Label: text}, {Key: "later", Label: text}}}
		out, err := toastXML(n, func(key string) string { return "word-" + key })
		if err != nil {
			t.Fatalf("%.40q: %v", text, err)
		}
		if len(out) > 5000 {
			t.Errorf("%.40q: %d bytes, more than Windows takes", text, len(out))
		}
		if got, want := elements(t, out), []string{"toast", "visual", "binding", "text", "text", "actions", "action", "action"}; !slices.Equal(got, want) {
			t.Errorf("%.40q: elements %q", text, got)
		}
		var read toast
		if err := xml.Unmarshal([]byte(out), &read); err != nil {
			t.Fatalf("%.40q: %v\n%s", text, err, out)
		}
		said := strings.NewReplacer("\uFFFE", "\uFFFD", "\uFFFF", "\uFFFD").Replace(text) // no XML holds these two
		parts := []string{read.Binding.Texts[0], read.Binding.Texts[1], read.Buttons.Actions[0].Content, read.Buttons.Actions[1].Content}
		if want := []string{clean(said, toastTitle), clean(said, toastBody), clean(said, toastLabel), clean(said, toastLabel)}; !slices.Equal(parts, want) {
			t.Errorf("%.40q: says %.80q", text, parts)
		}
		words := []string{read.Launch, read.Buttons.Actions[0].Arguments, read.Buttons.Actions[1].Arguments, read.Type, read.Buttons.Actions[0].Type, read.Buttons.Actions[1].Type}
		if !slices.Equal(words, []string{"word-renew", "word-renew", "word-later", foreground, foreground, foreground}) {
			t.Errorf("%.40q: arguments %q", text, words)
		}
	}
}

// elements are the names of a document's elements in their order. It has to be one without instructions,
// definitions or comments.
func elements(t *testing.T, document string) (names []string) {
	t.Helper()
	for in := xml.NewDecoder(strings.NewReader(document)); ; {
		tok, err := in.RawToken()
		if tok == nil {
			return names
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			names = append(names, tok.Name.Local)
		case xml.ProcInst, xml.Directive, xml.Comment:
			t.Errorf("%.80q holds %T", document, tok)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestToastFollowsDoNotDisturb: nothing in a toast asks to break through.
func TestToastFollowsDoNotDisturb(t *testing.T) {
	for _, critical := range []bool{false, true} {
		out, err := toastXML(agent.Notice{ID: "x", Title: "x", Critical: critical}, func(string) string { return "word" })
		if err != nil || strings.Contains(out, "scenario") || strings.Contains(out, `duration="long"`) != critical || strings.Contains(out, "<actions>") {
			t.Errorf("critical %v: %s, %v", critical, out, err)
		}
	}
}
