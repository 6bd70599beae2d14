package autostart

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/windows/registry"
)

// newEntry is an entry in a place of the registry that is the test's own.
func newEntry(t *testing.T, program string) *Entry {
	t.Helper()
	root := fmt.Sprintf(`Software\SandglassTest\%d`, os.Getpid())
	e := New(Options{Program: program})
	e.run, e.approved = root+`\Run`, root+`\Approved`
	t.Cleanup(func() {
		for _, key := range []string{e.run, e.approved, root} {
			_ = registry.DeleteKey(registry.CURRENT_USER, key)
		}
	})
	return e
}

func set(t *testing.T, e *Entry, on bool) {
	t.Helper()
	if err := e.Set(on); err != nil {
		t.Fatal(err)
	}
	is(t, e, on)
}

func is(t *testing.T, e *Entry, want bool) {
	t.Helper()
	if got, err := e.Enabled(); got != want || err != nil {
		t.Fatalf("enabled: %v, %v, want %v", got, err, want)
	}
}

func TestRunKey(t *testing.T) {
	e := newEntry(t, `C:\Program Files\Sandglass\sandglass-agent.exe`)
	is(t, e, false)
	set(t, e, false)
	set(t, e, true)
	if line, err := e.line(); line != `"C:\Program Files\Sandglass\sandglass-agent.exe"` || err != nil {
		t.Errorf("it starts %s, %v", line, err)
	}
	// The task manager's switch counts, and is turned back.
	off := []byte{3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}
	err := with(e.approved, registry.SET_VALUE, func(k registry.Key) error { return k.SetBinaryValue(id, off) })
	if err != nil {
		t.Fatal(err)
	}
	is(t, e, false)
	set(t, e, true)
	// What the user added stays, and another place does not.
	mine := `"` + e.program + `" --no-tray`
	for line, want := range map[string]string{mine: mine, `"C:\old\sandglass-agent.exe"`: `"` + e.program + `"`} {
		if err := with(e.run, registry.SET_VALUE, func(k registry.Key) error { return k.SetStringValue(id, line) }); err != nil {
			t.Fatal(err)
		}
		set(t, e, true)
		if got, err := e.line(); got != want || err != nil {
			t.Errorf("%s became %s, %v", line, got, err)
		}
	}
	set(t, e, false)
	if err := newEntry(t, "sandglass-agent.exe").Set(true); !errors.Is(err, ErrProgram) {
		t.Errorf("a relative path: %v", err)
	}
}
