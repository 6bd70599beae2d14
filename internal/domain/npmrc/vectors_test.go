package npmrc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

func TestB22_Vectors(t *testing.T) {
	for src, want := range map[string]string{
		`k=v`:                               "1 k=v",
		`k`:                                 "1 k=true(1)",
		`k=`:                                "1 k=",
		`k="v" ; c`:                         `1 k="v"`,
		`k==v`:                              "1 k==v",
		`"k"=v`:                             "1 k=v",
		`k="a\nb"`:                          "1 k=a\nb",
		`k='it"s'`:                          `1 k=it"s`,
		`k=v\;c`:                            "1 k=v;c",
		`k=v#c`:                             "1 k=v",
		`k='123'`:                           "1 k=123(4)",
		`k="true"`:                          "1 k=true(2)",
		`k=null`:                            "1 k=null(3)",
		`k[]=v`:                             "1 k[]=v",
		"a=1\rb=2":                          "1 a=1|2 b=2",
		"a=1\r\nb=2\n":                      "1 a=1|2 b=2",
		"a=1\n\n\nb=2":                      "1 a=1|4 b=2",
		"\ufeffk=v":                         "1 k=v",
		"[s]\nk=v":                          "2 [s] k=v",
		"[]\nk=v":                           "2 [] k=v",
		"; a\n# b\n  ; c\n":                 "",
		"__proto__=x\n=y\nk=a\u2028b":       "",
		`//h/:_authToken=abc==`:             "1 //h/:_authToken=abc==",
		"k=\xff\xe2\x82x":                   "1 k=\ufffd\ufffdx",
		"k=nul\x00l":                        "1 k=nul\x00l",
		strings.Repeat("x", 1<<20) + "=big": "1 " + strings.Repeat("x", 1<<20) + "=big",
	} {
		var got []string
		for e := range Parse([]byte(src)).Entries() {
			s := fmt.Sprintf("%d ", e.Line)
			if e.InSection {
				s += "[" + e.Section + "] "
			}
			s += e.Key
			if e.Array {
				s += "[]"
			}
			s += "=" + e.Value
			if e.Kind != KindString {
				s += fmt.Sprintf("(%d)", e.Kind)
			}
			got = append(got, s)
		}
		if g := strings.Join(got, "|"); g != want {
			t.Errorf("%.60q: got %.200q, want %.200q", src, g, want)
		}
	}
}

func TestPlaceholder(t *testing.T) {
	for value, want := range map[string]string{
		"${NPM_TOKEN}": "NPM_TOKEN", `"${NPM_TOKEN}"`: "NPM_TOKEN", "'${NPM_TOKEN}'": "NPM_TOKEN", "${A?}": "A", " ${A} ": "A",
		"${A}${B}": "", "x${A}": "", `\${A}`: "", "$A": "", "${}": "", "${A-b}": "A-b", "": "", "npm_x": "",
	} {
		if name, ok := Placeholder(value); name != want || ok != (want != "") {
			t.Errorf("Placeholder(%q) = %q %v", value, name, ok)
		}
	}
	if got := Variables(`${A} \${B} ${C?}${A}`); !slices.Equal(got, []string{"A", "C"}) {
		t.Errorf("got %v", got)
	}
}

