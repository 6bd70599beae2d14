package yarnrc

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/registry"
)

func TestCredentials(t *testing.T) {
	src := `# of a user
npmRegistryServer: "https://Default.example.com/npm"
npmAuthToken: top-level-token
npmRegistries:
  "//h.example.com/a":
    npmAuthToken: "${SG_1-}" # ours
  //h.example.com/b/:
    npmAuthToken: ${SG_2}
    npmAuthIdent: "user:pass"
  "https://h.example.com:443/c/":
    npmAuthToken: ${A:-${B-literal}}
  'http://127.0.0.1:4873': {npmAuthToken: literal, npmAlwaysAuth: true}
  "//empty.example.com":
    npmAuthToken:
  "` + mirror + `":
    npmAuthToken: ""
  "//${HOST}":
    npmAuthToken: x
npmScopes:
  acme:
    npmRegistryServer: https://acme.example.com
    npmAuthToken: scope-token
  other:
    npmAuthToken: at-npm
  "@wrong":
    npmRegistryServer: https://acme.example.com
    npmAuthToken: dead
plugins:
  - npmAuthToken: not-one
`
	f, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, c := range f.Credentials() {
		fmt.Fprintf(&got, "%d %s %s%s %s %q literal=%v %q %q dead=%v\n", c.Line, c.Key, c.RegistryKey, c.Scope, c.Name, c.Value.Reveal(), c.Literal, c.Variable, c.Variables, c.Dead)
	}
	public := registry.Public.Key()
	want := `3 npmAuthToken //default.example.com/npm/ _authToken "top-level-token" literal=true "" [] dead=false
6 npmRegistries["//h.example.com/a"].npmAuthToken //h.example.com/a/ _authToken "${SG_1-}" literal=false "SG_1" ["SG_1"] dead=false
8 npmRegistries["//h.example.com/b/"].npmAuthToken //h.example.com/b/ _authToken "${SG_2}" literal=false "SG_2" ["SG_2"] dead=false
9 npmRegistries["//h.example.com/b/"].npmAuthIdent //h.example.com/b/ _auth "user:pass" literal=true "" [] dead=false
11 npmRegistries["https://h.example.com:443/c/"].npmAuthToken //h.example.com/c/ _authToken "${A:-${B-literal}}" literal=false "" ["A" "B"] dead=false
12 npmRegistries["http://127.0.0.1:4873"].npmAuthToken //127.0.0.1:4873/ _authToken "literal" literal=true "" [] dead=false
16 npmRegistries["` + mirror + `"].npmAuthToken ` + public + ` _authToken "" literal=false "" [] dead=false
18 npmRegistries["//${HOST}"].npmAuthToken //${HOST}/ _authToken "x" literal=true "" [] dead=false
22 npmScopes.acme.npmAuthToken //acme.example.com/@acme _authToken "scope-token" literal=true "" [] dead=false
24 npmScopes.other.npmAuthToken ` + public + `@other _authToken "at-npm" literal=true "" [] dead=false
27 npmScopes["@wrong"].npmAuthToken //acme.example.com/@wrong _authToken "dead" literal=true "" [] dead=true
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	for _, c := range f.Credentials() {
		out, err := Set([]byte(src), c.Key, "${NEW-}")
		if err != nil || bytes.Count(out, []byte("${NEW-}")) != 1 || bytes.Count(out, []byte("\n")) != strings.Count(src, "\n") {
			t.Errorf("set %s: %v", c.Key, err)
		}
		out, err = Remove([]byte(src), c.Key)
		if c.Line == 12 { // with npmAlwaysAuth in one line
			if !errors.Is(err, ErrConflict) {
				t.Errorf("remove %s: %v", c.Key, err)
			}
		} else if after, perr := Parse(out); err != nil || perr != nil || len(after.Credentials()) != len(f.Credentials())-1 {
			t.Errorf("remove %s: %v %v", c.Key, err, perr)
		}
	}
	var regs strings.Builder
	for _, r := range f.Registries() {
		fmt.Fprintln(&regs, r.Line, r.Scope, r.URL)
	}
	if want := "2  https://Default.example.com/npm\n21 @acme https://acme.example.com\n26 @wrong https://acme.example.com\n"; regs.String() != want {
		t.Errorf("registries\n%s", regs.String())
	}
}

func TestKeys(t *testing.T) {
	for _, path := range [][]string{{"npmAuthToken"}, {"npmScopes", "a-b", "npmAuthIdent"}, {"npmRegistries", "//h.example.com:1/a.b", "npmAuthToken"}, {"a", "]\"[", "é&<"}} {
		got, err := parseKey(formatKey(path))
		if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", path) {
			t.Errorf("%q became %q, %v", path, got, err)
		}
	}
	for _, bad := range []string{"", ".", "a.", ".a", "a..b", "a[", "a[]", `a["b"`, `a["b"]c`, "a b", "//h/:_authToken", `["a"`, "a.-"} {
		if path, err := parseKey(bad); !errors.Is(err, ErrKey) {
			t.Errorf("%q became %q, %v", bad, path, err)
		}
		if _, err := Set(nil, bad, "x"); !errors.Is(err, ErrKey) {
			t.Errorf("set %q: %v", bad, err)
		}
	}
	if got := TokenKey("//h.example.com/npm/"); got != `npmRegistries["//h.example.com/npm"].npmAuthToken` {
		t.Error(got)
	}
	if got := TokenKeys(registry.Public.Key()); len(got) != 2 || !strings.Contains(got[0], mirror) {
		t.Error(got)
	}
}

func TestSpellings(t *testing.T) {
	const asked = `npmRegistries["//h.example.com"].npmAuthToken`
	for _, name := range []string{"//h.example.com", "//h.example.com/", "https://h.example.com", "https://h.example.com/", "http://h.example.com/"} {
		src := "npmRegistries:\n  \"" + name + "\":\n    npmAuthToken: old # note\n"
		out, err := Set([]byte(src), asked, "new")
		if want := strings.Replace(src, "old", "new", 1); err != nil || string(out) != want {
			t.Errorf("%s: %q %v", name, out, err)
		}
	}
	both := "npmRegistries:\n  \"https://h.example.com\":\n    npmAuthToken: a\n  \"//h.example.com\":\n    npmAuthToken: b\n"
	if out, err := Set([]byte(both), asked, "new"); err != nil || string(out) != strings.Replace(both, ": b", ": new", 1) {
		t.Errorf("with both: %q %v", out, err)
	}
}

func TestLockfileIsRefused(t *testing.T) {
	for _, src := range []string{"# yarn lockfile v1\na b\n", "# x\r\n#\tYarn Lockfile V1\r\n"} {
		if _, err := Parse([]byte(src)); !errors.Is(err, ErrOdd) {
			t.Errorf("%q: %v", src, err)
		}
		if _, err := Remove([]byte(src), "npmAuthToken"); !errors.Is(err, ErrOdd) {
			t.Errorf("remove from %q: %v", src, err)
		}
	}
}

func FuzzSet(f *testing.F) {
	w := newWriter(1)
	for i := range 40 {
		f.Add(w.file(i%2 == 0), TokenKey("//h.example.com/"), "${SG_1-}")
		f.Add(w.file(i%2 == 0), "npmScopes.acme.npmAuthToken", "a: b")
	}
	f.Fuzz(func(t *testing.T, src []byte, key, value string) {
		_, _ = Expand(value, func(string) (string, bool) { return "x", true })
		if file, err := Parse(src); err == nil {
			_, _ = file.Credentials(), file.Registries()
		}
		out, err := Set(src, key, value)
		if err != nil {
			return
		}
		file, err := Parse(out)
		if err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		before, err := Parse(src)
		if err != nil {
			t.Fatal(err)
		}
		path, err := parseKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if len(path) == 3 && path[0] == "npmRegistries" {
			path[1] = before.spelling(path[1])
		}
		if got, want := withoutEmpty(saidByUs(file.Scalars()), path), wanted(before, path, &value); got != want {
			t.Fatalf("Set(%q, %q, %q) = %q\nsays %s\nnot  %s", src, key, value, out, got, want)
		}
		if again, err := Set(out, key, value); err != nil || !bytes.Equal(again, out) {
			t.Fatalf("the second time %q became %q, %v", out, again, err)
		}
	})
}
