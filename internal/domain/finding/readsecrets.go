package finding

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
)

// swap is a rule of what to take out of a text, and what to leave of it.
type swap struct {
	shape pattern
	with  string
}

const gone = npmrc.Redacted

// secretShapes are what nobody writes but as a credential.
const secretShapes = `npms?_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|\bgl[a-z]{2,5}-[A-Za-z0-9_.=-]{16,}|\bAKCp[A-Za-z0-9]{16,}|\bcmVmd[A-Za-z0-9]{16,}|eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?|\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b|(?i:\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)`

// secretKeys are names that a secret stands behind.
const secretKeys = `_auth(?:token)?|npmauthtoken|npmauthident|[_.-]?password|passwd|npm-otp|secret|authorization|access_token|api[-_]?key`

var (
	secretShape = lazy(secretShapes)
	swaps       = []swap{
		{lazy(`(?i)\b(bearer|basic)((?:\s|\\[trn]|%20|\+){1,4})[A-Za-z0-9._~+/=:-]{8,}`), "${1}${2}" + gone},
		{lazy(`(?i)((?:_auth(?:token)?|[_.-]password|password|passwd|npm[-_]otp|--otp|secret|access_token|api[-_]?key|[A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD)|SG_[A-Z0-9_]+)["'\\]*[ \t]*=[ \t]*["'\\]*)[^\s"'\\&,;<]+`), "${1}" + gone},
		{lazy(`(?i)((?:npmauthtoken|npmauthident|_authtoken|_auth|_password)[ \t]*:[ \t]*["']?)[^\s"',;<]+`), "${1}" + gone},
		{lazy(`(?i)((?:` + secretKeys + `)["'\\]+[ \t]*:[ \t]*["'\\]+)[^\s"'\\<]+`), "${1}" + gone},
		{lazy(`(?i)((?:` + secretKeys + `)[ \t]*:[ \t]*)[^\s"'\\&,;<]*[0-9][^\s"'\\&,;<]*`), "${1}" + gone},
		{lazy(`(\b[A-Z][A-Z0-9]*_(?:[A-Z0-9]+_)*(?:TOKEN|SECRET|PASSWORD)[ \t]*:[ \t]*["'\\]*)[^\s"'\\,;<]*[0-9][^\s"'\\,;<]*`), "${1}" + gone},
		{lazy(`(?i)(--otp[ \t]+)[0-9]{6,}`), "${1}" + gone},
		{lazy(`([?&#][\w.-]+=)[^\s"'&<>]{8,}`), "${1}" + gone},
		{lazy(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s/@"'<>]+(?:/[^\s/@"'<>]+)?@([^\s/@])`), "${1}" + gone + "@${2}"},
		{lazy(`(https?://[^\s"'?#<>]*/-/(?:user/token|npm/v1/tokens/token)/)[^\s"'<>]+`), "${1}" + gone},
		{secretShape, gone},
	}
)

// hide takes credentials out of a text before it is read, so that none can come into a field. A placeholder stays.
func hide(text string) string {
	for _, s := range swaps {
		text = s.shape.apply(text, s.with)
	}
	return text
}

func (p pattern) apply(text, with string) string {
	re := p()
	var out strings.Builder
	last := 0
	for _, at := range re.FindAllStringSubmatchIndex(text, -1) {
		if hit := text[at[0]:at[1]]; strings.Contains(hit, "${") || strings.Contains(hit, gone) || strings.HasSuffix(hit, "[hidden]") {
			continue
		}
		out.WriteString(text[last:at[0]])
		out.Write(re.ExpandString(nil, with, text, at))
		last = at[1]
	}
	out.WriteString(text[last:])
	return out.String()
}

// clean makes every field fit to be shown: no control characters, nothing endless, nothing that looks secret.
func (s *said) clean() Failure {
	f := s.Failure
	for _, field := range []*string{&f.Client, &f.Version, &f.Command, &f.Code, &f.Method, &f.URL, &f.Package, &f.Spec, &f.Variable, &f.Setting, &f.File} {
		*field = fit(*field)
	}
	if m := mismatch.find(s.text); m != nil {
		f.Repository, f.Provenance = fit(repositoryOf(m[1])), fit(repositoryOf(m[2]))
	}
	if f.Command != "" && !word.in(f.Command) {
		f.Command = ""
	}
	if i := strings.IndexByte(f.Setting, '='); i >= 0 {
		f.Setting = f.Setting[:i]
	}
	if f.URL == "" {
		f.Method = ""
	}
	return f
}

var (
	word     = lazy(`^[\w-]{1,30}$`)
	mismatch = lazy(`(?i)repository\.url\\?"? (?:is|was|of) \\?"([^"\\\n]{0,300})\\?"[^\n]{0,80}(?:expected|should|match)[^"\n]{0,40}\\?"([^"\\\n]{0,300})\\?"`)
)

// repositoryOf takes user and password out of a repository's address, which need not be one of the web's.
func repositoryOf(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	host, path, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	path, _, _ = strings.Cut(path, "?")
	return scheme + "://" + host + "/" + path
}

// fit is a text that may be shown, or "" where it may hold a secret.
func fit(s string) string {
	s = strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(s, "")))
	if secretShape.in(s) || strings.Contains(s, gone) {
		return ""
	}
	const most = 1024
	for len(s) > most {
		_, n := utf8.DecodeLastRuneInString(s[:most])
		s = s[:most-n]
	}
	return s
}

var (
	mail    = lazy(`\b[A-Za-z0-9][A-Za-z0-9._%+-]*@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24})\b`)
	visit   = lazy(`(?i)((?:/login/(?:cli/)?|/auth/(?:cli/)?|authId=|next=[^\s"'&]*?/cli/)[^\s"'&]{0,80}?)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	keyLine = lazy(`(?i)(?:_auth(?:token)?|_password|npmauthtoken|npmauthident)["']?\s*=`)
)

// Redacted is a pasted text as it may go into a report: credentials, the name before the @ of mail addresses, the
// home folder and the ids of login pages are taken out. All other bytes stay as they are, but UTF-16 becomes UTF-8.
func Redacted(text []byte, home string) []byte {
	s := string(text)
	if bytes.IndexByte(text, 0) >= 0 { // of Windows' shell, from the beginning or behind what was there
		s = strings.ReplaceAll(decode(text), "\x00", "")
	}
	s = visit.apply(s, "${1}"+gone)
	s = hide(s)
	if keyLine.in(s) {
		lines := strings.SplitAfter(s, "\n")
		for i, l := range lines {
			// What stands behind such a key may be of no known shape.
			if at := keyLine().FindStringIndex(l); at != nil && !strings.Contains(l, "[hidden]") {
				lines[i] = l[:at[0]] + npmrc.Redact(l[at[0]:])
			}
		}
		s = strings.Join(lines, "")
	}
	s = mail.apply(s, gone+"@${1}")
	return []byte(withoutHome(s, home))
}

// withoutHome puts ~ for the home folder, in each way in which it is written.
func withoutHome(s, home string) string {
	home = strings.TrimRight(home, `/\`)
	if len(home) < 2 {
		return s
	}
	spellings := []string{home, strings.ReplaceAll(home, `\`, `\\`), strings.ReplaceAll(home, `\`, "/"), strings.ReplaceAll(home, "/", "%2F"), strings.ReplaceAll(home, "/", "%2f")}
	for _, h := range spellings {
		re := regexp.MustCompile(regexp.QuoteMeta(h) + `($|[^\w.-])`)
		s = re.ReplaceAllString(s, "~${1}")
	}
	return s
}
