//go:build !windows

package autostart

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// largest is the longest file that is read.
const largest = 64 << 10

// form is how an entry is written down.
type form interface {
	// write is a fresh entry that starts program.
	write(program string) string
	// program is what a fresh entry starts, or anything else if text is none.
	program(text string) string
	// held says what in text keeps the desktop from starting it, "" if nothing does.
	held(text string) (string, error)
	// turn turns the switch in text, and leaves all else as it is.
	turn(text string, on bool) (string, error)
}

// Entry is the desktop's entry for the agent. Make one with New.
type Entry struct {
	program string
	path    string   // the user's own entry
	system  []string // the machine's, which count where the user has none; the first one that is there
	form    form

	mu sync.Mutex
}

// Enabled reports whether the desktop starts the agent.
func (e *Entry) Enabled() (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, path := range append([]string{e.path}, e.system...) {
		text, err := read(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		held := ""
		if err == nil {
			held, err = e.form.held(text)
		}
		if err != nil {
			return false, fmt.Errorf("read autostart entry %s: %w", path, err)
		}
		return held == "", nil
	}
	return false, nil
}

// Set has the desktop start the agent from the next login on, or no longer. Errors wrap ErrProgram, ErrOpen, ErrHeld
// and ErrForm; the file is then as it was.
func (e *Entry) Set(on bool) error {
	if err := cmp.Or(usable(e.program), ours(e.program)); on && err != nil {
		return fmt.Errorf("write autostart entry for %q: %w", e.program, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	old, err := read(e.path)
	there := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read autostart entry %s: %w", e.path, err)
	}
	next, err := e.next(old, there, on)
	if err != nil {
		return fmt.Errorf("change autostart entry %s: %w", e.path, err)
	}
	switch {
	case next == old:
		return nil
	case next == "":
		err = os.Remove(e.path)
	default:
		err = replace(e.path, next)
	}
	if err != nil {
		return fmt.Errorf("write autostart entry: %w", err)
	}
	return nil
}

// ours returns ErrOpen where any user may write to the program, or to a folder on the way to it where names are not
// kept to their owners.
func ours(program string) error {
	const any = 0o002
	for path := program; ; path = filepath.Dir(path) {
		info, err := os.Stat(path)
		if err == nil && info.Mode()&any != 0 && (path == program || info.Mode()&fs.ModeSticky == 0) {
			return fmt.Errorf("%s: %w", path, ErrOpen)
		}
		if path == filepath.Dir(path) {
			return nil
		}
	}
}

// next is what the entry becomes; "" is none.
func (e *Entry) next(old string, there, on bool) (string, error) {
	fresh := e.form.write(e.program)
	untouched := there && old == e.form.write(e.form.program(old))
	switch {
	case on && (!there || untouched):
		return fresh, nil
	case !on && e.everybody():
		// The machine's entry would count again where the user has none.
		if !there || untouched {
			old = fresh
		}
	case !on && (!there || untouched):
		return "", nil
	}
	next, err := e.form.turn(old, on)
	if err != nil || !on {
		return next, err
	}
	if held, err := e.form.held(next); err != nil || held != "" {
		return "", errors.Join(err, fmt.Errorf("%w: %s; change or remove that line", ErrHeld, held))
	}
	return next, nil
}

// everybody reports whether the machine has an entry for all its users.
func (e *Entry) everybody() bool {
	for _, path := range e.system {
		if _, err := os.Stat(path); err == nil {
			return true
		}
	}
	return false
}

func read(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err == nil && len(text) > largest {
		return "", fmt.Errorf("%w: it is larger than %d bytes", ErrForm, largest)
	}
	return string(text), err
}

// replace writes a file whole: beside the one that links lead to, and then in its place.
func replace(path, text string) error {
	mode := fs.FileMode(0o644)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
		if info, err := os.Stat(path); err == nil {
			mode = info.Mode().Perm()
		}
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".sandglass-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
