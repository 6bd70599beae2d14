package accounting_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sandglass-dev/sandglass/internal/testkit/accounting"
	"github.com/sandglass-dev/sandglass/internal/testkit/terminal"
)

// TestMain makes the test binary also a program of many threads that end, some by themselves, while all of it ends.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 || os.Args[1] != "exit" && os.Args[1] != "kill" {
		os.Exit(m.Run())
	}
	first := make(chan bool, 16)
	for range 16 {
		go func() {
			runtime.LockOSThread() // the thread ends with the goroutine
			first <- true
		}()
	}
	<-first
	if os.Args[1] == "kill" {
		_ = unix.Kill(os.Getpid(), unix.SIGKILL)
	}
	os.Exit(0)
}

// TestFollow_ThreadsThatEndTogether: however the threads of a program end, its shell is told of its end.
func TestFollow_ThreadsThatEndTogether(t *testing.T) {
	const each = 200
	cmd := shell(t, "bash")
	x := terminal.Start(t, cmd)
	x.Type("echo so''start\n")
	x.Await(0, "sostart", 20*time.Second)
	tree := accounting.Follow(t, cmd.Process.Pid)
	x.Type(fmt.Sprintf("for how in exit kill; do for i in {1..%d}; do '%s' $how; done; done 2>/dev/null; echo so''end\n", each, os.Args[0]))
	x.Await(0, "soend", time.Minute)
	if got := len(tree.Started()); got != 2*each {
		t.Errorf("started %d programs, want %d", got, 2*each)
	}
}
