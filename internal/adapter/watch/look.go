package watch

import (
	"crypto/sha256"
	"io"
	"os"
	"time"
)

// maxHashed is the size in bytes above which a file is compared by its time and size alone.
const maxHashed = 4 << 20

// racy is how young a file must be at a look for a later write to leave the same time on it: two seconds
// is FAT's step, the coarsest there is.
const racy = 2 * time.Second

// state is what a look at a file found. It holds no content.
type state struct {
	target string      // where the links lead to, "" if nowhere
	info   os.FileInfo // nil: there is no such file
	hashed bool
	sum    [sha256.Size]byte
	at     time.Time
}

// read looks at a file. It never blocks on a pipe or a device.
func read(path, target string) state {
	s := state{target: target, at: time.Now()}
	info, err := os.Stat(path)
	if err != nil {
		return s
	}
	s.info = info
	if !info.Mode().IsRegular() || info.Size() > maxHashed {
		return s
	}
	f, err := os.OpenFile(path, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return s // not readable is a state, too: a change of mode ends it
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil || !info.Mode().IsRegular() {
		return s
	}
	s.info = info
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, maxHashed)); err != nil {
		return s
	}
	s.hashed = true
	h.Sum(s.sum[:0])
	return s
}

// empty tells whether there is a file with nothing in it.
func (s state) empty() bool {
	return s.info != nil && s.info.Mode().IsRegular() && s.info.Size() == 0
}

// same tells whether two looks found the same.
func (s state) same(o state) bool {
	switch {
	case s.target != o.target, (s.info == nil) != (o.info == nil), s.hashed != o.hashed:
		return false
	case s.info == nil:
		return true
	case s.hashed:
		return s.sum == o.sum
	}
	return sameStat(s.info, o.info)
}

// stale tells whether a cheap look shows that a full one is due.
func (s state) stale(info os.FileInfo, err error) bool {
	if err != nil || s.info == nil {
		return (err == nil) != (s.info != nil)
	}
	return !sameStat(s.info, info) || s.at.Sub(info.ModTime()) < racy
}

func sameStat(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.Mode() == b.Mode() &&
		a.ModTime().Equal(b.ModTime()) && changeTime(a) == changeTime(b)
}
