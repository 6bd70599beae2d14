//go:build !windows

package autostart

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
)

func TestPlist(t *testing.T) {
	for _, path := range append(odd, "/Users/a&b<c>/agent") {
		text := plist{}.write(path)
		if got := (plist{}).program(text); got != path {
			t.Errorf("%s reads back as %s", path, got)
		}
		if held, err := (plist{}).held(text); held != "" || err != nil {
			t.Errorf("%s: %q, %v", path, held, err)
		}
	}
}

func TestPlistTurn(t *testing.T) {
	fresh := plist{}.write("/Applications/Sandglass.app/Contents/MacOS/sandglass-agent")
	mine := strings.Replace(fresh, "<dict>", "<dict>\n\t<!-- mine -->\n\t<key>EnvironmentVariables</key>\n\t<dict><key>Disabled</key><true/></dict>", 1)
	for name, text := range map[string]string{"fresh": fresh, "mine": mine} {
		off, err := plist{}.turn(text, false)
		if want := strings.Replace(text, "<dict>", "<dict>\n\t<key>Disabled</key>\n\t<true/>", 1); err != nil || off != want {
			t.Errorf("%s: off: %v\n%s", name, err, off)
		}
		if held, err := (plist{}).held(off); !strings.Contains(held, "Disabled") || err != nil {
			t.Errorf("%s: held by %q, %v", name, held, err)
		}
		on, err := plist{}.turn(off, true)
		if want := strings.Replace(text, "<dict>", "<dict>\n\t<key>Disabled</key>\n\t<false/>", 1); err != nil || on != want {
			t.Errorf("%s: on: %v\n%s", name, err, on)
		}
		if held, err := (plist{}).held(on); held != "" || err != nil {
			t.Errorf("%s: held by %q, %v", name, held, err)
		}
	}
	never := strings.Replace(fresh, "<true/>", "<false/>", 1)
	if held, _ := (plist{}).held(never); held != "line 11: RunAtLoad is not true" {
		t.Errorf("held by %q", held)
	}
}

func TestNoPlist(t *testing.T) {
	for _, text := range []string{"", "bplist00\x00", "<plist><dict><key>Disabled</key>", "no", "<a/>"} {
		if _, err := (plist{}).held(text); !errors.Is(err, ErrForm) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestPlistIsOne has another reader of property lists read ours.
func TestPlistIsOne(t *testing.T) {
	desktop.Need(t, "python3")
	file := filepath.Join(t.TempDir(), "x.plist")
	if err := os.WriteFile(file, []byte(plist{}.write("/Users/a&b/agent")), 0o600); err != nil {
		t.Fatal(err)
	}
	script := `import plistlib, sys
v = plistlib.load(open(sys.argv[1], "rb"))
print(v["Label"], v["ProgramArguments"], v["RunAtLoad"], v["LimitLoadToSessionType"])`
	out, err := exec.Command("python3", "-c", script, file).CombinedOutput()
	if want := id + " ['/Users/a&b/agent'] True Aqua\n"; err != nil || string(out) != want {
		t.Errorf("%v: %s, want %s", err, out, want)
	}
}
