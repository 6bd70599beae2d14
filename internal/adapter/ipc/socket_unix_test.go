//go:build !windows

package ipc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/dirs"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/testkit/fakeagent"
)

// actAs names the part that a copy of the test program plays as a child.
const actAs = "SANDGLASS_IPC_TEST_ACT"

func TestMain(m *testing.M) {
	switch os.Getenv(actAs) {
	case "":
		os.Exit(m.Run())
	case "listen":
		os.Exit(actListen(os.Args[1], os.Stdin))
	case "serve": // until it is killed, or after a minute
		in, _, _ := os.Pipe()
		time.AfterFunc(time.Minute, func() { _ = in.Close() })
		os.Exit(actListen(os.Args[1], in))
	case "ask":
		_, err := Dial(os.Args[1]).Grant(context.Background(), api.GrantRequest{Use: api.UseEnv})
		fmt.Println(err)
	case "write":
		conn, err := net.Dial("unix", filepath.Join(os.Args[1], socketName))
		if err == nil {
			fmt.Fprintln(conn, `{"v":1,"method":"grant","params":{"use":"env"}}`)
			line, _ := bufio.NewReader(conn).ReadString('\n')
			fmt.Print(line)
			os.Exit(0)
		}
		fmt.Println(err)
	}
	os.Exit(0)
}

// actListen is an agent that answers until in ends.
func actListen(dir string, in io.Reader) int {
	ln, err := Listen(dir)
	if errors.Is(err, ErrRunning) {
		return 3
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	Ready()
	fmt.Println("listening")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, in)
		cancel()
	}()
	_ = Serve(ctx, ln, fakeagent.New(start))
	return 0
}

func child(t *testing.T, act, dir string, before ...string) *exec.Cmd {
	t.Helper()
	argv := append(before, os.Args[0], dir)
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), actAs+"="+act)
	return cmd
}

func TestI01_ModesOfFolderAndSocket(t *testing.T) {
	for _, umask := range []int{0o000, 0o022, 0o077} {
		old := syscall.Umask(umask)
		dir := serve(t, fakeagent.New(start))
		syscall.Umask(old)
		for path, want := range map[string]os.FileMode{dir: 0o700 | os.ModeDir, filepath.Join(dir, socketName): 0o600 | os.ModeSocket, filepath.Join(dir, lockName): 0o600} {
			info, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != want {
				t.Errorf("umask %03o: %s has mode %v, want %v", umask, filepath.Base(path), info.Mode(), want)
			}
		}
	}
}

func TestI01_OpenFolderIsClosed(t *testing.T) {
	dir := shortDir(t)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	ln, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestI01_ForeignFolderIsRefused(t *testing.T) {
	if os.Getuid() != 0 {
		need(t, "root, to give a folder away")
	}
	dir := shortDir(t)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(dir); !errors.Is(err, dirs.ErrNotPrivate) {
		t.Errorf("got %v", err)
	}
	link := shortDir(t)
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(link); !errors.Is(err, dirs.ErrNotPrivate) {
		t.Errorf("a link: got %v", err)
	}
}

// need ends a test that this machine cannot run. In CI every part is there, or the set-up is broken.
func need(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("this test needs %s", what)
	}
	t.Skipf("this test needs %s", what)
}

