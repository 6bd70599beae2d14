package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/desktop"
	"github.com/sandglass-dev/sandglass/internal/testkit/terminal"
	"github.com/sandglass-dev/sandglass/internal/testkit/vault"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

// installers are the private installs of the matrix, and how each is told the package.
var installers = []struct{ client, add string }{
	{"npm10", "install"}, {"npm11", "install"}, {"npm12", "install"}, {"pnpm10", "add"}, {"pnpm11", "add"}, {"pnpm12", "add"},
	{"yarn1", "add"}, {"yarn4", "add"}, {"bun", "add"}, {"deno", "install"},
}

// columns are where a command is typed: an open shell, or a program that no shell started.
var columns = []string{"bash", "zsh", "fish", "nu", "no shell"}

// row is one line of the matrix: a mode, and what is typed in it.
type row struct {
	name   string
	mode   injection.Mode
	prefix string
	only   []string // clients, nil for all
}

var rows = []row{
	{"env", injection.ModeEnv, "", nil},
	{"file", injection.ModeFile, "", nil},
	{"exec", injection.ModeExec, "sandglass exec -- ", nil},
	{"helper", injection.ModeExec, "", []string{"pnpm10", "pnpm11", "pnpm12"}},
}

// outcome is what was measured: whether the private install worked before a renewal, after it, and after the
// session's end, when a public one has to work still.
type outcome struct{ before, renewed, ended, public bool }

// why says for what does not work what the reason is.
func why(r row, client, column string) string {
	if r.name == "helper" && client == "pnpm10" && column == "no shell" {
		return "pnpm 10 passes over a whole .npmrc, helper line and all, where a variable in it is not defined"
	}
	if r.mode == injection.ModeEnv && column == "no shell" {
		return "a program that no shell started has no variable of the shells: file mode, or the desktop's environment"
	}
	return ""
}

// TestMatrix installs a private package with every manager, in every shell, in every mode: before a renewal,
// after it in the same open shells, and after the session's end, and then a public one. Each cell is measured with real clients
// against a real registry; the table in the docs is what came out.
func TestMatrix(t *testing.T) {
	var mu sync.Mutex
	got := map[string]outcome{}
	t.Run("modes", func(t *testing.T) {
		for _, mode := range []injection.Mode{injection.ModeEnv, injection.ModeFile, injection.ModeExec} {
			t.Run(string(mode), func(t *testing.T) {
				t.Parallel()
				m := newBench(t, mode)
				m.measure(func(key string, change func(*outcome)) {
					mu.Lock()
					defer mu.Unlock()
					c := got[key]
					change(&c)
					got[key] = c
				})
			})
		}
	})
	for _, r := range rows {
		for _, i := range installers {
			for _, column := range columns {
				c, measured := got[keyOf(r, i.client, column)]
				works := why(r, i.client, column) == ""
				if r.wants(i.client) && (!measured || c.before != works || c.renewed != works || c.ended) {
					t.Errorf("%s: %+v (measured: %v), to work: %v", keyOf(r, i.client, column), c, measured, works)
				}
			}
		}
	}
	document(t, "matrix.md", matrixTable(got))
}

func (r row) wants(client string) bool { return r.only == nil || slices.Contains(r.only, client) }

func keyOf(r row, client, column string) string { return r.name + "/" + client + "/" + column }

// matrixTable is the table in the docs.
func matrixTable(got map[string]outcome) string {
	sign := map[bool]string{true: "yes", false: "no"}
	var b strings.Builder
	b.WriteString("| mode | manager | " + strings.Join(columns, " | ") + " |\n|---|---|" + strings.Repeat("---|", len(columns)) + "\n")
	var notes []string
	for _, r := range rows {
		for _, i := range installers {
			if !r.wants(i.client) {
				continue
			}
			fmt.Fprintf(&b, "| %s | %s |", r.name, i.client)
			for _, column := range columns {
				c := got[keyOf(r, i.client, column)]
				fmt.Fprintf(&b, " %s, %s, %s, %s", sign[c.before], sign[c.renewed], sign[c.ended], sign[c.public])
				if reason := why(r, i.client, column); reason != "" {
					if !slices.Contains(notes, reason) {
						notes = append(notes, reason)
					}
					fmt.Fprintf(&b, " (%d)", slices.Index(notes, reason)+1)
				}
				b.WriteString(" |")
			}
			b.WriteString("\n")
		}
	}
	for i, n := range notes {
		fmt.Fprintf(&b, "\n(%d) %s\n", i+1, n)
	}
	return b.String()
}

