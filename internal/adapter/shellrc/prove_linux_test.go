package shellrc_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
	"github.com/sandglass-dev/sandglass/internal/adapter/shellrc"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/npmrc"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/verdaccio"
)

var provable = []string{"bash", "zsh", "fish", "nu"}

// proof bounds a run that hangs.
func proof(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// fresh is a home with a shell that can be started in it.
func fresh(t *testing.T, sh string, env []string, home string) *shellrc.Shells {
	t.Helper()
	path := npmrc.Environ(env)("PATH") + ":" + filepath.Dir(program(t, sh))
	env = append([]string{"PATH=" + path, "HOME=" + home, "XDG_CONFIG_HOME=" + filepath.Join(home, ".config"), "LC_ALL=C.UTF-8"}, env...)
	d, err := dirs.Of(npmrc.Environ(env), "linux")
	must(t, err)
	return shellrc.New(shellrc.Options{Home: home, ConfigDir: d.Config, Env: npmrc.Environ(env)})
}

// A fresh shell of every kind answers npm's whoami once the planned line is in its rc file, and only then.
func TestK07_FreshShellsKnowWhoIsSignedIn(t *testing.T) {
	npm := clients.Need(t, "npm12")
	registry := verdaccio.Start(t, verdaccio.Options{Opaque: true})
	session := registry.Mint("alice", time.Hour)
	for _, sh := range provable {
		t.Run(sh, func(t *testing.T) {
			h := clients.NewHome(t, registry.URL, npm)
			h.Write(t, ".npmrc", "//"+registry.Host()+"/:_authToken=${SG_TEST}\n", 0o600)
			run := filepath.Join(h.Dir, "run")
			s := fresh(t, sh, append([]string{"XDG_RUNTIME_DIR=" + run}, h.Env()...), h.Dir)
			files, err := envfile.New(filepath.Join(run, "sandglass"))
			must(t, err)
			publish(t, files, session)
			command := "npm whoami --registry " + registry.URL
			out, err := s.Prove(proof(t), sh, command)
			if err == nil || strings.Contains(out, "alice") {
				t.Errorf("without the line: %v %q", err, out)
			}
			apply(t, plan(t, s, false, sh))
			out, err = s.Prove(proof(t), sh, command)
			if err != nil || !slices.Contains(strings.Split(strings.TrimSpace(out), "\n"), "alice") {
				t.Errorf("with it: %v %q", err, out)
			}
			if strings.Contains(out, "\x1b") {
				t.Errorf("escapes: %q", out)
			}
			if out, _ = s.Prove(proof(t), sh, "echo "+session); strings.Contains(out, session) { // J02
				t.Errorf("a secret gets through: %q", out)
			}
		})
	}
}

// What this process has in its environment does not get into the shell, and nobody can be asked.
func TestJ03_FreshShellsGetNothingOfThisProcess(t *testing.T) {
	t.Setenv("NPM_TOKEN", "npm_CANARY")
	for _, sh := range provable {
		t.Run(sh, func(t *testing.T) {
			home, err := os.MkdirTemp("", "me") // a longer name would look like a secret
			must(t, err)
			t.Cleanup(func() { _ = os.RemoveAll(home) })
			s := fresh(t, sh, []string{"PATH=" + os.Getenv("PATH"), "USER=me", "LOGNAME=me", "SG_x=npm_CANARY", "NPM_TOKEN=npm_CANARY", "HTTPS_PROXY=http://127.0.0.1:9"}, home)
			out, err := s.Prove(proof(t), sh, "^env"[map[bool]int{true: 0, false: 1}[sh == "nu"]:])
			must(t, err)
			for _, want := range []string{"HOME=" + home, "LOGNAME=me", "PWD=" + home, "LC_ALL=C.UTF-8", "TERM=xterm-256color", "HTTPS_PROXY=http://127.0.0.1:9"} {
				if !strings.Contains("\n"+out, "\n"+want+"\n") {
					t.Errorf("%s is not there: %q", want, out)
				}
			}
			if strings.Contains(out, "CANARY") || strings.Contains(out, "SG_x") {
				t.Errorf("too much: %q", out)
			}
			if out, err := s.Prove(proof(t), sh, "cat"); err != nil || strings.Contains(out, "CANARY") {
				t.Errorf("standard input is not empty: %v %q", err, out)
			}
			if _, err := s.Prove(proof(t), sh, "sh -c ': </dev/tty'"); err == nil {
				t.Error("there is a terminal")
			}
		})
	}
}

// When the time is over the shell is killed with all that it started.
func TestFreshShellIsKilledWithWhatItStarted(t *testing.T) {
	for _, sh := range provable {
		t.Run(sh, func(t *testing.T) {
			home := t.TempDir()
			s := fresh(t, sh, []string{"PATH=" + os.Getenv("PATH")}, home)
			fifo := filepath.Join(home, "fifo")
			must(t, syscall.Mkfifo(fifo, 0o600))
			must(t, os.WriteFile(filepath.Join(home, "wait"), []byte("#!/bin/sh\nexec >"+fifo+"\necho go\nexec sleep 1000\n"), 0o755))
			ctx, cancel := context.WithCancel(proof(t))
			done := make(chan error, 1)
			go func() { _, err := s.Prove(ctx, sh, "sh ./wait"); done <- err }()
			opened := make(chan *os.File, 1)
			go func() { f, _ := os.Open(fifo); opened <- f }()
			var pipe *os.File
			select {
			case pipe = <-opened:
			case err := <-done:
				t.Fatalf("ended too early: %v", err)
			}
			defer pipe.Close()
			in := bufio.NewReader(pipe)
			if line, err := in.ReadString('\n'); line != "go\n" {
				t.Fatalf("%q %v", line, err)
			}
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			if _, err := io.Copy(io.Discard, in); err != nil { // until the last who could write is gone
				t.Error(err)
			}
		})
	}
}

func TestFreshShellThatTalksTooMuch(t *testing.T) {
	home := t.TempDir()
	s := fresh(t, "bash", []string{"PATH=" + os.Getenv("PATH")}, home)
	out, err := s.Prove(proof(t), "bash", `head -c 100000 /dev/zero | tr '\0' x; printf '\033[31m the \033]0;title\007end\033[0m\n'; (exit 7)`)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 || len(out) > 16<<10 || !strings.HasSuffix(out, " the end\n") {
		t.Errorf("%v, %d bytes, the end is %q", err, len(out), out[max(0, len(out)-20):])
	}
}

// TestJ02_HalfASecret: where the beginning of the output is lost, so is that of a secret, and what is left of it does
// not look like one.
func TestJ02_HalfASecret(t *testing.T) {
	s := fresh(t, "bash", []string{"PATH=" + os.Getenv("PATH")}, t.TempDir())
	out, err := s.Prove(proof(t), "bash", `printf 'npm_0123456789CANARY'; printf ' %.0s' {1..16370}; printf 'end\n'`)
	if err != nil || strings.Contains(out, "CANA") || !strings.HasSuffix(out, " end\n") {
		t.Errorf("%v: it begins with %q", err, out[:min(20, len(out))])
	}
	out, err = s.Prove(proof(t), "bash", `head -c 100000 /dev/zero | tr '\0' x`)
	if err != nil || out != "" {
		t.Errorf("%v: of one word without end %d bytes are left", err, len(out))
	}
}

func TestFreshShellThatIsNotThere(t *testing.T) {
	home, s := person(t, map[string]string{"PATH": t.TempDir()})
	if _, err := s.Prove(t.Context(), "fish", "true"); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("in %s: %v", home, err)
	}
	if _, err := s.Prove(t.Context(), "csh", "true"); !errors.Is(err, injection.ErrShell) {
		t.Error(err)
	}
}

// Something that a shell's rc file left running holds the output open. The answer comes all the same.
func TestFreshShellThatLeavesSomethingRunning(t *testing.T) {
	home := t.TempDir()
	s := fresh(t, "bash", []string{"PATH=" + os.Getenv("PATH")}, home)
	must(t, os.WriteFile(filepath.Join(home, ".bashrc"), []byte("sleep 30 &\n"), 0o600))
	if out, err := s.Prove(proof(t), "bash", "echo alice"); err != nil || !strings.Contains(out, "alice\n") {
		t.Errorf("%v %q", err, out)
	}
}
