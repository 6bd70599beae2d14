package npmrc

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unsafe is npm's function of that name: it takes quotes and escapes off a key or a value.
func unsafe(s string) *node {
	s = trim(s)
	if quoted(s) {
		if s[0] == '\'' {
			s = s[1:max(len(s)-1, 1)]
		}
		if v, ok := parseJSON(s); ok {
			return v
		}
		return &node{text: s}
	}
	if !strings.ContainsAny(s, `\;#`) {
		return &node{text: s}
	}
	return &node{text: trim(unescape(s))}
}

func unescape(s string) string {
	var b strings.Builder
	s = s[:commentAt(s)]
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if !strings.ContainsRune(`\;#`, rune(s[i])) {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// scalar turns the words true, false and null into what they mean, quoted or not.
func scalar(v *node) *node {
	if v.kind != KindString {
		return v
	}
	switch v.text {
	case "true", "false":
		return &node{kind: KindBool, text: v.text}
	case "null":
		return &node{kind: KindNull, text: v.text}
	}
	return v
}

// quoted reports whether s begins and ends with the same quote; a single quote does both.
func quoted(s string) bool {
	return s != "" && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0]
}

// parseJSON is JavaScript's JSON.parse.
func parseJSON(s string) (*node, bool) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	if !json.Valid([]byte(s)) || d.Decode(&v) != nil {
		return nil, false
	}
	return nodeOf(v), true
}

// quote writes s as a JSON text, which npm reads back whole.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// space is JavaScript's idea of white space: unlike Go's it has the byte order mark and not U+0085.
func space(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', 0xa0, 0xfeff, 0x2028, 0x2029:
		return true
	}
	return r >= 0x1680 && unicode.Is(unicode.Zs, r)
}

func trim(s string) string { return trimRight(trimLeft(s)) }

func trimLeft(s string) string {
	for s != "" {
		if c := s[0]; c > ' ' && c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(s)
		if !space(r) {
			break
		}
		s = s[n:]
	}
	return s
}

func trimRight(s string) string {
	for s != "" {
		if c := s[len(s)-1]; c > ' ' && c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeLastRuneInString(s)
		if !space(r) {
			break
		}
		s = s[:len(s)-n]
	}
	return s
}