func TestCredentials(t *testing.T) {
	src := `//h.example.com/:_authToken=first
//h.example.com/:_authToken=${NPM_TOKEN}
//h.example.com/a/b:_auth=dXNlcg==
//h.example.com/p/:username=me
//h.example.com/p/:_password = 'pw' ; mine
//h.example.com/:@team:_authToken=${A}${B}
//localhost:4873/:_authToken=npm_x
//h.example.com/:tokenHelper=/bin/x
//empty.example.com/:_authToken=
_authToken=legacy
[s]
//h.example.com/:_authToken=dead
`
	want := []string{
		"2 //h.example.com/ _authToken literal=false var=NPM_TOKEN vars=1 dead=false scope= user= ${NPM_TOKEN}",
		"3 //h.example.com/a/b/ _auth literal=true var= vars=0 dead=false scope= user= dXNlcg==",
		`5 //h.example.com/p/ _password literal=true var= vars=0 dead=false scope= user=me 'pw'`,
		"6 //h.example.com/ _authToken literal=false var= vars=2 dead=false scope=@team user= ${A}${B}",
		"7 //localhost:4873/ _authToken literal=true var= vars=0 dead=false scope= user= npm_x",
		"9 //empty.example.com/ _authToken literal=false var= vars=0 dead=false scope= user= ",
		"12 //h.example.com/ _authToken literal=true var= vars=0 dead=true scope= user= dead",
	}
	var got []string
	for _, c := range Parse([]byte(src)).Credentials() {
		got = append(got, fmt.Sprintf("%d %s %s literal=%v var=%s vars=%d dead=%v scope=%s user=%s %s",
			c.Line, c.RegistryKey, c.Name, c.Literal, c.Variable, len(c.Variables), c.Dead, c.Scope, c.Username, c.Value.Reveal()))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	regs := Parse([]byte("registry=https://a.example.com\n@s:registry=x\n@s:registry=https://b.example.com/\n[x]\nregistry=no\n")).Registries()
	if !slices.Equal(regs, []ScopedRegistry{{"", "https://a.example.com", 1}, {"@s", "https://b.example.com/", 3}}) {
		t.Errorf("got %v", regs)
	}
}

func TestSetTouchesOnlyItsValue(t *testing.T) {
	const key = "//h.example.com/:_authToken"
	for src, want := range map[string]string{
		"":                              key + "=${T}\n",
		"a=1":                           "a=1\n" + key + "=${T}\n",
		"a=1\r\nb=2\r\n":                "a=1\r\nb=2\r\n" + key + "=${T}\r\n",
		"# c\n\n" + key + "=npm_x\nb=2": "# c\n\n" + key + "=${T}\nb=2",
		key + " =  npm_x  ; note\n":     key + " =  ${T}  ; note\n",
		key + "=\"npm_x\"\n":            key + "=${T}\n",
		key + "=a\n" + key + "=b\n":     key + "=a\n" + key + "=${T}\n",
		key + "\n":                      key + "=${T}\n",
		"a=1\n\n[s]\nb=2\n":             "a=1\n" + key + "=${T}\n\n[s]\nb=2\n",
		"[s]\n" + key + "=dead\n":       key + "=${T}\n[s]\n" + key + "=dead\n",
		"\ufeff" + key + "=x":           "\ufeff" + key + "=${T}",
		key + "[]=a\n" + key + "[]=b\n": key + "=${T}\n",
		key + "=${T}\n":                 key + "=${T}\n",
		"a=1\rb=2":                      "a=1\rb=2\n" + key + "=${T}\n",
	} {
		got, err := Set([]byte(src), key, "${T}")
		if err != nil || string(got) != want {
			t.Errorf("Set in %q: %q %v, want %q", src, got, err, want)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		src, key, value string
		want            error
	}{
		"large":        {strings.Repeat("a=1\n", MaxSize/4) + "b", "k", "v", ErrTooLarge},
		"utf-16":       {"\xff\xfea\x00", "k", "v", ErrEncoding},
		"NUL line":     {"k=a\x00b", "k", "v", ErrEncoding},
		"bad line":     {"k=a\xff", "k", "v", ErrEncoding},
		"NUL value":    {"", "k", "a\x00", ErrEncoding},
		"bad value":    {"", "k", "\xff", ErrEncoding},
		"newline key":  {"", "k\nx", "v", ErrKey},
		"__proto__":    {"", "__proto__", "v", ErrKey},
		"npm crashes":  {"'null'=1\n", "k", "v", ErrOdd},
		"hidden":       {"[k.x]\na=1\n", "k", "v", ErrConflict},
		"empty key":    {"", "", "v", ErrKey},
		"blank in key": {"", "k=v", "v", ErrConflict},
	} {
		if got, err := Set([]byte(c.src), c.key, c.value); !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: got %.40q, %v", name, got, err)
		}
	}
	if got, err := Set([]byte("other=\xff\x00\nk=v\n"), "k", "w"); err != nil || string(got) != "other=\xff\x00\nk=w\n" {
		t.Errorf("a stranger's bad line: %q %v", got, err)
	}
}

// secretsInTemplates are texts that no written template may hold.
func TestTemplateHoldsNoSecret(t *testing.T) {
	const canary = "CANARY0123456789abcdef0123456789ABCDEF"
	src := `# //h.example.com/:_authToken=` + canary + `
; old token: hunter` + canary[:20] + `
# npm_` + canary + ` is dead
//h.example.com/:_authToken=` + canary + `
//h.example.com/:_password="` + canary + `" ; was ` + canary + `
//h.example.com/:_auth=` + canary + `
_authToken=` + canary + `
proxy=http://me:` + canary[:10] + `@proxy.example.com:8080/
key="-----BEGIN ` + canary + `"
otp=` + canary[:10] + `
anything=` + canary + `
` + canary + `=x
npm_` + canary + `
=` + canary + `
[` + canary + `]
//h.example.com/:_authToken=` + canary + `
`
	text, err := TemplateOf([]byte(src)).MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte("CANARY")) {
		t.Errorf("the template holds a secret: %s", text)
	}
	for _, kept := range []string{"is dead", "proxy=", "was", "//h.example.com/:_authToken="} {
		if !bytes.Contains(text, []byte(kept)) {
			t.Errorf("the template lost %q: %s", kept, text)
		}
	}
}

