package npmrc

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Set gives a top-level key a value. The line that counts keeps its place, its spacing and its comment;
// a new key gets a line before the first [section]. The error wraps one of the package's errors and
// then nothing was done: the result says what the file said but for this key, or there is no result.
func Set(src []byte, key, value string) ([]byte, error) {
	if err := editable(src, key, value); err != nil {
		return nil, err
	}
	f := Parse(src)
	if err := f.Err(); err != nil {
		return nil, err
	}
	val := scalar(&node{text: value})
	want := withKey(f.lines, key, val)
	if want == nil {
		return nil, fmt.Errorf("%w: %q", ErrKey, key)
	}
	if got := want.fields[key]; got == nil || got.json() != val.json() {
		return nil, fmt.Errorf("%w: a section hides %q from npm", ErrConflict, key)
	}
	if f.tree().json() == want.json() && f.effective()[key] != nil {
		return slices.Clone(src), nil
	}
	for _, candidate := range setCandidates(f, key, value) {
		if says(candidate, want) {
			return candidate, nil
		}
	}
	return nil, fmt.Errorf("%w: set %q", ErrConflict, key)
}

// Remove takes every top-level line of a key out, duplicates and list items too. Errors are those of Set.
func Remove(src []byte, key string) ([]byte, error) {
	if err := editable(src, key, ""); err != nil {
		return nil, err
	}
	f := Parse(src)
	if err := f.Err(); err != nil {
		return nil, err
	}
	out := f.without(key, nil)
	if says(out, withKey(f.lines, key, nil)) {
		return out, nil
	}
	// A byte order mark hid a header in the next line from npm. It goes with the line that it led.
	if out = bytes.TrimPrefix(out, []byte(byteOrderMark)); says(out, withKey(f.lines, key, nil)) {
		return out, nil
	}
	return nil, fmt.Errorf("%w: remove %q", ErrConflict, key)
}

func editable(src []byte, key, value string) error {
	switch {
	case len(src) > MaxSize || len(key)+len(value) > MaxSize:
		return ErrTooLarge
	case bytes.HasPrefix(src, []byte{0xff, 0xfe}) || bytes.HasPrefix(src, []byte{0xfe, 0xff}):
		return fmt.Errorf("%w: the file is UTF-16", ErrEncoding)
	case key == "" || !utf8.ValidString(key) || strings.ContainsAny(key, "\x00\r\n"):
		return ErrKey
	case !utf8.ValidString(value) || strings.Contains(value, "\x00"):
		return fmt.Errorf("%w: the new value", ErrEncoding)
	}
	if l := Parse(src).effective()[key]; l != nil {
		if own := src[l.start:l.end]; !utf8.Valid(own) || bytes.IndexByte(own, 0) >= 0 {
			return fmt.Errorf("%w: line %d", ErrEncoding, l.number)
		}
	}
	return nil
}

// withKey is what the lines would say with the key's top-level lines replaced by one value, or gone.
// It is nil where no line can say so.
func withKey(lines []line, key string, v *node) *node {
	var changed []line
	at := -1
	for _, l := range lines {
		if l.kind == lineEntry && !l.inSection && l.key == key {
			at = len(changed)
			continue
		}
		if l.kind == lineSection && at < 0 {
			at = len(changed)
		}
		changed = append(changed, l)
	}
	if v != nil {
		if at < 0 {
			at = len(changed)
		}
		if key == protoKey {
			return nil
		}
		changed = slices.Insert(changed, at, line{kind: lineEntry, key: key, parsed: v})
	}
	root, err := evaluate(changed)
	if err != nil {
		return nil
	}
	return root
}

// says reports whether a file reads back as want.
func says(src []byte, want *node) bool {
	f := Parse(src)
	return want != nil && f.Err() == nil && f.tree().json() == want.json()
}

// setCandidates are ways to write the change, gentlest first. Set takes the first that reads back right.
func setCandidates(f *File, key, value string) [][]byte {
	l := f.effective()[key]
	if l == nil {
		return f.appended(key, value)
	}
	var out [][]byte
	for _, text := range spellings(value) {
		if l.bare {
			text = "=" + text
		}
		out = append(out, splice(f.src, l.from, l.to, text))
		tail := len(trimRight(string(f.src[l.from:l.end]))) + l.from
		out = append(out, splice(f.src, l.from, tail, text)) // the comment goes: it would end up in the value
	}
	// A list: its lines together would make a list again. The last one becomes the setting.
	for _, k := range spellings(key) {
		for _, text := range spellings(value) {
			out = append(out, f.without(key, []byte(k+"="+text)))
		}
	}
	return out
}

// without drops the top-level lines of a key; the last one becomes instead, if that is not nil.
func (f *File) without(key string, instead []byte) []byte {
	last := f.effective()[key]
	out := make([]byte, 0, len(f.src)+len(instead))
	pos := 0
	for i := range f.lines {
		l := &f.lines[i]
		if l.kind != lineEntry || l.inSection || l.key != key {
			continue
		}
		out = append(out, f.src[pos:l.start]...)
		pos = l.next
		if l == last && instead != nil {
			out = append(out, instead...)
			pos = l.end
		}
	}
	return append(out, f.src[pos:]...)
}

// appended are the ways to add a line: behind the last top-level key, before the first header.
func (f *File) appended(key, value string) [][]byte {
	at := f.insertion()
	eol := f.lineEnd()
	lead := ""
	if at > 0 && !bytes.HasSuffix(f.src[:at], []byte("\n")) && !bytes.HasSuffix(f.src[:at], []byte("\r")) &&
		string(f.src[:at]) != byteOrderMark {
		lead = eol
	}
	var out [][]byte
	for _, k := range spellings(key) {
		for _, text := range spellings(value) {
			out = append(out, splice(f.src, at, at, lead+k+"="+text+eol))
		}
	}
	return out
}

// insertion is where a new top-level line goes.
func (f *File) insertion() int {
	at := -1
	for i := range f.lines {
		l := &f.lines[i]
		if l.kind == lineSection {
			if at < 0 {
				return l.start
			}
			return at
		}
		if l.kind == lineEntry {
			at = l.next
		}
	}
	return len(f.src)
}

// lineEnd is the file's own line end: that of its first line. A lone CR is not carried on, since
// other clients than npm do not know it.
func (f *File) lineEnd() string {
	if i := bytes.IndexByte(f.src, '\n'); i > 0 && f.src[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

func splice(src []byte, from, to int, text string) []byte {
	return slices.Concat(src[:from], []byte(text), src[to:])
}

// spellings are the ways to write a key or a value, plainest first: other clients than npm read quotes and
// escapes each in their own way.
func spellings(value string) []string {
	escaped := strings.NewReplacer(`\`, `\\`, `;`, `\;`, `#`, `\#`).Replace(value)
	gentle := strings.NewReplacer(`;`, `\;`, `#`, `\#`).Replace(value)
	var out []string
	for _, s := range []string{value, gentle, escaped, quote(value)} {
		if !strings.ContainsAny(s, "\r\n") && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
