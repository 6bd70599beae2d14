package power

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// NewClock starts a clock that ends with ctx. A kernel that has no timer for the wall clock is no error: the
// clock is looked at every 15 s then, while an alarm is armed.
func NewClock(ctx context.Context) (*Clock, error) {
	if tm, err := newTimerfd(); err == nil {
		return newClock(tm).start(ctx), nil
	}
	return newClock(nil).start(ctx), nil
}

// timerfd is an absolute timer on CLOCK_REALTIME, read through Go's poller.
type timerfd struct {
	mu   sync.Mutex
	file *os.File // nil once closed
	fd   int
	read *os.File // the same, for the one reader
}

func newTimerfd() (*timerfd, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make a wall-clock timer: %w", err)
	}
	f := os.NewFile(uintptr(fd), "timerfd")
	return &timerfd{file: f, fd: fd, read: f}, nil
}

func (t *timerfd) set(at time.Time) (moved bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return false, nil // the clock is ending
	}
	spec := unix.ItimerSpec{Value: timespec(at)}
	err = unix.TimerfdSettime(t.fd, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &spec, nil)
	if errors.Is(err, unix.ECANCELED) {
		return true, nil // armed all the same
	}
	return false, err
}

// farthest is the start of the year 2200 in seconds: what lies past it counts as that, as it might overflow
// inside the kernel.
const farthest = 7_258_118_400

// timespec turns a wall time into what the kernel takes, where zero disarms: what lies before 1970 is due,
// what it cannot hold is as far as it can.
func timespec(at time.Time) unix.Timespec {
	if at.IsZero() {
		return unix.Timespec{}
	}
	if at.Unix() > farthest {
		at = time.Unix(farthest, 0)
	}
	if at.Unix() < 0 || at.UnixMilli() <= 0 {
		return unix.Timespec{Nsec: 1}
	}
	ts, err := unix.TimeToTimespec(at)
	if err != nil {
		ts, _ = unix.TimeToTimespec(time.Unix(math.MaxInt32, 0))
	}
	return ts
}

func (t *timerfd) wait() (moved bool, err error) {
	var n [8]byte
	for {
		_, err := t.read.Read(n[:])
		if errors.Is(err, unix.ECANCELED) {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("wait for the wall clock: %w", err)
		}
		if binary.NativeEndian.Uint64(n[:]) > 0 {
			return false, nil
		}
	}
}

func (t *timerfd) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file != nil {
		_ = t.file.Close()
		t.file = nil
	}
}