const commented = `# work
registry = https://registry.example.com/

; never by hand
//registry.example.com/:_authToken = ${SG_1} ; by Sandglass
save-exact=true
ca[]="one"
ca[]="two"

# the end`

func TestRestore(t *testing.T) {
	written, err := TemplateOf([]byte(commented)).MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var tmpl Template
	if err := tmpl.UnmarshalText(written); err != nil {
		t.Fatal(err)
	}
	const key = "//registry.example.com/:_authToken"
	set := map[string]string{key: "${SG_1}"}
	login := "registry=https://registry.example.com/\n" + key + "=npm_LITERAL\nsave-exact=true\nca[]=one\nca[]=two\n"
	for after, want := range map[string]string{
		login:               commented,
		login + "email=x\n": strings.Replace(commented, "ca[]=\"two\"\n", "ca[]=\"two\"\nemail=x\n", 1),
		strings.Replace(login, "save-exact=true\n", "", 1):              strings.Replace(commented, "save-exact=true\n", "", 1),
		strings.Replace(login, "exact=true", "exact=false", 1):          strings.Replace(commented, "exact=true", "exact=false", 1),
		login + "ca[]=three\n":                                          strings.Replace(commented, "ca[]=\"two\"\n", "ca[]=\"two\"\nca[]=three\n", 1),
		login + "[s]\nx=1\n":                                            commented + "\n[s]\nx=1",
		strings.Replace(login, "registry=https", "registry=\"https", 1): strings.Replace(commented, " = https://registry.example.com/", " = \\\"https://registry.example.com/", 1),
		"": "# work\n\n; never by hand\n" + key + " = ${SG_1} ; by Sandglass\n\n# the end",
	} {
		got, err := Restore(tmpl, []byte(after), set)
		want = strings.Replace(want, `\"`, `"`, 1)
		if err != nil || string(got) != want {
			t.Errorf("after %q\ngot  %q %v\nwant %q", after, got, err, want)
		}
	}
	if _, err := Restore(tmpl, []byte("'null'=1"), set); !errors.Is(err, ErrOdd) {
		t.Errorf("got %v", err)
	}
	if err := tmpl.UnmarshalText([]byte(`{"version":2}`)); err == nil {
		t.Error("took a layout of an unknown version")
	}
	if got, err := Restore(Template{}, []byte(login), set); err != nil || !bytes.Contains(got, []byte(key+"=${SG_1}\n")) {
		t.Errorf("without a layout: %q %v", got, err)
	}
}

func TestPaths(t *testing.T) {
	none := Environ(nil)
	env := func(kv ...string) func(string) string { return Environ(kv) }
	for name, c := range map[string][2]string{
		"user":            {UserPath(none, "/home/u", "linux"), "/home/u/.npmrc"},
		"user HOME":       {UserPath(env("HOME=/h"), "/home/u", "linux"), "/h/.npmrc"},
		"user root":       {UserPath(none, "/", "linux"), "/.npmrc"},
		"user windows":    {UserPath(none, `C:\Users\u`, "windows"), `C:\Users\u\.npmrc`},
		"user git bash":   {UserPath(env(`HOME=D:\h`), `C:\Users\u`, "windows"), `D:\h\.npmrc`},
		"user upper":      {UserPath(env("NPM_CONFIG_USERCONFIG=/x/rc"), "/home/u", "linux"), "/x/rc"},
		"user mixed":      {UserPath(env("Npm_Config_UserConfig=/x/rc"), "/home/u", "linux"), "/x/rc"},
		"user last":       {UserPath(env("npm_config_userconfig=/a", "NPM_CONFIG_USERCONFIG=/b", "npm_Config_userconfig="), "/home/u", "linux"), "/b"},
		"user empty":      {UserPath(env("npm_config_userconfig="), "/home/u", "linux"), "/home/u/.npmrc"},
		"user tilde":      {UserPath(env("npm_config_userconfig=~/rc"), "/home/u", "linux"), "/home/u/rc"},
		"user tilde win":  {UserPath(env(`npm_config_userconfig=~\rc`), `C:\u`, "windows"), `C:\u\rc`},
		"global":          {GlobalPath(none, "/usr/bin/node", "linux"), "/usr/etc/npmrc"},
		"global none":     {GlobalPath(none, "", "linux"), ""},
		"global config":   {GlobalPath(env("npm_config_globalconfig=/g"), "/usr/bin/node", "linux"), "/g"},
		"global prefix":   {GlobalPath(env("NPM_CONFIG_PREFIX=/p"), "/usr/bin/node", "linux"), "/p/etc/npmrc"},
		"global PREFIX":   {GlobalPath(env("PREFIX=/p"), "/usr/bin/node", "linux"), "/p/etc/npmrc"},
		"global DESTDIR":  {GlobalPath(env("DESTDIR=/d"), "/usr/bin/node", "linux"), "/d/usr/etc/npmrc"},
		"global mac":      {GlobalPath(none, "/opt/homebrew/bin/node", "darwin"), "/opt/homebrew/etc/npmrc"},
		"global windows":  {GlobalPath(none, `C:\node\node.exe`, "windows"), `C:\node\etc\npmrc`},
		"global appdata":  {GlobalPath(env(`APPDATA=C:\u\R`), `C:\node\node.exe`, "windows"), `C:\u\R\npm\etc\npmrc`},
		"pnpm":            {PnpmAuthPath(none, "/home/u", "linux"), "/home/u/.config/pnpm/auth.ini"},
		"pnpm xdg":        {PnpmAuthPath(env("XDG_CONFIG_HOME=/c"), "/home/u", "linux"), "/c/pnpm/auth.ini"},
		"pnpm mac":        {PnpmAuthPath(none, "/Users/u", "darwin"), "/Users/u/Library/Preferences/pnpm/auth.ini"},
		"pnpm windows":    {PnpmAuthPath(env(`LOCALAPPDATA=C:\u\L`), `C:\u`, "windows"), `C:\u\L\pnpm\config\auth.ini`},
		"project":         {ProjectPath("/p"), "/p/.npmrc"},
		"project windows": {ProjectPath(`C:\p`), `C:\p\.npmrc`},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: got %s, want %s", name, c[0], c[1])
		}
	}
}

