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

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// program writes a script that stands in for the window: it notes every line that it is told.
func program(t *testing.T) (path, notes string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	dir := t.TempDir()
	path, notes = filepath.Join(dir, "sandglass-window"), filepath.Join(dir, "notes")
	script := "#!/bin/sh\necho started \"$@\" >>" + notes + "\nwhile read -r line; do echo \"$line\" >>" + notes + "; done\necho ended >>" + notes + "\n"
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
		if err := l.Show(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
	}
	await(t, notes, "started\nshow\nshow")
	l.Close()
	await(t, notes, "started\nshow\nshow\nended")
}

// TestShowsRooms: the window starts in the room that is asked for, and goes to the next one.
func TestShowsRooms(t *testing.T) {
	t.Setenv("DISPLAY", ":0")
	path, notes := program(t)
	l := New(path, nil, slog.New(slog.DiscardHandler))
	want := []string{"started findings"}
	for i, room := range append([]api.Room{api.RoomFindings, api.RoomSetup, ""}, api.Rooms...) {
		if err := l.Show(t.Context(), room); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			want = append(want, strings.TrimSpace("show "+string(room)))
		}
	}
	l.Close()
	await(t, notes, strings.Join(append(want, "ended"), "\n"))
}

// TestNoOtherRoom: what is no room reaches neither the arguments nor the input of the window.
func TestNoOtherRoom(t *testing.T) {
	t.Setenv("DISPLAY", ":0")
	path, notes := program(t)
	l := New(path, nil, slog.New(slog.DiscardHandler))
	hostile := []api.Room{"attic", "-h", "--demo", "Sessions", " sessions", "sessions\nshow setup", "show", "\x00"}
	for _, room := range hostile {
		if err := l.Show(t.Context(), room); !errors.Is(err, ErrNoRoom) {
			t.Errorf("%q: %v", room, err)
		}
	}
	if _, err := os.Stat(notes); err == nil {
		t.Error("the window was started")
	}
	if err := l.Show(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	for _, room := range hostile {
		if err := l.Show(t.Context(), room); !errors.Is(err, ErrNoRoom) {
			t.Errorf("%q: %v", room, err)
		}
	}
	if err := l.Show(t.Context(), api.RoomSettings); err != nil {
		t.Fatal(err)
	}
	l.Close()
	await(t, notes, "started\nshow settings\nended")
}

func TestNoDisplayAndNoProgram(t *testing.T) {
	l := New(filepath.Join(t.TempDir(), "none"), nil, slog.New(slog.DiscardHandler))
	t.Setenv("DISPLAY", ":0")
	if err := l.Show(t.Context(), ""); !errors.Is(err, ErrNoProgram) {
		t.Errorf("no program: %v", err)
	}
	if runtime.GOOS == "linux" {
		t.Setenv("DISPLAY", "")
		t.Setenv("WAYLAND_DISPLAY", "")
		if err := l.Show(t.Context(), ""); !errors.Is(err, ErrNoDisplay) {
			t.Errorf("no display: %v", err)
		}
	}
}
