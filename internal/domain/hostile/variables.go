package hostile

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// variable matches what any package manager puts an environment variable in for. bun does so for $NAME.
	variable = regexp.MustCompile(`\$\{\s*([^${}?:\s-]+)[^${}]*\}|\$([A-Za-z_][A-Za-z0-9_]*)`)
	// optional matches a variable with what stands for it where it is not set, as it says itself.
	optional = regexp.MustCompile(`\$\{[^${}?:-]*(?::?-([^${}]*)|\?)\s*\}`)
	// alone matches an address whose beginning is all in a variable.
	alone = regexp.MustCompile(`^(?:\$\{[^${}]*\}|\$[A-Za-z_][A-Za-z0-9_]*)(?:/.*)?$`)
)

// longest is how long a text with variables may be, in bytes.
const longest = 16 << 10

// maxNames is how many variables of one value are told.
const maxNames = 20

// variables lists the names of variables in a value.
func variables(value string) (names []string) {
	if !strings.Contains(value, "$") {
		return nil
	}
	for _, m := range variable.FindAllStringSubmatch(value, 10*maxNames) {
		if name := m[1] + m[2]; len(names) < maxNames && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// unset is what a value says where none of its optional variables is set: a stranger can reckon with that.
func unset(value string) string {
	for range 8 { // one in another
		next := optional.ReplaceAllString(value, "$1")
		if next == value {
			break
		}
		value = next
	}
	return value
}

// withVariables adds a danger for each variable in a value, or one where there is none.
func (s *scanner) withVariables(d Danger, value string) {
	names := variables(value)
	if len(names) == 0 {
		s.add(d)
	}
	for _, n := range names {
		d.Variable = n
		s.add(d)
	}
}

// sends adds a danger for each variable in a value that is sent somewhere.
func (s *scanner) sends(d Danger, value string) {
	d.Code = Variable
	if d.Host == "" && strings.Contains(value, "://") {
		d.Host = hostOf(value)
	}
	for _, n := range variables(value) {
		d.Variable = n
		s.add(d)
	}
}

// plainKey is a key without its variables. npm and pnpm put variables into keys too, so that one may hide what it
// is in a variable that nobody has set. No honest project does so.
func (s *scanner) plainKey(key string, line int) string {
	if len(key) > longest {
		s.add(Danger{Code: Unreadable, Line: line, Severity: High})
		return ""
	}
	names := variables(key)
	if len(names) == 0 && !strings.Contains(key, "${") {
		return key
	}
	d := Danger{Code: Unreadable, Line: line, Severity: High}
	if len(names) > 0 {
		d.Variable = names[0]
	}
	s.add(d)
	return variable.ReplaceAllString(unset(key), "")
}
