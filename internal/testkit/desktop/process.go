package desktop

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
)

// run starts a program that lives until the test ends. What it says is shown if the test fails.
func run(t testing.TB, env []string, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = env
	said := &log{}
	cmd.Stdout, cmd.Stderr = said, said
	launch(t, cmd)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s said:\n%s", name, said)
		}
	})
	return cmd
}

// launch starts cmd as the leader of a process group, which ends with the test.
func launch(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(cmd) })
}

// stop ends a program and its children, and waits for it.
func stop(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait()
}

// log keeps what a program says.
type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// pipe returns a pipe that is closed with the test.
func pipe(t testing.TB) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll(r, w) })
	return r, w
}

func closeAll(cs ...io.Closer) {
	for _, c := range cs {
		_ = c.Close() // the second close of a pipe's end says so, which is no news
	}
}
