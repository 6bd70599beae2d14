package autostart

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"golang.org/x/sys/windows/registry"
)

// Where the values lie, below the user's part of the registry. In the second one the task manager and the
// settings keep what the user switched off: a value whose first byte is odd.
const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

// approved is what the task manager writes for an entry that it switches on.
var approved = []byte{2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

// Entry is the value of the user's Run key for the agent. Make one with New.
type Entry struct {
	program       string
	run, approved string
	mu            sync.Mutex
}

// New makes the entry. It touches nothing yet.
func New(o Options) *Entry { return &Entry{program: o.Program, run: runKey, approved: approvedKey} }

// Enabled reports whether the desktop starts the agent.
func (e *Entry) Enabled() (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.enabled()
}

func (e *Entry) enabled() (bool, error) {
	if line, err := e.line(); err != nil || line == "" {
		return false, err
	}
	off, err := e.off()
	return !off && err == nil, err
}

// line is the command that the desktop starts, "" if there is none.
func (e *Entry) line() (string, error) {
	line := ""
	err := with(e.run, registry.QUERY_VALUE, func(k registry.Key) (err error) {
		line, _, err = k.GetStringValue(id)
		return err
	})
	return line, lacking(err)
}

// off reports whether the user switched the entry off.
func (e *Entry) off() (bool, error) {
	var flags []byte
	err := with(e.approved, registry.QUERY_VALUE, func(k registry.Key) (err error) {
		flags, _, err = k.GetBinaryValue(id)
		return err
	})
	return len(flags) > 0 && flags[0]&1 == 1, lacking(err)
}

// Set has the desktop start the agent from the next login on, or no longer. Errors wrap ErrProgram.
func (e *Entry) Set(on bool) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !on {
		return errors.Join(e.remove(e.run), e.remove(e.approved))
	}
	if err := usable(e.program); err != nil {
		return fmt.Errorf("write autostart entry for %q: %w", e.program, err)
	}
	line, err := e.line()
	if err != nil {
		return err
	}
	// What the user added behind the program stays.
	if want := `"` + e.program + `"`; line != want && !strings.HasPrefix(line, want+" ") {
		set := func(k registry.Key) error { return k.SetStringValue(id, want) }
		if err := with(e.run, registry.SET_VALUE, set); err != nil {
			return err
		}
	}
	if off, err := e.off(); err != nil || !off {
		return err
	}
	return with(e.approved, registry.SET_VALUE, func(k registry.Key) error { return k.SetBinaryValue(id, approved) })
}

func (e *Entry) remove(path string) error {
	return lacking(with(path, registry.SET_VALUE, func(k registry.Key) error { return k.DeleteValue(id) }))
}

// with opens a key, and makes it where something is to be written.
func with(path string, access uint32, do func(registry.Key) error) error {
	open := func() (registry.Key, error) { return registry.OpenKey(registry.CURRENT_USER, path, access) }
	if access == registry.SET_VALUE {
		open = func() (k registry.Key, err error) {
			k, _, err = registry.CreateKey(registry.CURRENT_USER, path, access)
			return k, err
		}
	}
	k, err := open()
	if err == nil {
		err = do(k)
		_ = k.Close()
	}
	if err != nil {
		return fmt.Errorf(`autostart entry HKEY_CURRENT_USER\%s\%s: %w`, path, id, err)
	}
	return nil
}

// lacking drops the news that nothing is there.
func lacking(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
