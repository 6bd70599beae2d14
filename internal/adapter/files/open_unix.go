//go:build unix

package files

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openRegular opens a file for reading, following links. O_NONBLOCK keeps a pipe without a writer, or
// a device, from holding us up before we know what it is.
func openRegular(path string) (*os.File, error) {
	return regular(os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0))
}

func regular(file *os.File, err error) (*os.File, error) {
	if errors.Is(err, unix.ENXIO) || errors.Is(err, unix.EOPNOTSUPP) {
		return nil, ErrNotRegular // a socket
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%w: %w", ErrNotRegular, unix.EISDIR)
	case !info.Mode().IsRegular():
		err = ErrNotRegular
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}
