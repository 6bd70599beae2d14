package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Open finds the repository that a folder belongs to.
func Open(ctx context.Context, dir string) (*Repo, error) { return OpenAt(ctx, Where{Dir: dir}) }

// OpenAt is Open for a repository whose place was told.
func OpenAt(ctx context.Context, w Where) (*Repo, error) {
	dir, err := filepath.Abs(w.Dir)
	if err != nil {
		return nil, fmt.Errorf("find the repository: %w", err)
	}
	w.Dir = dir
	r := &Repo{where: w}
	if r.program, err = program(os.Getenv("PATH"), nearest(dir)); err != nil {
		return nil, err
	}
	out, err := r.ask(ctx, "rev-parse", "--path-format=absolute", "--is-bare-repository", "--git-dir", "--git-common-dir", "--is-shallow-repository", "--is-inside-work-tree")
	if err != nil {
		return nil, err
	}
	said := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(said) != 5 {
		return nil, fmt.Errorf("read what git says of %s: %d lines", dir, len(said))
	}
	r.Bare, r.GitDir, r.CommonDir, r.Shallow = said[0] == "true", filepath.FromSlash(said[1]), filepath.FromSlash(said[2]), said[3] == "true"
	r.Linked = r.GitDir != r.CommonDir
	if said[4] == "true" {
		err = r.tree(ctx)
	}
	return r, err
}

// tree asks about the work tree.
func (r *Repo) tree(ctx context.Context) error {
	out, err := r.ask(ctx, "rev-parse", "--path-format=absolute", "--show-toplevel")
	if err != nil {
		return err
	}
	r.Root = path(out)
	if out, err = r.ask(ctx, "rev-parse", "--path-format=absolute", "--show-superproject-working-tree"); err == nil {
		r.Super = path(out)
	}
	sparse, _ := r.setting(ctx, "bool", "core.sparseCheckout")
	r.Sparse = sparse == "true"
	if r.program, err = program(os.Getenv("PATH"), r.Root); err != nil {
		return err
	}
	if above := filepath.Dir(r.Root); r.Super == "" && above != r.Root {
		outer := &Repo{where: Where{Dir: above}, program: r.program}
		if out, err := outer.ask(ctx, "rev-parse", "--path-format=absolute", "--show-toplevel"); err == nil {
			r.Nested = path(out)
		}
	}
	return ctx.Err()
}

func path(out []byte) string { return filepath.FromSlash(strings.TrimSuffix(string(out), "\n")) }

// setting is the value of a setting, of whatever type git is to read it as. "" and false if it is not set.
func (r *Repo) setting(ctx context.Context, kind, name string) (string, bool) {
	// Asking for a setting runs nothing, and an override would answer for it.
	out, err := output(r.bare(ctx, "config", "-z", "--type="+kind, "--get", name))
	value, ok := strings.CutSuffix(string(out), "\x00")
	return value, ok && err == nil
}

// bare is a git command without overrides.
func (r *Repo) bare(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, r.program, append([]string{"--no-pager", "--no-optional-locks"}, args...)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = r.dir(), environ(os.Environ(), r.where), time.Second
	return cmd
}

// dir is where git runs: at the root, so that names are from there.
func (r *Repo) dir() string {
	if r.Root != "" {
		return r.Root
	}
	return r.where.Dir
}

// command is a git command that runs nothing of the repository's.
func (r *Repo) command(ctx context.Context, args ...string) *exec.Cmd {
	var all []string
	for _, o := range overrides {
		all = append(all, "-c", o)
	}
	return r.bare(ctx, append(all, args...)...)
}

// ask runs a git command and returns what it prints.
func (r *Repo) ask(ctx context.Context, args ...string) ([]byte, error) {
	out, err := output(r.command(ctx, args...))
	if err != nil {
		return nil, r.explain(ctx, args[0], err)
	}
	return out, nil
}

// output runs a command. What it says on standard error is in the error.
func output(cmd *exec.Cmd) ([]byte, error) {
	var out bytes.Buffer
	cmd.Stdout = &out
	err := run(cmd)
	return out.Bytes(), err
}

// failure is what git said when it ended with an error.
type failure struct {
	err  error
	said string
}

// Error tells the first line of what git said.
func (f *failure) Error() string {
	line, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(f.said), "fatal: "), "\n")
	if line == "" {
		return f.err.Error()
	}
	return fmt.Sprintf("%v: %.200s", f.err, line)
}

// Unwrap gives the process's own error.
func (f *failure) Unwrap() error { return f.err }

// said keeps the beginning of what a program says, however long it goes on.
type said struct{ text []byte }

// Write takes it.
func (s *said) Write(p []byte) (int, error) {
	s.text = append(s.text, p[:min(len(p), max(0, 4096-len(s.text)))]...)
	return len(p), nil
}

func run(cmd *exec.Cmd) error {
	var words said
	cmd.Stderr = &words
	if err := cmd.Run(); err != nil {
		return &failure{err, string(words.text)}
	}
	return nil
}

// explain makes an error of the package's of what git said.
func (r *Repo) explain(ctx context.Context, what string, err error) error {
	var f *failure
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("ask git %s: %w", what, ctx.Err())
	case !errors.As(err, &f):
	case strings.Contains(f.said, "dubious ownership"), strings.Contains(f.said, "is owned by someone else"):
		return fmt.Errorf("open %s: %w: if you trust it, run git config --global --add safe.directory for it", r.where.Dir, ErrForeign)
	case strings.Contains(f.said, "not a git repository"), strings.Contains(f.said, "invalid gitfile format"):
		return fmt.Errorf("open %s: %w", r.where.Dir, ErrNone)
	}
	return fmt.Errorf("ask git %s in %s: %w", what, r.where.Dir, err)
}
