package lint

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
)

func itoa(n int) string { return strconv.Itoa(n) }

var (
	withDefault  = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*):?-([^${}]*)\}`)
	withOptional = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\?\}`)
)

// value checks what stands behind the "=" of a credential.
func (c *checker) value(s source, cred npmrc.Credential) {
	text := cred.Value.Reveal()
	if m := withDefault.FindStringSubmatch(text); m != nil {
		mind := []majors{{"npm", 0, newest}, {"yarn", 1, 1}, {"bun", 0, newest}, {"deno", 0, newest}}
		if m[2] == "" { // pnpm 10 and 11 want a default that is not empty
			mind = append(mind, majors{"pnpm", 1, 11})
		}
		c.operator(s, cred, Problem{Code: Default, Severity: Error, Args: map[string]string{"Variable": m[1]}}, c.affected(mind...))
		return
	}
	if m := withOptional.FindStringSubmatch(text); m != nil {
		c.operator(s, cred, Problem{Code: Optional, Severity: Error, Args: map[string]string{"Variable": m[1]}},
			c.affected(majors{"yarn", 1, 1}, majors{"pnpm", 1, 10}, majors{"npm", 1, 10}, majors{"deno", 0, newest}))
		return
	}
	for _, name := range cred.Variables {
		if !c.defined(name) {
			c.unset(s, cred, name)
			return
		}
	}
}

// operator notes a variable with something behind its name. The repair is the name alone, or ours where
// nobody defines that.
func (c *checker) operator(s source, cred npmrc.Credential, p Problem, managers []string) {
	if len(managers) == 0 {
		return
	}
	name := p.Args["Variable"]
	p.Line, p.Args = cred.Line, args(cred, managers)
	p.Args["Variable"] = name
	instead := withOptional.ReplaceAllString(withDefault.ReplaceAllString(cred.Value.Reveal(), "${$1}"), "${$1}")
	if own := c.session(cred.RegistryKey).Own; own != "" && !c.defined(name) && cred.Name == "_authToken" {
		instead = "${" + own + "}"
	}
	c.add(s, p, set(s.Data, cred.Key, instead))
}

func (c *checker) unset(s source, cred npmrc.Credential, name string) {
	p := Problem{Code: Unset, Line: cred.Line, Severity: Error, Args: args(cred, c.affected(majors{"npm", 0, newest}, majors{"pnpm", 0, newest}, majors{"yarn", 1, 1}, majors{"bun", 0, newest}, majors{"deno", 0, newest}))}
	p.Args["Variable"] = name
	own := c.session(cred.RegistryKey).Own
	if own == "" || cred.Name != "_authToken" {
		c.add(s, p, nil)
		return
	}
	if s.Level != Project {
		c.add(s, p, set(s.Data, cred.Key, "${"+own+"}"))
		return
	}
	// Our variable's name has no place in a project: it would be published.
	user, ok := c.first(User)
	_, has := find(user, cred.Key)
	if ok && !has {
		p.Fix = userLine(user, cred.Key, "${"+own+"}")
	}
	if !has && len(p.Fix) == 0 {
		c.add(s, p, nil)
		return
	}
	c.add(s, p, remove(s.Data, cred.Key))
}

// others checks the variables of lines without credentials: one that is unset costs yarn 1 and pnpm 10 the
// whole file.
func (c *checker) others(s source) {
	managers := c.affected(majors{"yarn", 1, 1}, majors{"pnpm", 1, 10})
	if len(managers) == 0 {
		return
	}
	lines, keys := map[int]bool{}, map[string]bool{} // a key may stand above once more
	for _, cred := range s.creds {
		lines[cred.Line], keys[cred.Key] = true, true
	}
	for e := range s.file.Entries() {
		if c.full(s) {
			return
		}
		if lines[e.Line] || keys[e.Key] || !e.Top() {
			continue
		}
		for _, name := range npmrc.Variables(e.Value) {
			if plain.MatchString(name) && !c.defined(name) {
				c.add(s, Problem{Code: Unset, Line: e.Line, Severity: Warning, Args: map[string]string{"Key": e.Key, "Variable": name, "Registry": "", "Managers": strings.Join(managers, ", ")}}, nil)
				break
			}
		}
	}
}

var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// set is npmrc.Set, or nil where that cannot be done safely.
func set(src []byte, key, value string) []byte {
	out, err := npmrc.Set(src, key, value)
	if err != nil {
		return nil
	}
	return out
}

// remove is npmrc.Remove, or nil where that cannot be done safely.
func remove(src []byte, key string) []byte {
	out, err := npmrc.Remove(src, key)
	if err != nil {
		return nil
	}
	return out
}

// project checks a credential in a project's file.
func (c *checker) project(s source, cred npmrc.Credential) {
	if s.Level != Project {
		return
	}
	user, ok := c.first(User)
	mine, has := find(user, cred.Key)
	session := c.session(cred.RegistryKey)
	switch {
	case cred.Literal && session.Own != "" && session.Is != nil && !session.Is(cred.Value):
		p := Problem{Code: StaleProject, Line: cred.Line, Severity: Error, Args: args(cred, nil)}
		if !has && ok && cred.Name == "_authToken" {
			p.Fix = userLine(user, cred.Key, "${"+session.Own+"}")
		}
		if has && !mine.Literal || len(p.Fix) > 0 {
			c.add(s, p, remove(s.Data, cred.Key))
			return
		}
		c.add(s, p, nil)
	case len(cred.Variables) > 0 && !has && c.allDefined(cred.Variables):
		c.placeholder(s, user, cred)
	}
}

func (c *checker) allDefined(names []string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return !c.defined(n) })
}

// placeholder notes a project's credential with variables, which pnpm does not put in. The repair moves the
// line to the user's file.
func (c *checker) placeholder(s, user source, cred npmrc.Credential) {
	managers := c.affected(majors{"pnpm", 10, newest})
	if len(managers) == 0 {
		return
	}
	p := Problem{Code: ProjectPlaceholder, Line: cred.Line, Severity: Warning, Args: args(cred, managers)}
	p.Args["Variable"] = cred.Variables[0]
	if user.file != nil && cred.Name != "_password" { // its user name would have to go with it
		p.Fix = userLine(user, cred.Key, cred.Value.Reveal())
	}
	if len(p.Fix) == 0 {
		c.add(s, p, nil)
		return
	}
	c.add(s, p, remove(s.Data, cred.Key))
}

// userLine is the change that adds a line to the user's file.
func userLine(user source, key, value string) []FileChange {
	if out := set(user.Data, key, value); out != nil {
		return []FileChange{{user.Path, user.Data, out}}
	}
	return nil
}

// find returns the credential under a key that counts.
func find(s source, key string) (npmrc.Credential, bool) {
	if s.file == nil {
		return npmrc.Credential{}, false
	}
	for _, c := range s.creds {
		if c.Key == key && !c.Dead {
			return c, true
		}
	}
	return npmrc.Credential{}, false
}
