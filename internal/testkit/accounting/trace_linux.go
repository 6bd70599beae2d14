package accounting

import (
	"encoding/binary"
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// follows are the events at which a followed task stops. When the tracer is gone, all of them are killed.
const follows = unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE |
	unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_TRACEEXIT | unix.PTRACE_O_EXITKILL

// trace is the tracer: one thread from the first request to the last, as the kernel wants it. A task is let
// go where its exit begins, so that its own parent waits for it as ever.
func (x *Tree) trace(ready chan<- error) {
	defer close(x.done)
	runtime.LockOSThread() // never unlocked: the thread ends here, if it is not the process's first
	err := x.seize()
	ready <- err
	for err == nil && x.followed() > 0 {
		pid, status, waitErr := nextStop()
		switch {
		case errors.Is(waitErr, unix.EINTR):
		case waitErr != nil:
			return // all are gone
		default:
			x.stopped(pid, status>>8, unix.Signal(status&0xff))
		}
	}
}

// nextStop waits for a task of this thread's to stop. It never reaps one: the thread may have started other
// processes of the test before it became the tracer.
func nextStop() (pid, status int, err error) {
	const trapped = 4 // CLD_TRAPPED
	var info [128]byte
	for {
		_, _, errno := unix.Syscall6(unix.SYS_WAITID, unix.P_ALL, 0, uintptr(unsafe.Pointer(&info)),
			unix.WSTOPPED|unix.WALL|unix.WNOTHREAD, 0, 0)
		if errno != 0 {
			return 0, 0, errno
		}
		field := func(at int) int { return int(int32(binary.NativeEndian.Uint32(info[at:]))) }
		if field(8) == trapped {
			return field(16), field(24), nil
		}
	}
}

// seize begins to follow all threads of the root, without stopping them.
func (x *Tree) seize() error {
	for more := true; more; {
		more = false
		tasks, err := os.ReadDir("/proc/" + strconv.Itoa(x.root) + "/task")
		if err != nil {
			return err
		}
		for _, task := range tasks {
			tid, err := strconv.Atoi(task.Name())
			if err != nil || x.follows(tid) {
				continue
			}
			if err := ptrace(unix.PTRACE_SEIZE, tid, follows); err != nil {
				if errors.Is(err, unix.ESRCH) && tid != x.root {
					continue // a thread that has ended
				}
				return err
			}
			x.follow(tid)
			more = true // it may have made threads meanwhile
		}
	}
	return nil
}

// stopped handles one stop, and lets the task go on.
func (x *Tree) stopped(pid, event int, signal unix.Signal) {
	switch event {
	case 0: // a signal on its way to the task, which gets it
		_ = unix.PtraceCont(pid, int(signal))
		return
	case unix.PTRACE_EVENT_FORK, unix.PTRACE_EVENT_VFORK, unix.PTRACE_EVENT_CLONE:
		if child, err := unix.PtraceGetEventMsg(pid); err == nil {
			x.born(int(child), event != unix.PTRACE_EVENT_CLONE || leads(int(child)))
		}
	case unix.PTRACE_EVENT_EXEC:
		if former, err := unix.PtraceGetEventMsg(pid); err == nil && int(former) != pid {
			x.forget(int(former)) // a thread that has taken its process's number
			x.follow(pid)
		}
		x.executed(pid)
	case unix.PTRACE_EVENT_EXIT:
		_ = unix.PtraceDetach(pid)
		x.forget(pid)
		if pid == x.root {
			x.kill()
		}
		return
	case unix.PTRACE_EVENT_STOP:
		if x.hold(pid) {
			return // its parent's word of it is still to come
		}
		if signal == unix.SIGSTOP || signal == unix.SIGTSTP || signal == unix.SIGTTIN || signal == unix.SIGTTOU {
			_ = ptrace(unix.PTRACE_LISTEN, pid, 0) // stopped by its shell or user: it stays so
			return
		}
	}
	_ = unix.PtraceCont(pid, 0) // a task that was killed meanwhile needs none
}

// born takes in a new task, which is followed from its first step.
func (x *Tree) born(pid int, process bool) {
	if process {
		x.begin(pid)
	}
	x.follow(pid)
	if x.held[pid] {
		delete(x.held, pid)
		_ = unix.PtraceCont(pid, 0)
	}
}

// hold keeps a task that is not known yet.
func (x *Tree) hold(pid int) bool {
	if x.follows(pid) {
		return false
	}
	x.held[pid] = true
	return true
}

// leads reports whether a task is a process, and no further thread of one.
func leads(tid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(tid) + "/status")
	return err == nil && strings.Contains(string(text), "\nTgid:\t"+strconv.Itoa(tid)+"\n")
}

func ptrace(request, pid int, data uintptr) error {
	if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(pid), 0, data, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
