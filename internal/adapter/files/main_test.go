package files

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// helperVar makes the test binary a helper: a process of its own with another user, limit or fate.
const helperVar = "SANDGLASS_FILES_HELPER"

// helpers are the jobs of a helper process, by name. Their arguments come in os.Args.
var helpers = map[string]func(args []string) error{}

func TestMain(m *testing.M) {
	name := os.Getenv(helperVar)
	if name == "" {
		os.Exit(m.Run())
	}
	if err := helpers[name](os.Args[1:]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// outcome is what a helper said and whether it succeeded.
type outcome struct {
	text string
	err  error
}

// helper makes a command that runs a helper, wrapped by the commands in front of it.
func helper(t *testing.T, wrap []string, name string, args ...string) *exec.Cmd {
	t.Helper()
	line := append(append(wrap, binary(t)), args...)
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Env = append(os.Environ(), helperVar+"="+name, "GOMAXPROCS=1")
	cmd.Dir = "/"
	return cmd
}

func run(cmd *exec.Cmd) outcome {
	out, err := cmd.CombinedOutput()
	return outcome{strings.TrimSpace(string(out)), err}
}

var copied string

// binary is a copy of the test binary in a folder that every user may enter.
func binary(t *testing.T) string {
	t.Helper()
	if copied != "" {
		if _, err := os.Stat(copied); err == nil {
			return copied
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(openDir(t), "helper")
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	copied = path
	return path
}

// openDir is a temporary folder that every user may enter.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sandglass-files-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// missing skips a test for what the machine lacks; in CI nothing may lack.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("this machine lacks "+format, args...)
	}
	t.Skipf("this machine lacks "+format, args...)
}

func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			missing(t, "%s", p)
		}
	}
}

func newFiles(t *testing.T) *Files {
	t.Helper()
	return New(filepath.Join(t.TempDir(), "locks"))
}

func write(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func mustSay(t *testing.T, path, text string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("%s says %.60q, %v; want %.60q", filepath.Base(path), got, err, text)
	}
}

// mustBeClean requires that no temporary file of ours lies in dir.
func mustBeClean(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, ".sandglass.*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func mustFail(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

// edit reads, changes and replaces until nobody came in between.
func edit(f *Files, path string, change func([]byte) []byte) error {
	for {
		old, err := f.Read(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		fresh := change(bytes.Clone(old))
		if err = f.Replace(path, old, fresh); !errors.Is(err, agent.ErrChanged) {
			return err
		}
	}
}
