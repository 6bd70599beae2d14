package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// told is problems as a text: code, file, line, arguments, and the new texts of files.
func told(problems []Problem) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&b, "%s %s:%d %s", p.Code, p.Path, p.Line, p.Severity)
		for _, k := range slices.Sorted(maps.Keys(p.Args)) {
			fmt.Fprintf(&b, " %s=%q", k, p.Args[k])
		}
		for _, f := range p.Fix {
			fmt.Fprintf(&b, "\n%s:\n%s", f.Path, f.New)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// check looks through a project's and a user's file, where NPM_TOKEN is defined and SG_1 holds the session of
// r.example.com.
func check(user, project string, managers ...injection.Manager) []Problem {
	return Check(Facts{
		Sources:  []Source{{"user", User, []byte(user)}, {"project", Project, []byte(project)}},
		Managers: managers,
		Defined:  func(name string) bool { return name == "NPM_TOKEN" || name == "SG_1" },
		Session: func(key string) Session {
			if key != "//r.example.com/" {
				return Session{}
			}
			return Session{"SG_1", func(s token.Secret) bool { return s.Reveal() == "live" }}
		},
	})
}

func TestHonestFilesAreSilent(t *testing.T) {
	for _, text := range []string{
		"", "registry=https://r.example.com/\n//r.example.com/:_authToken=${SG_1}\n", "//r.example.com/:_authToken=live\n",
		"//r.example.com/a/:_authToken=${NPM_TOKEN}\n@a:registry=https://r.example.com/a/\n[x]\ny=1\n",
		"registry=https://r.example.com:8443/\n//r.example.com:8443/:_authToken=x\n//r.example.com/:_authToken=y\n@b:registry=https://r.example.com/b/\n",
		"//r.example.com/:_authToken=\\${NOT_SET}\n", "; //r.example.com/:_authToken=${X:-}\n", "cache=${NPM_TOKEN}\n//r.example.com/:email=a@example.com\n",
		"//[::1]:4873/:_authToken=x\nregistry=http://[::1]:4873/\n",
	} {
		if got := check(text, ""); len(got) > 0 {
			t.Errorf("%q:\n%s", text, told(got))
		}
	}
}

func TestYarnFiles(t *testing.T) {
	facts := func(level Level, text string) Facts {
		return Facts{
			Sources: []Source{{"mine", Yarn, []byte("npmAuthToken: ${MINE-}\n")}, {"it", level, []byte(text)}},
			Defined: func(name string) bool { return name == "NPM_TOKEN" },
			Session: func(key string) Session { return Session{Own: "SG_1"} },
		}
	}
	for _, c := range []struct {
		level      Level
		text, want string
	}{
		{Yarn, "npmAuthToken: \"${NPM_TOKEN}\"\n", ""},
		{Yarn, "npmAuthToken: ${GONE-}\n", ""},
		{Yarn, "# c\nnpmAuthToken: ${GONE} # d\n", "# c\nnpmAuthToken: \"${SG_1-}\" # d\n"},
		{Yarn, "npmAuthToken: ${NPM_TOKEN?}\n", "npmAuthToken: \"${NPM_TOKEN-}\"\n"},
		{YarnProject, "npmAuthToken: ${GONE}\n", "npmAuthToken: \"${GONE-}\"\n"},
		{YarnEnv, "A=1\nMINE=x\n", "A=1\n"},
		{YarnEnv, "export YARN_NPM_AUTH_TOKEN = x", ""},
		{YarnEnv, "A=1\n#MINE=x\n", ""},
	} {
		got := Check(facts(c.level, c.text))
		if c.want == "" && (c.level != YarnEnv || !strings.Contains(c.text, "YARN")) {
			if len(got) > 0 {
				t.Errorf("%q:\n%s", c.text, told(got))
			}
			continue
		}
		if len(got) != 1 || len(got[0].Fix) != 1 || string(got[0].Fix[0].New) != c.want || strings.Contains(fmt.Sprint(got[0].Args), "x") {
			t.Errorf("%q:\n%s", c.text, told(got))
		}
	}
}

func TestRepairs(t *testing.T) {
	for _, c := range []struct{ name, user, project, want string }{
		{"comments and line ends stay", "; mine\r\n//r.example.com/:_authToken = ${NPM_TOKEN:-}   ; here\r\nx=1\r\n", "",
			"; mine\r\n//r.example.com/:_authToken = ${NPM_TOKEN}   ; here\r\nx=1\r\n"},
		{"ours for a variable that nobody defines", "//r.example.com/:_authToken=${GONE?}", "", "//r.example.com/:_authToken=${SG_1}"},
		{"no guess for another registry", "//o.example.com/:_authToken=${GONE}", "", ""},
		{"the middle of a value", "//r.example.com/:_auth=a${NPM_TOKEN:-x}b${NPM_TOKEN?}\n", "", "//r.example.com/:_auth=a${NPM_TOKEN}b${NPM_TOKEN}\n"},
		{"out of the section, in order", "a=1\n[s]\nb=2\n//r.example.com/:_authToken=live\n# c\nregistry=https://r.example.com/\n", "",
			"a=1\n//r.example.com/:_authToken=live\nregistry=https://r.example.com/\n[s]\nb=2\n# c\n"},
		{"not where it stands already", "registry=https://r.example.com/\n[s]\nregistry=https://o.example.com/\n", "", ""},
		{"a slash", "//r.example.com/x:_authToken=live", "", "//r.example.com/x/:_authToken=live"},
		{"no second key", "//r.example.com:_authToken=a\n//r.example.com/:_authToken=live\n", "", ""},
		{"the usual port", "//r.example.com:443/:_authToken=live\n", "", "//r.example.com/:_authToken=live\n"},
		{"the registry's port", "@a:registry=https://r.example.com:8443/x/\n//r.example.com/x/:_authToken=live\n", "", "@a:registry=https://r.example.com:8443/x/\n//r.example.com:8443/x/:_authToken=live\n"},
		{"everything unscoped at once", "_auth=YTpi\nregistry=https://r.example.com/\nusername=me\n_password=eA==\n", "",
			"//r.example.com/:_auth=YTpi\nregistry=https://r.example.com/\n//r.example.com/:username=me\n//r.example.com/:_password=eA==\n"},
		{"email and the like", "email=a\ncertfile=b\nx=1\n", "", "x=1\n"},
		{"always-auth", "always-auth=true\n//r.example.com/:always-auth=true\nx=1\n", "", "x=1\n"},
		{"out of the project", "x=1\n", "a=1\n//r.example.com/:_authToken=${NPM_TOKEN}\n", "a=1\n|x=1\n//r.example.com/:_authToken=${NPM_TOKEN}\n"},
		{"ours, in the user's file and not in the project's", "", "a=1\n//r.example.com/:_authToken=${GONE}\n", "a=1\n|//r.example.com/:_authToken=${SG_1}\n"},
		{"the user has the line", "//r.example.com/:_authToken=${SG_1}\n", "a=1\n//r.example.com/:_authToken=${GONE}\n", "a=1\n"},
		{"the stale one goes", "//r.example.com/:_authToken=${SG_1}\n", "//r.example.com/:_authToken=old\n# b\n", "# b\n"},
		{"and ours takes its place", "", "//r.example.com/:_authToken=old", "|//r.example.com/:_authToken=${SG_1}\n"},
		{"a literal of the user's is not ours to judge here", "//r.example.com/:_authToken=other\n", "//r.example.com/:_authToken=old\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := check(c.user, c.project)
			if len(got) != 1 {
				t.Fatalf("got %d problems:\n%s", len(got), told(got))
			}
			var files []string
			for _, f := range got[0].Fix {
				if string(f.Old) != c.user && string(f.Old) != c.project {
					t.Error("the old text is no file's")
				}
				files = append(files, string(f.New))
			}
			if strings.Join(files, "|") != c.want {
				t.Errorf("got %q, want %q", files, c.want)
			}
			if strings.Contains(fmt.Sprint(got[0].Args), "live") || strings.Contains(fmt.Sprint(got[0].Args), "old") {
				t.Errorf("a secret in %v", got[0].Args)
			}
		})
	}
}

