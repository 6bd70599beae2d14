package yarnrc

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
	"github.com/sandglass-dev/sandglass/internal/domain/yamldoc"
)

// wanted is what a file must say after an edit. Of the parents of the key only their other settings count.
func wanted(f *File, path []string, value *string) string {
	var list []yamldoc.Scalar
	for _, s := range f.Scalars() {
		if len(s.Path) < len(path) || !slices.Equal(s.Path[:len(path)], path) {
			list = append(list, s)
		}
	}
	if value != nil {
		list = append(list, yamldoc.Scalar{Path: path, Value: *value, Set: true})
	}
	return withoutEmpty(saidByUs(list), path)
}

// withoutEmpty drops the parents of path that have nothing behind them.
func withoutEmpty(said string, path []string) string {
	for i := 1; i < len(path); i++ {
		b, _ := json.Marshal([2]any{path[:i], nil})
		said = strings.TrimPrefix(strings.TrimSuffix(strings.ReplaceAll("\n"+said+"\n", "\n"+string(b)+"\n", "\n"), "\n"), "\n")
	}
	return said
}

// checkLines requires that nothing but whole lines was put in or taken out, or one line changed.
func checkLines(t *testing.T, src, out []byte, removed bool) {
	t.Helper()
	if bytes.Equal(src, out) {
		return
	}
	mark := []byte("\ufeff")
	if bytes.HasPrefix(src, mark) != bytes.HasPrefix(out, mark) {
		t.Fatalf("the byte order mark came or went\nold %q\nnew %q", src, out)
	}
	old, now := bytes.SplitAfter(bytes.TrimPrefix(src, mark), []byte("\n")), bytes.SplitAfter(bytes.TrimPrefix(out, mark), []byte("\n"))
	for len(old) > 0 && len(now) > 0 && bytes.Equal(old[0], now[0]) {
		old, now = old[1:], now[1:]
	}
	for len(old) > 0 && len(now) > 0 && bytes.Equal(old[len(old)-1], now[len(now)-1]) {
		old, now = old[:len(old)-1], now[:len(now)-1]
	}
	if removed && len(bytes.Join(now, nil)) > 0 {
		t.Fatalf("lines changed by a removal\nold %q\nnew %q", src, out)
	}
	if !removed && (len(old) > 1 || len(old) == 1 && len(now) != 1 && len(bytes.TrimRight(old[0], "\r\n")) > 0 && !bytes.HasPrefix(now[0], old[0])) {
		t.Fatalf("more than one line changed\nold %q\nnew %q", src, out)
	}
}

var editedKeys = []string{
	`npmRegistries["//h.example.com"].npmAuthToken`, `npmRegistries["//k.example.com"].npmAuthToken`, `npmRegistries["https://l.example.com"].npmAuthToken`,
	`npmRegistries["//m.example.com:8080"].npmAuthIdent`, `npmRegistries["//new.example.com/x"].npmAuthToken`, "npmScopes.acme.npmAuthToken", "npmScopes.c.npmAuthIdent", "npmAuthToken", "nodeLinker",
}

