// Package window starts sandglass-window and brings it up again. There is one window process at a
// time; it belongs to the agent that started it and ends with it. Asking twice raises the window
// that is there. What the window learns this way is the name of a room and nothing else: as its one
// argument when it starts, as the line "show <room>" of its standard input later. It is safe for
// concurrent use.
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
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// Errors of Show.
var (
	ErrNoDisplay = errors.New("there is no display")
	ErrNoProgram = errors.New("sandglass-window is not installed")
	ErrNoRoom    = errors.New("the window has no such room")
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

// Show starts the window in a room, or raises the one that runs and has it go there; "" leaves it where it
// is, or where it starts by itself. It returns once the process is started; a window that dies at once is
// told in the log with its last words. Errors wrap ErrNoDisplay, ErrNoProgram and ErrNoRoom.
func (l *Launcher) Show(_ context.Context, room api.Room) error {
	words, err := directions(room)
	if err != nil {
		return fmt.Errorf("show window: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.raise != nil {
		if _, err := fmt.Fprintln(l.raise, strings.Join(append([]string{"show"}, words...), " ")); err == nil {
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
	return l.start(words)
}

// directions are the words that lead the window to a room. Only rooms that there are get through: any
// program of the user's may ask the agent, and the words are lines and arguments of another program.
func directions(room api.Room) ([]string, error) {
	switch {
	case room == "":
		return nil, nil
	case room == api.RoomSetup, slices.Contains(api.Rooms, room):
		return []string{string(room)}, nil
	}
	return nil, fmt.Errorf("%w: %.20q", ErrNoRoom, room)
}

// display reports whether a window can be shown. Only Linux has machines without.
func display(getenv func(string) string) bool {
	return runtime.GOOS != "linux" || getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
}

func (l *Launcher) start(args []string) error {
	cmd := exec.Command(l.path, args...)
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
