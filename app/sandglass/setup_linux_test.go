package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// session is a program at a terminal.
type session struct {
	cmd  *exec.Cmd
	keys *os.File
	out  *bufio.Reader
}

// atTerminal starts the program at a real terminal.
func (m *machine) atTerminal(t *testing.T, args ...string) *session {
	t.Helper()
	keys, screen := terminal(t)
	cmd := m.command(t.Context(), args...)
	cmd.Env = append(cmd.Env, "SHELL=/bin/bash", "NO_COLOR=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &session{cmd, keys, bufio.NewReader(keys)}
}

// answer types a line when the screen shows a text, and returns what was shown before.
func (s *session) answer(t *testing.T, prompt, line string) string {
	t.Helper()
	seen := until(t, s.out, prompt)
	fmt.Fprint(s.keys, line+"\n")
	return seen
}

func asked(m *machine, method string) (all []any) {
	for _, c := range m.fake.Calls() {
		if c.Method == method {
			all = append(all, c.Params)
		}
	}
	return all
}

// TestSetupInFiveSteps walks through the first run at a terminal, another choice at each question.
func TestSetupInFiveSteps(t *testing.T) {
	m := newMachine(t)
	for _, state := range []string{"changes", "literal", "hooked", "proves"} {
		states[state](m.fake)
	}
	s := m.atTerminal(t, "setup")
	s.answer(t, "Keep logins in (keyring, file, memory) [keyring] ", "cloud")
	s.answer(t, "[keyring] ", "file")
	s.answer(t, "Passphrase for the encrypted file: ", "correct horse")
	s.answer(t, "The same passphrase again: ", "correct hearse")
	s.answer(t, "Passphrase for the encrypted file: ", "correct horse")
	s.answer(t, "The same passphrase again: ", "correct horse")
	if shown := s.answer(t, "Shells to set up [bash] ", "csh"); strings.Contains(shown, "horse") {
		t.Errorf("the passphrase is shown: %q", shown)
	}
	if shown := s.answer(t, "Shells to set up [bash] ", "bash, zsh"); !strings.Contains(shown, `"csh" is none of these`) {
		t.Errorf("a shell without a hook: %q", shown)
	}
	s.answer(t, "Mode (exec, env, file) [env] ", "")
	s.answer(t, "Move logins", "")
	s.answer(t, "Give programs", "y")
	if n := len(asked(m, "keep")) + len(asked(m, "apply")); n > 0 {
		t.Errorf("%d calls before anything was agreed to", n)
	}
	s.answer(t, "Change these 2 files? [y/N] ", "y")
	s.answer(t, "Ask in a fresh shell who is signed in? [Y/n] ", "")
	until(t, s.out, "bash: npm whoami answers alice")
	if err := s.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	keep, apply, plan, set := asked(m, "keep"), asked(m, "apply"), asked(m, "plan"), asked(m, "do")
	if len(keep) != 1 || keep[0].(api.KeepRequest).Passphrase.Reveal() != "correct horse" || len(apply) != 1 {
		t.Errorf("kept %v, applied %v", keep, apply)
	}
	if req := plan[1].(api.SetupRequest); strings.Join(req.Shells, " ") != "bash zsh" || !req.Move || req.Desktop == nil || !*req.Desktop {
		t.Errorf("asked for %+v", req)
	}
	if len(set) != 1 || !set[0].(api.Action).Settings.Welcomed {
		t.Errorf("the first run is not noted: %+v", set)
	}
	if len(asked(m, "login")) > 0 {
		t.Error("a login though somebody is signed in")
	}
}

// TestSetupSkipped: Enter at every question writes nothing but that the first run was seen; a login that fails is
// told and does not end it.
func TestSetupSkipped(t *testing.T) {
	m := newMachine(t)
	states["changes"](m.fake)
	states["none"](m.fake)
	m.fake.Errors = map[string]error{"login": &api.Error{Code: api.CodeNetwork, Args: map[string]string{"Registry": "npm"}}}
	s := m.atTerminal(t, "setup")
	for _, prompt := range []string{"[keyring] ", "[bash] ", "[env] ", "[Y/n] ", "[y/N] ", "[y/N] ", "Log in now?"} {
		s.answer(t, prompt, "")
	}
	until(t, s.out, "Error:")
	until(t, s.out, "There is no login to ask about yet")
	if err := s.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := len(asked(m, "keep")) + len(asked(m, "apply")); n > 0 {
		t.Errorf("%d changes by pressing Enter", n)
	}
	if set := asked(m, "do"); len(set) != 1 || !set[0].(api.Action).Settings.Welcomed {
		t.Errorf("the first run is not noted: %+v", set)
	}
}

// TestSetupInterrupted: Ctrl-C ends it, with nothing written, and it counts as not seen.
func TestSetupInterrupted(t *testing.T) {
	m := newMachine(t)
	states["changes"](m.fake)
	s := m.atTerminal(t, "setup")
	s.answer(t, "[keyring] ", "memory")
	until(t, s.out, "[bash] ")
	fmt.Fprint(s.keys, "\x03")
	if err := s.cmd.Wait(); s.cmd.ProcessState.ExitCode() != 4 {
		t.Errorf("ended with %v", err)
	}
	for _, c := range m.fake.Calls() {
		if c.Method == "keep" || c.Method == "apply" || c.Method == "do" {
			t.Errorf("%s was asked", c.Method)
		}
	}
}

// TestSetupStoreAlone: another store is carried out though the plan changes nothing.
func TestSetupStoreAlone(t *testing.T) {
	m := newMachine(t)
	s := m.atTerminal(t, "setup")
	s.answer(t, "[keyring] ", "memory")
	for _, prompt := range []string{"[bash] ", "[env] ", "[Y/n] ", "[y/N] "} {
		s.answer(t, prompt, "")
	}
	s.answer(t, "Change this? [y/N] ", "y")
	until(t, s.out, "Logins are kept here now: Memory only")
	until(t, s.out, "No shell loads the logins yet")
	if err := s.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if keep := asked(m, "keep"); len(keep) != 1 || keep[0].(api.KeepRequest).Store != api.StoreMemory || len(asked(m, "apply")) > 0 {
		t.Errorf("kept %v", keep)
	}
}
