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

// trace is the tracer: one thread from the first request to the last, as the kernel wants it. It takes one
// without children of its own, since it waits for all that it has. A task is let go where its exit begins, so that
// its own parent waits for it as ever. One that is killed there is reaped: a thread that the tracer leaves
// unreaped would keep its process, and so its parent, waiting for ever.
func (x *Tree) trace(ready chan<- error) {
	runtime.LockOSThread()
	if !childless() {
		go x.trace(ready)
		<-x.done // holds the thread, so that the other gets another one
		runtime.UnlockOSThread()
		return
	}
	defer close(x.done) // the lock is never given back: the thread ends here, and with it what it follows
	err := x.seize()
	ready <- err
	for err == nil && x.followed() > 0 {
		n, waitErr := wait(unix.P_ALL, 0, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT)
		switch {
		case errors.Is(waitErr, unix.EINTR):
		case waitErr != nil:
			return // all are gone
		case n.dead() && n.pid == x.root:
			x.kill()
			return // it is the test's to reap
		default:
			x.take(n.pid)
		}
	}
}

// childless reports whether this thread can be the tracer. The process's first could not end.
func childless() bool {
	tid := unix.Gettid()
	children, err := os.ReadFile("/proc/self/task/" + strconv.Itoa(tid) + "/children")
	return tid != os.Getpid() && (err != nil || len(children) == 0)
}

// take handles what happened to a task, if it did not change meanwhile.
func (x *Tree) take(pid int) {
	n, err := wait(unix.P_PID, pid, unix.WSTOPPED|unix.WEXITED|unix.WNOHANG)
	switch {
	case err != nil || n.pid == 0:
	case n.code == trapped:
		x.stopped(pid, n.status>>8, unix.Signal(n.status&0xff))
	case n.dead() && !x.follows(pid):
		x.held[pid] = dead
	case n.dead():
		x.forget(pid)
	}
}

// news is what waitid(2) tells of a task.
type news struct{ code, pid, status int }

const trapped = 4 // CLD_TRAPPED, behind the three codes of an end

func (n news) dead() bool { return n.code < trapped }

// wait waits for news of the tracer's own tasks.
func wait(kind, id, options int) (news, error) {
	var info [128]byte
	_, _, errno := unix.Syscall6(unix.SYS_WAITID, uintptr(kind), uintptr(id), uintptr(unsafe.Pointer(&info)),
		uintptr(options|unix.WALL|unix.WNOTHREAD), 0, 0)
	if errno != 0 {
		return news{}, errno
	}
	field := func(at int) int { return int(int32(binary.NativeEndian.Uint32(info[at:]))) }
	return news{field(8), field(16), field(24)}, nil
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
			x.born(int(child), event)
		}
	case unix.PTRACE_EVENT_EXEC:
		if former, err := unix.PtraceGetEventMsg(pid); err == nil && int(former) != pid {
			x.forget(int(former)) // a thread that has taken its process's number
			x.follow(pid)
		}
		x.executed(pid)
	case unix.PTRACE_EVENT_EXIT:
		if unix.PtraceDetach(pid) == nil { // else it was killed meanwhile, and its end is yet to be told
			x.forget(pid)
		}
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

// born takes in a new task, which is followed from its first step. Whoever was killed while it told of one tells
// another number by now, which nobody may take for a task.
func (x *Tree) born(pid, event int) {
	known := x.held[pid]
	delete(x.held, pid)
	mine, leads := status(pid)
	if !mine && known != dead {
		return
	}
	if event != unix.PTRACE_EVENT_CLONE || leads {
		x.begin(pid)
	}
	if known == dead {
		return
	}
	x.follow(pid)
	if known == stopped {
		_ = unix.PtraceCont(pid, 0)
	}
}

// hold keeps a task that is not known yet.
func (x *Tree) hold(pid int) bool {
	if x.follows(pid) {
		return false
	}
	x.held[pid] = stopped
	return true
}

// status reports whether a task is this tracer's, and whether it is a process, and no further thread of one.
func status(tid int) (mine, leads bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(tid) + "/status")
	has := func(key string, id int) bool {
		return err == nil && strings.Contains(string(text), "\n"+key+":\t"+strconv.Itoa(id)+"\n")
	}
	return has("TracerPid", unix.Gettid()), has("Tgid", tid)
}

func ptrace(request, pid int, data uintptr) error {
	if _, _, errno := unix.Syscall6(unix.SYS_PTRACE, uintptr(request), uintptr(pid), 0, data, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
