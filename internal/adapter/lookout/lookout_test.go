package lookout

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// machine is a home folder of a test.
type machine struct {
	*Lookout
	t    *testing.T
	home string
	vars map[string]string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, home: t.TempDir(), vars: map[string]string{}}
	m.Lookout = New(Options{Home: m.home, Program: filepath.Join(m.home, "bin", "sandglass-agent"), Env: func(name string) string { return m.vars[name] }})
	return m
}

// write makes a file below the home folder. %HOME% in it is that folder.
func (m *machine) write(name, text string) string {
	m.t.Helper()
	path := filepath.Join(m.home, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "%HOME%", m.home)), 0o600); err != nil {
		m.t.Fatal(err)
	}
	return path
}

func (m *machine) signs() []api.Sign {
	m.t.Helper()
	signs, err := m.Signs(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	return signs
}

// is wants that there is one sign, or none for "".
func (m *machine) is(name, want string) {
	m.t.Helper()
	got := ""
	for _, s := range m.signs() {
		got += s.What
		if !filepath.IsAbs(s.File) || s.Detail == "" || time.Since(s.Since) > time.Hour {
			m.t.Errorf("%s: %+v", name, s)
		}
	}
	if got != want {
		m.t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

func TestN02_NothingIsThere(t *testing.T) {
	newMachine(t).is("empty", "")
	gone := New(Options{Home: filepath.Join(t.TempDir(), "none"), Env: func(string) string { return "" }})
	if _, err := gone.Signs(t.Context()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a home folder: %v", err)
	}
}

func TestSignsEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newMachine(t).Signs(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestKnownNames in all their spellings, and what only looks like one.
func TestKnownNames(t *testing.T) {
	for name, want := range map[string]bool{
		"gh-token-monitor.service": true, "com.user.gh-token-monitor.plist": true, "GH_Token_Monitor.sh": true, "com.github.token.monitor.plist": true, "github-token-monitor": true,
		"npm-token-monitor.timer": true, "token-monitor.sh": true, "com.user.kitty-monitor.plist": true,
		"claude-token-monitor.service": false, "kitty.desktop": false, "gh.service": false, "monitor.service": false, "": false, "syncthing.service": false,
	} {
		if isKnown(name) != want {
			t.Errorf("%q is known: %v", name, !want)
		}
	}
	if namesKnown("start gh token\nmonitor it") {
		t.Error("words that stand apart are no name")
	}
}

func TestCredentialsMentioned(t *testing.T) {
	for text, want := range map[string]bool{
		"cat ~/.npmrc": true, "grep _authToken": true, "curl -H \"Authorization: Bearer $(gh auth token)\" https://api.github.com/user": true, "NODE_AUTH_TOKEN=x": true,
		"curl https://registry.example.com/-/whoami": true, "env.GITHUB_TOKEN": true, "npmAuthToken": true,
		"npm start": false, "npm config get prefix": false, "https://github.com/acme/site": false, "gh run list": false, "": false,
	} {
		if mentionsCredentials(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// FuzzJudge: whatever a definition holds, the answer is one of three.
func FuzzJudge(f *testing.F) {
	f.Add([]byte("[Service]\nExecStart=-/bin/sh -c '%h/a b/x.sh'"))
	f.Add([]byte("bplist00\x00\x01"))
	f.Add([]byte("<plist><key>ProgramArguments</key><array><string>~/x</string>"))
	f.Add([]byte("W\x00T\x00F\x00 = ${HOME}/../../etc/passwd"))
	home := f.TempDir()
	if err := os.WriteFile(filepath.Join(home, "x"), []byte("_authToken"), 0o600); err != nil {
		f.Fatal(err)
	}
	r, err := openHome(Options{Home: home, Program: filepath.Join(home, "agent"), Env: func(string) string { return "" }})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(r.close)
	f.Fuzz(func(t *testing.T, text []byte) {
		switch what := r.judge(entry{file: "/x/y.service", text: text}); what {
		case "", KnownName, WatchesCredentials:
		default:
			t.Fatal(what)
		}
		for _, p := range r.programs(settings(text)) {
			if _, ok := r.inside(p); !ok {
				t.Fatalf("%q is outside", p)
			}
		}
	})
}

func TestJ06_NamesAreCleaned(t *testing.T) {
	for dirty, want := range map[string]string{"a\u202eb\x1b[31m\n.service": "ab[31m.service", "日本 語.desktop": "日本 語.desktop", "a\ufffdb\xff": "ab", strings.Repeat("x", 9999): strings.Repeat("x", 499) + "…"} {
		if got := plain(dirty); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestOtherSystems judges definitions of macOS and Windows, wherever the test runs.
func TestOtherSystems(t *testing.T) {
	m := newMachine(t)
	script := m.write("w", "curl -s https://api.github.com/user")
	program := m.write("bin/sandglass-agent", "_authToken")
	r, err := openHome(m.o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	agent := func(keys string) string { return "<?xml?>\n<plist version=\"1.0\"><dict>" + keys + "</dict></plist>" }
	runs := func(list ...string) string {
		return "<key>ProgramArguments</key><array><string>" + strings.Join(list, "</string>\n<string>") + "</string></array>"
	}
	wide := func(s string) string { return strings.ReplaceAll(s, "", "\x00")[1:] }
	for name, c := range map[string]struct{ file, text, want string }{
		"the worm's agent":   {"com.user.gh-token-monitor.plist", "", KnownName},
		"a script":           {"a.plist", agent(runs("/bin/sh", script)), WatchesCredentials},
		"a command":          {"a.plist", agent(runs("/bin/sh", "-c", "gh auth token &gt; x")), WatchesCredentials},
		"a variable":         {"a.plist", agent(runs("/bin/x") + "<key>EnvironmentVariables</key><dict><key>GH_TOKEN</key><string>x</string></dict>"), WatchesCredentials},
		"dropbox":            {"com.dropbox.DropboxMacUpdate.agent.plist", agent(runs("/Applications/Dropbox.app/x", "-check", "periodic")), ""},
		"our own":            {"dev.sandglass.Sandglass.plist", agent(runs(program)), ""},
		"ours with another":  {"dev.sandglass.Sandglass.plist", agent("<key>Program</key><string>" + script + "</string>" + runs(program)), WatchesCredentials},
		"ours twice":         {"dev.sandglass.Sandglass.plist", agent(runs(program) + runs(script)), WatchesCredentials},
		"a shortcut":         {"x.lnk", "L\x00\x00\x00" + wide("cmd /c npm whoami"), WatchesCredentials},
		"a batch file":       {"x.bat", "@echo off\r\ntype %USERPROFILE%\\.npmrc\r\n", WatchesCredentials},
		"the Run key, ours":  {"Sandglass", "\"" + program + "\"", ""},
		"the Run key":        {"OneDrive", "\"C:\\Program Files\\OneDrive\\OneDrive.exe\" /background", ""},
		"an innocent folder": {"desktop.ini", "[.ShellClassInfo]\r\nLocalizedResourceName=@%SystemRoot%\\system32\\shell32.dll,-21787\r\n", ""},
	} {
		if got := r.judge(entry{file: filepath.Join(m.home, c.file), text: []byte(c.text)}); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
