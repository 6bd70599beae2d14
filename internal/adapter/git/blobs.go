package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// Blobs reads contents, by one git program that stays until Close. It is for one goroutine.
type Blobs struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	body *io.LimitedReader // what is left of the last content, with its last line end
	dead error
}

// Blobs starts the program. When ctx ends, so does it.
func (r *Repo) Blobs(ctx context.Context) (*Blobs, error) {
	cmd := r.command(ctx, "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start git cat-file: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start git cat-file: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start git cat-file: %w", err)
	}
	return &Blobs{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 64<<10)}, nil
}

// Open gives the size of a content and a reader of it, which is good until the next call.
func (b *Blobs) Open(id string) (size int64, body io.Reader, err error) {
	if strings.Trim(id, "0123456789abcdef") != "" || len(id) < 40 {
		return 0, nil, fmt.Errorf("read object: %w: no id", ErrMissing)
	}
	if err := b.rest(); err != nil {
		return 0, nil, err
	}
	if _, err := io.WriteString(b.in, id+"\n"); err != nil {
		return 0, nil, b.fail(err)
	}
	head, err := b.out.ReadString('\n')
	if err != nil {
		return 0, nil, b.fail(err)
	}
	f := strings.Fields(head)
	if len(f) == 2 && f[1] == "missing" {
		return 0, nil, fmt.Errorf("read object %s: %w", id, ErrMissing)
	}
	if len(f) != 3 {
		return 0, nil, b.fail(errors.New("git answers something else"))
	}
	if size, err = strconv.ParseInt(f[2], 10, 64); err != nil {
		return 0, nil, b.fail(err)
	}
	b.body = &io.LimitedReader{R: b.out, N: size + 1}
	return size, &io.LimitedReader{R: b.body, N: size}, nil
}

// rest passes over what nobody has read of the last content.
func (b *Blobs) rest() error {
	if b.dead != nil {
		return b.dead
	}
	if b.body != nil {
		if _, err := io.Copy(io.Discard, b.body); err != nil || b.body.N > 0 {
			return b.fail(io.ErrUnexpectedEOF)
		}
		b.body = nil
	}
	return nil
}

func (b *Blobs) fail(err error) error {
	b.dead = fmt.Errorf("read from git cat-file: %w", err)
	return b.dead
}

// Read returns a content, at most so many bytes of it.
func (b *Blobs) Read(id string, most int64) ([]byte, error) {
	size, body, err := b.Open(id)
	if err != nil {
		return nil, err
	}
	text := make([]byte, min(size, most))
	if _, err := io.ReadFull(body, text); err != nil {
		return nil, b.fail(err)
	}
	return text, nil
}

// Close ends the program.
func (b *Blobs) Close() error {
	b.in.Close()
	b.cmd.Process.Kill() // it may be amid a large content; it has nothing to lose
	b.cmd.Wait()
	b.dead = errors.New("read from git cat-file: it is closed")
	return nil
}
