//go:build unix

package managers_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/managers"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// find looks with a PATH, a home, and more variables.
func find(t *testing.T, ctx context.Context, path string, more map[string]string) map[string]injection.Manager {
	t.Helper()
	home := t.TempDir()
	all := managers.New(managers.Options{Env: func(name string) string {
		switch name {
		case "PATH":
			return path
		case "HOME":
			return home
		}
		return more[name]
	}}).Find(ctx)
	found := map[string]injection.Manager{}
	for _, m := range all {
		found[m.Name] = m
	}
	if len(found) != len(all) {
		t.Errorf("found twice: %v", all)
	}
	return found
}

// TestFind_Real finds real programs, read through links and asked through scripts that say nothing of
// themselves.
func TestFind_Real(t *testing.T) {
	for _, set := range [][]string{{"npm10", "pnpm10", "yarn1", "bun"}, {"npm12", "pnpm12", "yarn4"}, {"npm11", "pnpm11"}} {
		for _, how := range []string{"links", "scripts"} {
			t.Run(how+" "+strings.Join(set, " "), func(t *testing.T) {
				dir := t.TempDir()
				link(t, clients.Node(t), filepath.Join(dir, "node"))
				for _, name := range set {
					if path := filepath.Join(dir, real[name][0]); how == "links" {
						link(t, program(t, name), path)
					} else {
						write(t, path, clients.Need(t, name).Launcher(), 0o755)
					}
				}
				found := find(t, t.Context(), "/nowhere:"+dir+":/usr/bin:/bin", nil)
				for _, name := range set {
					want := real[name]
					m := found[want[0]]
					if !strings.HasPrefix(m.Version, want[1]) || m.Path != filepath.Join(dir, want[0]) {
						t.Errorf("%s: %+v", name, m)
					}
				}
			})
		}
	}
}

// TestI13_NothingOfTheCurrentFolder starts nothing that lies in the current folder or in a project's programs.
func TestI13_NothingOfTheCurrentFolder(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	ran := filepath.Join(dir, "ran")
	for _, at := range []string{".", "bin", "node_modules/.bin"} {
		write(t, filepath.Join(dir, at, "npm"), "#!/bin/sh\n: >'"+ran+"'\necho 1.2.3\n", 0o755)
	}
	for _, path := range []string{"", ".", ":", "bin", "./bin", "::bin:.", dir + "/node_modules/.bin", dir + "/node_modules/.bin/"} {
		if found := find(t, t.Context(), path, nil); len(found) != 0 {
			t.Errorf("PATH %q: %v", path, found)
		}
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a planted program was started")
	}
}

// TestJ01_AskedProgramsGetNoCredential looks at all that a program that is asked is given.
func TestJ01_AskedProgramsGetNoCredential(t *testing.T) {
	dir := t.TempDir()
	seen := filepath.Join(dir, "seen")
	write(t, filepath.Join(dir, "npm"), "#!/bin/sh\n{ pwd; env; } >'"+seen+"'\necho 1.2.3\n", 0o755)
	found := find(t, t.Context(), dir+":/usr/bin:/bin:relative", map[string]string{
		"NPM_TOKEN": "canary", "NPM_CONFIG_USERCONFIG": "canary", "NODE_OPTIONS": "canary", "BASH_ENV": "canary", "TMPDIR": "/tmp",
	})
	if found["npm"].Version != "1.2.3" {
		t.Fatalf("found %v", found)
	}
	text, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	if strings.Contains(string(text), "canary") || lines[0] != "/" {
		t.Errorf("it was given:\n%s", text)
	}
	for _, want := range []string{"TMPDIR=/tmp", "COREPACK_ENABLE_NETWORK=0", "PATH=" + dir + ":/usr/bin:/bin"} {
		if !slices.Contains(lines, want) {
			t.Errorf("%s is missing in:\n%s", want, text)
		}
	}
}

