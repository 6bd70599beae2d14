package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestM01_TrackedLiteral(t *testing.T) {
	r := create(t)
	text := literal()
	r.commit(map[string]string{".npmrc": text, "sub/ナ me.txt": "a"})
	r.write("loose.txt", "x")
	repo := openDir(t, r.path("sub"))
	if repo.Root != r.dir || repo.GitDir != r.path(".git") || repo.Bare || repo.Linked || repo.Nested != "" || repo.Super != "" || repo.Sparse || repo.Shallow {
		t.Errorf("%+v", repo)
	}
	list, err := repo.Tracked(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "tracked", names(list), ".npmrc", "sub/ナ me.txt")
	if got := read(t.Context(), t, repo, list[0].ID); got != text {
		t.Errorf("content of %s is %d bytes", list[0].Path, len(got))
	}
}

func TestM02_Ignored(t *testing.T) {
	r := create(t)
	r.commit(map[string]string{".gitignore": ".npmrc\n*.env\n", "a.txt": "a"})
	repo := r.open()
	got, err := repo.Ignored(t.Context(), []string{".npmrc", "sub/.npmrc", "a.txt", "x.env", "-n", "a\nb.env", ":(glob)x"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "ignored", got, ".npmrc", "sub/.npmrc", "x.env", "a\nb.env")
	if got, err = repo.Ignored(t.Context(), []string{"a.txt"}); err != nil || got != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestM03_StagedOnly(t *testing.T) {
	r := create(t)
	first := literal()
	r.write(".npmrc", first)
	r.git("add", ".npmrc")
	repo := r.open()
	same(t, "before the first commit", staged(t, repo), ".npmrc")
	r.git("commit", "-q", "-m", "x")
	same(t, "after it", staged(t, repo))
	second := literal()
	r.write(".npmrc", second)
	same(t, "changed on disk alone", staged(t, repo))
	r.write("b.env", "B=1\n")
	r.git("add", ".")
	r.write(".npmrc", "x=${X}\n")
	list, err := repo.Staged(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "staged", names(list), ".npmrc", "b.env")
	if got := read(t.Context(), t, repo, list[0].ID); got != second {
		t.Error("what is told is not the index's content")
	}
	if got := read(t.Context(), t, repo, list[0].Was); got != first || list[1].Was != "" {
		t.Errorf("what the last commit has is not told: %+v", list)
	}
	r.git("rm", "-q", "-f", "--cached", "b.env", ".npmrc")
	same(t, "taken away", staged(t, repo))
}

// TestM03_IndexOfAHook: a commit of single files has an index of its own, and tells the hook.
func TestM03_IndexOfAHook(t *testing.T) {
	r := create(t)
	r.commit(map[string]string{"a": "1", "b": "1"})
	r.write("a", "2")
	r.write("b", "2")
	r.write(".git/hooks/pre-commit", "#!/bin/sh\necho \"GIT_INDEX_FILE=$GIT_INDEX_FILE\" >../told\ncp \"$GIT_INDEX_FILE\" ../index\n")
	if err := os.Chmod(r.path(".git/hooks/pre-commit"), 0o700); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(r.path("../told"))
	r.git("commit", "-q", "-m", "x", "--", "b")
	told, err := os.ReadFile(r.path("../told"))
	if err != nil || strings.Contains(string(told), "=\n") {
		t.Fatalf("git told %q: %v", told, err)
	}
	r.git("reset", "-q", "--soft", "HEAD~")
	w := HookWhere(r.dir, []string{"GIT_DIR=.git", "GIT_INDEX_FILE=" + filepath.Join("..", "index"), "GIT_EDITOR=x"})
	if w.GitDir != r.path(".git") {
		t.Errorf("%+v", w)
	}
	repo, err := OpenAt(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "staged for this commit", staged(t, repo), "b")
}

func TestM04_Submodule(t *testing.T) {
	inner := create(t)
	inner.commit(map[string]string{".npmrc": literal()})
	outer := create(t)
	outer.git("-c", "protocol.file.allow=always", "submodule", "-q", "add", inner.dir, "mod")
	outer.git("commit", "-q", "-m", "x")
	repo := openDir(t, outer.path("mod"))
	if repo.Super != outer.dir || repo.Nested != "" || repo.Root != outer.path("mod") {
		t.Errorf("%+v", repo)
	}
	same(t, "in the submodule", tracked(t, repo), ".npmrc")
	same(t, "around it", tracked(t, outer.open()), ".gitmodules")
	outer.commit(map[string]string{"mod/b": "b"})
	repo = outer.open()
	same(t, "staged", staged(t, repo))
	outer.write(".gitignore", "*.env\n")
	ignored, err := repo.Ignored(t.Context(), []string{"mod/.env", "a.env", "../x.env", "b", "mod/b", "c.env"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "ignored", ignored, "a.env", "c.env")
}

func TestM05_WorktreeBareSparseElsewhere(t *testing.T) {
	r := create(t)
	r.commit(map[string]string{".npmrc": literal(), "sub/a": "a", "other/b": "b"})
	r.git("worktree", "add", "-q", r.dir+"-linked")
	linked := openDir(t, r.dir+"-linked")
	if !linked.Linked || linked.CommonDir != r.path(".git") || linked.Root != r.dir+"-linked" {
		t.Errorf("worktree: %+v", linked)
	}
	same(t, "worktree", tracked(t, linked), ".npmrc", "other/b", "sub/a")

	r.git("clone", "-q", "--bare", r.dir, r.dir+"-bare")
	bare := openDir(t, r.dir+"-bare")
	if !bare.Bare || bare.Root != "" {
		t.Errorf("bare: %+v", bare)
	}
	if got := visited(t, bare); len(got) != 3 {
		t.Errorf("bare: history %q", got)
	}
	if _, err := bare.Ignore(t.Context(), "a"); !errors.Is(err, ErrNone) {
		t.Errorf("bare: %v", err)
	}

	r.git("sparse-checkout", "set", "--cone", "--sparse-index", "sub")
	sparse := r.open()
	if !sparse.Sparse {
		t.Errorf("sparse: %+v", sparse)
	}
	same(t, "sparse", tracked(t, sparse), ".npmrc", "other/b", "sub/a")

	apart := filepath.Join(t.TempDir(), "store")
	r.gitIn(r.dir, nil, "clone", "-q", "--bare", r.dir, apart)
	tree := t.TempDir()
	repo, err := OpenAt(t.Context(), Where{Dir: tree, GitDir: apart, WorkTree: tree})
	if err != nil {
		t.Fatal(err)
	}
	if repo.Root != tree || repo.GitDir != apart {
		t.Errorf("elsewhere: %+v", repo)
	}
	t.Setenv("GIT_DIR", apart)
	t.Setenv("GIT_WORK_TREE", tree)
	if _, err := Open(t.Context(), tree); !errors.Is(err, ErrNone) {
		t.Errorf("the environment was believed: %v", err)
	}
}

func TestM06_Nested(t *testing.T) {
	outer := create(t)
	outer.commit(map[string]string{"a": "a"})
	inner := &rig{t, outer.path("in ner")}
	if err := os.Mkdir(inner.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	inner.git("init", "-q")
	inner.commit(map[string]string{".npmrc": literal()})
	repo := inner.open()
	if repo.Nested != outer.dir || repo.Root != inner.dir || repo.Super != "" {
		t.Errorf("%+v", repo)
	}
	same(t, "inside", tracked(t, repo), ".npmrc")
	same(t, "outside", tracked(t, outer.open()), "a")
	if _, err := Open(t.Context(), t.TempDir()); !errors.Is(err, ErrNone) {
		t.Errorf("no repository: %v", err)
	}
	if _, err := Open(t.Context(), filepath.Join(outer.dir, "absent")); err == nil {
		t.Error("a folder that is not there was opened")
	}
}

func TestM07_ForeignOwner(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	r := create(t)
	r.commit(map[string]string{".npmrc": literal()})
	const nobody = 65534
	for _, name := range []string{".", ".git"} {
		if err := os.Lchown(r.path(name), nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Open(t.Context(), r.dir)
	if !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), r.dir) {
		t.Errorf("%v", err)
	}
	r.gitIn(t.TempDir(), nil, "config", "--global", "--add", "safe.directory", r.dir)
	same(t, "trusted", tracked(t, r.open()), ".npmrc")
}

// TestM08_GitIsNotTakenFromTheRepository: a program called git in the repository, or in a project's node_modules, is none.
func TestM08_GitIsNotTakenFromTheRepository(t *testing.T) {
	r := create(t)
	real := os.Getenv("PATH")
	for _, name := range []string{"bin/git", "git", "node_modules/.bin/git"} {
		r.write(name, "#!/bin/sh\ntouch "+r.path("CANARY")+"\n")
		if err := os.Chmod(r.path(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(r.dir)
	elsewhere := filepath.Join(t.TempDir(), "node_modules", ".bin")
	if err := os.MkdirAll(elsewhere, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(r.path("git"), filepath.Join(elsewhere, "git")); err != nil {
		t.Fatal(err)
	}
	sep := string(os.PathListSeparator)
	t.Setenv("PATH", strings.Join([]string{".", "", "bin", r.path("bin"), r.dir, elsewhere, real}, sep))
	repo := openDir(t, r.path("bin"))
	tracked(t, repo)
	if _, err := os.Stat(r.path("CANARY")); err == nil || inside(repo.program, r.dir) {
		t.Errorf("%s ran", repo.program)
	}
	t.Setenv("PATH", strings.Join([]string{"", ".", r.path("bin"), elsewhere}, sep))
	if _, err := Open(t.Context(), r.path("bin")); !errors.Is(err, ErrNoGit) {
		t.Errorf("%v", err)
	}
}

func TestM09_Cancelled(t *testing.T) {
	r := create(t)
	r.commit(map[string]string{"a": "a"})
	repo := r.open()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := repo.Tracked(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := repo.History(ctx, func(Commit, Blob) error { return nil }, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// BenchmarkM09_Tracked lists 10,000 files. The goal is 200 ms.
func BenchmarkM09_Tracked(b *testing.B) {
	r := create(b)
	files := map[string]string{".npmrc": literal()}
	for i := range 10_000 {
		files[fmt.Sprintf("d%d/f%d.js", i/100, i)] = fmt.Sprint(i)
	}
	r.commit(files)
	for b.Loop() {
		repo := openDir(b, r.dir)
		if got := tracked(b, repo); len(got) != 10_001 || !slices.Contains(got, ".npmrc") {
			b.Fatalf("%d files", len(got))
		}
		staged(b, repo)
	}
}
