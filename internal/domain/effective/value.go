package effective

import (
	"regexp"
	"strings"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// state is what a package manager makes of a value.
type state int

const (
	literal state = iota // the text itself
	filled               // a variable's value
	garbled              // a text with a placeholder in it that was not replaced
	empty                // nothing
	dropped              // as if the line were not there
	broken               // the end of the command
)

// value is a line's value as a package manager sees it.
type value struct {
	state    state
	text     string // of a literal
	variable string
}

// reference is a variable in a value: braces or, for bun, none, with the backslashes before it.
var reference = regexp.MustCompile(`(\\*)\$(?:\{([^${}]+)\}|([A-Za-z_][A-Za-z0-9_]*))`)

// value reads a line. Of several variables in it the first that is not set decides.
func (d *dialect) value(l line) value {
	v := value{state: literal, text: l.value}
	for _, m := range reference.FindAllStringSubmatch(l.value, maxParts) {
		name, bare := m[2], m[3]
		if len(m[1])%2 == 1 || bare != "" && !d.bare {
			continue
		}
		next := d.variable(name+bare, m[0] == l.value)
		if v.state == literal || next.state != filled {
			v = next
		}
		if next.state != filled {
			break
		}
	}
	if v.state == literal && v.text == "" {
		v.state = empty
	}
	return v
}

// variable is what becomes of one reference. whole: the value is nothing else.
func (d *dialect) variable(text string, whole bool) value {
	name, optional := strings.CutSuffix(text, "?")
	fallback, spare := "", false
	if d.fallback {
		name, fallback, spare = strings.Cut(name, "-")
		name = strings.TrimSuffix(name, ":")
	}
	switch {
	case optional && !d.optional:
		return value{state: d.unset, variable: name}
	case d.set(name):
		return value{state: filled, variable: name}
	case spare && whole && fallback != "":
		return value{state: literal, text: fallback, variable: name}
	case optional || spare:
		return value{state: empty, variable: name}
	}
	return value{state: d.unset, variable: name}
}

// maxName is how much is told of a variable's name, in bytes. None of ours is so long.
const maxName = 128

// claim is what a value gives where a credential stands.
func (v value) claim(l line) claim {
	c := claim{source: SourcePlaceholder, key: l.name(), place: l.place(), unset: v.state != filled}
	c.place.Variable = v.variable[:min(len(v.variable), maxName)]
	if v.state == literal {
		c.source, c.place.Literal, c.unset = SourceLiteral, true, false
		c.fingerprint = token.NewSecret(v.text).Fingerprint()
	}
	return c
}
