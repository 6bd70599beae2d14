package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os/exec"
	"strings"
)

// tokens cuts a text at its NUL bytes.
func tokens(out []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(out) > 0 {
			n := bytes.IndexByte(out, 0)
			if n < 0 {
				n = len(out) - 1
			}
			if !yield(strings.TrimSuffix(string(out[:n+1]), "\x00")) {
				return
			}
			out = out[n+1:]
		}
	}
}

// content reports whether a mode is that of a file or a link: a submodule has none.
func content(mode string) bool { return strings.HasPrefix(mode, "100") || mode == "120000" }

// Tracked lists the files of the index, each once, those that are not checked out too.
func (r *Repo) Tracked(ctx context.Context) ([]Blob, error) {
	out, err := r.ask(ctx, "ls-files", "-z", "--stage", "--full-name")
	if err != nil {
		return nil, err
	}
	var list []Blob
	for line := range tokens(out) {
		head, name, _ := strings.Cut(line, "\t")
		f := strings.Fields(head)
		if len(f) != 3 {
			return nil, fmt.Errorf("read git's list of files: an entry has %d parts", len(f))
		}
		if content(f[0]) && (len(list) == 0 || list[len(list)-1].Path != name) {
			list = append(list, Blob{Path: name, ID: f[1], Mode: f[0]})
		}
	}
	return list, nil
}

// Staged lists what the next commit would bring: the contents in the index that the last commit has not under that name.
func (r *Repo) Staged(ctx context.Context) ([]Blob, error) {
	tree := "HEAD"
	if _, err := r.ask(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		// Before the first commit all is compared with nothing, whose id depends on the kind of hashes.
		out, err := r.ask(ctx, "hash-object", "-t", "tree", "--stdin")
		if err != nil {
			return nil, err
		}
		tree = strings.TrimSpace(string(out))
	}
	out, err := r.ask(ctx, "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", tree, "--")
	if err != nil {
		return nil, err
	}
	var list []Blob
	head := ""
	for t := range tokens(out) {
		if head == "" {
			head = t
			continue
		}
		if b, ok := rawBlob(head, t); ok {
			if f := strings.Fields(head[1:]); content(f[0]) { // of one parent
				b.Was = f[2]
			}
			list = append(list, b)
		}
		head = ""
	}
	return list, nil
}

// rawBlob reads one change of git's raw form, ":100644 100644 id id M", or of a merge, which has as many more colons,
// modes and ids as parents. ok is false for what has no content afterwards.
func rawBlob(head, name string) (b Blob, ok bool) {
	parents := len(head) - len(strings.TrimLeft(head, ":"))
	f := strings.Fields(head[parents:])
	if parents == 0 || len(f) != 2*parents+3 {
		return Blob{}, false
	}
	b = Blob{Path: name, Mode: f[parents], ID: f[2*parents+1]}
	return b, content(b.Mode) && strings.Trim(b.ID, "0") != ""
}

// Ignored returns those of the paths that git ignores. Tracked files are not among them, nor is what lies in another
// repository. Paths are from the root.
func (r *Repo) Ignored(ctx context.Context, paths []string) ([]string, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	out, err := output(r.checkIgnore(ctx, paths, "--stdin"))
	var f *failure
	var exit *exec.ExitError
	switch {
	case err == nil:
	case ctx.Err() == nil && errors.As(err, &exit) && exit.ExitCode() == 1:
		return nil, nil // none
	case ctx.Err() == nil && errors.As(err, &f) && elsewhere(f.said):
		return r.halves(ctx, paths)
	default:
		return nil, r.explain(ctx, "check-ignore", err)
	}
	var list []string
	for name := range tokens(out) {
		list = append(list, strings.TrimPrefix(name, here))
	}
	return list, nil
}

// here before a path keeps check-ignore, which knows no literal paths, from reading it as a pattern.
const here = "./"

func (r *Repo) checkIgnore(ctx context.Context, paths []string, flags ...string) *exec.Cmd {
	cmd := r.command(ctx, append([]string{"check-ignore", "-z"}, flags...)...)
	cmd.Env = append(cmd.Env, "GIT_LITERAL_PATHSPECS=0")
	cmd.Stdin = strings.NewReader(here + strings.Join(paths, "\x00"+here) + "\x00")
	return cmd
}

// elsewhere reports whether git refused a path because it is not in this repository.
func elsewhere(said string) bool {
	return strings.Contains(said, "is in submodule") || strings.Contains(said, "outside repository") || strings.Contains(said, "beyond a symbolic link")
}

// halves asks again in two parts: one path that git refuses keeps it from answering for the others.
func (r *Repo) halves(ctx context.Context, paths []string) ([]string, error) {
	if len(paths) == 1 {
		return nil, nil
	}
	first, err := r.Ignored(ctx, paths[:len(paths)/2])
	if err != nil {
		return nil, err
	}
	second, err := r.Ignored(ctx, paths[len(paths)/2:])
	return append(first, second...), err
}

// UntrackCommand is what a user would type to take a file out of the index and leave it on disk.
func UntrackCommand(path string) []string { return []string{"git", "rm", "--cached", "--", path} }

// Untrack takes a file out of the index and leaves it on disk.
func (r *Repo) Untrack(ctx context.Context, path string) error {
	out, err := r.ask(ctx, "ls-files", "-z", "--error-unmatch", "--", path)
	if err != nil {
		return err
	}
	if strings.TrimSuffix(string(out), "\x00") != path {
		return fmt.Errorf("untrack %s: it is no single file in the index", path)
	}
	unfiltered, err := r.unfiltered(ctx)
	if err != nil {
		return err
	}
	cmd := r.command(ctx, "update-index", "-z", "--force-remove", "--stdin")
	cmd.Env = append(cmd.Env, unfiltered...)
	cmd.Stdin = strings.NewReader(path + "\x00")
	if _, err := output(cmd); err != nil {
		return r.explain(ctx, "update-index", err)
	}
	return nil
}

// unfiltered are variables that make every filter of the config none: git that writes an index compares files of the
// same moment with what it has of them, through their filters.
func (r *Repo) unfiltered(ctx context.Context) ([]string, error) {
	out, err := output(r.bare(ctx, "config", "-z", "--name-only", "--get-regexp", `^filter\.`))
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		return nil, r.explain(ctx, "config", err)
	}
	set := map[string]string{}
	for name := range tokens(out) {
		filter := name[:strings.LastIndexByte(name, '.')]
		set[filter+".clean"], set[filter+".smudge"], set[filter+".process"], set[filter+".required"] = "", "", "", "false"
	}
	env := []string{fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(set))}
	for name, value := range set {
		n := len(env) / 2
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", n, name), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", n, value))
	}
	return env, nil
}
