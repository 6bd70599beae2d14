package agent

import (
	"strings"
)

// contextLines is how many unchanged lines a config file's diff shows on either side.
const contextLines = 2

// diff shows what turns old into new, as lines that begin with " ", "-" or "+". The edits that are
// shown so are single blocks, so everything between the first and the last difference counts as one.
func diff(old, fresh string, context int) []string {
	a, b := lines(old), lines(fresh)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out []string
	mark := func(sign string, part []string) {
		for _, l := range part {
			out = append(out, sign+l)
		}
	}
	mark(" ", a[max(0, head-context):head])
	mark("-", a[head:len(a)-tail])
	mark("+", b[head:len(b)-tail])
	mark(" ", a[len(a)-tail:min(len(a), len(a)-tail+context)])
	return out
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}
