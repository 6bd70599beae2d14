package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestScalars(t *testing.T) {
	const src = "# head\nregistry: http://h.example.com/ # note\nlist:\n  - a\n  - b: 'c'\n\"k k\": |\n  text\nnone:\nbase: &b\n  x: 1\nuse: *b\nx: first\nx: second\nm:\n  <<: *b\n"
	d, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, s := range d.Scalars() {
		fmt.Fprintf(&got, "%d %s=%q %v\n", s.Line, strings.Join(s.Path, "."), s.Value, s.Set)
	}
	want := `2 registry="http://h.example.com/" true
4 list.0="a" true
5 list.1.b="c" true
6 k k="text\n" true
8 none="" false
10 base.x="1" true
11 use.x="1" true
13 x="second" true
15 m.<<.x="1" true
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestParseRefuses(t *testing.T) {
	bomb := "a0: &a0 [x, x]\n"
	for i := range 30 {
		bomb += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	for _, c := range []struct {
		name, src string
		err       error
		says      string
	}{
		{"text", "npm_secret\n", ErrSyntax, "line 1"},
		{"list", "# c\n- a\n", ErrSyntax, "line 2"},
		{"two documents", "a: b\n---\nc: d\n", ErrSyntax, "second document"},
		{"tab", "a:\n\tb: c\n", ErrSyntax, "line"},
		{"unclosed", "a: \"npm_secret\n", ErrSyntax, ""},
		{"alias of nothing", "a: *npm_secret\n", ErrSyntax, ""},
		{"alias of itself", "a: &a\n  b: *a\n", ErrOdd, ""},
		{"bomb", bomb, ErrOdd, "too much"},
		{"deep", "a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), ErrOdd, "too much"},
		{"tag", "a: !!int 3\n", ErrOdd, "line 1"},
		{"key that is a list", "a: b\n? [a]\n: b\n", ErrOdd, "line 2"},
		{"key that is nothing", "? \n: b\n", ErrOdd, "line 1"},
		{"line separator", "a: b\nc: \"x\u2028y\"\n", ErrOdd, "line 2"},
		{"mark within", "a: b\n\ufeffc: d\n", ErrOdd, "line 2"},
		{"NUL", "a: b\r\nc: \x00\n", ErrEncoding, "line 2"},
		{"Latin 1", "a: b\n# caf\xe9\n", ErrEncoding, "line 2"},
		{"UTF-16", "\xff\xfea\x00", ErrEncoding, "UTF-16"},
		{"large", "a: " + strings.Repeat("x", MaxSize), ErrTooLarge, ""},
	} {
		_, err := Parse([]byte(c.src))
		if !errors.Is(err, c.err) || !strings.Contains(fmt.Sprint(err), c.says) || strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%s: %v", c.name, err)
		}
		out, err := Set([]byte(c.src), []string{"a"}, "b")
		if !errors.Is(err, c.err) || out != nil {
			t.Errorf("%s: Set gives %v", c.name, err)
		}
		if _, err := Remove([]byte(c.src), []string{"a"}); !errors.Is(err, c.err) {
			t.Errorf("%s: Remove gives %v", c.name, err)
		}
	}
	for _, empty := range []string{"", "\n", "# only this\n", "\ufeff", "---\n", "\r\n# x"} {
		if d, err := Parse([]byte(empty)); err != nil || len(d.Scalars()) > 0 {
			t.Errorf("%q: %v", empty, err)
		}
	}
}

func TestSet(t *testing.T) {
	for _, c := range []struct{ name, path, src, want string }{
		{"empty file", "r/h/t", "", "r:\n  h:\n    t: V\n"},
		{"comment only", "r/h/t", "# x", "# x\nr:\n  h:\n    t: V\n"},
		{"mark only", "t", "\ufeff", "\ufefft: V\n"},
		{"marker", "t", "---\n", "---\nt: V\n"},
		{"document end", "t", "a: b\n...\n", "a: b\nt: V\n...\n"},
		{"CRLF", "r/t", "a: b\r\n", "a: b\r\nr:\r\n  t: V\r\n"},
		{"no last newline", "r/t", "a: b", "a: b\nr:\n  t: V\n"},
		{"replace", "a", "# x\na:   old   # note\nb: c\n", "# x\na:   V   # note\nb: c\n"},
		{"replace CRLF", "a", "a: old\r\nb: c\r\n", "a: V\r\nb: c\r\n"},
		{"replace, quotes stay", "a", "a: \"o\\\"ld\" # n\n", "a: \"V\" # n\n"},
		{"replace, single quotes stay", "a", "a: 'o''ld' # n\n", "a: 'V' # n\n"},
		{"replace in flow", "r/h/t", "r: {h: {t: old, u: x}} # n\n", "r: {h: {t: V, u: x}} # n\n"},
		{"nothing there", "a", "a:  # note\nb: c\n", "a: V  # note\nb: c\n"},
		{"nothing there at the end", "a", "a:", "a: V"},
		{"empty parent", "r/t", "r: # note\n\nb: c\n", "r: # note\n  t: V\n\nb: c\n"},
		{"empty braces", "r/h/t", "r: {}\nb: c\n", "r: {\"h\": {\"t\": V}}\nb: c\n"},
		{"into braces", "r/t", "r: { a: b }\n", "r: {\"t\": V,  a: b }\n"},
		{"step of the file", "r/h/t", "a:\n    b: c\n", "a:\n    b: c\nr:\n    h:\n        t: V\n"},
		{"sibling", "r/h2/t", "r:\n   h1:\n      t: x\n\n# about b\nb: c\n", "r:\n   h1:\n      t: x\n   h2:\n      t: V\n\n# about b\nb: c\n"},
		{"behind a text in |", "r/t", "r:\n  a: |\n    x\n    # y\n", "r:\n  a: |\n    x\n    # y\n  t: V\n"},
		{"behind |+", "t", "a: |+\n  x\n\n\n", "a: |+\n  x\n\n\nt: V\n"},
		{"list below at the same column", "t", "a:\n- b\n- c\n# end\n", "a:\n- b\n- c\nt: V\n# end\n"},
		{"behind the comments within", "r/t", "r:\n  a:\n    # about a\n\n    # more\n  # about r\n# about b\nb: c\n", "r:\n  a:\n    # about a\n\n    # more\n  t: V\n  # about r\n# about b\nb: c\n"},
		{"same already", "r/t", "r: {t: 'v-1'}\n", ""},
	} {
		for _, value := range []string{"v-1", "${SG_1-}", "a: b # \"c\"\n"} {
			out, err := Set([]byte(c.src), strings.Split(c.path, "/"), value)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if c.want == "" {
				continue
			}
			style := []string{value, quote(value), "'" + value + "'"}
			ok := false
			for _, text := range style {
				for _, form := range []string{"V", "\"V\"", "'V'"} {
					ok = ok || string(out) == strings.Replace(c.want, form, text, 1)
				}
			}
			if !ok {
				t.Errorf("%s: %q", c.name, out)
			}
			if again, err := Set(out, strings.Split(c.path, "/"), value); err != nil || !bytes.Equal(out, again) {
				t.Errorf("%s the second time: %q %v", c.name, again, err)
			}
		}
	}
}

func TestEditsRefused(t *testing.T) {
	for _, c := range []struct{ name, path, src string }{
		{"repeated key", "r/t", "r:\n  t: x\nr:\n  t: y\n"},
		{"anchor", "a", "a: &x old\nb: *x\n"},
		{"alias", "a", "b: &x old\na: *x\n"},
		{"parent is an alias", "r/t", "b: &x\n  t: old\nr: *x\n"},
		{"parent is shared", "b/t", "b: &x\n  t: old\nr: *x\n"},
		{"several lines", "a", "a: one\n  two\n"},
		{"text in |", "a", "a: |\n  one\n"},
		{"list", "a", "a: [b]\n"},
		{"settings", "a", "a:\n  b: c\n"},
		{"parent is a text", "a/b", "a: c\n"},
		{"parent is a list", "a/b", "a: [c]\n"},
	} {
		out, err := Set([]byte(c.src), strings.Split(c.path, "/"), "v")
		if !errors.Is(err, ErrConflict) || out != nil {
			t.Errorf("%s: %q %v", c.name, out, err)
		}
	}
	if _, err := Remove([]byte("r: {a: b, c: d}\n"), []string{"r", "a"}); !errors.Is(err, ErrConflict) || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("remove from braces: %v", err)
	}
	for _, path := range [][]string{nil, {""}, {"a", "__proto__"}, {"a\nb"}, {"\xff"}} {
		if _, err := Set(nil, path, "v"); !errors.Is(err, ErrPath) {
			t.Errorf("%q: %v", path, err)
		}
	}
	for _, value := range []string{"\xff", "a\x00"} {
		if _, err := Set(nil, []string{"a"}, value); !errors.Is(err, ErrEncoding) {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestRemove(t *testing.T) {
	for _, c := range []struct{ name, path, src, want string }{
		{"whole branch", "r/h/t", "a: b\nr:\n  h:\n    t: x # mine\nc: d\n", "a: b\nc: d\n"},
		{"last branch", "r/h/t", "r:\n  h:\n    t: x", ""},
		{"sibling stays", "r/h/t", "r:\n  h:\n    t: x\n    u: y\n", "r:\n  h:\n    u: y\n"},
		{"other registry stays", "r/h/t", "r:\n  h:\n    t: x\n  i:\n    t: y\n", "r:\n  i:\n    t: y\n"},
		{"comment within stays", "r/h/t", "r:\n  # mine\n  h:\n    t: x\nb: c\n", "r:\n  # mine\nb: c\n"},
		{"comment at the left within stays", "r/h/t", "r:\n# mine\n  h:\n    t: x\nb: c\n", "r:\n# mine\nb: c\n"},
		{"comment below stays", "r/h/t", "r:\n  h:\n    t: x\n    # mine\nb: c\n", "r:\n  h:\n    # mine\nb: c\n"},
		{"comment of the parent stays", "r/h/t", "r: # mine\n  h:\n    t: x\n", "r: # mine\n"},
		{"next one's comment stays", "r/h/t", "r:\n  h:\n    t: x\n\n# b\nb: c\n", "\n# b\nb: c\n"},
		{"braces", "r/h/t", "a: b\nr: {h: {t: x}}\n", "a: b\n"},
		{"text in |", "t", "t: |\n  a\n  # b\nc: d\n", "c: d\n"},
		{"text in |, then a comment", "r/t", "r:\n  t: |\n\n    a\n\n    # b\n  # mine\nc: d\n", "r:\n  # mine\nc: d\n"},
		{"text in |1", "r/t", "r:\n  t: |1\n      a\n   # b\n  # mine\nc: d\n", "r:\n  # mine\nc: d\n"},
		{"text in quotes", "t", "t: \"a\n  # b\\\"\n  # c\" # d\n# e\nc: d\n", "# e\nc: d\n"},
		{"text in single quotes", "t", "t: 'a\n  # b''\n  # c'\nc: d\n", "c: d\n"},
		{"CRLF", "r/t", "a: b\r\nr:\r\n  t: x\r\nc: d\r\n", "a: b\r\nc: d\r\n"},
		{"mark", "t", "\ufefft: x\na: b\n", "\ufeffa: b\n"},
		{"not there", "r/x", "r:\n  t: x\n", "r:\n  t: x\n"},
		{"nothing there", "r/t", "r:\n  t:\n", ""},
	} {
		out, err := Remove([]byte(c.src), strings.Split(c.path, "/"))
		if err != nil || string(out) != c.want {
			t.Errorf("%s: %q, %v", c.name, out, err)
			continue
		}
		if again, err := Remove(out, strings.Split(c.path, "/")); err != nil || !bytes.Equal(out, again) {
			t.Errorf("%s the second time: %q %v", c.name, again, err)
		}
	}
}

func FuzzEdit(f *testing.F) {
	for _, s := range []string{"", "\ufeffa: b\r\n", "r: {h: {t: x}}", "r:\n  h: # c\n    t: |\n      x\n", "a: &x [*x]", "? a\n: b", "\"\\L\\L\\L\\P\": {a: b} # x", "a: 'b''c' #d\n...\n", "---\na:\n", "a:\n- b\n# c", "r:\r  t: \t\r"} {
		f.Add([]byte(s), "r", "t", "${X-}")
		f.Add([]byte(s), "a", "b", "v: #")
	}
	f.Fuzz(func(t *testing.T, src []byte, first, second, value string) {
		path := []string{first, second}
		if out, err := Set(src, path, value); err == nil {
			d, err := Parse(out)
			if err != nil {
				t.Fatalf("%q: %v", out, err)
			}
			below, _ := d.tree()[first].(map[string]any)
			if below[second] != value {
				t.Fatalf("%q says %q", out, below[second])
			}
			if again, err := Set(out, path, value); err != nil || !bytes.Equal(again, out) {
				t.Fatalf("the second time %q became %q, %v", out, again, err)
			}
			if gone, err := Remove(out, path); err == nil {
				d, err := Parse(gone)
				if err != nil {
					t.Fatalf("%q: %v", gone, err)
				}
				if below, _ := d.tree()[first].(map[string]any); below[second] != nil {
					t.Fatalf("Remove left it: %q", gone)
				}
			}
		}
		if d, err := Parse(src); err == nil {
			for i, s := range d.Scalars() {
				if i > 5 {
					break
				}
				if _, err := Set(src, s.Path, s.Value); err != nil && s.Set && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrPath) {
					t.Fatalf("%q: set %q to itself: %v", src, s.Path, err)
				}
			}
		}
	})
}

// TestLargeFiles edits files of the size limit that once made work grow with its square.
func TestLargeFiles(t *testing.T) {
	n := MaxSize / 2
	for _, src := range []string{
		"a: \"" + strings.Repeat("\n", n) + "\"\n", "a: |\n" + strings.Repeat("  b\n", n/4), "a: b\n" + strings.Repeat("#\n", n/2),
		"a: {" + strings.Repeat("b: [\n # c\n], ", 4000) + "}\n", "a:\n" + strings.Repeat("- # c\n  # d\n", n/12),
	} {
		out, err := Set([]byte(src), []string{"z", "y"}, "x")
		if err != nil {
			t.Fatalf("%.20q: %v", src, err)
		}
		if back, err := Remove(out, []string{"z", "y"}); err != nil || string(back) != src {
			t.Errorf("%.20q did not come back: %v", src, err)
		}
	}
}
