package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// asker asks for lines: on a terminal with a prompt, else it takes them as they come.
type asker struct {
	a        *app
	in       *bufio.Reader
	terminal *os.File // nil: no terminal
}

func newAsker(a *app) *asker {
	q := &asker{a: a, in: bufio.NewReader(a.Stdin)}
	if isTerminal(a.Stdin) {
		q.terminal, _ = a.Stdin.(*os.File)
	}
	return q
}

func (q *asker) line(prompt string) (string, error) {
	if q.terminal != nil {
		defer onInterrupt(func() {})() // before the prompt: who sees that may press Ctrl-C at once
		q.a.say("%s ", prompt)
	}
	text, err := q.in.ReadString('\n')
	if errors.Is(err, io.EOF) && text == "" {
		return "", &api.Error{Code: api.CodeCancelled}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read answer: %w", err)
	}
	return strings.TrimRight(text, "\r\n"), nil
}

// secret asks without showing what is typed. The terminal stops echoing before it shows the prompt:
// some people type ahead.
func (q *asker) secret(prompt string) (token.Secret, error) {
	if q.terminal == nil {
		text, err := q.line(prompt)
		return token.NewSecret(text), err
	}
	fd := int(q.terminal.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return token.Secret{}, fmt.Errorf("prepare terminal: %w", err)
	}
	restore := func() { _ = term.Restore(fd, before) }
	defer restore()
	defer onInterrupt(restore)() // a raw terminal makes no signal of Ctrl-C; others may send one
	text, err := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{q.terminal, q.a.Stderr}, "").ReadPassword(prompt + " ")
	if err != nil {
		return token.Secret{}, &api.Error{Code: api.CodeCancelled}
	}
	return token.NewSecret(text), nil
}
