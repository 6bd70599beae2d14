//go:build unix

package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// place is a folder that is held open, so that nobody can slip another one under its name.
type place struct {
	fd   int
	name string
}

// run does the replacement. Everything happens relative to the opened folder.
func (s *swap) run() error {
	fd, err := unix.Open(s.dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return &fs.PathError{Op: "open folder", Path: s.dir, Err: err}
	}
	defer unix.Close(fd)
	if err := checkFolder(fd); err != nil {
		return err
	}
	p := place{fd, s.name}
	was, err := p.open()
	if err != nil {
		return err
	}
	if was != nil {
		defer was.Close()
	}
	if err := s.compare(was); err != nil {
		return err
	}
	s.reached(stepChecked)
	switch {
	case was != nil && s.new != nil && !s.whatever && bytes.Equal(s.old, s.new), s.new == nil && was == nil:
		return nil
	case s.new == nil:
		if err := unix.Unlinkat(fd, s.name, 0); err != nil {
			return fmt.Errorf("remove: %w", err)
		}
		return syncFolder(fd)
	}
	return s.exchange(p, was)
}

// checkFolder refuses a folder in which others could put a file of theirs in our file's place.
func checkFolder(fd int) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fmt.Errorf("look at folder: %w", err)
	}
	if me := unix.Geteuid(); int(st.Uid) != me && st.Uid != 0 && me != 0 {
		return ErrForeignDir
	}
	if st.Mode&unix.S_IWOTH != 0 && st.Mode&unix.S_ISVTX == 0 {
		return ErrOpenDir
	}
	return nil
}

// open opens the file that lies there, nil if there is none.
func (p place) open() (*os.File, error) {
	fd, err := unix.Openat(p.fd, p.name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	switch {
	case errors.Is(err, unix.ENOENT):
		return nil, nil
	case errors.Is(err, unix.ELOOP):
		return nil, fmt.Errorf("%w: it became a link", agent.ErrChanged)
	case err != nil:
		return regular(nil, &fs.PathError{Op: "open", Path: p.name, Err: err})
	}
	return regular(os.NewFile(uintptr(fd), p.name), nil)
}

// compare checks that the file is there, or not, as the caller believes, and may be replaced.
func (s *swap) compare(was *os.File) error {
	if was == nil {
		if s.old != nil && !s.whatever {
			return fmt.Errorf("%w: it is gone", agent.ErrChanged)
		}
		return nil
	}
	var st unix.Stat_t
	if err := unix.Fstat(int(was.Fd()), &st); err != nil {
		return fmt.Errorf("look: %w", err)
	}
	switch {
	case st.Nlink > 1:
		return ErrLinked
	case st.Mode&unix.S_IWUSR == 0:
		return ErrWriteProtected
	case int(st.Uid) != unix.Geteuid() && unix.Geteuid() != 0:
		return fmt.Errorf("%w: the file belongs to another user", agent.ErrUnsafe)
	case s.whatever:
		return nil
	case s.old == nil:
		return fmt.Errorf("%w: it exists", agent.ErrChanged)
	}
	return s.unchanged(was)
}

func (s *swap) unchanged(was *os.File) error {
	if s.whatever {
		return nil
	}
	now, err := rewound(was)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, s.old) {
		return agent.ErrChanged
	}
	if len(now) > 0 {
		return nil
	}
	// Looked at after reading: it may have been full when it was opened.
	info, err := was.Stat()
	if err != nil {
		return fmt.Errorf("look: %w", err)
	}
	if justWritten(info.ModTime()) {
		return fmt.Errorf("%w: it was emptied a moment ago", agent.ErrChanged)
	}
	return nil
}

// exchange writes the new content beside the file and puts it in its place.
func (s *swap) exchange(p place, was *os.File) (err error) {
	name := tempName()
	defer func() {
		if err != nil {
			_ = unix.Unlinkat(p.fd, name, 0)
		}
	}()
	fresh, err := s.prepare(place{p.fd, name}, was)
	if err != nil {
		return err
	}
	defer fresh.Close()
	s.reached(stepWritten)
	if was != nil {
		if err := s.unchanged(was); err != nil {
			return err
		}
	}
	s.reached(stepSwapping)
	if was == nil {
		err = p.putNew(name)
	} else {
		err = s.putOver(p, was, fresh, name)
	}
	if err != nil {
		return err
	}
	return syncFolder(p.fd)
}

