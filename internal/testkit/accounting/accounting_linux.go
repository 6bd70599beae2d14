// Package accounting tells which processes a shell starts, exactly: not one that ends at once is missed, and
// a thread is none. It needs no strace and no root: the test itself follows the process by ptrace(2), which
// stops it at each fork and exec only.
//
// Follow is for a program that runs already, such as a shell on a terminal; Run is for one that comes to
// its end. A fork is known before the program that made it goes on, so what a shell started before it
// printed something is in the list by the time that the test reads that print. What was started by a
// followed program ends with it, or with the test.
package accounting

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// Process is one that was started.
type Process struct {
	PID int
	// Args are those of the program that it executed last; none for a fork that executed no other program,
	// such as a shell's subshell.
	Args []string
}

// Program is the base name of the program that it executed, "" for a mere fork.
func (p Process) Program() string {
	if len(p.Args) == 0 {
		return ""
	}
	return filepath.Base(p.Args[0])
}

// Tree is a program and what it started.
type Tree struct {
	root int
	done chan struct{}
	held map[int]state // of tasks whose parent did not tell of them yet; the tracer's own

	mu      sync.Mutex
	started []Process
	traced  map[int]bool // all tasks that are followed, threads too
	ending  bool
}

// state is that of a task which is not known yet.
type state int

const (
	stopped state = iota + 1
	dead
)

// Follow watches a running program of the test's own from now on. Ask for it before the program is told to
// do what is to be counted, and after its start is through: what it started before is not known. Nobody may
// be in cmd.Wait for it meanwhile, for that takes the tracer's news: wait in a cleanup from before Follow, as
// a terminal does.
func Follow(t testing.TB, pid int) *Tree {
	t.Helper()
	x := &Tree{root: pid, done: make(chan struct{}), held: map[int]state{}, traced: map[int]bool{}}
	ready := make(chan error)
	go x.trace(ready)
	if err := <-ready; err != nil {
		clients.Lacking(t, "the right to follow a process of one's own by ptrace ("+err.Error()+")")
	}
	t.Cleanup(x.end)
	return x
}

// Run starts cmd, waits for its end, and returns what it wrote to both outputs, what it started, and how it
// ended. The fourth file that it is given is closed before its program begins.
func Run(t testing.TB, cmd *exec.Cmd) (output string, started []Process, err error) {
	t.Helper()
	gate, open, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	// A shell holds the place until the program is followed, and then becomes the program.
	hold := []string{"sh", "-c", `read -r go <&3; exec 3<&-; exec "$@"`, "sh", cmd.Path}
	cmd.Path, cmd.Args, cmd.ExtraFiles = "/bin/sh", append(hold, cmd.Args[1:]...), []*os.File{gate}
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	err = cmd.Start()
	_ = gate.Close()
	if err != nil {
		t.Fatal(err)
	}
	x := Follow(t, cmd.Process.Pid)
	if _, err := open.WriteString("go\n"); err != nil {
		t.Fatal(err)
	}
	<-x.done // a Wait any sooner would be told of the stops that are the tracer's
	err = cmd.Wait()
	return said.String(), x.Started(), err
}

// Started lists what was started since Follow, in order.
func (x *Tree) Started() []Process {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.started)
}

// Programs lists the base names of what was started, "" for mere forks.
func (x *Tree) Programs() []string {
	var names []string
	for _, p := range x.Started() {
		names = append(names, p.Program())
	}
	return names
}

// end kills all that is followed, and waits until nothing is.
func (x *Tree) end() {
	x.kill()
	<-x.done
}

func (x *Tree) kill() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ending = true // what is born from now on ends at once
	for pid := range x.traced {
		_ = unix.Kill(pid, unix.SIGKILL) // gone already: as wished
	}
}

func (x *Tree) begin(pid int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.started = append(x.started, Process{PID: pid})
}

func (x *Tree) executed(pid int) {
	args := commandLine(pid)
	x.mu.Lock()
	defer x.mu.Unlock()
	for i := len(x.started) - 1; i >= 0; i-- {
		if x.started[i].PID == pid {
			x.started[i].Args = args
			return
		}
	}
}

// follow notes that a task is followed.
func (x *Tree) follow(pid int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.traced[pid] = true
	if x.ending {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
}

// forget notes that a task is followed no more.
func (x *Tree) forget(pid int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.traced, pid)
}

func (x *Tree) follows(pid int) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.traced[pid]
}

// followed is how many tasks are followed.
func (x *Tree) followed() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.traced)
}

func commandLine(pid int) []string {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	if err != nil || len(text) == 0 {
		return []string{"?"}
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}
