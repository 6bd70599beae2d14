package npmrc

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// writer makes adversarial config files, always the same for the same seed.
type writer struct{ *rand.Rand }

func newWriter(seed uint64) writer { return writer{rand.New(rand.NewPCG(seed, 1))} }

func (w writer) pick(from []string) string { return from[w.IntN(len(from))] }

var (
	genKeys = []string{
		"//registry.example.com/:_authToken", "//registry.example.com/:_authToken", "//h.example.com/a/b/:_auth", "//127.0.0.1:4873/:_password",
		"//127.0.0.1:4873/:username", "registry", "@scope:registry", "save-exact", "ca", "ca[]", "list[]", "list", "[]", "x[]", "email", "a", "a.b", "a.b.c", "b",
		"__proto__", "__proto__[]", "constructor", "toString", "length", "0", "1", `"quoted"`, `'single'`, `"a\nb"`, `'123'`, `'1e30'`, `'[1,null,"x"]'`,
		`k\;ey`, "k;ey", "日本", "🐇[]", "é", "\u00a0nbsp", "\ufeffbom", "\u2028sep", "\u0085nel", "key\x00nul", "bad\xff", "bad\xe2\x82", "hash#key", " spaced key ", `back\slash`, `'true'`, `"true"`, "${KEY}", "a..b", ".", ".a", "a.",
		`a\.b`, "//x.org/:_authToken", "proxy", "k" + strings.Repeat("e", 40), "'", `"`, "' '", "-0", `'-0'`, `"__proto__"`, `'"x"'`, `'null'`, `'{"a":1}'`,
	}
	genValues = []string{
		"", "abc", "npm_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "${NPM_TOKEN}", `"${NPM_TOKEN}"`, "'${NPM_TOKEN}'", "abc==", "=v", `"v" ; c`, `"v"`, `'it"s'`, `v\;c`, "v;c", "v#c", "v # c", `\\`, `\`, `a\`, `a\\;b`, `\x`, `"a\nb"`,
		`"unterminated`, `'`, `"`, `''`, `""`, `'123'`, `'1.50'`, `'1e400'`, `'-0'`, `'1e21'`, `'1e-7'`, `'0.1e1'`, `'[1,"a",null]'`, `'{"z":{"y":1},"b":[true]}'`, `'{}'`, `'[]'`, "true", "false", "null", `"true"`, `'null'`, `"\u0041\ud83d\ude00"`, `"\q"`,
		"http://user:pw@proxy.example.com:8080/", "日本語", "\u2028", "a\u2029b", "\u00a0 x \u3000", "\u0085", "nul\x00l", "inv\xff\xfe", "inv\xe2\x82", "inv\xf0\x9f\x90", "\xc0\xaf\xed\xa0\x80", "🐇", "[x]", "[x", "${A}${B}", `\${A}`, "${A?}",
		"-----BEGIN CERTIFICATE-----\\nabc\\n-----END CERTIFICATE-----", `"-----BEGIN\nabc=\n"`, strings.Repeat("x", 300), "\ttab\t", "a\vb\f", "'a' 'b'", `"a" "b"`, `'"inner"'`, `';'`, `"#"`, `'{"length":3}'`,
	}
	genSections = []string{
		"section", "a", "a.b", "a.b.c", "b", "", "__proto__", "a.__proto__", "__proto__.a", `a\.b`, ".", "..", "list", "registry", "//registry.example.com/", "x;y", "x#y", `"q"`, `'1'`, "日本", " a ", "a=b", "constructor", "save-exact", "[x", "null", "'null'", "z.b", "x.0",
	}
	genJunk = []string{
		"; comment", "# comment", "  # indented", "#", "", "   ", "\t", "=novalue", " = x", "==", "]", "[unclosed", "[a]b", " [a]", "[a] ", "[a]\u00a0", "; //registry.example.com/:_authToken=npm_commented", "\u2028", "\ufeff; c", "[]", "[[a]]", "[a]]", "\u00a0",
	}
	genBlanks = []string{"", "", "", "", " ", "\t", "  ", "\u00a0", "\ufeff"}
	genEnds   = []string{"\n", "\n", "\n", "\n", "\r\n", "\r", "\n\n", "\r\r\n", "\n\r"}
)

// file makes one file. tame leaves out what npm or we would refuse to edit.
func (w writer) file(tame bool) []byte {
	var b strings.Builder
	if w.IntN(12) == 0 {
		b.WriteString(byteOrderMark)
	}
	eol := w.pick(genEnds)
	for range w.IntN(14) {
		b.WriteString(w.line(tame))
		if w.IntN(6) == 0 {
			eol = w.pick(genEnds)
		}
		b.WriteString(eol)
	}
	s := b.String()
	if w.IntN(4) == 0 {
		s = strings.TrimRight(s, "\r\n")
	}
	if !tame && len(s) > 0 && w.IntN(10) == 0 {
		i := w.IntN(len(s))
		s = s[:i] + string([]byte{byte(w.IntN(256))}) + s[i+w.IntN(len(s)-i):]
	}
	return []byte(s)
}

func (w writer) line(tame bool) string {
	blank := func() string { return w.pick(genBlanks) }
	sections := 16
	if tame {
		sections = 3
	}
	switch n := w.IntN(100); {
	case n < 20:
		return w.pick(genJunk)
	case n < 20+sections:
		return "[" + w.pick(genSections) + "]" + blank()
	case n < 36:
		return blank() + w.pick(genKeys)
	case n < 42:
		return fmt.Sprintf("key%d=%s", w.IntN(4), w.soup())
	}
	return blank() + w.pick(genKeys) + blank() + "=" + blank() + w.pick(genValues) + blank()
}

// soup is a text of characters that mean something.
func (w writer) soup() string {
	const alphabet = `ab;#\"'=[]{}$?.:/ ` + "\t\u00a0\u2028é"
	runes := []rune(alphabet)
	var b strings.Builder
	for range w.IntN(12) {
		b.WriteRune(runes[w.IntN(len(runes))])
	}
	return b.String()
}