// prepare makes the complete temporary file and returns it open for reading only, so that a lease can
// tell whether anybody else writes it. The lock on it tells Sweep that its writer lives.
func (s *swap) prepare(at place, was *os.File) (*os.File, error) {
	fd, err := unix.Openat(at.fd, at.name, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	temp := os.NewFile(uintptr(fd), at.name)
	defer temp.Close()
	fresh, err := at.open()
	if err == nil && fresh == nil {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", err)
	}
	_ = unix.Flock(int(fresh.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err := s.fill(temp, was); err != nil {
		_ = fresh.Close()
		return nil, err
	}
	return fresh, nil
}

// fill writes the content and only then widens the mode to what the file had.
func (s *swap) fill(temp, was *os.File) error {
	if _, err := temp.Write(s.new); err != nil {
		return fmt.Errorf("fill temporary file: %w", err)
	}
	if err := dress(temp, was, s.private); err != nil {
		return err
	}
	if err := temp.Sync(); err != nil {
		return fmt.Errorf("fill temporary file: %w", err)
	}
	return nil
}

// putNew gives the temporary file its name, if the name is still free.
func (p place) putNew(name string) error {
	err := renameNew(p.fd, name, p.name)
	if unsupported(err) {
		var st unix.Stat_t
		if unix.Fstatat(p.fd, p.name, &st, unix.AT_SYMLINK_NOFOLLOW) == nil {
			return fmt.Errorf("%w: it exists", agent.ErrChanged)
		}
		err = unix.Renameat(p.fd, name, p.fd, p.name)
	}
	if errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("%w: it exists", agent.ErrChanged)
	}
	if err != nil {
		return fmt.Errorf("rename: %w", err)
	}
	return nil
}

// putOver exchanges the two files in one step and then looks at the old one again: whoever opened it
// before the exchange and truncated it, as npm does, is seen now, and gets it back.
func (s *swap) putOver(p place, was, fresh *os.File, name string) error {
	err := renameExchange(p.fd, name, p.name)
	if unsupported(err) {
		if err := unix.Renameat(p.fd, name, p.fd, p.name); err != nil {
			return fmt.Errorf("rename: %w", err)
		}
		return nil
	}
	if errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("%w: it is gone", agent.ErrChanged)
	}
	if err != nil {
		return fmt.Errorf("rename: %w", err)
	}
	s.reached(stepSwapped)
	if err := s.displaced(p, was, name); err != nil {
		s.putBack(p, fresh, name)
		return err
	}
	if err := unix.Unlinkat(p.fd, name, 0); err != nil {
		return fmt.Errorf("remove old file: %w", err)
	}
	return nil
}

// putBack undoes the exchange. Whoever wrote into our file while it lay there keeps what he wrote.
func (s *swap) putBack(p place, fresh *os.File, name string) {
	if renameExchange(p.fd, name, p.name) != nil {
		// Somebody removed the new file at once: the old one must not go with it.
		_ = renameNew(p.fd, name, p.name)
		return
	}
	now, err := rewound(fresh)
	if err == nil && (!bytes.Equal(now, s.new) || beingWritten(int(fresh.Fd()))) {
		_ = renameExchange(p.fd, name, p.name)
	}
}

func rewound(file *os.File) ([]byte, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return readAll(file, MaxState)
}

// displaced checks that the file under name is the one that was read, with the same content.
func (s *swap) displaced(p place, was *os.File, name string) error {
	var mine, there unix.Stat_t
	if err := unix.Fstat(int(was.Fd()), &mine); err != nil {
		return fmt.Errorf("look: %w", err)
	}
	if err := unix.Fstatat(p.fd, name, &there, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return fmt.Errorf("look: %w", err)
	}
	if mine.Ino != there.Ino || mine.Dev != there.Dev {
		return fmt.Errorf("%w: another file took its place", agent.ErrChanged)
	}
	if beingWritten(int(was.Fd())) {
		return fmt.Errorf("%w: somebody is writing it", agent.ErrChanged)
	}
	return s.unchanged(was)
}

func unsupported(err error) bool {
	return errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EOPNOTSUPP)
}

// syncFolder makes the renaming last. Some file systems cannot, and say EINVAL.
func syncFolder(fd int) error {
	if err := unix.Fsync(fd); err != nil && !unsupported(err) {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
