package bunfig

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

func TestScalars(t *testing.T) {
	src := `
[install]
registry = { url = "http://r.example.com/", token = "$T" }
"ca.file" = 'x\y'

[install.scopes]
acme = "https://a.example.com/" # one
"@b" = { url = "u",
 "token" = "\u0024X" }
[[list]]
a.b = [1, [true, """
two"""]]
`
	list, err := Scalars([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		got = append(got, strconv.Itoa(s.Line)+" "+strings.Join(s.Path, ">")+" "+s.Value)
	}
	want := `3 install>registry>url http://r.example.com/
3 install>registry>token $T
4 install>ca.file x\y
7 install>scopes>acme https://a.example.com/
8 install>scopes>@b>url u
9 install>scopes>@b>token $X
11 list>a>b>0 1
11 list>a>b>1>0 true
11 list>a>b>1>1 two`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestScalarsRefuse(t *testing.T) {
	for _, bad := range []string{"a", "a = ", "[x", "a = \"secret", "a = " + strings.Repeat("[", 5000), "\xff\xfe"} {
		if _, err := Scalars([]byte(bad)); !errors.Is(err, ErrSyntax) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	if list, err := Scalars([]byte("a = 1\nb = ")); err == nil || len(list) != 1 {
		t.Errorf("what stands before the fault is lost: %v %v", list, err)
	}
}
