package clients

import (
	"os"
	"path/filepath"
	"testing"
)

// Home is a user's home that one test owns: config, caches and programs of its own.
type Home struct {
	// Dir is $HOME.
	Dir string
	// Bin is first in PATH: node, and the clients that were asked for by the name that users type.
	Bin   string
	proxy string
}

// NewHome makes a home whose default registry is the one at registry, a loopback address that ends
// in "/". The clients can be called by name in it.
//
// The registry is written to the user's .npmrc and to the global files below it, because pnpm 10
// drops a whole .npmrc over one unset variable and would then ask npm's public registry. Whatever
// still strays meets the proxy.
func NewHome(t testing.TB, registry string, clients ...Client) *Home {
	t.Helper()
	h := &Home{Dir: t.TempDir(), proxy: refuse(t)}
	h.Bin = filepath.Join(h.Dir, "bin")
	h.Write(t, "bin/node", "#!/bin/sh\nexec '"+Node(t)+"' \"$@\"\n", 0o755)
	for _, c := range clients {
		h.Write(t, "bin/"+c.Program(), c.Launcher(), 0o755)
	}
	line := "registry=" + registry + "\n"
	h.Write(t, ".npmrc", line, 0o600)
	h.Write(t, "etc/npmrc", line, 0o644)
	h.Write(t, ".config/pnpm/rc", line, 0o644)
	for _, dir := range []string{"tmp", "run", "work"} {
		if err := os.MkdirAll(filepath.Join(h.Dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// Work is an empty folder to run commands in.
func (h *Home) Work() string { return filepath.Join(h.Dir, "work") }

// Write puts a file into the home. name is relative to it.
func (h *Home) Write(t testing.TB, name, content string, mode os.FileMode) {
	t.Helper()
	path := filepath.Join(h.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// Read returns a file of the home, or "" if there is none.
func (h *Home) Read(name string) string {
	content, _ := os.ReadFile(filepath.Join(h.Dir, name))
	return string(content)
}

// Env is an environment for programs in this home: nothing of the test's own, then more.
func (h *Home) Env(more ...string) []string {
	in := func(name string) string { return filepath.Join(h.Dir, name) }
	return append([]string{
		"HOME=" + h.Dir, "USER=tester", "LANG=C.UTF-8", "TERM=dumb",
		"PATH=" + h.Bin + ":/usr/local/bin:/usr/bin:/bin",
		"TMPDIR=" + in("tmp"),
		"XDG_CONFIG_HOME=" + in(".config"), "XDG_CACHE_HOME=" + in(".cache"),
		"XDG_DATA_HOME=" + in(".local/share"), "XDG_STATE_HOME=" + in(".local/state"),
		"XDG_RUNTIME_DIR=" + in("run"),
		"npm_config_globalconfig=" + in("etc/npmrc"), "npm_config_update_notifier=false",
		"npm_config_fund=false", "npm_config_audit=false", "npm_config_fetch_retries=0",
		"YARN_GLOBAL_FOLDER=" + in(".yarn"), "YARN_ENABLE_TELEMETRY=0",
		"http_proxy=" + h.proxy, "https_proxy=" + h.proxy, "HTTP_PROXY=" + h.proxy, "HTTPS_PROXY=" + h.proxy,
		"no_proxy=127.0.0.1,localhost,::1", "NO_PROXY=127.0.0.1,localhost,::1",
	}, more...)
}
