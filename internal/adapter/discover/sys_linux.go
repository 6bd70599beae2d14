package discover

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

const (
	bufferSize = 64 << 10
	openFlags  = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	keeps      = true // a folder's time of change can be relied on
)

// handle is an open folder.
type handle int

// stamp is what the kernel says of a folder.
type stamp struct {
	ino     uint64
	changed int64
	mount   bool
}

func (h handle) close() { _ = unix.Close(int(h)) }

// isSwapped tells whether there is something else where a folder was.
func isSwapped(err error) bool { return errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) }

// retry does a call again that a signal cut short.
func retry(call func() error) error {
	for {
		if err := call(); err != unix.EINTR { //nolint:errorlint // the kernel's answer itself
			return err
		}
	}
}

// look asks for the folder's stamp, and starts no automount. The time of change is used, not the one of
// writing, because nobody can set it back, and because it tells of a change of rights too.
func (t task) look() (stamp, error) {
	const flags = unix.AT_NO_AUTOMOUNT | unix.AT_SYMLINK_NOFOLLOW
	if t.base == nil {
		return ask(unix.AT_FDCWD, t.n.name, flags)
	}
	return ask(int(t.base.h), t.rel, flags)
}

// lookAt is look of the folder that is open. It is quicker by a look-up of the name.
func (t task) lookAt(h handle) (stamp, error) { return ask(int(h), "", unix.AT_EMPTY_PATH) }

func ask(at int, rel string, flags int) (stamp, error) {
	var st unix.Statx_t
	err := retry(func() error { return unix.Statx(at, rel, flags, unix.STATX_TYPE|unix.STATX_INO|unix.STATX_CTIME, &st) })
	if err == unix.ENOSYS || err == unix.EPERM { //nolint:errorlint // kernels before 4.11, and old containers
		return askOld(at, rel, flags)
	}
	if err != nil {
		return stamp{}, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return stamp{}, unix.ENOTDIR
	}
	return stamp{
		ino: st.Ino, changed: st.Ctime.Sec*1e9 + int64(st.Ctime.Nsec),
		mount: st.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0,
	}, nil
}

// askOld is ask without statx: of mounts only the table of mounts tells then.
func askOld(at int, rel string, flags int) (stamp, error) {
	var st unix.Stat_t
	if err := retry(func() error { return unix.Fstatat(at, rel, &st, flags) }); err != nil {
		return stamp{}, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return stamp{}, unix.ENOTDIR
	}
	return stamp{ino: st.Ino, changed: st.Ctim.Nano()}, nil
}

// open opens the folder and follows no link on the way from the base.
func (t task) open() (handle, error) {
	if t.base == nil {
		return openAt(unix.AT_FDCWD, t.n.name, openFlags)
	}
	at := t.base.h
	rel := t.rel
	for {
		name, rest, more := strings.Cut(rel, separator)
		flags := openFlags
		if more {
			flags |= unix.O_PATH
		}
		next, err := openAt(int(at), name, flags)
		if at != t.base.h {
			at.close()
		}
		if err != nil || !more {
			return next, err
		}
		at, rel = next, rest
	}
}

func openAt(at int, name string, flags int) (h handle, err error) {
	err = retry(func() error {
		fd, err := unix.Openat(at, name, flags, 0)
		h = handle(fd)
		return err
	})
	return h, err
}

// The layout of linux_dirent64.
const (
	atLength = 16
	atType   = 18
	atName   = 19
)

// read visits the folders, plain files and links in h. The kernel tells with each name what it is; where the
// file system does not know, it is asked.
func (h handle) read(buf []byte, stop *atomic.Bool, visit func(name []byte, folder bool)) error {
	for !stop.Load() {
		var n int
		err := retry(func() (err error) { n, err = unix.Getdents(int(h), buf); return err })
		if err != nil {
			return err
		}
		if n <= 0 {
			return nil
		}
		for b := buf[:n]; len(b) > atName; {
			length := int(binary.NativeEndian.Uint16(b[atLength:]))
			kind, name := b[atType], b[atName:length]
			b = b[length:]
			if end := bytes.IndexByte(name, 0); end >= 0 {
				name = name[:end]
			}
			if kind == unix.DT_UNKNOWN {
				kind = h.kind(string(name))
			}
			switch {
			case kind == unix.DT_DIR && string(name) != "." && string(name) != "..":
				visit(name, true)
			case kind == unix.DT_REG || kind == unix.DT_LNK:
				visit(name, false)
			}
		}
	}
	return nil
}

// kind asks what an entry is.
func (h handle) kind(name string) byte {
	var st unix.Stat_t
	if unix.Fstatat(int(h), name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil {
		return unix.DT_UNKNOWN
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		return unix.DT_DIR
	case unix.S_IFREG:
		return unix.DT_REG
	case unix.S_IFLNK:
		return unix.DT_LNK
	}
	return unix.DT_UNKNOWN
}

// mounts lists where file systems are mounted. None: then each folder tells by itself whether one is.
func mounts() []string {
	table, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	var out []string
	for line := range strings.Lines(string(table)) {
		if fields := strings.Fields(line); len(fields) > 4 {
			out = append(out, unescape(fields[4]))
		}
	}
	return out
}

// unescape undoes the kernel's three octal digits for white space and the backslash.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
