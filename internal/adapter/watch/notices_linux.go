package watch

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/unix"
)

// inotify wraps fsnotify.
type inotify struct {
	w      *fsnotify.Watcher
	mounts *os.File // nil where the mount table cannot be watched
	out    chan event
	missed chan error
	ended  chan struct{}
	wg     sync.WaitGroup
}

func openNotices() (notices, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("open file notices: %w", err)
	}
	n := &inotify{w: w, out: make(chan event), missed: make(chan error, 1), ended: make(chan struct{})}
	// fsnotify may hold its lock while it sends an error: whoever calls Add must not be the only one who
	// reads them, so they have a goroutine of their own.
	n.wg.Go(func() {
		for err := range w.Errors {
			n.miss(err)
		}
	})
	n.wg.Go(n.forward)
	if n.mounts, err = openMounts(); err == nil {
		n.wg.Go(n.watchMounts)
	}
	return n, nil
}

func (n *inotify) add(dir string) error { return n.w.Add(dir) }
func (n *inotify) remove(dir string)    { _ = n.w.Remove(dir) } // only fails if it is gone already
func (n *inotify) events() <-chan event { return n.out }
func (n *inotify) lost() <-chan error   { return n.missed }

func (n *inotify) close() {
	close(n.ended)
	_ = n.w.Close()
	if n.mounts != nil {
		_ = n.mounts.Close()
	}
	n.wg.Wait()
}

func (n *inotify) forward() {
	defer close(n.out)
	for e := range n.w.Events {
		ev := event{path: e.Name, moved: e.Op&(fsnotify.Create|fsnotify.Remove|fsnotify.Rename) != 0}
		if len(ev.path) > 1 && ev.path[:2] == "//" {
			ev.path = ev.path[1:] // what fsnotify makes of a name in /
		}
		select {
		case n.out <- ev:
		case <-n.ended:
			return
		}
	}
}

func (n *inotify) miss(err error) {
	select {
	case n.missed <- err:
	default: // one is waiting: all will be looked at anyway
	}
}

// errMounts says that something was mounted or unmounted, of which inotify tells nothing.
var errMounts = errors.New("the mount table changed")

const mountTable = "/proc/self/mountinfo"

func openMounts() (*os.File, error) {
	fd, err := unix.Open(mountTable, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "mountinfo"), nil
}

// watchMounts waits on Go's poller, which the kernel wakes whenever the mount table changes, and once more
// at some time at the start.
func (n *inotify) watchMounts() {
	c, err := n.mounts.SyscallConn()
	if err != nil {
		return
	}
	known, _ := os.ReadFile(mountTable)
	_ = c.Read(func(uintptr) bool {
		if now, _ := os.ReadFile(mountTable); !bytes.Equal(now, known) {
			known = now
			n.miss(errMounts)
		}
		return false // wait on
	})
}
