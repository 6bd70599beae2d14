package envfile_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/adapter/envfile"
	"github.com/sandglass-dev/sandglass/internal/domain/injection"
)

// publisher makes the test binary publish once in the folder that it names, on one thread, and end.
const publisher = "ENVFILE_TEST_PUBLISH"

func TestMain(m *testing.M) {
	if dir := os.Getenv(publisher); dir != "" {
		runtime.LockOSThread() // strace counts calls by thread
		f, err := envfile.New(dir)
		if err == nil {
			err = f.Publish(vars("npm_new"), injection.Due{})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// D09: killed at any system call that touches a file, the folder holds old or new, and a shell finds either whole.
func TestD09_KilledAtEverySystemCall(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("strace is not installed")
		}
		t.Skip("strace is not installed")
	}
	self, err := os.Executable()
	must(t, err)
	killed, olds, news := 0, 0, 0
	for _, call := range []string{"openat", "write", "fchmod", "renameat", "renameat2", "unlinkat", "close", "flock", "newfstatat", "fchmodat"} {
		for when := 1; ; when++ {
			dir := filepath.Join(t.TempDir(), "sandglass")
			f, err := envfile.New(dir)
			must(t, err)
			must(t, f.Publish(vars("npm_old"), injection.Due{}))
			cmd := exec.Command(strace, "-f", "-qq", "-o", os.DevNull, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, when), self)
			cmd.Env = append(os.Environ(), publisher+"="+dir, "GOMAXPROCS=1")
			out, err := cmd.CombinedOutput()
			if err == nil {
				break // there is no such call any more
			}
			if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !ws.Signaled() || ws.Signal() != syscall.SIGKILL {
				t.Fatalf("%s %d: %v %s", call, when, err, out)
			}
			killed++
			switch value := shellSees(t, dir); value {
			case "npm_old npm_old":
				olds++
			case "npm_new npm_new":
				news++
			default:
				t.Errorf("killed at %s %d: a shell finds %q", call, when, value)
			}
			look(t, dir)
			f, err = envfile.New(dir) // and the next process mends it
			must(t, err)
			must(t, f.Publish(vars("npm_next"), injection.Due{}))
			if s := settled(t, dir); s.value != "npm_next" {
				t.Errorf("killed at %s %d: %v after the next publication", call, when, s)
			}
		}
	}
	if killed < 20 || olds == 0 || news == 0 {
		t.Errorf("killed %d times, old %d, new %d: the test does not reach the writes", killed, olds, news)
	}
	t.Logf("killed %d times: old %d, new %d", killed, olds, news)
}

func shellSees(t *testing.T, dir string) string {
	t.Helper()
	out, err := exec.Command("sh", "-c", `. "$1" && echo "$SG_A $SG_B"`, "sh", filepath.Join(dir, "env.sh")).CombinedOutput()
	if err != nil {
		t.Errorf("sh: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// C19, C20: where there is no room left, the old files stay as they are. The limit is the kernel's, for a process of its own.
func TestC19_NoRoomLeft(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	f := newFiles(t)
	must(t, f.Publish(vars("npm_old"), injection.Due{}))
	before := settled(t, f.Dir())
	cmd := exec.Command("sh", "-c", `ulimit -f 0; trap '' XFSZ; exec "$0"`, self)
	cmd.Env = append(os.Environ(), publisher+"="+f.Dir())
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "write env.sh") {
		t.Errorf("%v %s", err, out)
	}
	if after := settled(t, f.Dir()); after.gens[0] != before.gens[0] || after.value != "npm_old" {
		t.Errorf("%v became %v", before, after)
	}
}
