//go:build !windows

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// machine is a place for the program to run in: a home, a runtime folder, an agent, and the program itself.
type machine struct {
	fake    *fakeagent.Agent
	program string
	env     []string
}

// newMachine makes one. The test program is sandglass where its name says so (see TestMain).
func newMachine(t testing.TB) *machine {
	t.Helper()
	root, err := os.MkdirTemp("", "sg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{fake: fakeagent.New(time.Now()), program: filepath.Join(root, "sandglass")}
	run := filepath.Join(root, "run")
	if err := errors.Join(os.Symlink(self, m.program), os.Mkdir(run, 0o700)); err != nil {
		t.Fatal(err)
	}
	m.env = append(os.Environ(), "HOME="+root, "XDG_RUNTIME_DIR="+run, "LANG=C.UTF-8", "LC_ALL=", "SHELL=/bin/sh")
	ln, err := ipc.Listen(filepath.Join(run, "sandglass"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ipc.Serve(ctx, ln, m.fake) }()
	t.Cleanup(func() { cancel(); <-done })
	return m
}

func (m *machine) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, m.program, args...)
	cmd.Env = m.env
	return cmd
}

// TestI11_ExecIsTheCommand: the process that was started is the command itself: its id, its signals, its exit code, and
// nothing of Sandglass is left.
func TestI11_ExecIsTheCommand(t *testing.T) {
	m := newMachine(t)
	cmd := m.command(t.Context(), "exec", "--", "sh", "-c", `trap 'exit 9' TERM; echo $$; read nothing; exit 1`)
	in, _ := cmd.StdinPipe()
	defer in.Close()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	if line != strconv.Itoa(cmd.Process.Pid)+"\n" {
		t.Errorf("the command is process %q, started was %d", line, cmd.Process.Pid)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 9 {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// TestI11_ExecDiesOfSignals that the command does not handle: exec leaves no handler behind.
func TestI11_ExecDiesOfSignals(t *testing.T) {
	m := newMachine(t)
	// Under nohup a test inherits that SIGHUP is ignored, and so would the command. What is caught here is
	// the default again in a child.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGINT, syscall.SIGHUP)
	defer signal.Stop(caught)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE} {
		cmd := m.command(t.Context(), "exec", "--", "sh", "-c", "kill -"+strconv.Itoa(int(sig))+" $$; exit 1")
		_ = cmd.Run()
		if st, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !st.Signaled() || st.Signal() != sig {
			t.Errorf("%v: command ended with %v", sig, cmd.ProcessState)
		}
	}
}

// TestStatusWatch prints a line for the state now and for every change, until Ctrl-C, which is no failure.
func TestStatusWatch(t *testing.T) {
	m := newMachine(t)
	cmd := m.command(t.Context(), "status", "--watch", "--json")
	out, _ := cmd.StdoutPipe()
	var talk bytes.Buffer
	cmd.Stderr = &talk
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for _, locked := range []bool{false, true} {
		line, err := lines.ReadString('\n')
		var s api.Snapshot
		if err != nil || json.Unmarshal([]byte(line), &s) != nil || s.Locked != locked {
			t.Fatalf("got %q, %v", line, err)
		}
		m.fake.Set(func(s *api.Snapshot) { s.Locked = true })
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || talk.Len() > 0 {
		t.Errorf("%v, %s", err, &talk)
	}
}

// TestJ01_CanaryStaysInside runs every command, fine and failing, in both languages: the secret shows
// in none of their outputs but env's and that of exec's child, which are made for it.
func TestJ01_CanaryStaysInside(t *testing.T) {
	commands := [][]string{
		{}, {"status"}, {"status", "--json"}, {"login"}, {"login", "npm", "--no-browser"}, {"login", "--couch"}, {"logout"},
		{"setup", "--dry-run"}, {"setup", "--json", "--yes"}, {"doctor"}, {"doctor", "--json"}, {"window"}, {"lock"}, {"unlock"},
		{"version"}, {"hook", "--shell", "bash"}, {"env", "--shell", "klingon"}, {"exec", "--", "true"}, {"exec", "--", "none-such"},
		{"exec", "--two-phase", "--", "npm", "ci"}, {"exec", "--registry", "npm", "--", "true"}, {"ensure", "--", "npm", "install"},
		{"check"}, {"check", "--hook"}, {"check", "--json"}, {"doctor", "--fix", "--yes"}, {"setup", "--mode", "exec", "--dry-run"}, {"helper", "nonsense"},
		{"help"}, {"completion", "bash"}, {"__complete", "login", ""}, {"login", "https://user:" + fakeagent.Canary.Reveal()[:4] + "@h/"},
	}
	failure := &api.Error{Code: api.CodeInternal, Cause: "told to fail"}
	failing := map[string]error{"snapshot": failure, "login": failure, "logout": failure, "grant": failure, "do": failure, "plan": failure, "apply": failure, "due": failure, "inspect": failure}
	for _, errs := range []map[string]error{nil, failing} {
		m := newMachine(t)
		m.fake.Errors = errs
		for _, args := range commands {
			for _, lang := range []string{"C.UTF-8", "ja_JP.UTF-8"} {
				cmd := m.command(t.Context(), args...)
				cmd.Env = append(m.env, "LANG="+lang)
				cmd.Stdin = strings.NewReader("alice\n" + fakeagent.Canary.Reveal() + "\n")
				out, _ := cmd.CombinedOutput()
				if bytes.Contains(out, []byte(fakeagent.Canary.Reveal())) {
					t.Errorf("sandglass %q shows the secret:\n%s", args, out)
				}
				if bytes.Contains(out, []byte("<no value>")) {
					t.Errorf("sandglass %q has a text that is not filled:\n%s", args, out)
				}
			}
		}
	}
	// The control: where it may be, it is.
	m := newMachine(t)
	for _, args := range [][]string{{"env", "--shell", "sh"}, {"exec", "--", "env"}, {"helper", "npm"}} {
		if out, _ := m.command(t.Context(), args...).Output(); !bytes.Contains(out, []byte(fakeagent.Canary.Reveal())) {
			t.Errorf("sandglass %q does not give the credential:\n%s", args, out)
		}
	}
}
