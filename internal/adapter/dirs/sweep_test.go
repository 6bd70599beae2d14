package dirs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
)

// TestC27_FilesOfDeadProcessesGo, and no others.
func TestC27_FilesOfDeadProcessesGo(t *testing.T) {
	cmd := exec.Command("go", "version")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	dir, gone, mine := t.TempDir(), strconv.Itoa(cmd.ProcessState.Pid()), strconv.Itoa(os.Getpid())
	keep := []string{mine + "-x", "0-x", "note", "x-" + gone, gone}
	for _, name := range append(keep, gone+"-x") {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dirs.SweepDead(dir)
	dirs.SweepDead(filepath.Join(dir, "absent"))
	for _, name := range keep {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, gone+"-x")); err == nil {
		t.Error("the file of a process that is no more is there")
	}
}
