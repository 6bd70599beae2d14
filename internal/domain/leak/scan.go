package leak

import (
	"bytes"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// shortest is a text that is too short to hold anything.
const shortest = 8

// scanner is one pass over one text.
type scanner struct {
	text   []byte
	file   file
	starts []int // of lines
	found  []found
}

// stops are the bytes at which the pass looks around: each credential's prefix, and each name that one stands
// behind, has one of them, and they are rare in most texts.
var stops = func() (t [256]bool) {
	for _, c := range []byte("_-KVZzA@") {
		t[c] = true
	}
	return t
}()

// run is the pass. A look at a stop gives the place where it goes on.
func (s *scanner) run() {
	text := s.text
	for i := 0; i < len(text); i++ {
		for i < len(text) && !stops[text[i]] {
			i++
		}
		if i == len(text) {
			return
		}
		if next := s.look(i); next > i {
			i = next - 1
		}
	}
}

// look tells where to go on, or 0: at the next byte.
func (s *scanner) look(i int) int {
	switch s.text[i] {
	case '_':
		return s.underscore(i)
	case '-':
		return s.gitlab(i)
	case 'K':
		if s.has(i-1, "AKCp") {
			return s.shaped(i-1, 73, 73)
		}
	case 'V':
		if s.has(i-2, "cmVmd") {
			return s.shaped(i-2, 64, 64)
		}
	case 'Z':
		if s.has(i-1, "AZDO") {
			return s.shaped(i-77, 84, 84)
		}
		return s.authorization(i - 7)
	case 'z':
		return s.authorization(i - 7)
	case 'A':
		if s.has(i-3, "npmAuth") {
			return s.yarnKey(i - 3)
		}
	case '@':
		return s.userinfo(i)
	}
	return 0
}

// underscore is the stop of most names and prefixes.
func (s *scanner) underscore(i int) int {
	if i+1 >= len(s.text) {
		return 0
	}
	switch s.text[i+1] {
	case 'a':
		if s.has(i, "_authToken") {
			return s.npmKey(i, "_authToken")
		}
		if s.has(i, "_auth") {
			return max(s.npmKey(i, "_auth"), s.variable(i))
		}
	case 'p':
		if s.has(i, "_password") {
			return max(s.npmKey(i, "_password"), s.variable(i))
		}
	}
	if next := s.prefixed(i); next > 0 {
		return next
	}
	return s.variable(i)
}

// prefixed looks for npm_, gh?_ and github_pat_ before an underscore.
func (s *scanner) prefixed(i int) int {
	if i < 3 {
		return 0
	}
	switch s.text[i-1] {
	case 'm':
		if s.has(i-3, "npm_") {
			return s.shaped(i-3, 40, 52)
		}
	case 't':
		if s.has(i-10, "github_pat_") {
			return s.shaped(i-10, 93, 93)
		}
	case 's':
		if s.has(i-4, "npms_") {
			return s.shaped(i-4, 41, 53)
		}
		fallthrough
	case 'p', 'o', 'u', 'r':
		if s.has(i-3, "gh") {
			return s.shaped(i-3, 40, 259)
		}
	}
	return 0
}

// gitlabWords stand between "gl" and "-".
var gitlabWords = []string{"pat", "dt", "cbt", "oas", "agent", "ptt", "rt", "soat", "ft", "ffct"}

func (s *scanner) gitlab(i int) int {
	if i < 4 || s.text[i-1] != 't' && s.text[i-1] != 's' {
		return 0
	}
	for _, w := range gitlabWords {
		from := i - len(w) - 2
		if s.has(from, "gl") && string(s.text[from+2:i]) == w {
			return s.shaped(from, len(w)+3+20, 320)
		}
	}
	return 0
}

// has reports whether the text goes on at i with these words.
func (s *scanner) has(i int, words string) bool {
	return i >= 0 && len(s.text)-i >= len(words) && string(s.text[i:i+len(words)]) == words
}

// shaped takes a credential that its shape gives away: from is its first byte, and it has at least least and at most
// most bytes.
func (s *scanner) shaped(from, least, most int) int {
	if from < 0 {
		return 0
	}
	if s.sums(from, least) {
		return s.bare(from, from+least) // whatever stands around it, for in \nnpm_... and %3Dnpm_... letters do
	}
	if from > 0 && wordByte(s.text[from-1]) {
		return 0
	}
	to := from
	for to < len(s.text) && to-from <= most && (wordByte(s.text[to]) || s.text[from+1] == 'l' && gitlabByte(s.text[to])) {
		to++
	}
	for to > from && s.text[to-1] == '.' {
		to-- // the end of a sentence
	}
	if to-from < least || to-from > most {
		return 0
	}
	return s.bare(from, to)
}

// sums reports whether so many bytes are a token with a checksum that fits. Most names with such a prefix have another
// underscore soon.
func (s *scanner) sums(from, n int) bool {
	if n != 40 || from+n > len(s.text) {
		return false
	}
	for _, c := range s.text[from+4 : from+n] {
		if c == '_' || !wordByte(c) {
			return false
		}
	}
	v := string(s.text[from : from+n])
	return summed(v) && token.ChecksumOK(token.NewSecret(v))
}

// bare takes a text with a known shape, if it is a credential.
func (s *scanner) bare(from, to int) int {
	secret := string(s.text[from:to])
	kind, certain, ok := judgeBare(secret)
	if !ok || s.cut(to) {
		return 0
	}
	s.add(found{Leak: Leak{Kind: kind, Form: s.file.form, Certain: certain, Key: s.keyBefore(from)}, at: from, secret: secret})
	return to
}

// cut reports whether a text goes on in a way that shows an example: npm_abc..., ghp_abc${X}.
func (s *scanner) cut(to int) bool {
	rest := s.text[to:min(len(s.text), to+3)]
	return bytes.HasPrefix(rest, []byte("...")) || bytes.HasPrefix(rest, []byte("…")) || bytes.HasPrefix(rest, []byte("***")) ||
		bytes.HasPrefix(rest, []byte("${")) || bytes.HasPrefix(rest, []byte("{{"))
}

// add takes a leak. One that the file's own reader has found already is dropped at the end.
func (s *scanner) add(f found) { s.found = append(s.found, f) }

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

func gitlabByte(c byte) bool { return wordByte(c) || c == '-' || c == '.' || c == '=' }

// keyBefore is the name that a value stands behind, as in NAME=, "name": or name = ".
func (s *scanner) keyBefore(at int) string {
	to := at
	for to > 0 && at-to < 8 && strings.IndexByte(" \t=:\"'", s.text[to-1]) >= 0 {
		to--
	}
	if to == at || !bytes.ContainsAny(s.text[to:at], "=:") {
		return ""
	}
	from := to
	for from > 0 && to-from < 64 && (wordByte(s.text[from-1]) || s.text[from-1] == '-') {
		from--
	}
	if to-from >= 64 {
		return ""
	}
	return string(s.text[from:to])
}
