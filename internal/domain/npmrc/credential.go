package npmrc

import (
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// Credential is a line that holds a credential for a registry, or stands for one.
type Credential struct {
	Key         string       // as the file has it, for Set and Remove
	RegistryKey string       // "//host/path/", always with the last slash
	Scope       string       // "@scope" of pnpm's //host/:@scope:_authToken, mostly ""
	Name        string       // "_authToken", "_auth" or "_password"
	Username    string       // beside a "_password"
	Line        int          // 1-based
	Literal     bool         // the value is the secret itself
	Variable    string       // NAME, if the value is ${NAME} and nothing else
	Variables   []string     // every variable in the value
	Value       token.Secret // as npm reads it, variables not put in
	Dead        bool         // below a [section], where npm does not see it (pnpm 12 does)
}

// ScopedRegistry is a line that names a registry, for one scope or for all packages.
type ScopedRegistry struct {
	Scope string // "@scope", or "" for the line registry=
	URL   string // as written, variables not put in
	Line  int    // 1-based
}

// Credentials lists the lines with credentials in the file's order. Of duplicates the last one counts,
// as for npm; those below a section are listed each on its own.
func (f *File) Credentials() []Credential {
	last := f.effective()
	var creds []Credential
	for i := range f.lines {
		l := &f.lines[i]
		if l.kind != lineEntry || !l.inSection && last[l.key] != l || l.bare {
			continue
		}
		c, ok := splitCredential(l.key)
		if !ok || l.val().kind == KindBool || l.val().kind == KindNull {
			continue
		}
		value := l.val().plain()
		c.Line, c.Dead, c.Value = l.number, l.inSection, token.NewSecret(value)
		c.Variable, _ = Placeholder(value)
		c.Variables = Variables(value)
		c.Literal = value != "" && len(c.Variables) == 0
		if user := last[userKey(l.key)]; c.Name == "_password" && !l.inSection && user != nil {
			c.Username = user.val().plain()
		}
		creds = append(creds, c)
	}
	return creds
}

// Hidden lists the lines with credentials that do not count: those of a key that stands again further down.
// What was meant to be gone from a file may stand there still.
func (f *File) Hidden() (creds []Credential) {
	last := f.effective()
	for i := range f.lines {
		l := &f.lines[i]
		if l.kind != lineEntry || l.inSection || last[l.key] == l || l.bare {
			continue
		}
		if c, ok := splitCredential(l.key); ok && l.val().kind == KindString {
			c.Line, c.Value = l.number, token.NewSecret(l.val().plain())
			creds = append(creds, c)
		}
	}
	return creds
}

// Scrub puts other values in place of secrets, by their fingerprints, in every line with a credential that
// holds one, those that do not count too. All else stays.
func Scrub(src []byte, instead map[string]string) []byte {
	f := Parse(src)
	for i := len(f.lines) - 1; i >= 0; i-- { // from the end, so that what is before keeps its place
		l := &f.lines[i]
		if _, ok := splitCredential(l.key); l.kind != lineEntry || l.bare || !ok {
			continue
		}
		if value, ok := instead[token.NewSecret(l.val().plain()).Fingerprint()]; ok {
			src = splice(src, l.from, l.to, value)
		}
	}
	return src
}

func userKey(key string) string { return strings.TrimSuffix(key, "_password") + "username" }

func splitCredential(key string) (Credential, bool) {
	i := strings.LastIndexByte(key, ':')
	if i < 2 || !strings.HasPrefix(key, "//") {
		return Credential{}, false
	}
	c := Credential{Key: key, RegistryKey: key[:i], Name: key[i+1:]}
	if c.Name != "_authToken" && c.Name != "_auth" && c.Name != "_password" {
		return Credential{}, false
	}
	if j := strings.LastIndex(c.RegistryKey, ":@"); j >= 0 {
		c.RegistryKey, c.Scope = c.RegistryKey[:j], c.RegistryKey[j+1:]
	}
	if !strings.HasSuffix(c.RegistryKey, "/") {
		c.RegistryKey += "/"
	}
	return c, true
}

// Helper is a line //host/path/:tokenHelper=, with which pnpm asks a program for a credential.
type Helper struct {
	Key         string // as the file has it, for Set and Remove
	RegistryKey string // "//host/path/", always with the last slash
	Command     string // as npm reads it, variables not put in
	Line        int    // 1-based
}

// Helpers lists the tokenHelper lines that count, in the file's order.
func (f *File) Helpers() (helpers []Helper) {
	last := f.effective()
	for i := range f.lines {
		l := &f.lines[i]
		key, ok := strings.CutSuffix(l.key, ":tokenHelper")
		if ok && l.kind == lineEntry && !l.inSection && last[l.key] == l && strings.HasPrefix(key, "//") {
			helpers = append(helpers, Helper{l.key, strings.TrimSuffix(key, "/") + "/", l.val().plain(), l.number})
		}
	}
	return helpers
}

// Registries lists the lines registry= and @scope:registry= that count, in the file's order.
func (f *File) Registries() []ScopedRegistry {
	last := f.effective()
	var regs []ScopedRegistry
	for i := range f.lines {
		l := &f.lines[i]
		if l.kind != lineEntry || l.inSection || last[l.key] != l || l.val().kind != KindString {
			continue
		}
		scope, ok := strings.CutSuffix(l.key, ":registry")
		switch {
		case l.key == "registry":
			regs = append(regs, ScopedRegistry{"", l.val().text, l.number})
		case ok && strings.HasPrefix(scope, "@"):
			regs = append(regs, ScopedRegistry{scope, l.val().text, l.number})
		}
	}
	return regs
}
