package leak

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/domain/yarnrc"
)

// Take takes one credential out of a file, with the line that holds nothing else: fresh is the file without it, s the
// credential as it stands there, and hole what Fill needs. It is that of line with this fingerprint, or, where lines
// have moved, the only one with it. The error is a *LeftError or ErrGone; then nothing was done.
func Take(path string, text []byte, fingerprint string, line int) (fresh []byte, hole Hole, s token.Secret, err error) {
	all := scan(path, text)
	f, ok := pick(all, fingerprint, line)
	if !ok {
		return nil, Hole{}, token.Secret{}, ErrGone
	}
	if err := takeable(path, text, f); err != nil {
		return nil, Hole{}, token.Secret{}, err
	}
	t := taking{path: path, text: text, found: f, all: all}
	if hole, err = t.take(); err != nil {
		return nil, Hole{}, token.Secret{}, err
	}
	return slices.Concat(text[:t.from], text[t.to:]), hole, token.NewSecret(f.secret), nil
}

// maxTried bounds how many bytes Takeable goes through, for it looks at a whole file for each credential. Nobody's
// config needs as many.
const maxTried = 4 << 20

// Takeable tells of each credential that Scan lists whether Take could take it. Of a file with very many it tells so
// of the first.
func Takeable(path string, text []byte) []bool {
	all := scan(path, text)
	out := make([]bool, len(all))
	tried := 0
	for i, f := range all {
		if takeable(path, text, f) != nil {
			continue
		}
		if tried += len(text); tried > maxTried && tried > len(text) {
			break
		}
		_, err := (&taking{path: path, text: text, found: f, all: all}).take()
		out[i] = err == nil
	}
	return out
}

// pick finds a credential.
func pick(all []found, fingerprint string, line int) (f found, ok bool) {
	n := 0
	for _, o := range all {
		if o.Fingerprint != fingerprint {
			continue
		}
		if o.Line == line {
			return o, true
		}
		f, n = o, n+1
	}
	return f, n == 1
}

// takeable says whether files of this kind may be edited at all.
func takeable(path string, text []byte, f found) error {
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return ErrEncoding
	case IsHistory(path):
		return ErrHistory
	case f.Form == FormCI:
		return ErrCI
	case f.Form == FormBare || fileOf(path).form == FormBare:
		return ErrForm
	case strings.HasSuffix(slashes(path), "/fish_variables") || path == "fish_variables":
		return ErrOwned
	case f.at < 0 || !bytes.HasPrefix(text[f.at:], []byte(f.secret)):
		return ErrForm // spelled in another way than it reads
	}
	return nil
}

// taking is a credential on its way out: what goes is text[from:to].
type taking struct {
	path     string
	text     []byte
	found    found
	all      []found
	from, to int
	key      string
}

// take finds out what goes, and describes it.
func (t *taking) take() (Hole, error) {
	how := t.wholeLine
	if head := t.text[lineStart(t.text, t.found.at):t.found.at]; t.found.Form == FormYarn && !bytes.HasPrefix(bytes.TrimSpace(head), []byte("#")) {
		how = t.yaml
	}
	if err := how(); err != nil {
		return Hole{}, err
	}
	return t.hole()
}

func lineStart(text []byte, at int) int {
	n := bytes.LastIndexByte(text[:at], '\n') + 1
	if n == 0 && bytes.HasPrefix(text, []byte(mark)) {
		n = len(mark)
	}
	return n
}

// wholeLine takes the line, if it is nothing but the credential's.
func (t *taking) wholeLine() error {
	t.from = lineStart(t.text, t.found.at)
	t.to = len(t.text)
	behind := t.found.at + len(t.found.secret)
	if n := bytes.IndexByte(t.text[behind:], '\n'); n >= 0 {
		t.to = behind + n + 1
	}
	head, tail := string(t.text[t.from:t.found.at]), plainLine(string(t.text[behind:t.to]))
	form := fileOf(t.path).form
	if _, ok := alone(form, t.path, head, tail); !ok || t.carries() {
		return ErrShared
	}
	if head = strings.TrimLeft(head, " \t"); head[0] != '#' && head[0] != ';' {
		t.key = t.found.Key
	}
	return nil
}

// carries reports whether the lines around make a part of something of this one.
func (t *taking) carries() bool {
	if form := fileOf(t.path).form; form != FormShell && form != FormEnv {
		return false
	}
	return within(linesOf(string(t.text[:t.from])), linesOf(string(t.text[t.to:])))
}

