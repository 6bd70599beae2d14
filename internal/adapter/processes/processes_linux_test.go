package processes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// name is a variable of this test process's children alone.
var name = fmt.Sprintf("SANDGLASS_TEST_%d", os.Getpid())

// child starts a program that waits, with an environment; it has executed its program when child returns.
func child(t testing.TB, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sh", "-c", "echo up; read -r wait")
	return begin(t, cmd, env)
}

func begin(t testing.TB, cmd *exec.Cmd, env []string) *exec.Cmd {
	t.Helper()
	cmd.Env = append([]string{"PATH=/usr/bin:/bin"}, env...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if _, err := io.ReadFull(out, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func holding(t testing.TB, names ...string) []agent.Holder {
	t.Helper()
	found, err := New().Holding(t.Context(), names)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestHolding(t *testing.T) {
	before := time.Now()
	one := child(t, name+"=one", name+"_B=two", "OTHER"+name+"=x", name+"X=y")
	child(t, name+"=")
	child(t, "X="+name+"=one")
	found := holding(t, name, name+"_B")
	want := map[string]string{name: "one", name + "_B": "two"}
	if len(found) != len(want) {
		t.Fatalf("found %+v", found)
	}
	shell, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range found {
		if h.PID != one.Process.Pid || h.Program != filepath.Base(shell) || h.Fingerprint != token.NewSecret(want[h.Variable]).Fingerprint() {
			t.Errorf("found %+v", h)
		}
		// btime is whole seconds.
		if early, late := before.Add(-3*time.Second), time.Now().Add(3*time.Second); h.Started.Before(early) || h.Started.After(late) {
			t.Errorf("started %v, not about %v", h.Started, before)
		}
	}
	if found := holding(t); found != nil {
		t.Errorf("no names: %v", found)
	}
}

// TestHolding_NotOurselves leaves out the process that asks, and those that are gone or wait to be reaped.
func TestHolding_NotOurselves(t *testing.T) {
	t.Setenv(name, "ours")
	gone, zombie := child(t, name+"=gone"), child(t, name+"=zombie")
	if err := gone.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = gone.Wait()
	if err := zombie.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var ended bool
	for !ended {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", zombie.Process.Pid))
		ended = err != nil || strings.Contains(string(stat), ") Z ")
	}
	if found := holding(t, name); len(found) != 0 {
		t.Errorf("found %+v", found)
	}
	self := New().(table)
	self.self = 0
	if found, err := self.Holding(t.Context(), []string{name}); err != nil || len(found) != 0 {
		t.Errorf("what was set after the start is seen: %+v %v", found, err)
	}
}

// TestHolding_OtherUsers leaves other users' processes alone.
func TestHolding_OtherUsers(t *testing.T) {
	if os.Geteuid() != 0 {
		clients.Lacking(t, "root, to start a process of another user,")
	}
	cmd := exec.Command("sh", "-c", "echo up; read -r wait")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	begin(t, cmd, []string{name + "=nobody"})
	if found := holding(t, name); len(found) != 0 {
		t.Errorf("found %+v", found)
	}
}

// TestB17_LargeEnvironments reads what fits, and never half a value.
func TestB17_LargeEnvironments(t *testing.T) {
	filler := strings.Repeat("x", 100<<10)
	fits := child(t, "A="+filler, "B="+filler, name+"=here")
	child(t, "A="+filler, "B="+filler, "C="+filler, name+"=beyond")
	cut := strings.Repeat("y", 60<<10)
	child(t, "A="+filler, "B="+filler, name+"="+cut)
	found := holding(t, name)
	if len(found) != 1 || found[0].PID != fits.Process.Pid || found[0].Fingerprint != token.NewSecret("here").Fingerprint() {
		t.Errorf("found %+v", found)
	}
}

// TestHolding_Bounds looks at the highest numbers first, and stops with its context.
func TestHolding_Bounds(t *testing.T) {
	var last *exec.Cmd
	for range 3 {
		last = child(t, name+"=x")
	}
	few := New().(table)
	few.most = 1 // others may start processes meanwhile: at most one of ours
	if found, err := few.Holding(t.Context(), []string{name}); err != nil || len(found) > 1 || len(found) == 1 && found[0].PID != last.Process.Pid {
		t.Errorf("found %+v, %v", found, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if found, err := New().Holding(ctx, []string{name}); !errors.Is(err, context.Canceled) || len(found) != 0 {
		t.Errorf("found %+v, %v", found, err)
	}
	lost := table{dir: t.TempDir() + "/none", most: 1}
	if _, err := lost.Holding(t.Context(), []string{name}); err == nil {
		t.Error("a missing /proc is no error")
	}
}

// TestHolding_Race looks while processes come and go, and leaves no file open.
func TestHolding_Race(t *testing.T) {
	before := files(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 100 {
			cmd := exec.Command("true")
			cmd.Env = []string{name + "=short"}
			_ = cmd.Run()
		}
	}()
	steady := child(t, name+"=steady")
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		seen := false
		for _, h := range holding(t, name) {
			seen = seen || h.PID == steady.Process.Pid
			if h.Program == "" || h.Fingerprint == "" || h.Started.IsZero() {
				t.Fatalf("half a holder: %+v", h)
			}
		}
		if !seen {
			t.Fatal("a steady process was not seen")
		}
	}
	if after := files(t); after > before+4 { // the pipes and the handle of the steady one
		t.Errorf("%d files open, %d before", after, before)
	}
}

func files(t testing.TB) int {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}

// TestProgramOf reads a name with anything in it, and a program whose file is gone.
func TestProgramOf(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "a ) 1 (b")
	text, err := os.ReadFile("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bin, text, 0o700); err != nil {
		t.Fatal(err)
	}
	begin(t, exec.Command(bin, "-c", "echo up; read -r wait"), []string{name + "=x"})
	if err := os.Remove(bin); err != nil {
		t.Fatal(err)
	}
	if found := holding(t, name); len(found) != 1 || found[0].Program != "a ) 1 (b" || found[0].Started.IsZero() {
		t.Errorf("found %+v", found)
	}
}

func BenchmarkHolding(b *testing.B) {
	entries, err := New().(table).pids()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(entries)), "processes")
	for b.Loop() {
		holding(b, name)
	}
	b.ReportMetric(float64(len(entries)), "processes")
}
