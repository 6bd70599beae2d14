// Package desktop gives tests a desktop of their own: a private session bus, a tray host and a
// notification service that do as the test says, and, where a test must see what a user sees, a whole
// desktop with a real panel and a real notification service on a screen in memory.
//
// Everything belongs to the test that started it and ends with it, by process id. Nothing of the
// machine's own session is used, and nothing is started through the private bus but the settings
// service that the real panel needs. Starting a second one gives a second one.
package desktop

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// limit is how long a test waits for something that should take no time.
const limit = 20 * time.Second

// Need makes sure that programs are installed, each a name or a pattern of paths. A test that lacks
// one is skipped, but fails where CI is set: there nothing may be lacking.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, ok := find(name); ok {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
}

// find returns the path of a program, given by its name or a pattern of paths.
func find(name string) (string, bool) {
	if filepath.IsAbs(name) {
		found, err := filepath.Glob(name)
		if err != nil || len(found) == 0 {
			return "", false
		}
		return found[0], true
	}
	path, err := exec.LookPath(name)
	return path, err == nil
}

// Until waits until ok says yes, looking again every few milliseconds. It is for what tells nobody
// when it is ready, such as another program's window.
func Until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	end := time.After(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
