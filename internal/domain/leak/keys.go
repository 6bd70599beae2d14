package leak

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// The look around a stop is bounded by these.
const (
	maxKey = 512 // a registry's address before its setting
	maxGap = 24  // quotes, spaces and an "=" between a name and its value
)

// npmKey looks at _authToken, _auth or _password: with a registry before it, or at the beginning of what is said.
func (s *scanner) npmKey(i int, name string) int {
	to := i + len(name)
	if to < len(s.text) && (wordByte(s.text[to]) || s.text[to] == '-') || i > 0 && (wordByte(s.text[i-1]) || s.text[i-1] == '.' || s.text[i-1] == '-') {
		return 0
	}
	reg := s.registryBefore(i)
	if reg == "" && name != "_authToken" && s.file.form != FormNPMRC && !s.first(i) {
		return 0
	}
	from, end := s.value(to, reg != "")
	if end == from {
		return 0
	}
	key := name
	if reg != "" {
		key = reg + ":" + name
	}
	v := string(s.text[from:end])
	f := found{Leak: Leak{Form: s.formOr(FormNPMRC), Key: key, Registry: slashed(reg)}, at: from, secret: v}
	var ok bool
	if name == "_authToken" {
		f.Kind, f.Certain, ok = judgeToken(v, reg == "" && s.file.form != FormNPMRC)
	} else {
		f.Form = s.formOr(FormBasic)
		f.Kind, f.Certain, ok = judgeBasic(name, v)
		ok = ok && (f.Certain || s.file.form == FormNPMRC) && !(s.file.prose && !mixed(decoded(v)))
	}
	return s.take(f, end, ok)
}

// take adds a leak that was judged one, and tells where to go on. What is long and none is passed over, so that
// a text of nothing but names does not make for as many looks at the same.
func (s *scanner) take(f found, end int, ok bool) int {
	if ok && !s.cut(end) && !s.mixedUp(end) {
		s.add(f)
		return end
	}
	if end-f.at > 256 {
		return end
	}
	return 0
}

// mixedUp reports whether behind a value something goes on that is put in or called.
func (s *scanner) mixedUp(end int) bool {
	return end < len(s.text) && strings.IndexByte("${%<([*", s.text[end]) >= 0
}

// formOr is the form of a line that looks like form.
func (s *scanner) formOr(form Form) Form {
	switch s.file.form {
	case FormEnv, FormCI, FormShell:
		return s.file.form
	}
	return form
}

func slashed(reg string) string {
	if reg == "" || strings.HasSuffix(reg, "/") {
		return reg
	}
	return reg + "/"
}

// registryBefore is the //host/path/ that ends in a colon right before i.
func (s *scanner) registryBefore(i int) string {
	if i < 4 || s.text[i-1] != ':' {
		return ""
	}
	from := i - 1
	for from > 0 && i-from < maxKey && (wordByte(s.text[from-1]) || strings.IndexByte(".-/:%~@[]", s.text[from-1]) >= 0) {
		from--
	}
	n := bytes.LastIndex(s.text[from:i-1], []byte("//"))
	if n < 0 || from+n+2 >= i-1 {
		return ""
	}
	reg := string(s.text[from+n : i-1])
	if at := strings.Index(reg, ":@"); at >= 0 {
		reg = reg[:at]
	}
	return reg
}

// first reports whether nothing stands before a name on its line but what makes a comment, a quote or a command.
func (s *scanner) first(i int) bool {
	from := bytes.LastIndexByte(s.text[max(0, i-64):i], '\n')
	before := strings.TrimLeft(string(s.text[max(0, i-64)+from+1:i]), " \t#;\"'-+")
	return from >= 0 || i < 64 && (before == "" || before == "export " || strings.HasPrefix(before, "echo "))
}

