//go:build unix

package chromium

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Opener stands in for the program that opens a user's browser: it hands the address to the test.
type Opener struct {
	// Dir holds xdg-open and its like. Put it first in PATH.
	Dir string
	// URLs tells each address that was opened.
	URLs <-chan string
}

// names are the programs that are tried on Linux to open a page, in the order of github.com/pkg/browser.
var names = []string{"xdg-open", "x-www-browser", "www-browser"}

// NewOpener makes an opener that ends with the test. Its programs need nothing but /bin/sh.
func NewOpener(t testing.TB) *Opener {
	t.Helper()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "opened")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// Open for both, so that no writer ever waits for a reader and no reader sees an end.
	f, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\nprintf '%s\\n' \"$1\" >'" + strings.ReplaceAll(pipe, "'", `'\''`) + "'\n"
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	urls := make(chan string, 16)
	ended, stop := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(f); lines.Scan(); {
			select {
			case urls <- lines.Text():
			case <-stop:
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		_ = f.Close() // ends the reader
		<-ended
	})
	return &Opener{Dir: dir, URLs: urls}
}
