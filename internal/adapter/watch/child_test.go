//go:build linux

package watch

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Some troubles must not be made for the whole machine: a child process of the test has them alone.

// childHome names, in the child's environment, the home that it watches.
const childHome = "SANDGLASS_TEST_WATCH_HOME"

func TestMain(m *testing.M) {
	if home := os.Getenv(childHome); home != "" {
		if err := childMain(home); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// childMain watches home/.npmrc and tells of each batch; it obeys lines of standard input until that ends.
func childMain(home string) error {
	w, err := New(Options{Home: home, Poll: settleTime, Log: slog.New(slog.NewTextHandler(os.Stdout,
		&slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	run := make(chan struct{}, 1)
	go func() {
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() {
			if in.Text() == "run" {
				run <- struct{}{}
			}
			err := childDo(w, home, strings.Fields(in.Text()))
			fmt.Println("done", err)
		}
		cancel()
	}()
	go func() {
		for {
			select {
			case b := <-w.Changes():
				text, _ := os.ReadFile(b[0])
				fmt.Printf("batch polling=%v %s %s\n", w.Polling(), filepath.Base(b[0]), strings.TrimSpace(string(text)))
			case <-ctx.Done():
				return
			}
		}
	}()
	select {
	case <-run:
	case <-ctx.Done():
	}
	return w.Run(ctx)
}

// childDo does what a line says.
func childDo(w *Watcher, home string, line []string) error {
	sub := filepath.Join(home, "sub")
	switch line[0] {
	case "track":
		w.Track([]string{filepath.Join(sub, ".npmrc")})
	case "limit": // of this user namespace alone
		return os.WriteFile("/proc/sys/user/max_inotify_"+line[1], []byte(line[2]), 0)
	case "mount":
		return syscall.Mount("none", sub, "tmpfs", 0, "")
	case "unmount":
		return syscall.Unmount(sub, syscall.MNT_DETACH)
	case "write":
		return os.WriteFile(filepath.Join(sub, ".npmrc"), []byte(line[1]), 0o600)
	}
	return nil
}

// child is a running child process.
type child struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   *os.File
	out  *bufio.Scanner
	home string
	file string
}

// startChild starts the child in new namespaces.
func startChild(t *testing.T, namespaces uintptr) *child {
	t.Helper()
	home := t.TempDir()
	must(t, os.Mkdir(filepath.Join(home, "sub"), 0o755))
	ctx, cancel := context.WithTimeout(context.Background(), 2*limit) // outlives t.Context: ended in Cleanup
	c := &child{t: t, home: home, file: filepath.Join(home, "sub", ".npmrc")}
	c.cmd = exec.CommandContext(ctx, os.Args[0])
	c.cmd.Env = append(os.Environ(), childHome+"="+home)
	if namespaces != 0 {
		c.cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  namespaces,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
	}
	in, w, err := os.Pipe()
	must(t, err)
	r, out, err := os.Pipe()
	must(t, err)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = in, out, os.Stderr
	c.in, c.out = w, bufio.NewScanner(r)
	if err := c.cmd.Start(); err != nil {
		cancel()
		missing(t, "namespaces for a user: "+err.Error())
	}
	in.Close()
	out.Close()
	t.Cleanup(func() {
		w.Close()
		if err := c.cmd.Wait(); err != nil {
			t.Error("child:", err)
		}
		cancel()
		r.Close()
	})
	return c
}

// want reads the child's lines up to one with all these parts.
func (c *child) want(parts ...string) {
	c.t.Helper()
	for c.out.Scan() {
		found := true
		for _, p := range parts {
			found = found && strings.Contains(c.out.Text(), p)
		}
		if found {
			return
		}
		if strings.HasPrefix(c.out.Text(), "error") {
			c.t.Fatal(c.out.Text())
		}
	}
	c.t.Fatalf("the child never said %q", parts)
}

// do has the child obey a line.
func (c *child) do(line string) {
	c.t.Helper()
	fmt.Fprintln(c.in, line)
	c.want("done <nil>")
}

func TestD06_TableOfWatchesFull(t *testing.T) {
	c := startChild(t, syscall.CLONE_NEWUSER)
	c.do("limit watches 1")
	write(t, c.file, "a=1")
	c.do("run")
	c.do("track")
	c.want("batch", "polling=true", "a=1")
	write(t, c.file, "a=2")
	c.want("batch", "polling=true", "a=2")
	c.do("limit watches 1000")
	untilWatched(c)
}

func TestD06_NoInotifyInstance(t *testing.T) {
	c := startChild(t, syscall.CLONE_NEWUSER)
	c.do("limit instances 0")
	write(t, c.file, "a=1")
	c.do("run")
	c.do("track")
	c.want("batch", "polling=true", "a=1")
	write(t, c.file, "a=2")
	c.want("batch", "polling=true", "a=2")
	c.do("limit instances 128")
	untilWatched(c)
}

// untilWatched changes the file until the child no longer polls.
func untilWatched(c *child) {
	c.t.Helper()
	for i := 0; ; i++ {
		write(c.t, c.file, fmt.Sprint("b=", i))
		c.want("batch", fmt.Sprint("b=", i))
		if strings.Contains(c.out.Text(), "polling=false") {
			return
		}
	}
}

// TestD06_QueueOverflow stops a watcher for a while, as a busy machine does: more happens than the kernel's
// queue holds, and the change of our file is in what is lost.
func TestD06_QueueOverflow(t *testing.T) {
	size, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	must(t, err)
	var n int
	if _, err := fmt.Sscan(string(size), &n); err != nil || n > 1<<18 {
		missing(t, "a queue of inotify that can be filled: "+string(size))
	}
	c := startChild(t, 0)
	write(t, c.file, "a=1")
	c.do("run")
	c.do("track")
	c.want("batch", "polling=false", "a=1")
	must(t, c.cmd.Process.Signal(syscall.SIGSTOP))
	untilState(t, c.cmd.Process.Pid, 'T')
	a, b := filepath.Join(c.home, "sub", "a"), filepath.Join(c.home, "sub", "b")
	for range n/2 + 1 { // two equal events in a row would be merged
		write(t, a, "")
		write(t, b, "")
	}
	write(t, c.file, "a=2")
	must(t, c.cmd.Process.Signal(syscall.SIGCONT))
	c.want("file notices may be missing", "overflow")
	c.want("batch", "polling=false", "a=2")
	write(t, c.file, "a=3")
	c.want("batch", "polling=false", "a=3")
}

// untilState waits until a process is in a state of /proc/PID/stat.
func untilState(t *testing.T, pid int, state byte) {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		must(t, err)
		if i := strings.LastIndex(string(stat), ") "); stat[i+2] == state {
			return
		}
	}
	t.Fatal("the process is not in the state", state)
}

func TestD07_MountedOverAndUnmounted(t *testing.T) {
	c := startChild(t, syscall.CLONE_NEWUSER|syscall.CLONE_NEWNS)
	write(t, c.file, "below=1")
	c.do("run")
	c.do("track")
	c.want("batch", "polling=false", "below=1")
	c.do("mount")
	c.want("batch", "polling=false", "")
	c.do("write above=1")
	c.want("batch", "polling=false", "above=1")
	c.do("unmount")
	c.want("batch", "polling=false", "below=1")
	write(t, c.file, "below=2")
	c.want("batch", "polling=false", "below=2")
}