// value finds what stands behind a name: behind "=" or ":", in quotes or not, and behind a space alone if spaced.
func (s *scanner) value(at int, spaced bool) (from, to int) {
	from = at
	for from < len(s.text) && from-at < maxGap && strings.IndexByte(" \t\"'\\=:]", s.text[from]) >= 0 {
		from++
	}
	gap := s.text[at:from]
	if bytes.Contains(gap, []byte("==")) || !bytes.ContainsAny(gap, "=:") && (!spaced || !bytes.ContainsAny(gap, " \t")) {
		return at, at
	}
	to = from
	for to < len(s.text) && to-from <= token.MaxLength && valueByte(s.text[to]) {
		to++
	}
	return from, to
}

func valueByte(c byte) bool { return wordByte(c) || strings.IndexByte(".~+/=:-", c) >= 0 }

// yarnKey looks at npmAuthToken and npmAuthIdent.
func (s *scanner) yarnKey(i int) int {
	for name, npm := range map[string]string{"npmAuthToken": "_authToken", "npmAuthIdent": "_auth"} {
		if !s.has(i, name) || i > 0 && wordByte(s.text[i-1]) {
			continue
		}
		from, end := s.value(i+len(name), s.file.form == FormShell)
		if end == from {
			return 0
		}
		f := found{Leak: Leak{Form: s.formOr(FormYarn), Key: name}, at: from, secret: string(s.text[from:end])}
		var ok bool
		if npm == "_auth" {
			f.Kind, f.Certain, ok = judgeIdent(f.secret)
			ok = ok && (f.Certain || s.file.form == FormYarn)
		} else {
			f.Kind, f.Certain, ok = judgeToken(f.secret, false)
		}
		return s.take(f, end, ok)
	}
	return 0
}

// judgeIdent judges yarn's npmAuthIdent: name:password, or that in base64.
func judgeIdent(v string) (kind token.Kind, certain, ok bool) {
	if user, password, both := strings.Cut(v, ":"); both {
		return token.KindBasic, false, user != "" && len(password) >= 4 && !blank(password)
	}
	return judgeBasic("_auth", v)
}

// last are the words that end the name of a variable with a credential in it, and about those that say whose.
var (
	last  = []string{"TOKEN", "AUTH", "PASSWORD", "PASSWD", "PASS", "PAT", "SECRET", "APIKEY"}
	about = []string{"NPM", "NODE", "YARN", "PNPM", "BUN", "UPM", "UNITY", "REGISTRY", "GITHUB", "GH", "GITLAB", "GL", "CI", "ARTIFACTORY", "JFROG", "AZURE", "AZDO", "ADO", "VSTS",
		"NEXUS", "VERDACCIO", "CODEARTIFACT", "PACKAGE", "PACKAGES", "SG", "NPMRC", "NPMJS"}
)

// variable looks at the last word of a variable's name, which begins behind an underscore.
func (s *scanner) variable(i int) int {
	to := i + 1
	if to >= len(s.text) || strings.IndexByte("TAPStaps", s.text[to]) < 0 {
		return 0
	}
	for to < len(s.text) && to-i <= 10 && wordByte(s.text[to]) && s.text[to] != '_' {
		to++
	}
	if to < len(s.text) && wordByte(s.text[to]) || !slices.Contains(last, strings.ToUpper(string(s.text[i+1:to]))) {
		return 0
	}
	from := i
	for from > 0 && i-from < 64 && wordByte(s.text[from-1]) {
		from--
	}
	name := string(s.text[from:to])
	if !slices.ContainsFunc(strings.Split(strings.ToUpper(name), "_"), func(w string) bool { return slices.Contains(about, w) }) {
		return 0
	}
	at, end := s.value(to, s.file.form == FormShell || s.file.form == FormCI)
	for _, pam := range []string{"DEFAULT", "OVERRIDE"} { // NAME DEFAULT=value, of .pam_environment
		if s.has(at, pam+"=") {
			at, end = s.value(at+len(pam), false)
		}
	}
	if end == at {
		at, end = s.valueBelow(to)
	}
	if end == at {
		return 0
	}
	f := found{Leak: Leak{Form: s.formOr(FormBare), Key: name}, at: at, secret: string(s.text[at:end])}
	var ok bool
	f.Kind, f.Certain, ok = judgeVariable(f.secret, name)
	return s.take(f, end, ok && (f.Kind != token.KindUnknown || f.Certain || s.literal(at, end)))
}

