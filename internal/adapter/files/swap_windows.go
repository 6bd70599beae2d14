package files

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

var replaceFile = windows.NewLazySystemDLL("kernel32.dll").NewProc("ReplaceFileW")

// run does the replacement. ReplaceFile keeps access list, attributes and streams of the file.
func (s *swap) run() error {
	target := filepath.Join(s.dir, s.name)
	exists, err := s.compare(target)
	if err != nil {
		return err
	}
	s.reached(stepChecked)
	switch {
	case exists && s.new != nil && !s.whatever && bytes.Equal(s.old, s.new), s.new == nil && !exists:
		return nil
	case s.new == nil:
		if err := os.Remove(target); err != nil {
			return fmt.Errorf("remove: %w", err)
		}
		return nil
	}
	temp := filepath.Join(s.dir, tempName())
	if err := s.fill(temp); err != nil {
		_ = os.Remove(temp)
		return err
	}
	s.reached(stepWritten)
	if err = s.exchange(temp, target); err != nil {
		_ = os.Remove(temp)
	}
	return err
}

// patience is the last and longest pause before a file that somebody has open is tried again.
const patience = 256 * time.Millisecond

// exchange puts the temporary file in the target's place. Whoever reads a file here, be it our own watcher or a virus
// scanner, keeps it from being replaced; that takes milliseconds. Each try looks anew whether it was changed.
func (s *swap) exchange(temp, target string) error {
	for pause := time.Millisecond; ; pause *= 2 {
		exists, err := s.compare(target)
		if err == nil {
			s.reached(stepSwapping)
			err = put(temp, target, exists)
		}
		if !errors.Is(err, windows.ERROR_SHARING_VIOLATION) || pause > patience {
			return err
		}
		time.Sleep(pause)
	}
}

func (s *swap) compare(target string) (exists bool, err error) {
	file, err := openRegular(target)
	if errors.Is(err, fs.ErrNotExist) {
		if s.old != nil && !s.whatever {
			return false, fmt.Errorf("%w: it is gone", agent.ErrChanged)
		}
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("open: %w", err)
	}
	defer file.Close()
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(file.Fd()), &info); err != nil {
		return false, fmt.Errorf("look: %w", err)
	}
	switch {
	case info.NumberOfLinks > 1:
		return false, ErrLinked
	case info.FileAttributes&windows.FILE_ATTRIBUTE_READONLY != 0:
		return false, ErrWriteProtected
	case s.whatever:
		return true, nil
	case s.old == nil:
		return false, fmt.Errorf("%w: it exists", agent.ErrChanged)
	case info.FileSizeHigh == 0 && info.FileSizeLow == 0 && justWritten(time.Unix(0, info.LastWriteTime.Nanoseconds())):
		return false, fmt.Errorf("%w: it was emptied a moment ago", agent.ErrChanged)
	}
	now, err := readAll(file, MaxSize)
	if err != nil {
		return false, err
	}
	if !bytes.Equal(now, s.old) {
		return false, agent.ErrChanged
	}
	return true, nil
}

// fill makes the temporary file, for this user and the system alone, and writes it out.
func (s *swap) fill(temp string) error {
	file, err := createPrivate(temp)
	if err != nil {
		return fmt.Errorf("make temporary file: %w", err)
	}
	_, err = file.Write(s.new)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func createPrivate(path string) (*os.File, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	sd, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;SY)(A;;FA;;;" + user.User.Sid.String() + ")")
	if err != nil {
		return nil, err
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	sa := windows.SecurityAttributes{SecurityDescriptor: sd}
	sa.Length = uint32(unsafe.Sizeof(sa))
	h, err := windows.CreateFile(name, windows.GENERIC_WRITE, 0, &sa, windows.CREATE_NEW, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(h), path), nil
}

func put(temp, target string, exists bool) error {
	from, err := windows.UTF16PtrFromString(temp)
	if err != nil {
		return err
	}
	to, err := windows.UTF16PtrFromString(target)
	if err != nil {
		return err
	}
	if !exists {
		err := windows.MoveFileEx(from, to, windows.MOVEFILE_WRITE_THROUGH)
		if errors.Is(err, windows.ERROR_ALREADY_EXISTS) || errors.Is(err, windows.ERROR_FILE_EXISTS) {
			return fmt.Errorf("%w: it exists", agent.ErrChanged)
		}
		return err
	}
	const ignoreMergeErrors = 2
	ok, _, err := replaceFile.Call(uintptr(unsafe.Pointer(to)), uintptr(unsafe.Pointer(from)), 0, ignoreMergeErrors, 0, 0)
	if ok == 0 {
		return fmt.Errorf("rename: %w", err)
	}
	return nil
}
