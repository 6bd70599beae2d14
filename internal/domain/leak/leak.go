package leak

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Form is how a credential stands in a file. In a file with variables, of a CI service or of a shell it is that
// file's, however the line is written; else it is the line's.
type Form string

// The forms.
const (
	FormNPMRC Form = "npmrc"       // an access token: //host/:_authToken=
	FormBasic Form = "npmrc-basic" // name and password: //host/:_auth= or :_password=
	FormYarn  Form = "yarnrc"      // npmAuthToken or npmAuthIdent
	FormBun   Form = "bunfig"      // token, password, or in an address
	FormUPM   Form = "upmconfig"   // token or _auth of Unity's package manager
	FormEnv   Form = "env"         // a variable in .env or alike
	FormCI    Form = "ci"          // a file of a CI service, or a Dockerfile
	FormShell Form = "shell"       // a script, a start file or a history of a shell
	FormBare  Form = "bare"        // anywhere else
)

// Leak is one credential at one place.
type Leak struct {
	Line   int // 1-based
	Column int // 1-based, in bytes; 1 where the line spells the credential in another way
	Kind   token.Kind
	Form   Form
	// Key is the setting or variable that it stands behind, as package npmrc or yarnrc would name it. "" for none.
	Key string
	// Registry is the registry that the line tells, as "//host/path/". "" where it tells none.
	Registry string
	// Fingerprint is token.Secret's, of the characters that stand in the file.
	Fingerprint string
	// Masked is what may be shown: the prefix of its kind, if it has one, and dots.
	Masked string
	// Certain says that it is a credential beyond doubt: its checksum fits, or its shape and place leave nothing else.
	Certain bool
}

// MaxSize is up to where a text is read, in bytes.
const MaxSize = 8 << 20

// head is how far a NUL byte is looked for.
const head = 8 << 10

// Scan lists the credentials in a file, in its order. path decides what the file is; it need not exist.
func Scan(path string, text []byte) []Leak {
	all := scan(path, text)
	if len(all) == 0 {
		return nil
	}
	list := make([]Leak, 0, len(all))
	for _, f := range all {
		list = append(list, f.Leak)
	}
	return list
}

// found is a leak with its text, which does not leave this package.
type found struct {
	Leak
	at     int // where it stands in the text, -1 where only the line is known
	secret string
}

func scan(path string, text []byte) []found {
	text = plain(text[:min(len(text), MaxSize)])
	if len(text) < shortest || bytes.IndexByte(text[:min(len(text), head)], 0) >= 0 {
		return nil
	}
	s := scanner{text: text, file: fileOf(path)}
	s.structured()
	s.run()
	if s.file.form == FormShell {
		s.logins()
	}
	return s.finish()
}

// plain is a text in UTF-8: that of Windows' shells, which redirect output as UTF-16, is turned into it.
func plain(text []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return text
	}
	units := make([]uint16, 0, len(text)/2)
	for i := 2; i+1 < len(text); i += 2 {
		units = append(units, order.Uint16(text[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}

// finish puts what was found in order, each place once: what was read by the file's own grammar comes before what
// only looked like it, and knows more.
func (s *scanner) finish() []found {
	if len(s.found) == 0 {
		return nil
	}
	s.place()
	slices.SortStableFunc(s.found, func(a, b found) int { return cmp.Compare(a.Line, b.Line) })
	type spot struct {
		line  int
		print string
	}
	var list []found
	seen, all := map[spot]int{}, map[string]bool{}
	for _, f := range s.found {
		f.Fingerprint = token.NewSecret(f.secret).Fingerprint()
		f.Masked = masked(f.secret)
		if i, ok := seen[spot{f.Line, f.Fingerprint}]; ok {
			list[i].Certain = list[i].Certain || f.Certain
			continue
		}
		seen[spot{f.Line, f.Fingerprint}] = len(list)
		list = append(list, f)
		all[f.secret] = true
	}
	for i := range list {
		f := &list[i]
		f.Key, f.Registry = clean(f.Key, f.secret, all), clean(f.Registry, f.secret, all)
	}
	return list
}

// clean drops a name that holds a credential, this one or another: a file may repeat one where a host should stand, or
// have a password in an address.
func clean(name, secret string, all map[string]bool) string {
	if strings.Contains(name, secret) {
		return ""
	}
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return strings.ContainsRune(`/:."[]@`, r) }) {
		if all[part] {
			return ""
		}
	}
	if _, rest, ok := strings.Cut(name, "//"); ok {
		if host, _, _ := strings.Cut(rest, "/"); strings.Contains(host, "@") {
			return ""
		}
	}
	return name
}

// place turns offsets into lines and columns, and lines into columns.
func (s *scanner) place() {
	slices.SortStableFunc(s.found, func(a, b found) int { return cmp.Compare(a.at, b.at) })
	line, pos, start := 1, 0, 0
	for i := range s.found {
		f := &s.found[i]
		if f.at < 0 {
			continue
		}
		for n := bytes.IndexByte(s.text[pos:f.at], '\n'); n >= 0; n = bytes.IndexByte(s.text[pos:f.at], '\n') {
			line, pos = line+1, pos+n+1
			start = pos
		}
		pos = f.at
		f.Line, f.Column = line, f.at-start+1
	}
}

// dots stand for a credential, as in the agent's diffs.
const dots = "••••••••"

// prefixes are those that tell a kind and nothing else.
var prefixes = []string{"npm_", "npms_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glcbt-", "gloas-",
	"glagent-", "glptt-", "glrt-", "glsoat-", "glft-", "glffct-", "AKCp", "cmVmd", "eyJ"}

func masked(secret string) string {
	for _, p := range prefixes {
		if len(secret) > len(p)+8 && strings.HasPrefix(secret, p) {
			return p + dots
		}
	}
	return dots
}
