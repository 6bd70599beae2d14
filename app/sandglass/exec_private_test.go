//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
	pty "github.com/sandglass-dev/sandglass/internal/testkit/terminal"
)

// homeFile writes a file into the machine's home.
func (m *machine) homeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(filepath.Dir(m.program), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// shell runs a script by exec and returns what it printed.
func (m *machine) shell(t *testing.T, script string) (string, error) {
	t.Helper()
	var out, talk bytes.Buffer
	cmd := m.command(t.Context(), "exec", "--", "bash", "-c", script)
	cmd.Stdout, cmd.Stderr = &out, &talk
	err := cmd.Run()
	if talk.Len() > 0 {
		t.Logf("stderr: %s", &talk)
	}
	return out.String(), err
}

// TestExecMergesTheUsersConfig: all lines of the user's stay as they are, byte for byte, but the one that holds the
// session's place. The file is private, sealed, and on no disk.
func TestExecMergesTheUsersConfig(t *testing.T) {
	m := newMachine(t)
	key := m.fake.Items[0].Key
	before := "; mine\r\nregistry = https://registry.example.com/ \n\n@acme:registry=https://npm.example.com/\n" + key + ":_authToken = ${SG_TEST}\ncafile=/etc/ca.pem\n//npm.example.com/:_authToken=${OTHER}"
	m.homeFile(t, ".npmrc", before)
	out, err := m.shell(t, `cat "$NPM_CONFIG_USERCONFIG"`)
	if want := strings.Replace(before, "${SG_TEST}", fakeagent.Canary.Reveal(), 1); err != nil || out != want {
		t.Errorf("%v\n%q, want\n%q", err, out, want)
	}
	out, err = m.shell(t, `f=$NPM_CONFIG_USERCONFIG; stat -L -c %a-%h $f; readlink $f; echo x 2>/dev/null >>$f || echo sealed; : 2>/dev/null >$f; wc -c <$f; case $f in /proc/$$/fd/*) echo mine; esac`)
	if err != nil || !strings.HasPrefix(out, "600-0\n/memfd:npmrc (deleted)\nsealed\n") || !strings.HasSuffix(out, "mine\n") || strings.Contains(out, "\n0\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestExecKeepsUserConfigOfTheEnvironment: the file that the user's environment names is the one that is merged, in
// whatever case, and there is one name for it afterwards.
func TestExecKeepsUserConfigOfTheEnvironment(t *testing.T) {
	for _, name := range []string{"NPM_CONFIG_USERCONFIG", "npm_config_userconfig", "Npm_Config_UserConfig"} {
		m := newMachine(t)
		m.homeFile(t, ".npmrc", "wrong=1\n")
		m.env = append(m.env, name+"="+m.homeFile(t, "elsewhere", "right=1\n"))
		out, err := m.shell(t, `env | grep -ic ^npm_config_userconfig=; cat "$NPM_CONFIG_USERCONFIG"`)
		if err != nil || !strings.HasPrefix(out, "1\nright=1\n") || !strings.Contains(out, fakeagent.Canary.Reveal()) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestExecRefusesWhatItCannotMerge, and leaves it as it is.
func TestExecRefusesWhatItCannotMerge(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code int
	}{
		"folder": {"", 1}, "utf-16": {"\xff\xfe\x00r\x00=", 7}, "hidden": {"[section]\nx=1\n[" + "//registry.example.com/:_authToken" + "]\ny=1\n", 0},
		"large": {strings.Repeat("; comment\n", 200_000), 7},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			path := filepath.Join(filepath.Dir(m.program), ".npmrc")
			if c.text == "" {
				_ = os.Mkdir(path, 0o700)
			} else {
				m.homeFile(t, ".npmrc", c.text)
			}
			cmd := m.command(t.Context(), "exec", "--", "echo", "ran")
			out, _ := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() != c.code || bytes.Contains(out, []byte("ran")) != (c.code == 0) {
				t.Errorf("exit code %d, want %d:\n%s", cmd.ProcessState.ExitCode(), c.code, out)
			}
			if c.code != 0 && !bytes.Contains(out, []byte(path)) {
				t.Errorf("the file is not named:\n%s", out)
			}
			if now, _ := os.ReadFile(path); string(now) != c.text {
				t.Error("the file was changed")
			}
		})
	}
}

// TestI11_NothingOutlivesTheCommand: after SIGKILL the copy of the config is gone, and no file holds the session.
func TestI11_NothingOutlivesTheCommand(t *testing.T) {
	m := newMachine(t)
	m.homeFile(t, ".npmrc", "registry=https://registry.example.com/\n")
	out, err := m.shell(t, `echo "$NPM_CONFIG_USERCONFIG"; grep -c npm_ "$NPM_CONFIG_USERCONFIG"; kill -9 $$`)
	path, count, _ := strings.Cut(out, "\n")
	if err == nil || !strings.HasPrefix(path, "/proc/") || count != "1\n" {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Stat(path); err == nil {
		t.Errorf("%s is still there", path)
	}
	found, _ := exec.Command("grep", "-rlF", fakeagent.Canary.Reveal(), filepath.Dir(m.program)).Output()
	if len(found) > 0 {
		t.Errorf("the session stands in %s", found)
	}
}

// TestI11_LittleIsExposed: what a package manager does not need it does not get, and nothing stands in anybody's arguments.
func TestI11_LittleIsExposed(t *testing.T) {
	for _, c := range []struct{ client, env, userconfig string }{
		{"npm12", "", "userconfig"}, {"pnpm12", "", "userconfig"}, {"pnpm10", "", "userconfig"}, {"yarn1", "", "userconfig"},
		{"yarn4", sessionVariable, ""}, {"bun", "", "userconfig"},
	} {
		t.Run(c.client, func(t *testing.T) {
			t.Parallel()
			d := newDeveloper(t, c.client, asLink)
			script := `const e = process.env, s = '` + reverse(d.session) + `'.split('').reverse().join(''), fs = require('fs')
const self = fs.readFileSync('/proc/' + process.argv[2] + '/environ', 'latin1').split('\0')
console.log('ENV', self.filter(l => l.includes(s)).map(l => l.split(':')[0].split('=')[0].replace(/\d.*\/$/, '')).join())
console.log('CONFIG', self.filter(l => /^npm_config_userconfig=/i.test(l)).length)
console.log('EMPTY', self.includes('` + sessionVariable + `='))
for (const p of fs.readdirSync('/proc')) try { if (fs.readFileSync('/proc/' + p + '/cmdline', 'latin1').includes(s)) console.log('ARGV', p) } catch {}`
			d.home.Write(t, "see.js", script, 0o644)
			d.home.Write(t, "work/package.json", `{"name":"x","private":true,"scripts":{"see":"node ../see.js $EXEC_PID"}}`, 0o644)
			d.home.Write(t, "work/yarn.lock", "", 0o644)
			d.home.Write(t, "work/.yarnrc.yml", "nodeLinker: node-modules\n", 0o644)
			// The command is the process that was started: its environment is looked at, not that of the shells between.
			program := installs[c.client][0]
			if c.client == "yarn4" {
				if out, err := d.in("exec", "--", "yarn", "install"); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
			}
			cmd := exec.CommandContext(t.Context(), "bash", "-c", `export EXEC_PID=$$; exec "$0" exec -- `+program+` run see`, d.program)
			cmd.Env, cmd.Dir = d.env, d.home.Work()
			raw, err := cmd.CombinedOutput()
			out := string(raw)
			if err != nil || !strings.Contains(out, "ENV "+c.env) || strings.Contains(out, "ENV "+c.env+",") || strings.Contains(out, "ARGV") {
				t.Errorf("%v\n%s", err, out)
			}
			if want := map[bool]string{true: "CONFIG 1", false: "CONFIG 0"}[c.userconfig != ""]; !strings.Contains(out, want) {
				t.Errorf("not %s\n%s", want, out)
			}
			if strings.Contains(out, "EMPTY true") != (c.env != sessionVariable) {
				t.Errorf("the session's variable\n%s", out)
			}
		})
	}
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// TestI12_NestedInScripts: exec within a script of npm, within exec.
func TestI12_NestedInScripts(t *testing.T) {
	d := newDeveloper(t, "npm12", asLink)
	d.home.Write(t, "work/package.json", fmt.Sprintf(`{"name":"x","private":true,"scripts":{"go":"%s exec -- npm install"},"dependencies":{"@acme/private":"1.0.0"}}`, d.program), 0o644)
	if out, err := d.in("exec", "--", "npm", "run", "go"); err != nil || !d.installed() {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestExecOneRegistry asks for what was asked for.
func TestExecOneRegistry(t *testing.T) {
	m := newMachine(t)
	for _, name := range []string{"npm", m.fake.Items[0].Registry} {
		if out, err := m.command(t.Context(), "exec", "--registry", name, "--", "true").CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
	asked := 0
	for _, c := range m.fake.Calls() {
		if req, ok := c.Params.(api.GrantRequest); ok && req.Registry == m.fake.Items[0].Registry {
			asked++
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times: %+v", asked, m.fake.Calls())
	}
}

// managerScript is a stand-in for npm 12 that says what it is told and has.
const managerScript = `#!/bin/bash
case "$*" in
--version) echo 12.0.0; exit ;;
esac
echo "$* $(grep -sc "$SECRET_NAME=npm_" "${NPM_CONFIG_USERCONFIG-/dev/null}")"
case "$*" in
"$STOP_AT"*) trap 'echo GOT; exit 9' TERM INT; echo READY; for ((i = 0; i < 60; i++)); do read -r -t 1 _ || (($? > 128)) || exit 1; done; exit 1 ;;
"$FAIL_AT"*) exit 5 ;;
esac
`

// manager puts the stand-in first in PATH. Its own config key is the one place where it has the session.
func (m *machine) manager(t *testing.T, more ...string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "npm"), []byte(managerScript), 0o755); err != nil {
		t.Fatal(err)
	}
	return append(append(m.env, "PATH="+dir+":"+os.Getenv("PATH"), "SECRET_NAME="+m.fake.Items[0].Key+":_authToken", "STOP_AT=-", "FAIL_AT=-"), more...)
}

// TestTwoPhasesInOrder: each phase with its arguments, only the first with the session, until one fails.
func TestTwoPhasesInOrder(t *testing.T) {
	m := newMachine(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"scripts":{"install":"x","prepare":"x"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for fail, want := range map[string]struct {
		out  string
		code int
	}{
		"-":       {"ci --ignore-scripts 1\nrebuild 0\nrun --if-present install 0\nrun --if-present prepare 0\n", 0},
		"ci":      {"ci --ignore-scripts 1\n", 5},
		"rebuild": {"ci --ignore-scripts 1\nrebuild 0\n", 5},
	} {
		cmd := m.command(t.Context(), "exec", "--two-phase", "npm", "ci")
		cmd.Dir, cmd.Env = dir, m.manager(t, "FAIL_AT="+fail)
		out, _ := cmd.Output()
		if string(out) != want.out || cmd.ProcessState.ExitCode() != want.code {
			t.Errorf("failing at %s: exit code %d\n%s", fail, cmd.ProcessState.ExitCode(), out)
		}
	}
}

// TestI11_TwoPhasesPassSignals: what ends sandglass goes to the phase that runs, whose exit code is the answer, and
// no phase comes after it.
func TestI11_TwoPhasesPassSignals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		m := newMachine(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := m.command(ctx, "exec", "--two-phase", "npm", "install")
		cmd.Dir, cmd.Env = t.TempDir(), m.manager(t, "STOP_AT=install")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // without a terminal, whose keys reach all
		in, _ := cmd.StdinPipe()
		defer in.Close()
		out, _ := cmd.StdoutPipe()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var said []string
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said = append(said, lines.Text())
			if lines.Text() == "READY" {
				if err := cmd.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait()
		if got := strings.Join(said, " "); cmd.ProcessState.ExitCode() != 9 || got != "install --ignore-scripts 1 READY GOT" {
			t.Errorf("%v: exit code %d, %s", sig, cmd.ProcessState.ExitCode(), got)
		}
	}
}

// TestI11_TwoPhasesOnATerminal: the phases have the terminal, and Ctrl-C there reaches the one that runs, once.
func TestI11_TwoPhasesOnATerminal(t *testing.T) {
	m := newMachine(t)
	cmd := m.command(t.Context(), "exec", "--two-phase", "npm", "install")
	cmd.Dir, cmd.Env = t.TempDir(), m.manager(t, "STOP_AT=install")
	screen := pty.Start(t, cmd)
	screen.Await(0, "READY", time.Minute)
	screen.Type("\x03")
	screen.Await(0, "GOT", time.Minute)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 9 || strings.Count(screen.Shown(), "GOT") != 1 {
		t.Errorf("exit code %d\n%s", code, screen.Shown())
	}
}

// TestExecWithoutProc: where no file in memory can be named, the copy is a private file below the runtime folder, and gone
// when the command is, whose exit code is kept.
func TestExecWithoutProc(t *testing.T) {
	m := newMachine(t)
	hidden := func(script string) *exec.Cmd {
		cmd := m.command(t.Context(), "-c", "mount -t tmpfs none /proc && exec "+m.program+" exec -- sh -c '"+script+"'")
		cmd.Path = "/bin/sh"
		cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
		return cmd
	}
	if out, err := hidden("exit 0").CombinedOutput(); err != nil {
		t.Logf("%v %s", err, out)
		clients.Lacking(t, "a way to keep a process from /proc")
	}
	m.homeFile(t, ".npmrc", "mine=1\n")
	cmd := hidden(`stat -c %a $NPM_CONFIG_USERCONFIG; grep -c -e mine -e npm_ $NPM_CONFIG_USERCONFIG; echo $NPM_CONFIG_USERCONFIG; exit 7`)
	out, _ := cmd.Output()
	lines := strings.Split(string(out), "\n")
	if len(lines) < 3 || lines[0] != "600" || lines[1] != "2" || cmd.ProcessState.ExitCode() != 7 {
		t.Fatalf("exit code %d\n%s", cmd.ProcessState.ExitCode(), out)
	}
	if dir, _ := filepath.Split(lines[2]); filepath.Base(dir) != "exec" || !strings.HasPrefix(dir, filepath.Dir(m.program)) {
		t.Errorf("it lay in %s", dir)
	}
	if _, err := os.Stat(lines[2]); err == nil {
		t.Errorf("%s is still there", lines[2])
	}
}
