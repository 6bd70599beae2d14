//go:build unix && !darwin

package browser

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const page = "https://registry.example.com/login/cli/0f1e2d3c?next=%2F"

// machine is a PATH with nothing in it but what the test puts there, and a display.
func machine(t *testing.T, scripts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"BROWSER", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"} {
		t.Setenv(name, "")
	}
	t.Setenv("PATH", dir)
	t.Setenv("DISPLAY", ":99")
	t.Setenv("DIR", dir)
	return dir
}

func opened(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "got"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestG14_EveryProgramInTurn(t *testing.T) {
	for _, name := range []string{"xdg-open", "x-www-browser", "www-browser"} {
		dir := machine(t, map[string]string{name: `printf '%s|' "$#" "$@" >"$DIR/got"`})
		if err := New(Options{}).Open(t.Context(), page); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := opened(t, dir); got != "1|"+page+"|" {
			t.Errorf("%s got %s", name, got)
		}
	}
}

func TestG14_NoProgram(t *testing.T) {
	machine(t, nil)
	if err := New(Options{}).Open(t.Context(), page); !errors.Is(err, ErrNoBrowser) {
		t.Errorf("got %v, want ErrNoBrowser", err)
	}
}

func TestG14_ProgramFails(t *testing.T) {
	machine(t, map[string]string{"xdg-open": "exit 3"})
	err := New(Options{}).Open(t.Context(), page)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("got %v, want exit status 3", err)
	}
	if err != nil && strings.Contains(err.Error(), "cli") {
		t.Errorf("J05: the error quotes the page: %v", err)
	}
}

func TestG14_ProgramHangs(t *testing.T) {
	dir := machine(t, nil)
	gate := filepath.Join(dir, "gate")
	if err := exec.Command("/usr/bin/mkfifo", gate).Run(); err != nil {
		t.Fatal(err)
	}
	hang := []byte("#!/bin/sh\nread x <\"$DIR/gate\"\n")
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), hang, 0o700); err != nil {
		t.Fatal(err)
	}
	b := New(Options{Limit: 50 * time.Millisecond})
	for range most {
		if err := b.Open(t.Context(), page); !errors.Is(err, ErrUnsure) {
			t.Fatalf("got %v, want ErrUnsure", err)
		}
	}
	if err := b.Open(t.Context(), page); !errors.Is(err, ErrBusy) {
		t.Errorf("a fifth one: %v, want ErrBusy", err)
	}
	release, err := os.OpenFile(gate, os.O_WRONLY, 0) // the hanging ones read its end
	if err != nil {
		t.Fatal(err)
	}
	if _, err := release.WriteString(strings.Repeat("x\n", most)); err != nil {
		t.Fatal(err)
	}
	for range most { // their places are free again once they are gone
		b.slots <- struct{}{}
	}
	_ = release.Close()
}

