package leak

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/sandglass-dev/sandglass/internal/domain/bunfig"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/domain/yarnrc"
)

// structured reads the files whose grammar is known by their own readers, which see through quotes, escapes and
// spellings that a look around a name does not. What they cannot read is left to that.
func (s *scanner) structured() {
	switch s.file.form {
	case FormNPMRC:
		if len(s.text) <= npmrc.MaxSize {
			f := npmrc.Parse(s.text)
			s.credentials(f.Credentials(), FormNPMRC)
			s.credentials(f.Hidden(), FormNPMRC)
		}
	case FormYarn:
		if f, err := yarnrc.Parse(s.text); err == nil {
			s.credentials(f.Credentials(), FormYarn)
		}
	case FormBun, FormUPM:
		s.toml()
	}
}

// credentials takes what a reader of config files has found.
func (s *scanner) credentials(list []npmrc.Credential, form Form) {
	for _, c := range list {
		v := c.Value.Reveal()
		f := found{Leak: Leak{Form: form, Key: c.Key, Registry: c.RegistryKey, Line: c.Line}, secret: v}
		var ok bool
		switch {
		case c.Name == "_authToken":
			f.Kind, f.Certain, ok = judgeToken(v, false)
		case form == FormYarn:
			f.Kind, f.Certain, ok = judgeIdent(v)
		default:
			f.Form = FormBasic
			f.Kind, f.Certain, ok = judgeBasic(c.Name, v)
		}
		s.onLine(f, ok)
	}
}

// onLine adds a leak of which the line of its setting is known: where the text has it to the letter from there on, or
// else on that line.
func (s *scanner) onLine(f found, ok bool) {
	if !ok {
		return
	}
	f.at, f.Column = -1, 1
	if from := s.start(f.Line); from >= 0 {
		if n := bytes.Index(s.text[from:min(len(s.text), from+far)], []byte(f.secret)); n >= 0 {
			f.at = from + n
		}
	}
	s.add(f)
}

// far is how far behind its setting a value is looked for. YAML may begin one on another line.
const far = 2 * token.MaxLength

// start is where a line begins. Lines are asked for by the hundred, so they are counted once.
func (s *scanner) start(line int) int {
	if s.starts == nil {
		s.starts = []int{0}
		for l := range bytes.Lines(s.text) {
			s.starts = append(s.starts, s.starts[len(s.starts)-1]+len(l))
		}
	}
	if line < 1 || line > len(s.starts) {
		return -1
	}
	return s.starts[line-1]
}

// toml reads bun's config and that of Unity's package manager.
func (s *scanner) toml() {
	defer s.commented()               // what the reader finds knows more, and comes first
	list, _ := bunfig.Scalars(s.text) // of a file that breaks off what came before
	beside := map[string]string{}
	for _, v := range list {
		if v.Path[len(v.Path)-1] == "url" {
			beside[strings.Join(v.Path[:len(v.Path)-1], "\x00")] = v.Value
		}
	}
	for _, v := range list {
		name := v.Path[len(v.Path)-1]
		f := found{Leak: Leak{Form: s.file.form, Key: strings.Join(v.Path, "."), Line: v.Line}, secret: v.Value}
		var ok bool
		switch {
		case name == "token":
			f.Kind, f.Certain, ok = judgeToken(v.Value, false)
		case name == "_auth":
			f.Kind, f.Certain, ok = judgeBasic("_auth", v.Value)
		case name == "password":
			f.Kind, ok = token.KindBasic, len(v.Value) >= 4 && !blank(v.Value)
		case strings.Contains(v.Value, "@") && strings.Contains(v.Value, "://"):
			ok = f.userinfo(v.Value)
		}
		if ok && f.Registry == "" {
			f.Registry = addressIn(append(v.Path[:len(v.Path):len(v.Path)], beside[strings.Join(v.Path[:len(v.Path)-1], "\x00")]))
		}
		s.onLine(f, ok)
	}
}

// setting is one in TOML, wherever it stands.
var setting = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(token|_auth|password)["']?[ \t]*=[ \t]*["']([^"'\r\n]+)["']`)
})

// commented reads what a reader of TOML does not: lines that are commented out, and all behind an error.
func (s *scanner) commented() {
	for _, m := range setting().FindAllSubmatchIndex(s.text, -1) {
		name := string(s.text[m[2]:m[3]])
		f := found{Leak: Leak{Form: s.file.form, Key: name}, at: m[4], secret: string(s.text[m[4]:m[5]])}
		var ok bool
		switch name {
		case "token":
			f.Kind, f.Certain, ok = judgeToken(f.secret, false)
		case "_auth":
			f.Kind, f.Certain, ok = judgeBasic(name, f.secret)
		default:
			f.Kind, ok = token.KindBasic, len(f.secret) >= 4 && !blank(f.secret)
		}
		if ok {
			s.add(f)
		}
	}
}

// userinfo takes the password out of an address.
func (f *found) userinfo(address string) (ok bool) {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return false
	}
	password, both := u.User.Password()
	if !both {
		f.secret = u.User.Username()
		f.Kind, f.Certain, ok = judgeToken(f.secret, false)
		return ok
	}
	f.secret, f.Registry = password, slashed("//"+u.Host+u.Path)
	if f.Kind, f.Certain, ok = judgeToken(password, false); ok {
		return true
	}
	f.Kind = token.KindBasic
	return len(password) >= 4 && !blank(password)
}

// addressIn is the registry of a setting: an address among its keys, or the url beside it.
func addressIn(texts []string) string {
	for _, k := range texts {
		if u, err := url.Parse(k); err == nil && u.Host != "" {
			return slashed("//" + u.Host + u.Path)
		}
	}
	return ""
}

// loginLine is a command that takes a password from its arguments.
var loginLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)\bnpm(?:-cli-login|[^\n|;&]{0,64}? (?:login|adduser|add-user))\b[^\n|;&]{0,512}?[ \t](?:-p|--pass|--password)[ =]["']?([^\s"']{4,256})`)
})

// logins finds passwords in the arguments of npm login and the like.
func (s *scanner) logins() {
	for _, m := range loginLine().FindAllSubmatchIndex(s.text, -1) {
		v := string(s.text[m[2]:m[3]])
		if !blank(v) {
			s.add(found{Leak: Leak{Kind: token.KindBasic, Form: FormShell, Key: "--password"}, at: m[2], secret: v})
		}
	}
}
