package yarnrc

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// pattern is yarn's own, group by group: an escaped character, a variable with its operator
// (behind which an empty one wants the closing brace), a "${" that is none, a closing brace.
var pattern = regexp.MustCompile(`\\([\\$}])|\$\{([a-zA-Z][0-9A-Za-z_]*)(:-|-|\})|(\$\{)|\}`)

// piece is one match of it.
type piece struct {
	from, to           int
	escaped, name, op  string
	variable, bad, end bool
}

// pieces cuts a value as yarn does. A variable without an operator ends before its brace.
func pieces(s string) []piece {
	var list []piece
	for at := 0; at < len(s); {
		m := pattern.FindStringSubmatchIndex(s[at:])
		if m == nil {
			break
		}
		p := piece{from: at + m[0], to: at + m[1]}
		switch {
		case m[2] >= 0:
			p.escaped = s[at+m[2] : at+m[3]]
		case m[4] >= 0:
			p.variable, p.name, p.op = true, s[at+m[4]:at+m[5]], s[at+m[6]:at+m[7]]
			if p.op == "}" {
				p.op = ""
				p.to--
			}
		case m[8] >= 0:
			p.bad = true
		default:
			p.end = true
		}
		list, at = append(list, p), p.to
	}
	return list
}

// Expand puts variables into a value as yarn does: ${NAME}, ${NAME-fallback}, ${NAME:-fallback}, one
// in the other, with backslashes as escapes. It wraps ErrVariables where yarn ends with an error.
func Expand(s string, lookup func(string) (string, bool)) (string, error) {
	var b strings.Builder
	list := pieces(s)
	pos, depth := 0, 0
	for i := 0; i < len(list); i++ {
		p := list[i]
		b.WriteString(s[pos:p.from])
		pos = p.to
		switch {
		case p.escaped != "":
			b.WriteString(p.escaped)
		case p.bad:
			return "", fmt.Errorf("%w: a ${ has no name behind it", ErrVariables)
		case p.end && depth == 0:
			b.WriteByte('}')
		case p.end:
			depth--
		case p.variable:
			depth++
			v, ok := lookup(p.name)
			if ok && (p.op != ":-" || v != "") {
				b.WriteString(v)
				i, pos, depth = closing(s, list, i, depth)
			} else if p.op == "" {
				return "", fmt.Errorf("%w: %s is not set", ErrVariables, p.name)
			}
		}
	}
	if depth > 0 {
		return "", fmt.Errorf("%w: a brace is not closed", ErrVariables)
	}
	return b.String() + s[pos:], nil
}

// closing skips the fallback of a variable that is set.
func closing(s string, list []piece, i, depth int) (at, pos, left int) {
	from := depth
	for i++; i < len(list); i++ {
		switch {
		case list[i].variable:
			depth++
		case list[i].end:
			if depth--; depth < from {
				return i, list[i].to, depth
			}
		}
	}
	return i, len(s), depth
}

// Variables lists the variables that a value names, fallbacks included, in order, without duplicates.
func Variables(value string) []string {
	var names []string
	for _, p := range pieces(value) {
		if p.variable && !slices.Contains(names, p.name) {
			names = append(names, p.name)
		}
	}
	return names
}

var whole = regexp.MustCompile(`^\$\{([a-zA-Z][0-9A-Za-z_]*)(?::?-)?\}$`)

// PlaceholderName reports whether the whole value is one ${NAME}, ${NAME-} or ${NAME:-}, and its name.
func PlaceholderName(value string) (name string, ok bool) {
	m := whole.FindStringSubmatch(value)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// Placeholder stands for a variable that yarn puts in. Unset or empty, yarn sends no Authorization header
// and no other credential in its place; a plain ${NAME} would end every yarn command where it is unset.
// name begins with a letter.
func Placeholder(name string) string { return "${" + name + "-}" }