func TestG14_CancelledWhileItHangs(t *testing.T) {
	dir := machine(t, map[string]string{"xdg-open": `: >"$DIR/started"; read x <"$DIR/gate"`})
	gate := filepath.Join(dir, "gate")
	if err := exec.Command("/usr/bin/mkfifo", gate).Run(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	b := New(Options{})
	done := make(chan error, 1)
	go func() { done <- b.Open(ctx, page) }()
	release, err := os.OpenFile(gate, os.O_WRONLY, 0) // returns once the program reads
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
	_ = release.Close()
	for range most {
		b.slots <- struct{}{}
	}
}

func TestG14_LauncherThatLeavesABrowserBehind(t *testing.T) {
	dir := machine(t, map[string]string{"xdg-open": `{ read x <"$DIR/gate"; } & exit 0`})
	gate := filepath.Join(dir, "gate")
	if err := exec.Command("/usr/bin/mkfifo", gate).Run(); err != nil {
		t.Fatal(err)
	}
	if err := New(Options{}).Open(t.Context(), page); err != nil {
		t.Errorf("a browser that keeps its output open makes Open fail: %v", err)
	}
	release, err := os.OpenFile(gate, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_ = release.Close()
}

func TestG14_NoDisplayOrSSH(t *testing.T) {
	for _, env := range []map[string]string{{"DISPLAY": ""}, {"SSH_CONNECTION": "a 1 b 2"}, {"SSH_TTY": "/dev/pts/1"}} {
		dir := machine(t, map[string]string{"xdg-open": `: >"$DIR/got"`})
		for name, value := range env {
			t.Setenv(name, value)
		}
		if err := New(Options{}).Open(t.Context(), page); !errors.Is(err, ErrNoBrowser) {
			t.Errorf("%v: %v, want ErrNoBrowser", env, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "got")); err == nil {
			t.Errorf("%v: a program was run", env)
		}
	}
}

func TestG14_BROWSERCounts(t *testing.T) {
	dir := machine(t, map[string]string{"fails": "exit 1", "mine": `printf '%s|' "$@" >"$DIR/got"`, "xdg-open": "exit 9"})
	t.Setenv("SSH_TTY", "/dev/pts/1")
	for browser, want := range map[string]string{
		"mine":                     page + "|",
		"absent:fails:mine":        page + "|",
		"mine --new %s -x":         "--new|" + page + "|-x|",
		"mine $(touch x);id ::xyz": "$(touch|x);id|" + page + "|",
	} {
		t.Setenv("BROWSER", browser)
		if err := New(Options{}).Open(t.Context(), page); err != nil {
			t.Errorf("BROWSER=%s: %v", browser, err)
		}
		if got := opened(t, dir); got != want {
			t.Errorf("BROWSER=%s: got %s, want %s", browser, got, want)
		}
	}
	t.Setenv("BROWSER", "absent")
	if err := New(Options{}).Open(t.Context(), page); !errors.Is(err, ErrNoBrowser) {
		t.Errorf("got %v, want ErrNoBrowser", err)
	}
}

func TestArguments(t *testing.T) {
	if got := arguments("  ", page); len(got) != 0 {
		t.Errorf("got %q", got)
	}
	if got := arguments("a%s", page); !slices.Equal(got, []string{"a%s", page}) {
		t.Errorf("got %q", got)
	}
}

// lines hands what is logged to the test.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// TestMain gives the process's one log to the tests before any of them opens a page.
func TestMain(m *testing.M) {
	New(Options{Log: slog.New(slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	os.Exit(m.Run())
}

var logged = make(lines, 4096)

func TestG14_GarbageGoesToTheLog(t *testing.T) {
	machine(t, map[string]string{"xdg-open": `echo "garbage $1"; echo "GPU error" >&2`})
	if err := New(Options{}).Open(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	var all string
	for !strings.Contains(all, "GPU error") {
		select {
		case line := <-logged:
			all += line
		case <-time.After(20 * time.Second):
			t.Fatalf("the output is not in the log: %s", all)
		}
	}
	if !strings.Contains(all, "garbage https://registry.example.com/…") || strings.Contains(all, "0f1e2d3c") {
		t.Errorf("J01: the log says %s", all)
	}
}

// TestFolder: a folder is shown, and of a file the folder; nothing that lies there is started.
func TestFolder(t *testing.T) {
	dir := machine(t, map[string]string{"xdg-open": `printf '%s|' "$#" "$@" >"$DIR/got"`})
	t.Setenv("BROWSER", "never")
	odd := filepath.Join(dir, "my 50%41 #1?日本")
	if err := os.Mkdir(odd, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(odd, "start.desktop")
	if err := os.WriteFile(file, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	want := "1|file://" + dir + "/my%2050%2541%20%231%3F%E6%97%A5%E6%9C%AC|"
	for _, path := range []string{odd, file, odd + "/../" + filepath.Base(odd)} {
		if err := New(Options{}).Folder(t.Context(), path); err != nil {
			t.Error(err)
		}
		if got := opened(t, dir); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	for path, want := range map[string]error{"": ErrPath, "x": ErrPath, "--help": ErrPath, "file:///": ErrPath, "/a\x00": ErrPath, odd + "/none": os.ErrNotExist} {
		if err := New(Options{}).Folder(t.Context(), path); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", path, err, want)
		}
	}
	t.Setenv("DISPLAY", "")
	if err := New(Options{}).Folder(t.Context(), odd); !errors.Is(err, ErrNoBrowser) {
		t.Errorf("without a display: %v", err)
	}
}