// literal reports whether a value is one, and no name of another variable: it stands in quotes or ends its line. In
// files that are no programs everything is.
func (s *scanner) literal(from, to int) bool {
	return s.file.form != FormBare || to == len(s.text) || strings.IndexByte("\"'`", s.text[from-1]) >= 0 || strings.IndexByte("\r\n", s.text[to]) >= 0
}

// judgeVariable judges the value of a variable, which may be in base64 as for _auth.
func judgeVariable(v, name string) (kind token.Kind, certain, ok bool) {
	if strings.HasSuffix(strings.ToUpper(name), "_AUTH") {
		if kind, certain, ok = judgeBasic("_auth", v); ok && certain {
			return kind, true, true
		}
	}
	return judgeToken(v, true)
}

// valueBelow finds the value of a name in two lines, as CI services and Kubernetes have it: "- name: X", "value: Y".
func (s *scanner) valueBelow(at int) (from, to int) {
	line := s.text[at:min(len(s.text), at+128)]
	rest := bytes.TrimLeft(bytes.TrimLeft(line, "\"'"), " \t\r\n")
	if bytes.IndexByte(line[:len(line)-len(rest)], '\n') < 0 || !bytes.HasPrefix(rest, []byte("value:")) {
		return at, at
	}
	return s.value(at+len(line)-len(rest)+len("value"), false)
}

// authorization looks at a header: its name begins at i.
func (s *scanner) authorization(i int) int {
	const name = "authorization"
	if i < 0 || len(s.text)-i < len(name) || !strings.EqualFold(string(s.text[i:i+len(name)]), name) {
		return 0
	}
	at := i + len(name)
	from, to := s.value(at, false)
	scheme := strings.ToLower(string(s.text[from:min(to, from+8)]))
	if scheme != "bearer" && scheme != "basic" && scheme != "token" || to >= len(s.text) || s.text[to] != ' ' {
		return 0
	}
	from = to + 1
	for to = from; to < len(s.text) && to-from <= token.MaxLength && valueByte(s.text[to]); {
		to++
	}
	f := found{Leak: Leak{Form: s.formOr(FormBare), Key: "Authorization"}, at: from, secret: string(s.text[from:to])}
	var ok bool
	if f.Kind, f.Certain, ok = judgeToken(f.secret, true); scheme == "basic" {
		f.Kind, f.Certain, ok = judgeBasic("_auth", f.secret)
	}
	// Elsewhere than in scripts a header is of any service: what is no credential of a registry's by its shape is not told.
	known := f.Kind != token.KindUnknown && f.Kind != token.KindBasic && (f.Kind != token.KindJWT && f.Kind != token.KindSession || !s.file.prose)
	return s.take(f, to, ok && (known || s.file.form != FormBare))
}

// userinfo looks at the @ of an address that has a name and a password in it.
func (s *scanner) userinfo(i int) int {
	from := i
	for from > 0 && i-from < maxKey && (valueByte(s.text[from-1]) && s.text[from-1] != '/' || s.text[from-1] == '%') {
		from--
	}
	if !s.has(from-8, "https://") && !s.has(from-7, "http://") {
		return 0
	}
	user, password, both := strings.Cut(string(s.text[from:i]), ":")
	at := from + len(user) + 1
	if !both {
		at, password = from, user
	}
	kind, certain, ok := judgeToken(password, true)
	if !ok || s.file.form == FormBare && kind == token.KindUnknown {
		return 0
	}
	s.add(found{Leak: Leak{Kind: kind, Form: s.file.form, Certain: certain, Registry: hostBehind(s.text[i+1:])}, at: at, secret: password})
	return 0
}

// hostBehind is the registry of an address, from its host on.
func hostBehind(rest []byte) string {
	n := 0
	for n < len(rest) && n < maxKey && (wordByte(rest[n]) || strings.IndexByte(".-/:", rest[n]) >= 0) {
		n++
	}
	if n == 0 {
		return ""
	}
	return slashed("//" + string(rest[:n]))
}
