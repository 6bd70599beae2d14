// Package window starts sandglass-window and brings it up again. There is one window process at a
// time; it belongs to the agent that started it and ends with it. Asking twice raises the window
// that is there. It is safe for concurrent use.
package window

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// Errors of Show.
var (
	ErrNoDisplay = errors.New("there is no display")
	ErrNoProgram = errors.New("sandglass-window is not installed")
)

// Launcher starts the window program.
type Launcher struct {
	path string
	env  []string
	log  *slog.Logger

	mu    sync.Mutex
	raise io.WriteCloser // the running window's standard input, nil if none runs
}

// New makes a launcher for the program at path, with an environment as os.Environ gives it; nil means
// this process's own.
func New(path string, env []string, log *slog.Logger) *Launcher {
	return &Launcher{path: path, env: env, log: log}
}

// Show starts the window, or raises the one that runs. It returns once the process is started; a
// window that dies at once is told in the log with its last words. Errors wrap ErrNoDisplay and
// ErrNoProgram.
func (l *Launcher) Show(context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.raise != nil {
		if _, err := io.WriteString(l.raise, "show\n"); err == nil {
			return nil
		}
		l.raise = nil
	}
	if !display(os.Getenv) {
		return fmt.Errorf("start window: %w", ErrNoDisplay)
	}
	if _, err := os.Stat(l.path); err != nil {
		return fmt.Errorf("start window: %w", ErrNoProgram)
	}
	return l.start()
}

// display reports whether a window can be shown. Only Linux has machines without.
func display(getenv func(string) string) bool {
	return runtime.GOOS != "linux" || getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
}

func (l *Launcher) start() error {
	cmd := exec.Command(l.path)
	words := &tail{}
	cmd.Stderr, cmd.Env = words, l.env
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start window: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start window: %w", err)
	}
	l.raise = in
	go func() {
		err := cmd.Wait()
		if err != nil {
			l.log.Warn("Window ended", "error", err, "words", words.String())
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.raise == in {
			l.raise = nil
		}
	}()
	return nil
}

// Close lets the window end: it watches its standard input.
func (l *Launcher) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.raise != nil {
		_ = l.raise.Close()
		l.raise = nil
	}
}

// tail keeps the last kilobyte that a program wrote.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Write(p)
	if over := t.buf.Len() - 1024; over > 0 {
		t.buf.Next(over)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}
