package lint

import (
	"fmt"
	"strings"
	"testing"
)

// A08: a project's file made of problems is told of in short, and the repairs of all fill no memory.
func TestA08_ManyProblems(t *testing.T) {
	var many, once, sections strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, "//r%d.example.com/:_authToken=${GONE}\n", i)
		once.WriteString("YARN_NPM_AUTH_TOKEN=x\n")
		fmt.Fprintf(&sections, "[a%d]\n//r%d.example.com/:_auth=x\n", i, i)
	}
	for _, c := range []struct {
		level Level
		text  string
		want  int
	}{
		{Project, many.String(), MaxProblems},
		{YarnEnv, once.String(), 1},
		{Project, sections.String(), 1},
		{YarnEnv, strings.Repeat(once.String(), 10), 0}, // nobody writes such a file
	} {
		var sources []Source
		for i := range 60 {
			sources = append(sources, Source{fmt.Sprint(i), c.level, []byte(c.text)})
		}
		count, size := map[string]int{}, 0
		for _, p := range Check(Facts{Sources: sources, Defined: func(string) bool { return false }, Session: func(string) Session { return Session{Own: "SG_1"} }}) {
			count[p.Path]++
			for _, f := range p.Fix {
				size += len(f.New)
			}
		}
		if count["0"] != c.want || size > maxFixes {
			t.Errorf("%s: %d problems, %d bytes of repairs", c.level, count["0"], size)
		}
	}
	// Its repair takes every line of the variable out.
	got := Check(Facts{Sources: []Source{{"it", YarnEnv, []byte("YARN_NPM_AUTH_TOKEN=x\nA=1\nexport YARN_NPM_AUTH_TOKEN=y\n")}}})
	if len(got) != 1 || string(got[0].Fix[0].New) != "A=1\n" {
		t.Error(told(got))
	}
}