// bench is a user who works in one mode.
type bench struct {
	*user
	mode   injection.Mode
	r      *verdaccio.Server
	shells map[string]*terminal.Terminal
	runs   int
}

// newBench makes a user with every client, an agent, and open shells that load the hook.
func newBench(t *testing.T, mode injection.Mode) *bench {
	r := verdaccio.Start(t, verdaccio.Options{})
	home := clients.NewHome(t, r.URL)
	for _, i := range installers {
		linked(t, home, clients.Need(t, i.client))
	}
	nu := clients.Need(t, "nu")
	home.Write(t, "bin/nu", nu.Launcher(), 0o755)
	home.Write(t, ".yarnrc", "disable-self-update-check true\n", 0o600)
	home.Write(t, ".yarnrc.yml", "# mine\nnpmRegistryServer: \""+r.URL+"\"\nunsafeHttpWhitelist:\n  - 127.0.0.1\nnodeLinker: node-modules\nenableTelemetry: false\nnpmPreapprovedPackages: [\"*\", \"@*/*\"]\n", 0o600)
	for _, rc := range []string{".bashrc", ".zshrc", ".config/fish/config.fish"} {
		home.Write(t, rc, "# mine\n", 0o644)
	}
	bus := desktop.Bus(t)
	vault.Start(t, bus)
	u := newUser(t, home, "DBUS_SESSION_BUS_ADDRESS="+bus, "NO_COLOR=1", "SHELL=/bin/bash", "YARN_ENABLE_IMMUTABLE_INSTALLS=0", "npm_config_fetch_timeout=20000")
	for _, name := range []string{"npm12", "pnpm12", "yarn4", "bun", "deno"} {
		u.first(filepath.Join(home.Dir, "m", name))
	}
	if mode == injection.ModeExec {
		u.first(filepath.Join(home.Dir, "m", "pnpm10")) // its helper line is written where it is the user's pnpm
	}
	u.agent("--no-tray")
	m := &bench{user: u, mode: mode, r: r, shells: map[string]*terminal.Terminal{}}
	m.sandglass("setup", "--shell", "bash,zsh,fish,nu", "--move", "--yes")
	m.newSession(time.Hour)
	args := []string{"setup", "--mode", string(mode), "--yes"}
	if mode == injection.ModeExec {
		args = append(args, "--helper")
	}
	m.sandglass(args...)
	for _, column := range columns[:4] {
		cmd := exec.Command(column)
		switch column {
		case "bash":
			cmd = exec.Command("bash", "-i")
		case "nu":
			cmd = exec.Command(filepath.Join(home.Bin, "nu"))
		}
		cmd.Env, cmd.Dir = u.env, home.Work()
		m.shells[column] = terminal.Start(t, cmd)
	}
	return m
}

