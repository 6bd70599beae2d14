package shellrc_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
	"github.com/sandglass-dev/sandglass/internal/domain/injection/hook"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// interactive is how a real shell is started on a terminal and spoken to.
type interactive struct {
	name string
	argv []string
	rc   string // format of the set-up line; %s is the hook file
	say  string // format of a command that prints <N:value>, never in the echo of itself; %d and variable
}

var shells = []interactive{
	{"bash", []string{"bash", "--norc", "--noprofile", "-i"}, ". '%s'", `echo "<""%d:$%s"">"`},
	{"zsh", []string{"zsh", "-f", "-i"}, ". '%s'", `echo "<""%d:${%s}"">"`},
	{"fish", []string{"fish", "--no-config", "-i"}, "source '%s'", `echo "<""%d:$%s"">"`},
	{"nu", []string{"nu", "--config", "%s"}, "", `print ("<" + "%d:" + ($env.%s? | default "") + ">")`},
}

// world is a home with hook files and a runtime folder.
type world struct {
	home, run, hooks string
	bin              string // of the stand-ins, if there are any
	dir              string // where shells open; home if empty
	env              []string
}

func newWorld(t testing.TB) world {
	t.Helper()
	w := world{home: t.TempDir(), run: t.TempDir()}
	w.hooks = filepath.Join(w.home, ".config", "sandglass")
	must(t, os.Chmod(w.run, 0o700))
	must(t, os.MkdirAll(w.hooks, 0o700))
	must(t, os.MkdirAll(filepath.Join(w.run, "sandglass", "exec"), 0o700)) // the agent's own, where shells keep their marks
	for _, sh := range []string{"bash", "zsh", "fish", "pwsh", "nu"} {
		text, err := hook.Text(sh)
		must(t, err)
		must(t, os.WriteFile(w.hook(sh), []byte(text), 0o644))
	}
	w.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.home, "XDG_RUNTIME_DIR=" + w.run, "XDG_CONFIG_HOME=" + filepath.Join(w.home, ".config"),
		"LC_ALL=C.UTF-8", "TERM=dumb", "PS1=$ ", "HISTFILE="}
	return w
}

func (w world) hook(sh string) string {
	return filepath.Join(w.hooks, "hook."+map[string]string{"pwsh": "ps1"}[sh]+map[bool]string{true: sh}[sh != "pwsh"])
}

func (w world) files(t testing.TB) *envfile.Files {
	t.Helper()
	f, err := envfile.New(filepath.Join(w.run, "sandglass"))
	must(t, err)
	return f
}

func publish(t testing.TB, f *envfile.Files, value string) {
	t.Helper()
	must(t, f.Publish([]agent.Variable{{Name: "SG_TEST", Value: token.NewSecret(value)}, {Name: "SG_NONE"}}, injection.Due{}))
}

// program finds an installed shell, or skips, but never in CI.
func program(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	if name == "nu" {
		return clients.Need(t, name).Path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// terminal is a shell on a pseudo terminal.
type terminal struct {
	t    testing.TB
	sh   interactive
	pid  int
	tty  *os.File
	data chan []byte
	seen []byte // not yet waited for
	all  []byte // that was ever said
	n    int
}

// open starts argv on a new terminal; it is killed when the test ends.
func (w world) open(t testing.TB, sh interactive, argv ...string) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	must(t, err)
	must(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	must(t, err)
	must(t, unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 200}))
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	must(t, err)
	defer slave.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env, cmd.Dir = w.env, cmp.Or(w.dir, w.home)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	must(t, cmd.Start())
	s := &terminal{t: t, sh: sh, pid: cmd.Process.Pid, tty: master, data: make(chan []byte, 1024)}
	go s.pump()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the session of its own, strace's child too
		_ = cmd.Wait()
		_ = master.Close()
	})
	return s
}

// shell starts sh with its hook read.
func (w world) shell(t testing.TB, sh interactive, setup ...string) *terminal {
	t.Helper()
	argv := []string{program(t, sh.argv[0])}
	for _, a := range sh.argv[1:] {
		argv = append(argv, strings.ReplaceAll(a, "%s", w.hook(sh.name)))
	}
	s := w.open(t, sh, argv...)
	for _, line := range setup {
		s.line(line)
	}
	if sh.rc != "" {
		s.line(fmt.Sprintf(sh.rc, w.hook(sh.name)))
	}
	return s
}

// pump carries the shell's output, and answers nushell's question for the cursor.
func (s *terminal) pump() {
	defer close(s.data)
	for {
		b := make([]byte, 4096)
		n, err := s.tty.Read(b)
		if err != nil {
			return
		}
		if bytes.Contains(b[:n], []byte("\x1b[6n")) {
			_, _ = s.tty.WriteString("\x1b[1;1R")
		}
		s.data <- b[:n]
	}
}

func (s *terminal) line(text string) {
	s.t.Helper()
	_, err := s.tty.WriteString(text + "\r")
	must(s.t, err)
}

// key types one character: 3 is Ctrl-C, 26 is Ctrl-Z.
func (s *terminal) key(c byte) {
	s.t.Helper()
	_, err := s.tty.Write([]byte{c})
	must(s.t, err)
}

// value asks the shell for a variable: what it knows at the prompt where the question is typed.
func (s *terminal) value(variable string) string {
	s.t.Helper()
	s.n++
	s.line(fmt.Sprintf(s.sh.say, s.n, variable))
	return s.wait(fmt.Sprintf(`<%d:([^>]*)>`, s.n))
}

// wait reads until pattern appears and returns its first group.
func (s *terminal) wait(pattern string) string {
	s.t.Helper()
	want := regexp.MustCompile(pattern)
	limit := time.After(20 * time.Second)
	for {
		if m := want.FindSubmatchIndex(s.seen); m != nil {
			got := string(s.seen[m[2]:m[3]])
			s.seen = s.seen[m[1]:]
			return got
		}
		select {
		case b, ok := <-s.data:
			if !ok {
				s.t.Fatalf("the shell ended before %s; it said %q", pattern, s.seen)
			}
			s.seen, s.all = append(s.seen, b...), append(s.all, b...)
		case <-limit:
			s.t.Fatalf("%s did not come; the shell said %q", pattern, s.seen)
		}
	}
}
