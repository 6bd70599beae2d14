package npmlog

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

func finder(env map[string]string, home string) Finder {
	return Finder{Env: func(name string) string { return env[name] }, Home: home}
}

// TestRealNPM: the log of a real npm's last run is found, wherever npm was told to write it.
func TestRealNPM(t *testing.T) {
	npm := clients.Need(t, "npm12")
	for name, c := range map[string]struct {
		npmrc string
		env   map[string]string
	}{
		"as it is":         {"", nil},
		"cache in npmrc":   {"cache=${HOME}/else/where\n", nil},
		"logs-dir":         {"logs-dir=~/logs\n", nil},
		"from environment": {"cache=/nowhere\n", map[string]string{"npm_config_cache": "HOME/by/env"}},
	} {
		t.Run(name, func(t *testing.T) {
			home := clients.NewHome(t, "http://127.0.0.1:9/", npm)
			home.Write(t, ".npmrc", c.npmrc, 0o600)
			env, given := home.Env(), map[string]string{"HOME": home.Dir}
			env = append(without(env, "npm_config_cache", "NPM_CONFIG_CACHE", "npm_config_logs_dir"), "HOME="+home.Dir)
			for k, v := range c.env {
				given[k] = strings.ReplaceAll(v, "HOME", home.Dir)
				env = append(env, k+"="+given[k])
			}
			if _, _, err := finder(given, home.Dir).Newest(t.Context()); !errors.Is(err, agent.ErrNotFound) {
				t.Errorf("before the first run: %v", err)
			}
			for _, registry := range []string{"http://127.0.0.1:9/first/", "http://127.0.0.1:9/second/"} {
				_ = npm.Command(t.Context(), home.Work(), env, "whoami", "--registry", registry).Run() // it fails: nobody is signed in
			}
			path, text, err := finder(given, home.Dir).Newest(t.Context())
			if err != nil || !bytes.Contains(text, []byte("second")) || !bytes.Contains(text, []byte("ENEEDAUTH")) {
				t.Errorf("%s, %v:\n%s", path, err, text)
			}
		})
	}
}

func without(env []string, names ...string) (out []string) {
	for _, v := range env {
		name, _, _ := strings.Cut(v, "=")
		drop := false
		for _, one := range names {
			drop = drop || strings.EqualFold(name, one)
		}
		if !drop {
			out = append(out, v)
		}
	}
	return out
}

// TestLongLog: what failed stands at the end of a log, and who ran at its beginning.
func TestLongLog(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, ".npm", "_logs")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	text := "0 info using npm@12.2.0\n" + strings.Repeat("1 silly x\n", MaxSize/8) + "2 error code E404\n"
	if err := os.WriteFile(filepath.Join(dir, "2026-11-21T10_00_00_000Z-debug-0.log"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "zz-not-a-log.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, got, err := finder(nil, home).Newest(t.Context())
	if err != nil || len(got) > MaxSize || !bytes.HasPrefix(got, []byte("0 info")) || !bytes.HasSuffix(got, []byte("E404\n")) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
