package findings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/finding"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

func TestPathOf(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	elsewhere := filepath.Join(t.TempDir(), "debug.log")
	for typed, want := range map[string]string{
		"": "", "  ": "", elsewhere: elsewhere, ` "` + elsewhere + `" `: elsewhere,
		filepath.Join("~", "a.log"): filepath.Join(home, "a.log"), "~": home, "~a": filepath.Join(home, "~a"), "a.log": filepath.Join(home, "a.log"),
	} {
		if got := pathOf(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}

// TestLongLog: of a log that is too long the end is read, where it says what failed.
func TestLongLog(t *testing.T) {
	name := filepath.Join(t.TempDir(), "debug.log")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte(said()), longestLog); err != nil { // what is before takes no room on the disk
		t.Fatal(err)
	}
	text, err := readLog(name)
	if err != nil || len(text) != longestLog {
		t.Fatalf("%d bytes, %v", len(text), err)
	}
	if f, ok := finding.Read(text); !ok || f.Package != "@acme/button" {
		t.Errorf("it says %+v", f)
	}
}

// TestJ01_ReportsHideWhatIsCutInTwo: a secret of which a report shows the end alone is hidden in it.
func TestJ01_ReportsHideWhatIsCutInTwo(t *testing.T) {
	secret := fakeagent.Canary.Reveal()
	line := "npm http fetch //npm.example.com/:_authToken=" + secret + "\n"
	for _, more := range []int{-len(line) - 1, -len(line), 1 - len(line), -40, -20, -1, 0, 1} {
		after := longestReport + more
		got := shown([]byte(line + strings.Repeat("x", after-1) + "\n"))
		if strings.Contains(got, secret[len(secret)-20:]) {
			t.Fatalf("with %d bytes behind it: %.100q", after, got)
		}
	}
}
