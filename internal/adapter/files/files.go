// Package files reads and replaces the user's config files and keeps the agent's state file.
//
// A replacement is whole or it did not happen: whatever strikes on the way (no space, a signal, a
// crash, a limit, a file system that is read-only), the file says what it said before or what it
// should say now. It is compare-and-swap: the caller tells what it read, and if the file says
// anything else by the time of the exchange, nothing is replaced (agent.ErrChanged). Processes of
// ours take turns by lock files; npm and editors take no lock, so the exchange is looked at once
// more after it happened, and undone if a stranger's write fell into it.
//
// Links stay links. Mode, owner, access lists and other attributes stay what they were; a new file
// is for its owner alone. The one who calls owns the paths; Files keeps nothing but its lock
// directory and is safe for concurrent use. Replacing the same thing twice changes nothing.
package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

// MaxSize is the size of the largest file that is read, in bytes.
const MaxSize = 4 << 20

// Errors that tell why a file is left alone, for errors.Is. They wrap agent.ErrUnsafe where the
// place cannot be trusted.
var (
	ErrTooLarge       = errors.New("the file is too large")
	ErrNotRegular     = errors.New("not a regular file")
	ErrLoop           = errors.New("the symbolic links go in a circle")
	ErrLinked         = errors.New("the file has another name (hard link), which a replacement would cut off")
	ErrWriteProtected = fmt.Errorf("the file is write-protected: %w", fs.ErrPermission)
	ErrBusy           = errors.New("another process of Sandglass holds the file's lock")
	ErrForeignDir     = fmt.Errorf("%w: the folder belongs to another user", agent.ErrUnsafe)
	ErrOpenDir        = fmt.Errorf("%w: everybody may replace files in the folder", agent.ErrUnsafe)
)

// lockWait is how long Replace waits for another process of ours. One replacement takes milliseconds.
const lockWait = 5 * time.Second

// Files implements agent.Files.
type Files struct {
	locks string
	// at, if not nil, is told of each step of a replacement. Tests use it to strike in between.
	at func(step)
}

type step int

const (
	stepChecked  step = iota // old content seen, nothing written
	stepWritten              // the temporary file is complete
	stepSwapping             // last look done, about to exchange
	stepSwapped              // exchanged, not yet looked at again
)

var _ agent.Files = (*Files)(nil)

// New returns Files whose lock files lie in the directory locks. It is made (0700) when it is first
// needed; lock files are never removed.
func New(locks string) *Files { return &Files{locks: locks} }

// Read returns a file's content, following links. It refuses what is no regular file and what is
// larger than MaxSize, and never blocks on a pipe.
func (f *Files) Read(path string) ([]byte, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	defer file.Close()
	return readAll(file, MaxSize)
}

func readAll(file *os.File, limit int64) ([]byte, error) {
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if n > limit {
		return nil, ErrTooLarge
	}
	if b.Len() == 0 {
		return []byte{}, nil // nil would mean: there is none
	}
	return b.Bytes(), nil
}

// Modified is the time of the last write to the file that path leads to.
func (f *Files) Modified(path string) (time.Time, error) {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}, fmt.Errorf("look at file: %w", err)
	}
	return info.ModTime(), nil
}

// Private takes a file's rights away from everybody but its owner, who keeps theirs.
func (f *Files) Private(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = os.Chmod(path, info.Mode().Perm()&0o700)
	}
	if err != nil {
		return fmt.Errorf("make file private: %w", err)
	}
	return nil
}

// Stamp tells size and time of the last write of the file that path leads to.
func (f *Files) Stamp(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("look at file: %w", err)
	}
	return fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano()), nil
}

// Replace writes new in place of old. old nil means that there must be no file yet, and its folder is
// made (0700) if need be; new nil removes the file (the link that leads there stays). It wraps
// agent.ErrChanged if the file says anything but old, and one of the package's errors if it must be
// left alone. A file that was emptied within the last 100 ms counts as changed: its writer is not done.
func (f *Files) Replace(path string, old, new []byte) error {
	if len(new) > MaxSize {
		return fmt.Errorf("replace file: %w", ErrTooLarge)
	}
	if old == nil && new != nil {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
	}
	target, err := resolve(path)
	if err != nil {
		return fmt.Errorf("follow links: %w", err)
	}
	unlock, err := f.lock(target)
	if err != nil {
		return err
	}
	defer unlock()
	s := swap{dir: filepath.Dir(target), name: filepath.Base(target), old: old, new: new, at: f.at}
	if err := s.run(); err != nil {
		return fmt.Errorf("replace file: %w", err)
	}
	return nil
}

// Runnable lets the owner run a file, and nobody else do anything with it.
func (f *Files) Runnable(path string) error {
	if err := os.Chmod(path, 0o700); err != nil {
		return fmt.Errorf("make file runnable: %w", err)
	}
	return nil
}

// lock takes the lock of one target among all processes of ours.
func (f *Files) lock(target string) (unlock func(), err error) {
	if err := os.MkdirAll(f.locks, 0o700); err != nil {
		return nil, fmt.Errorf("make lock directory: %w", err)
	}
	sum := sha256.Sum256([]byte(target))
	l := flock.New(filepath.Join(f.locks, hex.EncodeToString(sum[:8])+".lock"), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	if _, err := l.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		if ctx.Err() != nil {
			err = ErrBusy
		}
		return nil, fmt.Errorf("lock file: %w", err)
	}
	return func() { _ = l.Close() }, nil
}

// swap is one replacement in a directory. What it does differs by system: see run.
type swap struct {
	dir, name string // no link in it
	old, new  []byte // nil: no file
	at        func(step)
	private   bool // mode 0600 whatever it was
	whatever  bool // do not compare with old
}

func (s *swap) reached(p step) {
	if s.at != nil {
		s.at(p)
	}
}

// justWritten reports whether a file was written within the last tenth of a second. npm empties a file
// and then writes it: an empty one that is as new as that is about to be filled by somebody who would
// fill the wrong file if ours took its place now.
func justWritten(modified time.Time) bool {
	return time.Since(modified).Abs() < 100*time.Millisecond
}
