package cli

import (
	"strings"
	"testing"

	"rsc.io/qr"
)

func TestJ06_Clean(t *testing.T) {
	for in, want := range map[string]string{
		"alice": "alice", "山田 太郎": "山田 太郎", "a\x1b[31mb": "a[31mb", "a\x9bb": "ab", "a\nb\tc": "a b c",
		"ab\u202egnp.exe": "abgnp.exe", "a\u200bb\ufeff": "ab", "a\u2066b\u2069": "ab", "a\x00b\x7f": "ab", "\xff": "",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWidth(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "npm": 3, "山田": 4, "ｎｐｍ": 6, "ﾔﾏﾀﾞ": 4, "é": 1, "e\u0301": 1, "が": 2, "か\u3099": 2, "한국": 4, "● npm": 5, "🎉": 2,
	} {
		if got := width(in); got != want {
			t.Errorf("width(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	rows := [][]cell{{{"npm", ""}, {"山田", ""}, {"x", ""}}, {{"longer", ""}, {"a", ""}, {"y", ""}}, {{"z", ""}, {}, {}}}
	want := "npm     山田  x\nlonger  a     y\nz\n"
	if got := table(style{}, rows); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := table(style{colour: true}, [][]cell{{{"npm", green}}}); got != "\x1b[32mnpm\x1b[0m\n" {
		t.Errorf("got %q", got)
	}
}

// TestQR reads the drawing back and compares it with the code, module by module.
func TestQR(t *testing.T) {
	const page = "https://registry.example.com/-/v1/login/0123456789abcdef"
	code, err := qr.Encode(page, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range []style{{terminal: true}, {terminal: true, colour: true}} {
		lines := strings.Split(strings.TrimSuffix(qrCode(page, st), "\n"), "\n")
		size := code.Size + 2*quiet
		if len(lines) != (size+1)/2 {
			t.Fatalf("%d lines for %d modules", len(lines), size)
		}
		for i, line := range lines {
			line = strings.TrimSuffix(strings.TrimPrefix(line, "\x1b[30;107m"), "\x1b[0m")
			for x, r := range []rune(line) {
				for half := range 2 {
					y := 2*i + half
					drawn := r == '█' || half == 0 && r == '▀' || half == 1 && r == '▄'
					dark := drawn == st.colour // without colour what is drawn is light
					if y < size && dark != code.Black(x-quiet, y-quiet) {
						t.Fatalf("colour %v: module %d,%d is wrong", st.colour, x, y)
					}
				}
			}
		}
	}
	if qrCode(strings.Repeat("x", 5000), style{}) != "" {
		t.Error("a text that does not fit is drawn")
	}
}
