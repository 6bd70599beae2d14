package agent

import "strings"

// contextLines is how many unchanged lines a config file's diff shows on either side.
const contextLines = 2

// maxDiff is how many lines of either text are compared one by one, between the first and the last difference.
const maxDiff = 500

// diff shows what turns old into new, as lines that begin with " ", "-" or "+": the changed ones and as many
// unchanged ones around them as context says.
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
	all := marked(" ", a[:head])
	all = append(all, between(a[head:len(a)-tail], b[head:len(b)-tail])...)
	all = append(all, marked(" ", a[len(a)-tail:])...)
	return near(all, context)
}

// between compares two texts by their longest common lines.
func between(a, b []string) []string {
	if len(a) > maxDiff || len(b) > maxDiff {
		return append(marked("-", a), marked("+", b)...)
	}
	common := make([][]int, len(a)+1) // of a[i:] and b[j:]
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, " "+a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = append(out, "-"+a[i])
			i++
		default:
			out = append(out, "+"+b[j])
			j++
		}
	}
	return out
}

// near leaves out the unchanged lines that are further than context from a change.
func near(all []string, context int) (out []string) {
	for i, l := range all {
		for k := max(0, i-context); k < min(len(all), i+context+1); k++ {
			if all[k][0] != ' ' {
				out = append(out, l)
				break
			}
		}
	}
	return out
}

func marked(sign string, part []string) (out []string) {
	for _, l := range part {
		out = append(out, sign+l)
	}
	return out
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}
