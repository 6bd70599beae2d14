package npmrc

import "strings"

// reference is one ${NAME} or ${NAME?} in a value, with the backslashes before it.
type reference struct {
	start, dollar, end int
	name               string
	optional           bool
}

// references finds what matches npm's pattern (?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}.
func references(s string) []reference {
	var refs []reference
	for pos := 0; ; {
		i := strings.Index(s[pos:], "${")
		if i < 0 {
			return refs
		}
		dollar := pos + i
		rest := s[dollar+2:]
		n := strings.IndexAny(rest, "${}?")
		pos = dollar + 2
		if n <= 0 {
			continue
		}
		r := reference{dollar: dollar, name: rest[:n], end: dollar + 2 + n}
		if rest[n] == '?' {
			r.optional = true
			r.end++
		}
		if r.end >= len(s) || s[r.end] != '}' {
			continue
		}
		r.end++
		// The look-behind counts back over every backslash: also into a reference before this one
		// there is none, as that ends in "}".
		for r.start = dollar; r.start > 0 && s[r.start-1] == '\\'; r.start-- {
		}
		refs = append(refs, r)
		pos = r.end
	}
}

func (r reference) escaped() bool { return (r.dollar-r.start)%2 == 1 }

// Expand puts variables into a value as npm does: ${NAME} and ${NAME?}, with backslashes as escapes.
// A variable that lookup does not know stays as it is written, or becomes empty if it has the "?".
func Expand(s string, lookup func(string) (string, bool)) string {
	refs := references(s)
	if len(refs) == 0 {
		return s
	}
	var b strings.Builder
	pos := 0
	for _, r := range refs {
		b.WriteString(s[pos:r.start])
		pos = r.end
		slashes := r.dollar - r.start
		if r.escaped() {
			b.WriteString(s[r.start+(slashes+1)/2 : r.end])
			continue
		}
		b.WriteString(s[r.start : r.start+slashes/2])
		v, ok := lookup(r.name)
		if !ok && !r.optional {
			v = "${" + r.name + "}"
		}
		b.WriteString(v)
	}
	return b.String() + s[pos:]
}

// Placeholder reports whether the whole value is one ${NAME} or ${NAME?}, in quotes or not, and its name.
func Placeholder(value string) (name string, ok bool) {
	value = unsafe(value).plain()
	refs := references(value)
	if len(refs) != 1 || refs[0].start != 0 || refs[0].dollar != 0 || refs[0].end != len(value) {
		return "", false
	}
	return refs[0].name, true
}

// Variables lists the variables that npm would put into a value, in order, without duplicates.
func Variables(value string) []string {
	var names []string
	seen := map[string]bool{}
	for _, r := range references(value) {
		if !r.escaped() && !seen[r.name] {
			seen[r.name] = true
			names = append(names, r.name)
		}
	}
	return names
}
