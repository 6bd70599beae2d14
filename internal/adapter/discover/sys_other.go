//go:build !linux

package discover

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

const (
	bufferSize = 0
	batch      = 1024  // entries that are read at a time
	keeps      = false // every scan reads everything: times of folders were not measured here
)

// handle is a folder's path.
type handle string

// stamp is what the system says of a folder.
type stamp struct {
	ino     uint64
	changed int64
	mount   bool
}

var errNotFolder = errors.New("it is no folder")

func (h handle) close() {}

// isSwapped tells whether there is something else where a folder was.
func isSwapped(err error) bool { return errors.Is(err, errNotFolder) }

func (t task) path() string {
	if t.base == nil {
		return t.n.name
	}
	return filepath.Join(string(t.base.h), t.rel)
}

// look tells whether the folder is one, and lies on the file system of the one above.
func (t task) look() (stamp, error) {
	info, err := os.Lstat(t.path())
	if err != nil {
		return stamp{}, err
	}
	if !info.IsDir() {
		return stamp{}, errNotFolder
	}
	if t.base == nil {
		return stamp{}, nil
	}
	above, err := os.Lstat(string(t.base.h))
	return stamp{mount: err == nil && device(above) != device(info)}, err
}

func (t task) lookAt(handle) (stamp, error) { return t.look() }

func (t task) open() (handle, error) { return handle(t.path()), nil }

// read visits the folders, plain files and links in h.
func (h handle) read(_ []byte, stop *atomic.Bool, visit func(name []byte, folder bool)) error {
	d, err := os.Open(string(h))
	if err != nil {
		return err
	}
	defer d.Close()
	for !stop.Load() {
		entries, err := d.ReadDir(batch)
		for _, e := range entries {
			if e.IsDir() || e.Type()&^fs.ModeSymlink == 0 {
				visit([]byte(e.Name()), e.IsDir())
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mounts are told by the folders themselves.
func mounts() []string { return nil }