// TestFind_Shims finds a shim without a version where it prints none.
func TestFind_Shims(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "npm"), "#!/bin/sh\necho 'Volta error: Node is not available.' >&2\nexit 126\n", 0o755)
	write(t, filepath.Join(dir, "pnpm"), "#!/bin/sh\necho 'No version is set for command pnpm'\necho '1.2.3 is what you want'\n", 0o755)
	write(t, filepath.Join(dir, "yarn"), "#!/bin/sh\necho 'mise: all is well'\necho 1.22.22\nsleep 1000 &\n", 0o755)
	write(t, filepath.Join(dir, "bun"), "#!/nowhere/bash\n", 0o755)
	write(t, filepath.Join(dir, "deno"), "no program", 0o644)
	found := find(t, t.Context(), dir+":/usr/bin:/bin", nil)
	for name, want := range map[string]string{"npm": "", "pnpm": "", "yarn": "1.22.22", "bun": ""} {
		if m, ok := found[name]; !ok || m.Version != want {
			t.Errorf("%s: %+v, want version %q", name, m, want)
		}
	}
	if m, ok := found["deno"]; ok && m.Path == filepath.Join(dir, "deno") {
		t.Errorf("a file that is no program was found: %+v", m)
	}
}

// TestFind_Corepack finds the shims of corepack, and leaves nothing behind where it keeps its downloads. They are the
// real ones where this machine has them, else some that litter as those do when they are asked.
func TestFind_Corepack(t *testing.T) {
	shims, _ := filepath.Glob("/usr/l*/node_modules/corepack/dist/pnpm.js")
	if len(shims) == 0 {
		pkg := filepath.Join(t.TempDir(), "node_modules", "corepack")
		write(t, filepath.Join(pkg, "package.json"), `{"name":"corepack","version":"0.34.0"}`, 0o644)
		for _, name := range []string{"pnpm.js", "yarn.js"} {
			write(t, filepath.Join(pkg, "dist", name), "#!/bin/sh\n: >\"$COREPACK_HOME/asked\"\n", 0o755)
		}
		shims = []string{filepath.Join(pkg, "dist", "pnpm.js")}
	}
	dir, home := t.TempDir(), t.TempDir()
	for _, name := range []string{"pnpm", "yarn"} {
		link(t, filepath.Join(filepath.Dir(shims[0]), name+".js"), filepath.Join(dir, name))
	}
	found := find(t, t.Context(), dir+":/usr/bin:/bin", map[string]string{"COREPACK_HOME": home})
	if found["pnpm"].Version != "" || found["yarn"].Version != "" || len(found) < 2 {
		t.Errorf("found %v", found)
	}
	if inside, err := filepath.Glob(filepath.Join(home, "*")); err != nil || len(inside) != 0 {
		t.Errorf("it left %v, %v", inside, err)
	}
}

// TestFind_EndsAllThatItStarted gives up with the context, and takes the children of those it asked along.
func TestFind_EndsAllThatItStarted(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "npm"), "#!/bin/sh\nsleep 1000 &\necho $! >'"+fifo+"'\nwait\n", 0o755)
	ctx, cancel := context.WithCancel(t.Context())
	pid := make(chan int, 1)
	go func() {
		defer cancel()
		text, _ := os.ReadFile(fifo)
		n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		pid <- n
	}()
	found := find(t, ctx, dir+":/usr/bin:/bin", nil)
	if m := found["npm"]; m.Path == "" || m.Version != "" {
		t.Errorf("found %v", found)
	}
	child := <-pid
	tick, late := time.NewTicker(5*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for child > 0 && alive(child) {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("a child lives on")
		}
	}
	if child <= 0 {
		t.Error("the program was not started")
	}
}

// alive tells a living process from one that is gone or waits to be reaped.
func alive(pid int) bool {
	if text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status"); err == nil {
		return !strings.Contains(string(text), "\nState:\tZ")
	}
	return syscall.Kill(pid, 0) == nil
}

func BenchmarkIdentify(b *testing.B) {
	path := clients.Need(b, "npm12").Args[0]
	for b.Loop() {
		managers.Identify(path)
	}
}