// TestB22_EditsReadBackByYarn lets yarn read what Set and Remove wrote.
func TestB22_EditsReadBackByYarn(t *testing.T) {
	w := newWriter(5)
	values := []string{"${SG_0123456789abcdef-}", "npm_abc", "", "a b", "a: b #c", `"q"`, "it's", `a\b`, "a\nb", "日本", "true", "1e3", "~", "[x]", "\u2028\ufeff\x01", "🙂", "- a", "*x", " lead "}
	var batch []question
	var want []string
	var paths [][]string
	refused := 0
	for i := range 4000 {
		src := w.file(i%4 != 0)
		f, err := Parse(src)
		if err != nil || bytes.ContainsRune(src, '\r') && !bytes.Contains(src, []byte("\r\n")) {
			continue
		}
		key, value := w.pick(editedKeys), w.pick(values)
		path, err := parseKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if len(path) == 3 && path[0] == "npmRegistries" {
			path[1] = f.spelling(path[1])
		}
		ask := func(out []byte, err error, v *string) {
			if err != nil {
				if i%4 != 0 {
					refused++
				}
				if !errors.Is(err, ErrConflict) {
					t.Fatalf("%q: %v", src, err)
				}
				return
			}
			checkLines(t, src, out, v == nil)
			batch, want, paths = append(batch, parseQuestion(out)), append(want, wanted(f, path, v)), append(paths, path)
		}
		out, err := Set(src, key, value)
		ask(out, err, &value)
		if err == nil {
			again, err := Set(out, key, value)
			if err != nil || !bytes.Equal(again, out) {
				t.Fatalf("set twice: %q then %q, %v", out, again, err)
			}
		}
		gone, err := Remove(src, formatKey(path))
		ask(gone, err, nil)
	}
	for i, a := range ask(t, batch) {
		if a.Error != "" {
			t.Errorf("yarn cannot read %q: %s", batch[i].Src, a.Error)
		} else if got := withoutEmpty(a.said(t), paths[i]); got != want[i] {
			t.Errorf("edited %q\nyarn %s\nwant %s", batch[i].Src, got, want[i])
		}
	}
	t.Logf("%d edits read by yarn, %d of sensible files refused", len(batch), refused)
	if refused > len(batch)/50 {
		t.Errorf("%d edits refused", refused)
	}
}

// TestB22_YarnFindsWhatWasSet asks yarn's own code which token it would send after Set.
func TestB22_YarnFindsWhatWasSet(t *testing.T) {
	const server = "npmRegistryServer: "
	mine := "//h.example.com/npm/"
	cases := []struct{ name, src, pkg, key, want string }{
		{"default", server + "https://h.example.com/npm\n", "plain", mine, "v"},
		{"default with slash", server + "\"https://h.example.com/npm/\"\n", "@acme/private", mine, "v"},
		{"no scheme kept", server + "http://h.example.com/npm/\n", "@acme/private", mine, "v"},
		{"scope", "npmScopes:\n  acme:\n    npmRegistryServer: https://h.example.com/npm/\n", "@acme/private", mine, "v"},
		{"other scope", "npmScopes:\n  acme:\n    npmRegistryServer: https://h.example.com/npm/\n", "@b/private", mine, ""},
		{"path above", server + "https://h.example.com/npm/deep\n", "plain", mine, ""},
		{"port", server + "http://127.0.0.1:4873/\n", "plain", "//127.0.0.1:4873/", "v"},
		{"entry with slash", server + "https://h.example.com/npm\nnpmRegistries:\n  \"//h.example.com/npm/\":\n    npmAlwaysAuth: true\n", "plain", mine, "v"},
		{"entry of yarn's login", server + "https://h.example.com/npm\nnpmRegistries:\n  \"https://h.example.com/npm\":\n    npmAuthToken: old\n", "plain", mine, "v"},
		{"empty entries", server + "https://h.example.com/npm\nnpmRegistries:\n", "plain", mine, "v"},
		{"public", "", "plain", registry.Public.Key(), "v"},
		{"public, named", server + registry.Public.String() + "\n", "plain", registry.Public.Key(), "v"},
		{"scope that names no registry", server + "https://h.example.com/npm\nnpmScopes:\n  acme:\n    npmAlwaysAuth: true\n", "@acme/private", mine, ""},
	}
	var batch []question
	for _, c := range cases {
		out := []byte(c.src)
		for _, key := range TokenKeys(c.key) {
			var err error
			if out, err = Set(out, key, Placeholder("SG_1")); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		}
		for _, env := range []map[string]string{{"SG_1": "v"}, {"SG_1": ""}, {}} {
			batch = append(batch, question{Op: "token", Text: string(out), Package: c.pkg, Env: env})
		}
	}
	for i, a := range ask(t, batch) {
		c, want := cases[i/3], ""
		if i%3 == 0 {
			want = c.want
		}
		var got [2]string
		if err := json.Unmarshal(a.Value, &got); err != nil || got[1] != want {
			t.Errorf("%s, %v: yarn sends %q to %s, not %q; %s", c.name, batch[i].Env, got[1], got[0], want, a.Error)
		}
	}
}
