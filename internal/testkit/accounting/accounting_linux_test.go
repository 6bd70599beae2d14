package accounting_test

import (
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/testkit/accounting"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
	"github.com/sandglass-dev/sandglass/internal/testkit/terminal"
)

// shells and how they start without their user's files.
var shells = map[string][]string{
	"bash": {"--norc", "--noprofile"},
	"zsh":  {"-f"},
	"ksh":  nil,
	"dash": nil,
	"fish": {"--no-config", "--init-command", "function fish_prompt; echo '> '; end"}, // its own prompt asks git
	"nu":   {"--no-config-file"},
}

func shell(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(name)
	if name == "nu" {
		path, err = clients.Need(t, "nu").Path, nil
	}
	if err != nil {
		clients.Lacking(t, name)
	}
	cmd := exec.Command(path, slices.Concat(shells[name], args)...)
	home := t.TempDir()
	cmd.Dir = home
	cmd.Env = []string{"HOME=" + home, "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TERM=dumb", "XDG_RUNTIME_DIR=" + home}
	return cmd
}

func programs(started []accounting.Process) string {
	var names []string
	for _, p := range started {
		if p.Program() != "tput" { // nu asks it for the size of the terminal that it has not
			names = append(names, p.Program())
		}
	}
	return strings.Join(names, " ")
}

// TestRun counts what a script starts.
func TestRun(t *testing.T) {
	for name := range shells {
		t.Run(name, func(t *testing.T) {
			builtins, pipe := "cd /; test -e /etc/passwd; echo hello", "/bin/true; /bin/true | /bin/cat; "
			if name == "nu" {
				builtins, pipe = "cd /; ls /etc/passwd | length; print hello", "^/bin/true; ^/bin/true | ^/bin/cat; "
			}
			out, started, err := accounting.Run(t, shell(t, name, "-c", builtins))
			if err != nil || !strings.HasSuffix(out, "hello\n") || programs(started) != "" {
				t.Errorf("builtins started %v: %v\n%s", started, err, out)
			}
			out, started, err = accounting.Run(t, shell(t, name, "-c", pipe+builtins))
			if err != nil || !strings.HasSuffix(out, "hello\n") || programs(started) != "true true cat" {
				t.Errorf("three programs started %v: %v\n%s", started, err, out)
			}
		})
	}
}

// TestRun_EndsAsItWould keeps the exit status, counts forks without a program and what they start, and takes
// no thread for a process.
func TestRun_EndsAsItWould(t *testing.T) {
	out, started, err := accounting.Run(t, shell(t, "bash", "-c", "(echo sub; /bin/true; :); kill -USR1 $$; exit 3"))
	if err == nil || out != "sub\n" || len(started) != 2 || programs(started) != " true" {
		t.Errorf("%v %v %q", started, err, out)
	}
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != -1 {
		t.Errorf("ended with %v, want the signal", err)
	}
	_, started, err = accounting.Run(t, shell(t, "bash", "-c", "trap 'exit 7' TERM; kill -TERM $$; exit 3"))
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 7 || len(started) != 0 {
		t.Errorf("ended with %v, started %v", err, started)
	}
	node := exec.Command(clients.Node(t), "-e", "require('zlib').gzip('x', () => console.log('hello'))")
	if out, started, err := accounting.Run(t, node); err != nil || out != "hello\n" || len(started) != 0 {
		t.Errorf("threads count: %v %v %s", started, err, out)
	}
}

// TestFollow_Terminal counts on a terminal, with prompts between the lines and a job that stops and goes on.
func TestFollow_Terminal(t *testing.T) {
	for name := range shells {
		if name == "nu" {
			continue // its line editor wants a terminal that answers
		}
		t.Run(name, func(t *testing.T) {
			cmd := shell(t, name)
			x := terminal.Start(t, cmd)
			line := func(command, mark string) {
				t.Helper()
				from := len(x.Shown())
				x.Type(command + "echo so''" + mark + "\n")
				x.Await(from, "so"+mark, 20*time.Second)
			}
			line("", "start")
			tree := accounting.Follow(t, cmd.Process.Pid)
			line("", "a")
			line("cd /; ", "b")
			if got := tree.Started(); len(got) != 0 {
				t.Errorf("prompts and builtins started %v", got)
			}
			line("/bin/true; ", "c")
			line("sh -c 'kill -STOP $$; /bin/true'; ", "d")
			line("fg; ", "e")
			if got := strings.Join(tree.Programs(), " "); got != "true sh true" {
				t.Errorf("started %q", got)
			}
		})
	}
}

// TestRun_LeavesNothing ends what a program leaves behind.
func TestRun_LeavesNothing(t *testing.T) {
	out, started, err := accounting.Run(t, shell(t, "bash", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!"))
	if err != nil || len(started) != 1 || strings.TrimSpace(out) != strconv.Itoa(started[0].PID) {
		t.Fatalf("%v %q %v", started, out, err)
	}
	tick, late := time.NewTicker(5*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for alive(started[0].PID) {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("it lives on")
		}
	}
}

// alive tells a living process from one that is gone or waits to be reaped.
func alive(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	return err == nil && !strings.Contains(string(text), "\nState:\tZ")
}
