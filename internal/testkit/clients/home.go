package clients

import (
	"errors"
	"io/fs"
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
	h.Write(t, "bin/node", launcher("/bin/bash", []string{Node(t)}), 0o755)
	for _, c := range clients {
		h.Use(t, c)
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

// Use makes a client the one that its program's name calls, in the place of another version.
func (h *Home) Use(t testing.TB, c Client) {
	t.Helper()
	h.start(t, c, c.Launcher())
}

// Link puts a link to the client's own file in the place of its launcher, which is how npm installs a program:
// whoever follows it comes to the package. It runs on the node of PATH.
func (h *Home) Link(t testing.TB, c Client) {
	t.Helper()
	h.vacate(t, c)
	words := append([]string{c.Path}, c.Args...)
	if err := os.Symlink(words[len(words)-1], filepath.Join(h.Bin, c.Program())); err != nil {
		t.Fatal(err)
	}
}

// Shim puts a version manager's kind of launcher in the place of the client's: a script of /bin/sh, which
// on Debian is dash and drops variables whose names are no words.
func (h *Home) Shim(t testing.TB, c Client) {
	t.Helper()
	h.start(t, c, launcher("/bin/sh", append([]string{c.Path}, c.Args...)))
}

// start writes the file that starts a client. A link that stands there is no way to write to the client.
func (h *Home) start(t testing.TB, c Client, script string) {
	t.Helper()
	h.vacate(t, c)
	h.Write(t, "bin/"+c.Program(), script, 0o755)
}

func (h *Home) vacate(t testing.TB, c Client) {
	t.Helper()
	if err := os.Remove(filepath.Join(h.Bin, c.Program())); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
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
		"DENO_DIR=" + in(".cache/deno"), "DENO_NO_UPDATE_CHECK=1",
		"YARN_GLOBAL_FOLDER=" + in(".yarn"), "YARN_ENABLE_TELEMETRY=0",
		"http_proxy=" + h.proxy, "https_proxy=" + h.proxy, "HTTP_PROXY=" + h.proxy, "HTTPS_PROXY=" + h.proxy,
		"no_proxy=127.0.0.1,localhost,::1", "NO_PROXY=127.0.0.1,localhost,::1",
	}, more...)
}
