package git

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// rig is a repository of a test's, made by the real git.
type rig struct {
	t   testing.TB
	dir string
}

// home gives git a home of the test's own. The system's config does not count.
func home(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		clients.Lacking(t, "git")
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "config")
	if err := os.WriteFile(config, []byte("[user]\n\tname = Alice\n\temail = alice@example.com\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[protocol \"file\"]\n\tallow = always\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"HOME": dir, "XDG_CONFIG_HOME": dir, "GIT_CONFIG_GLOBAL": config, "GIT_CONFIG_NOSYSTEM": "1"} {
		t.Setenv(name, value)
	}
}

// create makes a repository.
func create(t testing.TB) *rig {
	t.Helper()
	home(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t, dir}
	r.git("init", "-q")
	return r
}

// git runs a command in the repository, as its user would.
func (r *rig) git(args ...string) string { r.t.Helper(); return r.gitIn(r.dir, nil, args...) }

func (r *rig) gitIn(dir string, env []string, args ...string) string {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), "git", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *rig) path(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

func (r *rig) write(name, text string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(r.path(name)), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(r.path(name), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) commit(files map[string]string) string {
	r.t.Helper()
	for name, text := range files {
		r.write(name, text)
	}
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", "x")
	return r.git("rev-parse", "HEAD")
}

func (r *rig) open() *Repo { r.t.Helper(); return openDir(r.t, r.dir) }

func openDir(t testing.TB, dir string) *Repo {
	t.Helper()
	repo, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

func names(list []Blob) (out []string) {
	for _, b := range list {
		out = append(out, b.Path)
	}
	slices.Sort(out)
	return out
}

// tracked and staged are what a repository tells, by name.
func tracked(t testing.TB, r *Repo) []string {
	t.Helper()
	list, err := r.Tracked(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return names(list)
}

func staged(t testing.TB, r *Repo) []string {
	t.Helper()
	list, err := r.Staged(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return names(list)
}

func same(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// npmToken is drawn anew each time: no file of the project's holds one.
func npmToken() string {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	body := make([]byte, 30)
	for i := range body {
		body[i] = letters[rand.IntN(len(letters))]
	}
	return "npm_" + string(body) + token.Checksum(string(body))
}

func literal() string { return fmt.Sprintf("//registry.example.com/:_authToken=%s\n", npmToken()) }

// read is the content of a blob.
func read(ctx context.Context, t testing.TB, r *Repo, id string) string {
	t.Helper()
	b, err := r.Blobs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	text, err := b.Read(id, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
