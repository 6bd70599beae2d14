package lint

import (
	"slices"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

// address checks the part of a credential's key that names the registry.
func (c *checker) address(s source, cred npmrc.Credential) {
	host, rest := strings.TrimSuffix(cred.Key, ":"+cred.Name), ":"+cred.Name
	if cred.Scope != "" {
		host, rest = strings.TrimSuffix(host, ":"+cred.Scope), ":"+cred.Scope+rest
	}
	if !strings.HasSuffix(host, "/") {
		managers := c.affected(majors{"pnpm", 1, 10}, majors{"yarn", 1, 1})
		if len(managers) > 0 {
			p := Problem{Code: Slash, Line: cred.Line, Severity: Error, Args: args(cred, managers)}
			p.Args["Right"] = host + "/" + rest
			c.add(s, p, rename(s.Data, cred.Line, cred.Key, host+"/"+rest))
		}
		return
	}
	right := c.rightPort(s, host)
	if right == "" {
		return
	}
	p := Problem{Code: Port, Line: cred.Line, Severity: Error, Args: args(cred, nil)}
	p.Args["Right"] = right + rest
	c.add(s, p, rename(s.Data, cred.Line, cred.Key, right+rest))
}

// rightPort is the key of a registry that the file itself names, if that differs from key by the port alone,
// and "" if there is none or if some registry goes by the key as it is.
func (c *checker) rightPort(s source, key string) string {
	name, port, path := splitKey(key)
	if port != "" && port != "443" {
		return "" // a port of its own: another server, whose credential this is
	}
	right := ""
	for _, r := range s.registries {
		u, err := registry.Parse(r.URL)
		if err != nil {
			continue
		}
		if strings.HasPrefix(u.Key(), key) {
			return ""
		}
		if n, _, p := splitKey(u.Key()); n == name && p == path && right == "" {
			right = u.Key()
		}
	}
	if right == "" && port == "443" { // npm takes the usual port off an address, but not off a key
		return "//" + name + path
	}
	return right
}

// splitKey cuts "//host:port/path/".
func splitKey(key string) (name, port, path string) {
	name, path, _ = strings.Cut(strings.TrimPrefix(key, "//"), "/")
	if i := strings.LastIndexByte(name, ':'); i >= 0 && !strings.HasSuffix(name, "]") {
		name, port = name[:i], name[i+1:]
	}
	return name, port, "/" + path
}

// sections checks for lines that a [section] hides from npm.
func (c *checker) sections(s source) {
	var numbers []int
	var keys []string
	for e := range s.file.Entries() {
		registry := e.Key == "registry" || strings.HasPrefix(e.Key, "@") && strings.HasSuffix(e.Key, ":registry")
		if e.InSection && (registry || strings.HasPrefix(e.Key, "//")) {
			numbers, keys = append(numbers, e.Line), append(keys, e.Key)
		}
	}
	if len(numbers) > 0 {
		c.add(s, Problem{Code: Section, Line: numbers[0], Severity: Error, Args: map[string]string{"Key": some(keys)}}, raise(s.Data, numbers))
	}
}

// legacy checks for settings that npm no longer takes at the top level.
func (c *checker) legacy(s source) {
	if s.Level == Pnpm {
		return
	}
	var stop, auth, always []npmrc.Entry
	for e := range s.file.Entries() {
		switch {
		case !e.Top():
		case slices.Contains([]string{"email", "certfile", "keyfile"}, e.Key):
			stop = append(stop, e)
		case slices.Contains([]string{"_auth", "_authToken", "username", "_password"}, e.Key):
			auth = append(auth, e)
		case e.Key == "always-auth" || strings.HasPrefix(e.Key, "//") && strings.HasSuffix(e.Key, ":always-auth"):
			always = append(always, e)
		}
	}
	if m := c.affected(majors{"npm", 12, newest}); len(m) > 0 {
		c.drop(s, Problem{Code: Email, Severity: Error}, stop, m)
	}
	if m := c.affected(majors{"npm", 9, newest}); len(m) > 0 && len(auth) > 0 {
		p := Problem{Code: Unscoped, Line: auth[0].Line, Severity: Error, Args: map[string]string{"Key": names(auth), "Managers": strings.Join(m, ", ")}}
		fix, key := scoped(s, auth)
		p.Args["Registry"] = strings.Trim(key, "/")
		c.add(s, p, fix)
	}
	// yarn 1 keeps credentials for scopes without it.
	if m := c.affected(majors{"npm", 11, newest}); len(m) > 0 && (len(c.Managers) == 0 || len(c.affected(majors{"yarn", 1, 1})) == 0) {
		c.drop(s, Problem{Code: AlwaysAuth, Severity: Info}, always, m)
	}
}

func names(list []npmrc.Entry) string {
	var out []string
	for _, e := range list {
		out = append(out, e.Key)
	}
	return some(out)
}

// maxKeys is how many keys one problem is about for a repair to be made, and to be named.
const maxKeys = 20

func some(keys []string) string {
	if len(keys) > maxKeys {
		return strings.Join(keys[:maxKeys], ", ") + ", …"
	}
	return strings.Join(keys, ", ")
}

// drop notes lines that are best taken out.
func (c *checker) drop(s source, p Problem, lines []npmrc.Entry, managers []string) {
	if len(lines) == 0 {
		return
	}
	p.Line, p.Args = lines[0].Line, map[string]string{"Key": names(lines), "Managers": strings.Join(managers, ", ")}
	out := s.Data
	for _, e := range lines[:min(len(lines), maxKeys)] {
		if next := remove(out, e.Key); next != nil {
			out = next
		}
	}
	c.add(s, p, out)
}

// scoped gives credentials at the top level to the registry that the file names, npm's public one if none.
// A part of a user name and password without the other goes, and so does what the registry has already.
func scoped(s source, lines []npmrc.Entry) (fix []byte, key string) {
	key = registry.Public.Key()
	for _, r := range s.registries {
		if r.Scope != "" {
			continue
		}
		u, err := registry.Parse(r.URL)
		if err != nil {
			return nil, ""
		}
		key = u.Key()
	}
	has := func(name string) bool {
		return slices.ContainsFunc(lines, func(e npmrc.Entry) bool { return e.Key == name })
	}
	if len(lines) > maxKeys {
		return nil, key
	}
	out := s.Data
	for _, e := range lines {
		lone := (e.Key == "username" || e.Key == "_password") && !(has("username") && has("_password"))
		next := rename(out, lineOf(out, e.Key), e.Key, key+":"+e.Key)
		if _, taken := find(s, key+":"+e.Key); lone || taken {
			next = remove(out, e.Key)
		}
		if next == nil {
			return nil, key
		}
		out = next
	}
	return out, key
}

// lineOf is the line of a top-level key that counts.
func lineOf(src []byte, key string) (line int) {
	for _, e := range entries(src) {
		if e.Key == key && e.Top() {
			line = e.Line
		}
	}
	return line
}