// TestPathsAgreeWithNPM asks the real npm where its files are.
func TestPathsAgreeWithNPM(t *testing.T) {
	node, err := filepath.EvalSymlinks(clients.Node(t))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, extra := range [][]string{{}, {"NPM_CONFIG_USERCONFIG=" + dir + "/u"}, {"npm_config_userconfig=~/x", "Npm_Config_GlobalConfig=" + dir + "/g"}, {"PREFIX=" + dir + "/p"}, {"npm_config_prefix=" + dir + "/q"}} {
		environ := append([]string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "npm_config_update_notifier=false"}, extra...)
		env := Environ(environ)
		for _, c := range [][2]string{{"userconfig", UserPath(env, "/nowhere", "linux")}, {"globalconfig", GlobalPath(env, node, "linux")}} {
			out, err := npm(t).Command(t.Context(), dir, environ, "config", "get", c[0]).Output()
			if got := strings.TrimSpace(string(out)); err != nil || got != c[1] {
				t.Errorf("%v: npm says %s is %s, %v; we say %s", extra, c[0], got, err, c[1])
			}
		}
	}
}

// TestB22_NPMConfigGet lets the real npm read files that Set wrote.
func TestB22_NPMConfigGet(t *testing.T) {
	dir := t.TempDir()
	rc := filepath.Join(dir, "rc")
	for src, value := range map[string]string{
		"":                                       "plain",
		"# c\r\ninit-author-name = x ; y":        "with # and ; inside",
		"\ufeffinit-author-name=x\n":             "back\\slash",
		"init-author-name=a\n[s]\nb=1\n":         `"quoted"`,
		"registry=https://registry.example.com/": "a=b",
	} {
		out, err := Set([]byte(src), "init-author-name", value)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(rc, out, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := npm(t).Command(t.Context(), dir, nil, "config", "get", "init-author-name", "--userconfig", rc).Output()
		if err != nil || strings.TrimSuffix(string(got), "\n") != value {
			t.Errorf("file %q: npm reads %q, %v; want %q", out, got, err, value)
		}
	}
}

// TestRestoreAfterRealNPM lets the real npm rewrite a commented file, as its login does.
func TestRestoreAfterRealNPM(t *testing.T) {
	dir := t.TempDir()
	rc := filepath.Join(dir, ".npmrc")
	if err := os.WriteFile(rc, []byte(commented), 0o600); err != nil {
		t.Fatal(err)
	}
	const key = "//registry.example.com/:_authToken"
	cmd := npm(t).Command(t.Context(), dir, nil, "config", "set", key+"=npm_LITERAL", "--location=user", "--userconfig", rc)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v", out, err)
	}
	after, err := os.ReadFile(rc)
	if err != nil || bytes.Contains(after, []byte("# work")) || !bytes.Contains(after, []byte("npm_LITERAL")) {
		t.Fatalf("npm does not rewrite any more as it did: %q %v", after, err)
	}
	got, err := Restore(TemplateOf([]byte(commented)), after, map[string]string{key: "${SG_1}"})
	if err != nil || string(got) != commented {
		t.Errorf("npm wrote %q\ngot  %q %v\nwant %q", after, got, err, commented)
	}
}
