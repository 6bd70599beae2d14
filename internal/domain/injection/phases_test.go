package injection_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// TestSplit is the table of installs: the first phase, then what follows it. "no" is refused.
func TestSplit(t *testing.T) {
	for _, c := range []struct{ manager, command, scripts, want string }{
		{"npm 11.19.1", "ci", "", "ci --ignore-scripts | rebuild"},
		{"npm 11.19.1", "install", "preinstall install postinstall prepare postprepare", "install --ignore-scripts | rebuild | run --if-present prepare"},
		{"npm 10.0.0", "i", "prepublish preprepare postprepare", "i --ignore-scripts | rebuild | run --if-present prepublish | run --if-present preprepare | run --if-present postprepare"},
		{"npm 12.2.0", "install", "preinstall install prepare", "install --ignore-scripts | rebuild | run --if-present install | run --if-present prepare"},
		{"npm 12.2.0", "ci", "preinstall postinstall", "ci --ignore-scripts | rebuild | run --if-present preinstall | run --if-present postinstall"},
		{"npm 12.2.0", "--prefix web install --no-audit -- x", "install", "--prefix web install --no-audit --ignore-scripts -- x | --prefix web rebuild"},
		{"npm 12.2.0", "install -w a", "prepare", "install -w a --ignore-scripts | -w a rebuild | run --if-present prepare"},
		{"npm 12.2.0", "install left-pad", "install", "install left-pad --ignore-scripts | rebuild"},
		{"npm 12.2.0", "update", "install", "update --ignore-scripts | rebuild"},
		{"npm 12.2.0", "install --ignore-scripts", "install", "install --ignore-scripts --ignore-scripts"},
		{"npm 12.2.0", "install -g x", "", "no"},
		{"npm 12.2.0", "publish", "", "no"},
		{"npm 12.2.0", "", "", "no"},
		{"npm 12.2.0", "-- install", "", "no"},
		{"pnpm 10.34.9", "install --frozen-lockfile", "install", "install --frozen-lockfile --ignore-scripts | rebuild --pending"},
		{"pnpm 12.21.0", "-r --filter web install", "", "-r --filter web install --ignore-scripts | -r --filter web rebuild --pending"},
		{"pnpm 11.28.11", "-C web install", "workspace", "-C web install --ignore-scripts | -C web -r rebuild --pending"},
		{"pnpm 11.28.11", "install --filter web", "workspace", "install --filter web --ignore-scripts | --filter web rebuild --pending"},
		{"pnpm 11.28.11", "install --ignore-workspace", "workspace", "install --ignore-workspace --ignore-scripts | --ignore-workspace rebuild --pending"},
		{"pnpm 12.21.0", "add -g x", "", "no"},
		{"pnpm 12.21.0", "install --ignore-scripts", "", "install --ignore-scripts --ignore-scripts"},
		{"pnpm 12.21.0", "publish", "", "no"},
		{"yarn 1.22.22", "", "", "--ignore-scripts | --force --offline"},
		{"yarn 1.22.22", "install --frozen-lockfile", "", "install --frozen-lockfile --ignore-scripts | install --frozen-lockfile --force --offline"},
		{"yarn 1.22.22", "add x --cwd web", "", "add x --cwd web --ignore-scripts | --cwd web install --force --offline"},
		{"yarn 1.22.22", "--ignore-scripts", "", "--ignore-scripts --ignore-scripts"},
		{"yarn 1.22.22", "publish", "", "no"},
		{"yarn 4.18.1", "", "", "--mode=skip-build | rebuild"},
		{"yarn 4.18.1", "install --immutable", "", "install --immutable --mode=skip-build | rebuild"},
		{"yarn 4.18.1", "install --mode=update-lockfile", "", "no"},
		{"yarn 4.18.1", "npm publish", "", "no"},
		{"yarn ", "install", "", "no"},
		{"bun 1.4.5", "install", "", "no"},
		{"deno 2.9.6", "install", "", "no"},
		{" ", "install", "", "no"},
	} {
		name, version, _ := strings.Cut(c.manager, " ")
		scripts := func(s string) bool {
			for _, one := range strings.Fields(c.scripts) {
				if one == s {
					return true
				}
			}
			return false
		}
		args := strings.Fields(c.command)
		in := injection.Project{Scripts: scripts, PnpmWorkspace: c.scripts == "workspace"}
		p, ok := injection.Split(injection.Manager{Name: name, Version: version}, args, in)
		got := "no"
		if ok {
			parts := []string{strings.Join(p.Fetch, " ")}
			for _, b := range p.Build {
				parts = append(parts, strings.Join(b, " "))
			}
			got = strings.Join(parts, " | ")
		}
		if got != c.want {
			t.Errorf("%s %s: %q, want %q", c.manager, c.command, got, c.want)
		}
		if p.NoShell != (ok && name == "npm") {
			t.Errorf("%s %s: without a shell: %v", c.manager, c.command, p.NoShell)
		}
		if fmt.Sprint(args) != fmt.Sprint(strings.Fields(c.command)) {
			t.Errorf("%s %s: the arguments were changed", c.manager, c.command)
		}
	}
}

func TestFolderFlag(t *testing.T) {
	for command, want := range map[string]string{
		"install": "", "install --prefix web": "web", "--prefix=web/a install": "web/a", "-C a -C b install": "b", "install -- --prefix web": "",
		"--cwd x add y": "x", "--dir x i": "x",
	} {
		if got := injection.FolderFlag(strings.Fields(command)); got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}