// yaml takes a setting out as yarn's editor does, with what led to it alone.
func (t *taking) yaml() error {
	fresh, err := yarnrc.Remove(t.text, t.found.Key)
	if err != nil || len(fresh) >= len(t.text) {
		return ErrShared
	}
	t.key = t.found.Key
	gone := len(t.text) - len(fresh)
	t.from = lineStart(t.text, t.found.at)
	for t.from > len(mark) && !bytes.HasPrefix(fresh, t.text[:t.from]) {
		t.from = lineStart(t.text, t.from-1)
	}
	// Of lines that are the same before and behind any could have gone: that with the credential did.
	if t.to = t.from + gone; t.to < t.found.at+len(t.found.secret) || t.to > len(t.text) || t.from > len(fresh) || !bytes.Equal(t.text[t.to:], fresh[t.from:]) {
		return ErrShared
	}
	return nil
}

// hole describes what is taken.
func (t *taking) hole() (Hole, error) {
	f := t.found
	h := Hole{Line: f.Line, Form: f.Form, Key: t.key, Head: string(t.text[t.from:f.at]), Tail: string(t.text[f.at+len(f.secret) : t.to])}
	if !utf8.ValidString(h.Head + h.Tail) {
		return Hole{}, ErrEncoding
	}
	bom, text := unmark(t.text)
	lines := linesOf(text)
	first := strings.Count(text[:t.from-len(bom)], "\n")
	last := first + len(linesOf(string(t.text[t.from:t.to])))
	h.From = first + 1
	h.Before, h.After = neighbours(lines, first, last)
	block := slices.Clone(lines[first:last])
	rest := slices.Delete(slices.Clone(lines), first, last)
	under := sections(h.Form, rest)
	if at := under[first]; at >= 0 {
		h.Section = headed(rest, at)
		if h.Heading = plainLine(rest[at]); t.tells(h.Heading) {
			h.Heading = ""
		}
	}
	h.Same = countBlock(rest, block, func(i int) bool { return headed(rest, under[i]) == h.Section })
	h.Twice = len(standing(h, strings.Join(rest, ""))) > 0
	if t.tells(h.Head) || t.tells(h.Tail) || comment(h.Tail) {
		return Hole{}, ErrShared
	}
	return h, nil
}

// piece is how long a part of a credential is that must stand nowhere.
const piece = 8

// tells reports whether a text holds a piece of any of the file's credentials, be it as an address has it, or what may be
// another.
func (t *taking) tells(text string) bool {
	pieces := map[string]bool{}
	cut := func(text string) {
		for i := range len(text) - piece + 1 {
			pieces[text[i:i+piece]] = true
		}
	}
	cut(text)
	cut(unescaped(text))
	for _, f := range t.all {
		for _, secret := range []string{f.secret, decoded(f.secret)} {
			for i := range max(0, len(secret)-piece+1) {
				if pieces[secret[i:i+piece]] {
					return true
				}
			}
		}
	}
	return withName.MatchString(text) || len(scan(t.path, []byte(text))) > 0
}

// unescaped is a text with all that is escaped as in an address.
func unescaped(text string) string {
	return escapes.ReplaceAllStringFunc(text, func(e string) string {
		c, _ := hex.DecodeString(e[1:]) // it is two digits
		return string(c)
	})
}

var escapes = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// comment reports whether what stands behind a credential may be another one, as somebody's note.
func comment(tail string) bool { return npmrc.Redact(tail) != tail }

// Setting tells what a credential stands behind: the setting, the registry that it is for, and the environment variable
// that a line of a shell or a file with variables sets. "" for what the line does not tell.
func Setting(path string, text []byte, fingerprint string, line int) (key, registry, variable string) {
	f, ok := pick(scan(path, text), fingerprint, line)
	if !ok {
		return "", "", ""
	}
	form := fileOf(path).form
	if form != FormEnv && form != FormShell && form != FormCI {
		return f.Key, f.Registry, ""
	}
	if f.at >= 0 && bytes.HasPrefix(text[min(f.at, len(text)):], []byte(f.secret)) {
		from, behind := lineStart(text, f.at), f.at+len(f.secret)
		tail, _, _ := strings.Cut(string(text[behind:]), "\n")
		if name, ok := alone(form, path, string(text[from:f.at]), plainLine(tail)); ok {
			return f.Key, f.Registry, name
		}
	}
	if variableName.MatchString(f.Key) {
		variable = f.Key
	}
	return f.Key, f.Registry, variable
}
