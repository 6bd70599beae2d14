package window

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// program writes a script that stands in for the window: it notes every line that it is told.
func program(t *testing.T) (path, notes string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	dir := t.TempDir()
	path, notes = filepath.Join(dir, "sandglass-window"), filepath.Join(dir, "notes")
	script := "#!/bin/sh\necho started >>" + notes + "\nwhile read -r line; do echo \"$line\" >>" + notes + "; done\necho ended >>" + notes + "\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path, notes
}

func await(t *testing.T, notes, want string) {
	t.Helper()
	tick, limit := time.NewTicker(5*time.Millisecond), time.After(10*time.Second)
	defer tick.Stop()
	for {
		got, _ := os.ReadFile(notes)
		if strings.TrimSpace(string(got)) == want {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("the window noted %q, want %q", got, want)
		}
	}
}

func TestOneWindowIsRaised(t *testing.T) {
	t.Setenv("DISPLAY", ":0")
	path, notes := program(t)
	l := New(path, nil, slog.New(slog.DiscardHandler))
	for range 3 {
		if err := l.Show(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	await(t, notes, "started\nshow\nshow")
	l.Close()
	await(t, notes, "started\nshow\nshow\nended")
}

func TestNoDisplayAndNoProgram(t *testing.T) {
	l := New(filepath.Join(t.TempDir(), "none"), nil, slog.New(slog.DiscardHandler))
	t.Setenv("DISPLAY", ":0")
	if err := l.Show(t.Context()); !errors.Is(err, ErrNoProgram) {
		t.Errorf("no program: %v", err)
	}
	if runtime.GOOS == "linux" {
		t.Setenv("DISPLAY", "")
		t.Setenv("WAYLAND_DISPLAY", "")
		if err := l.Show(t.Context()); !errors.Is(err, ErrNoDisplay) {
			t.Errorf("no display: %v", err)
		}
	}
}
