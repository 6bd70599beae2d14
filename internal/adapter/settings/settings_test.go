package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sandglass-dev/sandglass/internal/adapter/files"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// file is a settings file on disk; text "none" means that there is none.
func file(t *testing.T, text string) *File {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "sandglass", "settings.toml")
	if text != "none" {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-time.Hour) // a file that was emptied just now is taken for half written
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	return New(path, files.New(filepath.Join(dir, "locks")))
}

func content(t *testing.T, f *File) string {
	t.Helper()
	data, err := os.ReadFile(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// root is an absolute path in the system's own spelling.
func root() string {
	if runtime.GOOS == "windows" {
		return `C:\work`
	}
	return "/home/me/work"
}

// everything has no default in it.
func everything() api.Settings {
	return api.Settings{
		Language: "ja", Move: true, EmptyOnLock: true, Notices: false, Store: api.StoreFile,
		Projects: []string{root(), root() + "/日本 \"x\" <&>\t\x7f\\"}, LogLevel: "debug", Roots: []string{root() + "/src"},
		Modes: map[string]injection.Mode{"https://registry.example.com/": injection.ModeExec, "http://127.0.0.1:4873/": injection.ModeFile}, DesktopEnv: true, DefaultMode: injection.ModeFile,
		Quiet: "22:00-08:00", Animations: false, Explain: true, Welcomed: true,
	}
}

func TestNoFile(t *testing.T) {
	f := file(t, "none")
	s, found := f.Load()
	if diff := cmp.Diff(api.DefaultSettings(), s); diff != "" || found != nil {
		t.Errorf("%s, findings %v", diff, found)
	}
	if err := f.Save(everything()); err != nil {
		t.Fatal(err)
	}
	s, found = f.Load()
	if diff := cmp.Diff(everything(), s); diff != "" || found != nil {
		t.Errorf("%s, findings %v, file\n%s", diff, found, content(t, f))
	}
	for _, fd := range fields {
		if !strings.Contains(content(t, f), "# "+fd.note+"\n"+fd.name+" = ") {
			t.Errorf("a new file does not explain %s:\n%s", fd.name, content(t, f))
		}
	}
	if info, err := os.Stat(f.Path()); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestBadLinesAreFindings(t *testing.T) {
	f := file(t, `# mine
language = "fr"
move = "yes"
log_level = "debug"
colour = "npm_CANARY"
projects = ["relative"]
store = "disk"
notices = 1
quiet_hours = "22-8"
animations = "no"
welcomed = 3
modes = { "https://registry.example.com/" = "exec", "x" = "env" }
roots = ["src"]

[window]
width = 3
`)
	s, found := f.Load()
	want := api.DefaultSettings()
	want.LogLevel = "debug"
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, fd := range found {
		if fd.Code != api.FindingSettings || fd.File != f.Path() || fd.Args["Cause"] == "" {
			t.Errorf("finding %+v", fd)
		}
		got = append(got, fmt.Sprint(fd.Line, " ", fd.Args["Problem"], " ", fd.Args["Name"]))
	}
	wanted := []string{"2 value language", "3 type move", "5 unknown colour", "6 value projects", "7 value store", "8 type notices", "9 value quiet_hours", "10 type animations", "11 type welcomed", "12 value modes", "13 value roots", "15 unknown window", "16 unknown window.width"}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(fmt.Sprint(found), "CANARY") {
		t.Errorf("J01: a finding quotes what follows an unknown name: %v", found)
	}
}

func TestBrokenFileIsNeverOverwritten(t *testing.T) {
	for text, line := range map[string]int{
		"language = \"ja\"\nmove = \n":            2,
		"move = true\n\nmove = false\n":           3,
		"a\n":                                     1,
		"language = \"ja":                         1,
		"move = true\n[x]\n[x]\n":                 3,
		"language = \"\xff\"\n":                   1,
		"# c\n# d\nnotices = true notices = no\n": 3,
	} {
		f := file(t, text)
		s, found := f.Load()
		if diff := cmp.Diff(api.DefaultSettings(), s); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		if len(found) != 1 || found[0].Line != line || found[0].Args["Problem"] != syntax {
			t.Errorf("%q: findings %v, want one in line %d", text, found, line)
		}
		err := f.Save(everything())
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%s:%d:", f.Path(), line)) {
			t.Errorf("%q: saved over it, or the error does not say where: %v", text, err)
		}
		if content(t, f) != text {
			t.Errorf("%q became %q", text, content(t, f))
		}
	}
}

func TestSaveKeepsEverythingElse(t *testing.T) {
	const before = `# my own comment
  language = 'en'   # of mine
colour = "blue"
projects = [   # list
  "/a", # first
]
move   =   false

# about the window
[window] # table
move = 1
`
	const after = `# my own comment
  language = "ja"   # of mine
colour = "blue"
projects = []
move   =   true

log_level = "warn"
# about the window
[window] # table
move = 1
`
	f := file(t, before)
	if err := f.Save(api.Settings{Language: "ja", Move: true, Notices: true, Store: api.StoreKeyring, LogLevel: "warn", Renew: true, DefaultMode: injection.ModeEnv, Animations: true}); err != nil {
		t.Fatal(err)
	}
	want := after
	if runtime.GOOS == "windows" { // "/a" is no absolute path there, so the list counts as empty already
		want = strings.Replace(after, "projects = []", "projects = [   # list\n  \"/a\", # first\n]", 1)
	}
	if diff := cmp.Diff(want, content(t, f)); diff != "" {
		t.Error(diff)
	}
}

func TestSaveOfWhatIsThereTouchesNothing(t *testing.T) {
	for _, text := range []string{"", "# only a comment", "move = true", "\ufeffmove = true\r\n", "language = \"fr\"\n", "notices = \"oops\"\nx.y = 1\n"} {
		f := file(t, text)
		s, _ := f.Load()
		if err := f.Save(s); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got := content(t, f); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestSaveAndLoadAgree(t *testing.T) {
	for _, text := range []string{
		"none", "", "# c", "move = true", "\ufeffmove = false # c\r\nnotices = true\r\n", "language = \"fr\"", "[a]\nlanguage = 1", "[[a]]\n[[a]]\n", "# x\n\n# y\n[a.b]\n",
		"\"language\" = \"en\"\n'log_level'='info'", "language = \"\"\"\nen\"\"\"\nmove=false", "projects = [\"/a\",\n\"/b\"\n]\n[x]", "projects = 3\nstore = \"disk\"\nquiet_hours = 7",
	} {
		for _, want := range []api.Settings{everything(), api.DefaultSettings()} {
			f := file(t, text)
			first, _ := f.Load()
			if err := f.Save(want); err != nil {
				t.Errorf("%q: %v", text, err)
				continue
			}
			got, _ := f.Load()
			if !same(got.Projects, want.Projects) || !same(got.Roots, want.Roots) {
				t.Errorf("%q: projects %q, roots %q", text, got.Projects, got.Roots)
			}
			got.Projects, want.Projects, got.Roots, want.Roots = nil, nil, nil, nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q became %q: %s", text, content(t, f), diff)
			}
			if err := f.Save(first); err != nil {
				t.Errorf("%q: back: %v", text, err)
			}
			got, _ = f.Load()
			first.Roots, got.Roots = nil, nil
			if first.Projects, got.Projects = nil, nil; cmp.Diff(first, got) != "" {
				t.Errorf("%q: not the way back: %+v", text, got)
			}
		}
	}
}

func TestSaveRefusesWhatLoadWould(t *testing.T) {
	f := file(t, "none")
	for _, change := range []func(*api.Settings){
		func(s *api.Settings) { s.Language = "xx" },
		func(s *api.Settings) { s.Store = "disk" },
		func(s *api.Settings) { s.Quiet = "22:00" },
		func(s *api.Settings) { s.LogLevel = "" },
		func(s *api.Settings) { s.Modes = map[string]injection.Mode{"https://registry.example.com/": "all"} },
		func(s *api.Settings) { s.Modes = map[string]injection.Mode{"registry": injection.ModeEnv} },
		func(s *api.Settings) { s.Projects = []string{"relative"} },
		func(s *api.Settings) { s.Projects = []string{root() + "\xff"} },
		func(s *api.Settings) { s.Roots = []string{"src"} },
	} {
		s := api.DefaultSettings()
		change(&s)
		if err := f.Save(s); err == nil {
			t.Errorf("saved %+v", s)
		}
	}
	if _, err := os.Stat(f.Path()); !errors.Is(err, os.ErrNotExist) {
		t.Error("a file was made")
	}
}

func TestQuietHours(t *testing.T) {
	for text, fine := range map[string]bool{
		"": true, "22:00-08:00": true, "00:00-23:59": true, "12:30-13:30": true,
		"8:00-9:00": false, "22:00-22:00": false, "24:00-08:00": false, "22:60-08:00": false, "22:00 - 08:00": false,
		"22:00-08:00 ": false, "22:00": false, "22:00-08:00-09:00": false, "+1:00-02:00": false, "always": false,
	} {
		f := file(t, "# mine\nquiet_hours = \""+text+"\"\n")
		s, found := f.Load()
		if fine && (s.Quiet != text || found != nil) || !fine && (s.Quiet != "" || len(found) != 1 || found[0].Line != 2 || found[0].Args["Problem"] != wrongValue) {
			t.Errorf("%q: %q, findings %v", text, s.Quiet, found)
		}
	}
}

func TestC10_LinkIsKept(t *testing.T) {
	f := file(t, "move = false\n")
	target := filepath.Join(t.TempDir(), "dotfiles.toml")
	if err := os.Rename(f.Path(), target); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, f.Path()); err != nil {
		t.Skip("no links here")
	}
	if err := f.Save(everything()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(f.Path()); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link became a file")
	}
	if data, _ := os.ReadFile(target); !strings.Contains(string(data), "move = true") {
		t.Errorf("the file behind the link says %s", data)
	}
}

func FuzzSaveIsReadBack(f *testing.F) {
	f.Add("move = true\n[x]\nmove = 1 # c\n")
	f.Add("\ufeff# c\r\nprojects = [ # x\r\n]\r\n")
	f.Add("a.b = {c = 1}\n\"language\" = '''\nx'''")
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := parse([]byte(text))
		if err != nil {
			return
		}
		edited, err := parse(doc.edit(everything()))
		if err != nil {
			for _, e := range doc.entries { // a table where a setting is due: Save refuses, nothing is lost
				if _, known := named(e.name); known && e.to == 0 {
					return
				}
			}
			t.Fatalf("%q became %q: %v", text, doc.edit(everything()), err)
		}
		got := api.DefaultSettings()
		for _, e := range edited.entries {
			e.apply(&got)
		}
		if diff := cmp.Diff(everything(), got); diff != "" {
			t.Fatalf("%q became %q: %s", text, edited.data, diff)
		}
	})
}
