package look

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLines(t *testing.T) {
	fits := func(n int) func(string) bool {
		return func(s string) bool { return utf8.RuneCountInString(s) <= n }
	}
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"短い", 10, "短い"},
		{"ログインが終了しました。更新してください。", 11, "ログインが終了しまし|た。更新してください。"},
		{"環境変数 NPM_TOKEN を使います", 8, "環境変数|NPM_TOKEN|を使います"},
		{"「設定」を開く", 3, "「設|定」を|開く"},
		{"一行目\n二行目", 20, "一行目|二行目"},
		{"", 5, ""},
	} {
		got := Lines(c.text, fits(c.n))
		if strings.Join(got, "|") != c.want {
			t.Errorf("%q in %d: %q, want %q", c.text, c.n, strings.Join(got, "|"), c.want)
		}
		for _, line := range got {
			if strings.HasPrefix(line, "。") || strings.HasPrefix(line, "」") || strings.HasSuffix(line, "「") {
				t.Errorf("%q breaks %q where nobody would", line, c.text)
			}
		}
	}
}