// linked puts a link to a client into a folder of its own, as installers do.
func linked(t *testing.T, home *clients.Home, c clients.Client) {
	t.Helper()
	dir := filepath.Join(home.Dir, "m", c.Name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	words := append([]string{c.Path}, c.Args...)
	if err := os.Symlink(words[len(words)-1], filepath.Join(dir, c.Program())); err != nil {
		t.Fatal(err)
	}
}

// newSession logs in as npm does: the session appears in the user's file. Earlier ones end.
func (m *bench) newSession(life time.Duration) {
	m.t.Helper()
	for _, old := range m.r.Requests() {
		if old.Token != "" {
			m.r.End(old.Token)
		}
	}
	secret := m.r.Mint("alice", life)
	before := m.session(m.r).Fingerprint
	line := "//" + m.r.Host() + "/:_authToken="
	var out []string
	for l := range strings.Lines(m.home.Read(".npmrc")) {
		if !strings.HasPrefix(l, line) {
			out = append(out, l)
		}
	}
	m.home.Write(m.t, ".npmrc", strings.Join(out, "")+line+secret+"\n", 0o600)
	m.await("the session to be adopted", func() bool {
		s := m.session(m.r)
		return s.Fingerprint != before && s.State != api.StateNone
	})
}

// holdNobodyUp switches off that shells renew a session before a command: here the end itself is looked at.
func (m *bench) holdNobodyUp() {
	m.t.Helper()
	const file = ".config/sandglass/settings.toml"
	m.home.Write(m.t, file, strings.Replace(m.home.Read(file), "renew_before_need = true", "renew_before_need = false", 1), 0o600)
	m.await("the setting to be in force", func() bool { return !m.status().Settings.Renew })
}

// measure runs all rows of the mode in all columns, in three phases.
func (m *bench) measure(note func(key string, change func(*outcome))) {
	phase := func(package_ string, take func(*outcome, bool)) {
		for _, r := range rows {
			for _, i := range installers {
				if r.mode != m.mode || !r.wants(i.client) {
					continue
				}
				for _, column := range columns {
					ok := m.install(r, i.client, i.add, column, package_)
					note(keyOf(r, i.client, column), func(c *outcome) { take(c, ok) })
				}
			}
		}
	}
	phase("@acme/private", func(c *outcome, ok bool) { c.before = ok })
	m.newSession(time.Hour)
	phase("@acme/private", func(c *outcome, ok bool) { c.renewed = ok })
	m.holdNobodyUp()
	m.newSession(3 * time.Second)
	m.await("the session's end", func() bool { return m.session(m.r).State == api.StateEnded })
	phase("@acme/private", func(c *outcome, ok bool) { c.ended = ok })
	phase("plain-sand", func(c *outcome, ok bool) { c.public = ok })
}

// install types one install, in a project and with caches of its own, and reports whether it worked.
func (m *bench) install(r row, client, add, column, pkg string) bool {
	m.t.Helper()
	m.runs++
	for _, cache := range []string{".npm", ".cache", ".bun", ".yarn", ".local/share/pnpm", ".local/share/pnpm-store"} {
		_ = os.RemoveAll(filepath.Join(m.home.Dir, cache))
	}
	project := fmt.Sprintf("work/p%d", m.runs)
	manifest, name := `{"name":"x","version":"1.0.0"}`, pkg
	switch client {
	case "yarn4":
		m.home.Write(m.t, project+"/yarn.lock", "", 0o644)
	case "deno": // its add asks the registry of its own kind of packages, too
		m.home.Write(m.t, project+"/deno.json", `{"minimumDependencyAge":0}`, 0o644)
		manifest, name = `{"name":"x","version":"1.0.0","dependencies":{"`+pkg+`":"1.0.0"}}`, ""
	}
	m.home.Write(m.t, project+"/package.json", manifest, 0o644)
	program := strings.TrimRight(client, "0123456789")
	line := r.prefix + program + " " + add + " " + name
	dir := filepath.Join(m.home.Dir, project)
	bin := filepath.Join(m.home.Dir, "m", client)
	if column == "no shell" {
		return m.started(dir, bin, line) && m.installed(dir, pkg)
	}
	x := m.shells[column]
	x.Type(typed(column, dir, bin, line))
	done := filepath.Join(dir, "status")
	m.await(column+" to finish: "+line, func() bool { _, err := os.Stat(done); return err == nil })
	status, _ := os.ReadFile(done)
	return strings.TrimSpace(string(status)) == "0" && m.installed(dir, pkg)
}

// typed is what a user types into a shell: the folder, the client's place, the command.
func typed(column, dir, bin, line string) string {
	switch column {
	case "fish":
		return fmt.Sprintf("cd %s; set -gx PATH %s $PATH; %s >out 2>&1; echo $status >s; mv s status\n", dir, bin, line)
	case "nu":
		return fmt.Sprintf("cd %s; $env.PATH = ($env.PATH | prepend %q); try { ^%s o+e> out; '0' | save s } catch { '1' | save s }; mv s status\r", dir, bin, line)
	}
	return fmt.Sprintf("cd %s; export PATH=%s:$PATH; %s >out 2>&1; echo $? >s; mv s status\n", dir, bin, line)
}

// started runs a command as a desktop does: in the user's environment, without anything that shells add.
func (m *bench) started(dir, bin, line string) bool {
	ctx, cancel := context.WithTimeout(m.t.Context(), time.Minute)
	defer cancel()
	words := strings.Fields(line)
	path := filepath.Join(bin, words[0])
	if words[0] == "sandglass" {
		path = filepath.Join(programs, "sandglass")
	}
	cmd := exec.CommandContext(ctx, path, words[1:]...)
	cmd.Dir, cmd.Env = dir, slices.Clone(m.env)
	for i, v := range cmd.Env {
		if rest, ok := strings.CutPrefix(v, "PATH="); ok {
			cmd.Env[i] = "PATH=" + bin + ":" + rest
		}
	}
	out, err := cmd.CombinedOutput()
	_ = os.WriteFile(filepath.Join(dir, "out"), out, 0o600)
	return err == nil
}

// installed looks whether the package is there.
func (m *bench) installed(dir, pkg string) bool {
	_, err := os.Stat(filepath.Join(dir, "node_modules", pkg, "package.json"))
	return err == nil
}
