package git

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// History visits the contents that the history brought, newest first and each once: those of all branches, tags,
// remotes' branches, the stash and all worktrees. Content that a merge made is among them. progress, which may be nil,
// counts commits. An error of visit's ends it and is returned. What it remembers is an id for each content.
func (r *Repo) History(ctx context.Context, visit func(Commit, Blob) error, progress func(done, total int)) error {
	out, err := r.ask(ctx, "rev-list", "--all", "--count")
	if err != nil {
		return err
	}
	total, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		return fmt.Errorf("count commits: %w", err)
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	progress(0, total)
	if total == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := walk{visit: visit, progress: progress, total: total, seen: map[string]struct{}{}}
	if err := r.changes(ctx, w.read); err != nil {
		return err
	}
	progress(total, total)
	return nil
}

// changes has one git list commits and another tell what each changed.
func (r *Repo) changes(ctx context.Context, read func(io.Reader) error) error {
	list := r.command(ctx, "rev-list", "--all")
	diff := r.command(ctx, "diff-tree", "--stdin", "-r", "--root", "-c", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv",
		"--ignore-submodules=all", "--format=%x01%H %ct")
	from, to, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	defer from.Close()
	defer to.Close()
	list.Stdout, diff.Stdin = to, from
	out, err := diff.StdoutPipe()
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	var listSaid, diffSaid said
	list.Stderr, diff.Stderr = &listSaid, &diffSaid
	if err := list.Start(); err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	if err := diff.Start(); err != nil {
		list.Process.Kill()
		list.Wait()
		return fmt.Errorf("read history: %w", err)
	}
	from.Close()
	to.Close()
	failed := read(out)
	if failed != nil {
		list.Process.Kill()
		diff.Process.Kill()
	}
	diffErr, listErr := diff.Wait(), list.Wait()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("read history: %w", ctx.Err())
	case failed != nil:
		return failed
	case listErr != nil:
		return r.explain(ctx, "rev-list", &failure{listErr, string(listSaid.text)})
	case diffErr != nil:
		return r.explain(ctx, "diff-tree", &failure{diffErr, string(diffSaid.text)})
	}
	return nil
}

// walk is one way through the history.
type walk struct {
	visit       func(Commit, Blob) error
	progress    func(done, total int)
	done, total int
	seen        map[string]struct{} // ids, as bytes
	commit      Commit
}

// longest is how long a name may be.
const longest = 64 << 10

// read reads what git tells: a commit behind \x01, and changes, each with its name behind it.
func (w *walk) read(in io.Reader) error {
	r := bufio.NewReaderSize(in, longest)
	head := ""
	for {
		raw, err := r.ReadSlice(0)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read history: %w", err)
		}
		text := string(raw[:len(raw)-1])
		if head != "" {
			if err := w.change(head, text); err != nil {
				return err
			}
			head = ""
			continue
		}
		text = strings.TrimLeft(text, "\n")
		switch {
		case strings.HasPrefix(text, "\x01"):
			w.next(text[1:])
		case strings.HasPrefix(text, ":"):
			head = text
		}
	}
}

// next begins a commit. git may put its first change behind it.
func (w *walk) next(text string) {
	id, rest, _ := strings.Cut(text, " ")
	sec, _ := strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
	w.commit = Commit{ID: id, Time: time.Unix(sec, 0).UTC()}
	w.done++
	w.progress(min(w.done, w.total), w.total)
}

func (w *walk) change(head, name string) error {
	b, ok := rawBlob(head, name)
	if !ok {
		return nil
	}
	key := short(b.ID)
	if _, ok := w.seen[key]; ok {
		return nil
	}
	w.seen[key] = struct{}{}
	return w.visit(w.commit, b)
}
