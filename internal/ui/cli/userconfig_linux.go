package cli

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// hold keeps a copy of the user's config for a command. It is in memory and on no disk, belongs to this
// process, which becomes the command, and is gone with it however that ends. Where the system has no such
// memory, it is a file.
func (a *app) hold(text []byte) (userConfig, error) {
	fd, err := inMemory(text)
	if err != nil {
		return a.onDisk(text)
	}
	path := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), fd)
	if got, err := os.ReadFile(path); err != nil || len(got) != len(text) {
		_ = unix.Close(fd) // such as in a container without /proc
		return a.onDisk(text)
	}
	return userConfig{path: path, done: func() { _ = unix.Close(fd) }}, nil
}

// outOfTheWay is the first number for the copy's file: scripts redirect low ones as they like.
const outOfTheWay = 200

// inMemory makes a sealed file in memory that the command inherits.
func inMemory(text []byte) (fd int, err error) {
	made, err := unix.MemfdCreate("npmrc", unix.MFD_ALLOW_SEALING|unix.MFD_CLOEXEC|unix.MFD_NOEXEC_SEAL)
	if err != nil { // an older system does not know the last flag
		made, err = unix.MemfdCreate("npmrc", unix.MFD_ALLOW_SEALING|unix.MFD_CLOEXEC)
	}
	if err != nil {
		return -1, err
	}
	defer unix.Close(made)
	if err := unix.Fchmod(made, 0o600); err != nil {
		return -1, err
	}
	for rest := text; len(rest) > 0; {
		n, err := unix.Write(made, rest)
		if err != nil {
			return -1, err
		}
		rest = rest[n:]
	}
	const seals = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(made), unix.F_ADD_SEALS, seals); err != nil {
		return -1, err
	}
	if fd, err = unix.FcntlInt(uintptr(made), unix.F_DUPFD, outOfTheWay); err != nil {
		fd, err = unix.FcntlInt(uintptr(made), unix.F_DUPFD, 10) // few files are allowed here
	}
	return fd, err
}
