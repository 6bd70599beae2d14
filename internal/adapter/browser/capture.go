package browser

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"os"
	"regexp"
	"sync"

	lib "github.com/pkg/browser"
)

// longest is how much of one line is kept, in bytes.
const longest = 1024

// address matches a web address; all behind its host is cut, for a login page is good for a login.
var address = regexp.MustCompile(`(https?://[^\s/?#"']*)[^\s"']*`)

// output is where programs write: a pipe, not a writer of Go's, since a browser that a launcher leaves
// behind keeps its output open and the launcher would never seem to end.
var output = struct {
	sync.Once
	*os.File
}{}

// capture leads the output of every program into log. Only the first call does anything.
func capture(log *slog.Logger) {
	output.Do(func() {
		r, w, err := os.Pipe()
		if err != nil {
			lib.Stdout, lib.Stderr = io.Discard, io.Discard
			return
		}
		output.File = w
		lib.Stdout, lib.Stderr = w, w
		go drain(r, log)
	})
}

// drain reads until the process ends, so that no program ever waits for us.
func drain(r io.Reader, log *slog.Logger) {
	lines := bufio.NewReaderSize(r, longest)
	for rest := false; ; {
		line, more, err := lines.ReadLine()
		if err != nil {
			return
		}
		behind := rest
		if rest = more; behind {
			continue // it may be the rest of an address, which nothing in it tells
		}
		log.LogAttrs(context.Background(), slog.LevelDebug, "browser program", slog.String("says", clean(string(line))))
	}
}

// clean cuts addresses down to their hosts.
func clean(line string) string { return address.ReplaceAllString(line, "$1/…") }