// Only those are told whose package managers mind.
func TestManagersThatMind(t *testing.T) {
	m := func(name, version string) injection.Manager { return injection.Manager{Name: name, Version: version} }
	for _, c := range []struct {
		text string
		own  injection.Manager
		want string
	}{
		{"//r.example.com/:_authToken=${NPM_TOKEN?}\n", m("npm", "11.6.0"), ""},
		{"//r.example.com/:_authToken=${NPM_TOKEN?}\n", m("npm", "10.9.0"), "npm 10"},
		{"//r.example.com/:_authToken=${NPM_TOKEN?}\n", m("yarn", "1.22.22"), "yarn 1"},
		{"//r.example.com/:_authToken=${NPM_TOKEN?}\n", m("yarn", "4.1.0"), ""},
		{"//r.example.com/:_authToken=${NPM_TOKEN:-}\n", m("pnpm", "12.0.0"), ""},
		{"//r.example.com/:_authToken=${NPM_TOKEN:-}\n", m("bun", ""), "bun"},
		{"email=x\n", m("npm", "11.0.0"), ""},
		{"email=x\n", m("npm", "12.0.0"), "npm 12"},
		{"email=x\n", m("npm", ""), "npm 12"},
		{"_auth=x\n", m("npm", "8.1.0"), ""},
		{"always-auth=true\n", m("npm", "10.1.0"), ""},
		{"//r.example.com:_authToken=x\n", m("npm", "12.0.0"), ""},
		{"//r.example.com:_authToken=x\n", m("pnpm", "10.0.0"), "pnpm 10"},
	} {
		got := check(c.text, "", c.own)
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || got[0].Args["Managers"] != c.want) {
			t.Errorf("%q for %v:\n%s", c.text, c.own, told(got))
		}
	}
}

// TestAnyFile: whatever a file says, a repair touches the lines that it says and can be repeated to an end.
func FuzzCheck(f *testing.F) {
	f.Add("registry=https://r.example.com:1/\n//r.example.com:_authToken=${A:-}\n[x]\nemail=a\n_auth=x\n")
	f.Fuzz(func(t *testing.T, text string) {
		for range 20 {
			got := check(text, "")
			i := slices.IndexFunc(got, func(p Problem) bool { return len(p.Fix) > 0 })
			if i < 0 {
				return
			}
			if next := string(got[i].Fix[0].New); next != text {
				text = next
				continue
			}
			t.Fatalf("%s changes nothing in %q", got[i].Code, text)
		}
		t.Errorf("no end: %q\n%s", text, told(check(text, "")))
	})
}
