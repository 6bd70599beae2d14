//go:build unix

package npmlog

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestPipesHoldNobodyUp: a config, a folder of logs or a log that is a pipe or leads in a circle is no reason to wait.
func TestPipesHoldNobodyUp(t *testing.T) {
	const name = "2026-01-02T03_04_05_678Z-debug-0.log"
	for path, make := range map[string]func(string) error{
		".npmrc": pipe, ".npm/_logs": pipe, ".npm/_logs/" + name: pipe,
		".npm": func(path string) error { return os.Symlink(path, path) },
	} {
		home := t.TempDir()
		path = filepath.Join(home, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := make(path); err != nil {
			t.Fatal(err)
		}
		if at, text, err := finder(nil, home).Newest(t.Context()); err == nil {
			t.Errorf("%s: %s %q", path, at, text)
		}
	}
}

func pipe(path string) error { return syscall.Mkfifo(path, 0o600) }
