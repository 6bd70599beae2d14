package npmrc

import (
	"strings"
	"unicode/utf8"
)

type lineKind int

const (
	lineInert   lineKind = iota // blank, comment, or something that npm passes over
	lineSection                 // [header]
	lineEntry                   // a key
)

// protoKey is passed over by npm, so that a file cannot reach JavaScript's prototypes.
const protoKey = "__proto__"

const byteOrderMark = "\ufeff"

// line is one physical line. Offsets count bytes from the start of the file.
type line struct {
	number     int
	start, end int // the text, without byte order mark and line end
	next       int // where the next line starts
	kind       lineKind
	section    string // of a header: its name; of an entry: the name above it
	inSection  bool
	key        string // as a JavaScript property name
	badKey     bool   // npm throws on it, or makes an object of it
	array      bool
	text       string // the value, if parsed is nil
	parsed     *node
	bare       bool // no "="
	equals     int  // offset of "=", or of the place where it would go
	from, to   int  // the value's own bytes: no blanks round it, no comment behind it
}

// val is the value as npm reads it.
func (l *line) val() *node {
	if l.parsed == nil {
		return &node{text: l.text}
	}
	return l.parsed
}

func (l *line) entry() Entry {
	v := l.val()
	k := v.kind
	if l.bare {
		k = KindTrue
	}
	return Entry{l.number, l.section, l.inSection, l.key, v.plain(), k, l.array}
}

// scan cuts a file into lines and reads each as npm's ini package does.
func scan(src string) []line {
	lines := make([]line, 0, strings.Count(src, "\n")+1)
	section, inSection, number := "", false, 0
	for pos := 0; pos < len(src); {
		number++
		l := line{number: number, start: pos, section: section, inSection: inSection}
		l.end, l.next = lineEnd(src, pos)
		if pos == 0 && strings.HasPrefix(src, byteOrderMark) {
			// To npm the mark is a blank in front of the line, so that it hides a header.
			l.start += len(byteOrderMark)
		}
		l.read(src, pos)
		if l.kind == lineSection {
			section, inSection = l.section, true
			l.inSection = true
		}
		lines = append(lines, l)
		pos = l.next
	}
	return lines
}

func lineEnd(src string, pos int) (end, next int) {
	i := strings.IndexByte(src[pos:], '\n')
	end, next = len(src), len(src)
	if i >= 0 {
		end, next = pos+i, pos+i+1
	}
	if cr := strings.IndexByte(src[pos:end], '\r'); cr >= 0 {
		if pos+cr == end-1 && i >= 0 {
			return end - 1, next // CRLF
		}
		return pos + cr, pos + cr + 1
	}
	return end, next
}

// read tells what the line is. from is where it begins for npm, a byte order mark included.
func (l *line) read(src string, from int) {
	text := src[from:l.end]
	trimmed := trimLeft(text)
	if trimmed == "" || trimmed[0] == ';' || trimmed[0] == '#' {
		return
	}
	if name, ok := header(text); ok {
		v := unsafe(decode(name))
		l.kind, l.section = lineSection, ""
		l.section, l.badKey = v.property()
		if v.kind != KindString && l.section == protoKey {
			l.badKey = true
		}
		return
	}
	eq := strings.IndexByte(text, '=')
	if eq == 0 || eq > 0 && (strings.Contains(text[eq:], "\u2028") || strings.Contains(text[eq:], "\u2029")) {
		return // npm's pattern does not match such a line
	}
	l.kind = lineEntry
	if eq < 0 {
		l.bare, l.parsed = true, &node{kind: KindBool, text: "true"}
		l.setKey(text)
		_, l.equals = bounds(src, l.start, l.end)
		l.from, l.to = l.equals, l.equals
		return
	}
	l.equals = from + eq
	l.setKey(text[:eq])
	own := trim(text[eq+1:])
	if ordinary(own) && own != "true" && own != "false" && own != "null" {
		l.text = own // the common case: the text is the value
		l.from = from + eq + 1 + strings.Index(text[eq+1:], own)
		l.to = l.from + len(own)
		return
	}
	l.from, l.to = bounds(src, l.equals+1, l.end)
	l.parsed = scalar(unsafe(decode(text[eq+1:])))
}

// telling are the bytes that can make a text mean something else than itself.
var telling = [utf8.RuneSelf]bool{'\\': true, '"': true, '\'': true, ';': true, '#': true}

// ordinary reports whether a trimmed text stands for itself.
func ordinary(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || telling[c] {
			return false
		}
	}
	return true
}

func (l *line) setKey(raw string) {
	if key := trim(raw); ordinary(key) {
		l.key, l.array = strings.CutSuffix(key, "[]")
		if key == "[]" {
			l.key, l.array = key, false
		}
		return
	}
	k := unsafe(decode(raw))
	if k.kind == KindNull || k.kind == KindObject {
		l.badKey = true // npm calls a method of null here; an object has no name to speak of
	}
	var bad bool
	l.key, bad = k.property()
	l.badKey = l.badKey || bad || k.kind != KindString && l.key == protoKey
	if k.kind == KindString && jsLength(l.key) > 2 && strings.HasSuffix(l.key, "[]") {
		l.key, l.array = strings.TrimSuffix(l.key, "[]"), true
	}
}

// jsLength counts UTF-16 units up to three, which is as far as anybody here wants to know.
func jsLength(s string) int {
	if len(s) > 6 {
		return 3
	}
	n := 0
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

// header matches ^\[([^\]]*)\]\s*$.
func header(text string) (name string, ok bool) {
	if text[0] != '[' {
		return "", false
	}
	i := strings.IndexByte(text, ']')
	if i < 0 || trim(text[i+1:]) != "" {
		return "", false
	}
	return text[1:i], true
}

// bounds finds a value's bytes: blanks around it and an unescaped comment behind it are not its own.
func bounds(src string, from, to int) (int, int) {
	text := src[from:to]
	left := len(text) - len(trimLeft(text))
	text = trimRight(text[left:])
	if !quoted(text) {
		text = trimRight(text[:commentAt(text)])
	}
	return from + left, from + left + len(text)
}

// commentAt returns where an unescaped ; or # stands, or the length.
func commentAt(text string) int {
	esc := false
	for i := range len(text) {
		switch c := text[i]; {
		case esc:
			esc = false
		case c == '\\':
			esc = true
		case c == ';' || c == '#':
			return i
		}
	}
	return len(text)
}

// decode replaces what is no UTF-8 as node does when it reads a file: one U+FFFD for each longest
// piece that could have begun a character.
func decode(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			n = subpart(s[i:])
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}

// subpart is the length of the ill-formed piece at the start of s.
func subpart(s string) int {
	lo, hi, want := byte(0x80), byte(0xbf), 0
	switch c := s[0]; {
	case c >= 0xc2 && c <= 0xdf:
		want = 1
	case c >= 0xe0 && c <= 0xef:
		want = 2
		if c == 0xe0 {
			lo = 0xa0
		} else if c == 0xed {
			hi = 0x9f
		}
	case c >= 0xf0 && c <= 0xf4:
		want = 3
		if c == 0xf0 {
			lo = 0x90
		} else if c == 0xf4 {
			hi = 0x8f
		}
	}
	n := 1
	for ; n <= want && n < len(s) && s[n] >= lo && s[n] <= hi; n++ {
		lo, hi = 0x80, 0xbf
	}
	return n
}