// asNobody is a command line that runs the rest as the user nobody.
func asNobody(t *testing.T) []string {
	t.Helper()
	setpriv, err := exec.LookPath("setpriv")
	if err != nil || os.Getuid() != 0 {
		need(t, "root and setpriv")
	}
	return []string{setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--"}
}

// reachable copies the test program to where nobody may run it.
func reachable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sgx")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	raw, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "nobody.test")
	if err := errors.Join(os.WriteFile(path, raw, 0o755), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestI02_NobodyIsRefused(t *testing.T) {
	as := asNobody(t)
	fake := fakeagent.New(start)
	dir := serve(t, fake)
	program := reachable(t)
	try := func(act string) string {
		cmd := exec.CommandContext(t.Context(), as[0], append(as[1:], program, dir)...)
		cmd.Env = append(os.Environ(), actAs+"="+act)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if got := try("write"); !strings.Contains(got, "permission denied") {
		t.Errorf("the modes let nobody in: %s", got)
	}
	// Now as if the modes were lost: the socket itself must tell who calls.
	if err := errors.Join(os.Chmod(dir, 0o711), os.Chmod(filepath.Dir(dir), 0o711), os.Chmod(filepath.Join(dir, socketName), 0o666)); err != nil {
		t.Fatal(err)
	}
	if got := try("write"); !strings.Contains(got, api.CodeUnsafe) || strings.Contains(got, fakeagent.Canary.Reveal()) {
		t.Errorf("the agent answers nobody: %s", got)
	}
	// And the other way round: a client of nobody's does not talk to an agent of ours.
	if got := try("ask"); !strings.Contains(got, "user id") {
		t.Errorf("a client trusts somebody else's agent: %s", got)
	}
	if n := len(fake.Calls()); n != 0 {
		t.Errorf("%d calls reached the agent", n)
	}
}

func TestI03_StaleSocketAfterKill(t *testing.T) {
	dir := shortDir(t)
	cmd := child(t, "listen", dir)
	in, _ := cmd.StdinPipe()
	defer in.Close()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "listening\n" {
		t.Fatalf("child says %q", line)
	}
	if _, err := Listen(dir); !errors.Is(err, ErrRunning) {
		t.Errorf("K01: beside a living agent: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if _, err := os.Lstat(filepath.Join(dir, socketName)); err != nil {
		t.Fatalf("no stale socket to test with: %v", err)
	}
	ln, err := Listen(dir)
	if err != nil {
		t.Fatalf("after kill -9: %v", err)
	}
	serveOn(t, ln, fakeagent.New(start))
	if _, err := Dial(dir).Snapshot(t.Context()); err != nil {
		t.Errorf("after kill -9: %v", err)
	}
}

func TestI04_LongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("x", 200))
	if _, err := Listen(dir); !errors.Is(err, ErrPath) || !strings.Contains(err.Error(), "XDG_RUNTIME_DIR") {
		t.Errorf("got %v", err)
	}
	_, err := Dial(dir).Snapshot(t.Context())
	var e *api.Error
	if !errors.As(err, &e) || e.Code != api.CodeNoAgent {
		t.Errorf("client: %v", err)
	}
}

// TestI06 looks at the kernel's list: the socket is one in the file system, and there is no other.
func TestI06_NoAbstractSocketAndNoTCP(t *testing.T) {
	dir := shortDir(t)
	ln, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if ln.Addr().Network() != "unix" || !filepath.IsAbs(ln.Addr().String()) {
		t.Errorf("listens on %s %s", ln.Addr().Network(), ln.Addr())
	}
}

// TestK02 starts twenty agents at once, as processes: one wins, and it answers.
func TestK02_StartStorm(t *testing.T) {
	dir := shortDir(t)
	const n = 20
	var wg sync.WaitGroup
	var mu sync.Mutex
	won, lost := 0, 0
	ends := make(chan struct{})
	for range n {
		cmd := child(t, "listen", dir)
		in, _ := cmd.StdinPipe()
		out, _ := cmd.StdoutPipe()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			line, _ := bufio.NewReader(out).ReadString('\n')
			mu.Lock()
			if line == "listening\n" {
				won++
			} else {
				lost++
			}
			if won+lost == n {
				close(ends)
			}
			mu.Unlock()
			<-ends
			_ = in.Close()
			if err := cmd.Wait(); line == "" && cmd.ProcessState.ExitCode() != 3 {
				t.Errorf("a loser ended with %v", err)
			}
		})
	}
	<-ends
	wg.Wait()
	if won != 1 || lost != n-1 {
		t.Errorf("%d won, %d lost", won, lost)
	}
}

// TestCloseKeepsTheNextSocket: an agent that ends late does not take away its successor's socket.
func TestCloseKeepsTheNextSocket(t *testing.T) {
	dir := shortDir(t)
	first, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	// Somebody cleans the folder up, and another agent starts.
	if err := os.Remove(filepath.Join(dir, socketName)); err != nil {
		t.Fatal(err)
	}
	second, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, second, fakeagent.New(start))
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(dir).Snapshot(t.Context()); err != nil {
		t.Errorf("the successor cannot be reached: %v", err)
	}
}

// TestStart starts an agent as the command line does, and finds it without terminal and group of ours.
func TestStart(t *testing.T) {
	dir := shortDir(t)
	t.Setenv(actAs, "serve")
	if err := Start(t.Context(), dir, os.Args[0], dir); err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("unix", filepath.Join(dir, socketName))
	if err != nil {
		t.Fatal(err)
	}
	peer, err := peerOf(conn)
	_ = conn.Close()
	if err != nil {
		t.Fatal(err)
	}
	if group, err := syscall.Getpgid(peer.PID); err != nil || group != peer.PID {
		t.Errorf("process %d is in group %d: %v", peer.PID, group, err)
	}
	if err := syscall.Kill(peer.PID, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}

// TestStartFails fast where there is nothing to start, and where what starts is no agent.
func TestStartFails(t *testing.T) {
	var e *api.Error
	if err := Start(t.Context(), shortDir(t), filepath.Join(t.TempDir(), "none")); !errors.As(err, &e) || e.Code != api.CodeNoAgent {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Start(ctx, shortDir(t), "/bin/true"); !errors.As(err, &e) || e.Code != api.CodeNoAgent {
		t.Errorf("got %v", err)
	}
}
