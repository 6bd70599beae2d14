package lint

import (
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/yarnrc"
)

// yarn checks a .yarnrc.yml, where one unset variable ends every command of yarn's.
func (c *checker) yarn(s source) {
	if len(c.affected(majors{"yarn", 2, newest})) == 0 {
		return
	}
	f, err := yarnrc.Parse(s.Data)
	if err != nil {
		return // told as a file that cannot be read
	}
	known := func(name string) (string, bool) { return "x", c.defined(name) }
	for _, cred := range f.Credentials() {
		if c.full(s) {
			return
		}
		text := cred.Value.Reveal()
		named := yarnrc.Variables(text)
		if m := withOptional.FindStringSubmatch(text); m != nil {
			named = m[1:] // yarn knows no "?"
		}
		if _, err := yarnrc.Expand(text, known); err == nil || len(named) == 0 {
			continue
		}
		name := named[0]
		p := Problem{Code: Unset, Line: cred.Line, Severity: Error, Args: args(cred, []string{"yarn"})}
		p.Args["Variable"] = name
		if own := c.session(cred.RegistryKey).Own; own != "" && cred.Name == "_authToken" && !c.defined(name) && s.Level == Yarn {
			name = own
		}
		fix, err := yarnrc.Set(s.Data, cred.Key, yarnrc.Placeholder(name))
		if err != nil {
			fix = nil
		}
		c.add(s, p, fix)
	}
}

// yarnVariables are the variables that yarn takes credentials from.
func (c *checker) yarnVariables() []string {
	names := []string{"YARN_NPM_AUTH_TOKEN", "YARN_NPM_AUTH_IDENT"}
	for _, s := range c.Sources {
		if s.Level != Yarn && s.Level != YarnProject {
			continue
		}
		f, err := yarnrc.Parse(s.Data)
		if err != nil || len(s.Data) > MaxSize {
			continue // told as a file that cannot be read
		}
		for _, cred := range f.Credentials() {
			names = append(names, cred.Variables...)
		}
	}
	return names
}

// envYarn checks a project's .env.yarn, which yarn 4 puts above the environment.
func (c *checker) envYarn(s source) {
	if len(c.affected(majors{"yarn", 2, newest})) == 0 {
		return
	}
	used := map[string]bool{}
	for _, name := range c.yarnVariables() {
		used[name] = true
	}
	told := map[string]bool{}
	for i, l := range spans(s.Data) {
		name := assigned(s.Data[l.start:l.end])
		if used[name] && !told[name] && !c.full(s) {
			told[name] = true
			c.add(s, Problem{Code: EnvYarn, Line: i + 1, Severity: Error, Args: map[string]string{"Variable": name}}, without(s.Data, name))
		}
	}
}

// assigned is the variable that a line of an env file sets, "" if none.
func assigned(line []byte) string {
	name, _, ok := strings.Cut(string(line), "=")
	if !ok {
		return ""
	}
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "export "))
}

// without is an env file without the lines that set a variable.
func without(src []byte, name string) []byte {
	out := []byte{}
	for _, l := range spans(src) {
		if assigned(src[l.start:l.end]) != name {
			out = append(out, src[l.start:l.next]...)
		}
	}
	return out
}
