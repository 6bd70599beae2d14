package npmrc

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Template is the layout of a config file: its comments, blank lines, order and spacing. Secrets are
// left out, in comments too, so that it may be kept in a state file. The zero value is an empty file.
type Template struct{ rows []row }

// IsZero reports whether this is the layout of an empty file.
func (t Template) IsZero() bool { return len(t.rows) == 0 }

// row is one line of a layout. raw texts are bytes of the file and need not be UTF-8.
type row struct {
	Kind    lineKind `json:"kind"`
	Section string   `json:"section,omitempty"`
	Key     string   `json:"key,omitempty"`
	Array   bool     `json:"array,omitempty"`
	Bare    bool     `json:"bare,omitempty"`
	Before  rawText  `json:"before,omitempty"` // up to the value; all of an inert line or a header
	Value   rawText  `json:"value,omitempty"`
	After   rawText  `json:"after,omitempty"` // a comment behind the value
	End     string   `json:"end,omitempty"`   // the line end
	Hidden  bool     `json:"hidden,omitempty"`
	Inside  bool     `json:"inside,omitempty"` // below a header
}

// rawText is written as a quoted ASCII text, so that bytes that are no UTF-8 survive JSON.
type rawText string

// MarshalText writes the text in Go's quoted form, without the quotes.
func (r rawText) MarshalText() ([]byte, error) {
	q := strconv.Quote(string(r))
	return []byte(q[1 : len(q)-1]), nil
}

// UnmarshalText reads what MarshalText wrote.
func (r *rawText) UnmarshalText(b []byte) error {
	s, err := strconv.Unquote(`"` + string(b) + `"`)
	*r = rawText(s)
	return err
}

// templateVersion is the version of the written form.
const templateVersion = 1

type written struct {
	Version int   `json:"version"`
	Rows    []row `json:"rows"`
}

// TemplateOf takes the layout of a file. A file above MaxSize has none: it is not edited anyway.
func TemplateOf(src []byte) Template {
	if len(src) > MaxSize {
		return Template{}
	}
	f := Parse(src)
	t := Template{rows: make([]row, 0, len(f.lines))}
	pos := 0
	for i := range f.lines {
		t.rows = append(t.rows, f.rowOf(&f.lines[i], pos))
		pos = f.lines[i].next
	}
	return t
}

// Text is the file with every secret replaced by mask, for people to read.
func (t Template) Text(mask string) string {
	var b strings.Builder
	for _, r := range t.rows {
		b.WriteString(string(r.Before))
		if r.Hidden {
			b.WriteString(mask)
		}
		b.WriteString(string(r.Value) + string(r.After) + r.End)
	}
	return b.String()
}

func (f *File) rowOf(l *line, from int) row {
	r := row{Kind: l.kind, Section: redact(l.section), Inside: l.inSection, End: string(f.src[l.end:l.next])}
	if l.kind != lineEntry || l.badKey {
		r.Kind = min(r.Kind, lineSection)
		r.Before = rawText(redact(string(f.src[from:l.end])))
		return r
	}
	r.Key, r.Array, r.Bare = l.key, l.array, l.bare
	r.Before = rawText(f.src[from:l.from])
	r.Value = rawText(f.src[l.from:l.to])
	r.After = rawText(redact(string(f.src[l.to:l.end])))
	// A placeholder is no secret, and it must come back as it stood.
	if _, ok := Placeholder(string(r.Value)); !ok && (secretKey(l.key) && !harmless(l.key, string(r.Value)) || redact(string(r.Value)) != string(r.Value) && !strings.HasSuffix(l.key, ":tokenHelper")) {
		r.Value, r.Hidden = "", true
		if secretKey(l.key) && strings.TrimLeft(string(r.After), " \t") == string(r.After) {
			r.After = "" // npm ends a value at the first ";" or "#": the secret may go on there
		}
	}
	if clean := redact(l.key); clean != l.key {
		// A token stands where a key should: nothing of the line may be kept.
		return row{Kind: lineInert, Before: rawText(redact(string(r.Before))), End: r.End}
	}
	return r
}

// Redacted stands in a restored comment where a secret stood.
const Redacted = "[redacted]"

var (
	secretName = regexp.MustCompile(`(?i)(auth|token|passw|secret|otp|credential|proxy)|(^|[:_.-])key$`)

	// secretWord finds secrets in prose: after the name of a credential key, in an address, by their
	// shape, and as any long run of letters and digits.
	secretWord = []*regexp.Regexp{
		regexp.MustCompile(`(?i)((?:auth|token|password|passwd|secret|otp)["']?[ \t]*=[ \t]*)\S+`),
		regexp.MustCompile(`(?i)((?:auth|token|password|passwd|secret|otp)["']?[ \t]*:[ \t]*)\S*[0-9]\S*`),
		regexp.MustCompile(`(?i)((?:bearer|basic)[ \t]+)\S*[0-9]\S*`),
		regexp.MustCompile(`(?i)(\b(?:auth\w*|token|password|passwd|secret|otp)\b[^\r\n]*?[ \t])\S*[0-9]\S*`),
		regexp.MustCompile(`(://)[^\s@]+@`),
		regexp.MustCompile(`()\b(?:npms?_|gh[pousr]_|github_pat_|gl[a-z]{2,5}-|eyJ|AKCp|cmVmd)[A-Za-z0-9._~+/=-]{8,}`),
		regexp.MustCompile(`()[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`),
		regexp.MustCompile(`()[A-Za-z0-9+_=-]{24,}`),
	}
)

// harmless reports whether a setting holds no secret though its name sounds like it: a switch, or the program that
// pnpm asks.
func harmless(key, value string) bool {
	return value == "true" || value == "false" || strings.HasSuffix(key, ":tokenHelper")
}

func secretKey(key string) bool { return secretName.MatchString(key) }

// Redact replaces what looks like a secret in a text that people are to read. A placeholder stays.
func Redact(s string) string { return redact(s) }

func redact(s string) string {
	for i, re := range secretWord {
		s = re.ReplaceAllStringFunc(s, func(m string) string {
			if strings.Contains(m, "${") || strings.HasSuffix(m, Redacted) || i == len(secretWord)-1 && !mixed(m) {
				return m
			}
			sub := re.FindStringSubmatch(m)
			if strings.HasSuffix(m, "@") {
				return sub[1] + Redacted + "@"
			}
			return sub[1] + Redacted
		})
	}
	return s
}

// mixed reports whether a word has letters and digits: rulers of dashes and long words have not.
func mixed(s string) bool {
	return strings.ContainsAny(s, "0123456789") &&
		strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' })
}

// MarshalText writes the layout as JSON.
func (t Template) MarshalText() ([]byte, error) {
	return json.Marshal(written{templateVersion, t.rows})
}

// UnmarshalText reads what MarshalText wrote; an empty text is an empty layout.
func (t *Template) UnmarshalText(text []byte) error {
	*t = Template{}
	if len(text) == 0 {
		return nil
	}
	var w written
	if err := json.Unmarshal(text, &w); err != nil {
		return fmt.Errorf("read layout: %w", err)
	}
	if w.Version != templateVersion {
		return fmt.Errorf("read layout: version %d is not known", w.Version)
	}
	t.rows = w.Rows
	return nil
}
