package logfile

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// secrets are texts of which nothing may be left in a log, each with the piece to look for.
var secrets = map[string]string{
	"npm":       "npm_CANARY0123456789012345678901234567",
	"npms":      "npms_CANARY012345678901234567890123456",
	"github":    "ghp_CANARY012345678901234567890123456789",
	"pat":       "github_pat_CANARY0123456789012345678901234567",
	"gitlab":    "glpat-CANARY01234567890123456",
	"jfrog":     "AKCpCANARY0123456789012345678901234567890123456789012345678901234567890",
	"jwt":       "eyJhbGciOiJIUzI1NiJ9.eyJDQU5BUlkiOjF9.CANARYCANARY-_x",
	"bearer":    "Authorization: Bearer CANARY.0123+/=~",
	"lower":     `{"authorization":"bearer CANARY0123456789"}`,
	"tab":       "Bearer\tCANARY0123456789",
	"basic":     "Basic CANARYdXNlcjpwYXNz==",
	"line":      "//registry.example.com/:_authToken=CANARY01-23",
	"quoted":    `//registry.example.com/:_authToken = "CANARY01"`,
	"auth":      "_auth=CANARYdXNlcjpw",
	"password":  "//registry.example.com/:_password=CANARY0123",
	"otp":       "npm-otp: CANARY123456",
	"env":       "NPM_TOKEN=CANARY0123",
	"ours":      "SG_0123ABCD=CANARY0123",
	"user":      "https://me:CANARYpass@registry.example.com/a",
	"query":     "https://registry.example.com/-/v1/done?authId=CANARY-0123",
	"page":      "https://registry.example.com/login/cli/CANARY-0123",
	"glued":     "x_npm_CANARY0123456789012345678901234567",
	"fragment":  "https://registry.example.com/x#CANARY",
	"json":      `{"_authToken":"CANARY0123456789"}`,
	"two lines": "a=npm_CANARY0123456789012345678901234567\nb=npm_CANARY0123456789012345678901234568",
}

type holder struct {
	Name   string
	Secret token.Secret
	hidden token.Secret
	Inner  []any
	err    error
}

type valuer struct{ s string }

func (v valuer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("in", v.s), slog.Any("err", errors.New(v.s)))
}

func TestJ01_NothingSecretReachesTheFile(t *testing.T) {
	for name, text := range secrets {
		l, path := openLog(t, "debug")
		log := slog.New(l.Handler())
		own := token.NewSecret(text)
		log.Debug("message "+text, "string", text, "error", errors.New(text), "wrapped", fmt.Errorf("get: %w", &url.Error{Op: "Get", URL: text, Err: errors.New(text)}))
		log.With("with", text).WithGroup("g").Info("x", "list", []any{text, errors.New(text), []string{text}}, "bytes", []byte(text), "map", map[string]string{"k": text})
		log.Warn("x", slog.Group("group", "s", text, slog.Group("deep", "e", errors.New(text))), "valuer", valuer{text}, "pointer", &holder{Name: text})
		log.Error("x", "secret", own, "pointer", &own, "holder", holder{text, own, own, []any{own, text}, errors.New(text)}, "list", []token.Secret{own}, text, "as a key")
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(data), "\n") != 4 {
			t.Errorf("%s: %d lines, want 4:\n%s", name, strings.Count(string(data), "\n"), data)
		}
		for line := range strings.Lines(string(data)) {
			if strings.Contains(line, "CANARY") {
				t.Errorf("J01 %s: %s", name, line)
			}
		}
	}
}

func TestJ02_SecretsPrintAsSuch(t *testing.T) {
	l, path := openLog(t, "info")
	slog.New(l.Handler()).Info("x", "s", token.NewSecret("plain-CANARY"), "p", new(token.NewSecret("plain-CANARY")), "h", holder{Secret: token.NewSecret("plain-CANARY"), hidden: token.NewSecret("plain-CANARY")})
	data, _ := os.ReadFile(path)
	if strings.Contains(string(data), "CANARY") || !strings.Contains(string(data), "s=[secret]") {
		t.Errorf("the log says %s", data)
	}
}

func TestPlainTextStays(t *testing.T) {
	for _, text := range []string{
		"", "poll login: the registry does not answer", "https://registry.example.com/a/b", "//registry.example.com/:_authToken", "npm_config_registry",
		"open /home/me/.npmrc: permission denied", "fingerprint 0123456789abcdef", "2h0m0s", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "me@example.com", "日本語",
	} {
		if got := Redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestLevels(t *testing.T) {
	l, path := openLog(t, "warn")
	log := slog.New(l.Handler())
	log.Info("hidden")
	log.Warn("shown")
	if err := l.SetLevel("debug"); err != nil {
		t.Fatal(err)
	}
	log.Debug("fine")
	if err := l.SetLevel("loud"); !errors.Is(err, ErrLevel) {
		t.Errorf("got %v, want ErrLevel", err)
	}
	data, _ := os.ReadFile(path)
	if s := string(data); strings.Contains(s, "hidden") || !strings.Contains(s, "level=WARN msg=shown") || !strings.Contains(s, "level=DEBUG msg=fine") {
		t.Errorf("the log says %s", s)
	}
	if _, err := Open(path, ""); !errors.Is(err, ErrLevel) {
		t.Errorf("got %v, want ErrLevel", err)
	}
}

func TestRotationKeepsFourPrivateFiles(t *testing.T) {
	l, path := openLog(t, "info")
	log := slog.New(l.Handler())
	line := strings.Repeat("long ", 2000)
	for range 600 { // 6 MB
		log.Info(line)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	waitForFiles(t, filepath.Dir(path), older+1)
	err := filepath.WalkDir(filepath.Dir(path), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("C01: %s has mode %v", p, info.Mode())
		}
		if !d.IsDir() && info.Size() > megabytes<<20 {
			t.Errorf("%s has %d bytes", p, info.Size())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestC02_WideFileIsTightened(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // modes say nothing there
	}
	path := filepath.Join(t.TempDir(), "sandglass.log")
	if err := os.WriteFile(path, []byte("older\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := Open(path, "info")
	if err != nil {
		t.Fatal(err)
	}
	slog.New(l.Handler()).Info("newer")
	defer l.Close()
	info, _ := os.Stat(path)
	data, _ := os.ReadFile(path)
	if info.Mode().Perm() != 0o600 || !strings.HasPrefix(string(data), "older\n") || !strings.Contains(string(data), "newer") {
		t.Errorf("mode %v, content %s", info.Mode(), data)
	}
}

func TestC15_WhatIsNoPlainFileIsRefused(t *testing.T) {
	if l, err := Open(t.TempDir(), "info"); err == nil {
		l.Close()
		t.Error("a folder was opened as a log")
	}
	dir := t.TempDir()
	link := filepath.Join(dir, "sandglass.log")
	if os.Symlink(filepath.Join(dir, "elsewhere"), link) != nil {
		return // no links on this machine
	}
	if l, err := Open(link, "info"); err == nil {
		l.Close()
		t.Error("a link was opened as a log")
	}
}

func openLog(t *testing.T, level string) (*Log, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state", "sandglass.log")
	l, err := Open(path, level)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l, path
}

// waitForFiles waits until a folder holds n files: old ones are removed in the background.
func waitForFiles(t *testing.T, dir string, n int) {
	t.Helper()
	for range 1 << 20 {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == n {
			return
		}
		runtime.Gosched()
	}
	entries, _ := os.ReadDir(dir)
	t.Fatalf("%d files, want %d", len(entries), n)
}
