package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/domain/leak"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// visited lists the names that a history has, once for each content.
func visited(t testing.TB, r *Repo) (list []string) {
	t.Helper()
	ids := map[string]bool{}
	err := r.History(t.Context(), func(c Commit, b Blob) error {
		if ids[b.ID] || len(c.ID) < 40 || c.Time.IsZero() {
			t.Errorf("%+v %+v", c, b)
		}
		ids[b.ID] = true
		list = append(list, b.Path)
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// historyOf makes a history with credentials in every corner of it, and returns their fingerprints.
func historyOf(r *rig) map[string]string {
	where := map[string]string{}
	plant := func(corner string) string {
		tok := npmToken()
		where[token.NewSecret(tok).Fingerprint()] = corner
		return "//registry.example.com/:_authToken=" + tok + "\n"
	}
	r.commit(map[string]string{".npmrc": plant("first commit"), "README.md": "//registry.example.com/:_authToken=${NPM_TOKEN}\n"})
	r.commit(map[string]string{".npmrc": "registry=https://registry.example.com/\n", "package-lock.json": "{\"integrity\":\"sha512-" + strings.Repeat("aB3+", 20) + "\"}\n"})
	r.git("checkout", "-q", "-b", "side")
	r.commit(map[string]string{"sub/.npmrc": plant("another branch"), "same.txt": "same\n"})
	r.commit(map[string]string{"a\tb\n.npmrc": plant("odd name")})
	r.git("checkout", "-q", "main")
	r.commit(map[string]string{"main.txt": "same\n"})
	r.git("merge", "-q", "--no-ff", "--no-commit", "side")
	r.write("evil/.npmrc", plant("the merge itself"))
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "merge")
	r.git("rm", "-q", "-r", "evil", "sub", "a\tb\n.npmrc")
	r.git("commit", "-q", "-m", "clean")
	r.write(".npmrc", plant("the stash"))
	r.write("new/.npmrc", plant("the stash, untracked"))
	r.git("stash", "-q", "--include-untracked")
	r.git("checkout", "-q", "--detach")
	r.commit(map[string]string{".env": "NPM_TOKEN=" + strings.TrimPrefix(plant("a tag alone"), "//registry.example.com/:_authToken=")})
	r.git("tag", "-a", "v1", "-m", "v1")
	r.git("checkout", "-q", "main")
	return where
}

// TestM10_HistoryHoldsEveryPlanted finds what was planted, once each, and nothing else.
func TestM10_HistoryHoldsEveryPlanted(t *testing.T) {
	r := create(t)
	where := historyOf(r)
	planted := len(where)
	repo := r.open()
	blobs, err := repo.Blobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer blobs.Close()
	var done, total int
	err = repo.History(t.Context(), func(c Commit, b Blob) error {
		text, err := blobs.Read(b.ID, leak.MaxSize)
		if err != nil {
			return err
		}
		for _, l := range leak.Scan(b.Path, text) {
			if where[l.Fingerprint] == "" {
				t.Errorf("false alarm or told twice: %s in %s: %+v", b.Path, c.ID, l)
			}
			delete(where, l.Fingerprint)
		}
		return nil
	}, func(d, of int) { done, total = d, of })
	if err != nil {
		t.Fatal(err)
	}
	for _, corner := range where {
		t.Errorf("not found: %s", corner)
	}
	if done != total || total < 9 {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	t.Logf("found %d of %d", planted-len(where), planted)
}

// TestM10_HistoryEnds: an error of the visitor's and the end of the context end it.
func TestM10_HistoryEnds(t *testing.T) {
	r := create(t)
	if got := visited(t, r.open()); got != nil {
		t.Errorf("without a commit: %q", got)
	}
	for i := range 50 {
		r.commit(map[string]string{"a": fmt.Sprint(i)})
	}
	repo := r.open()
	stop, n := errors.New("enough"), 0
	visit := func(Commit, Blob) error {
		if n++; n == 3 {
			return stop
		}
		return nil
	}
	if err := repo.History(t.Context(), visit, nil); !errors.Is(err, stop) || n != 3 {
		t.Errorf("%v after %d", err, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n = 0
	if err := repo.History(ctx, func(Commit, Blob) error { n++; cancel(); return nil }, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v after %d", err, n)
	}
}

// TestM05_Shallow: what a clone does not have is not there to be read.
func TestM05_Shallow(t *testing.T) {
	r := create(t)
	r.commit(map[string]string{"a": "1"})
	r.commit(map[string]string{"a": "2"})
	dir := t.TempDir()
	r.git("clone", "-q", "--depth=1", "file://"+r.dir, dir)
	repo := openDir(t, dir)
	if got := visited(t, repo); !repo.Shallow || len(got) != 1 {
		t.Errorf("%v, %q", repo.Shallow, got)
	}
	blobs, err := repo.Blobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer blobs.Close()
	if _, err := blobs.Read(r.git("rev-parse", "HEAD~:a"), 10); !errors.Is(err, ErrMissing) {
		t.Errorf("%v", err)
	}
	if _, err := blobs.Read("HEAD:a", 10); !errors.Is(err, ErrMissing) {
		t.Errorf("a name that is no id: %v", err)
	}
}

// TestM10_BlobsOneAfterAnother: what is not read of one content is not read as the next one.
func TestM10_BlobsOneAfterAnother(t *testing.T) {
	r := create(t)
	big := strings.Repeat("x", 3<<20)
	r.commit(map[string]string{"a": big, "b": "b", "c": ""})
	repo := r.open()
	blobs, err := repo.Blobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, err := repo.Tracked(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		for i, want := range []string{big[:10], "b", ""} {
			if got, err := blobs.Read(list[i].ID, 10); err != nil || string(got) != want {
				t.Errorf("%s: %q, %v", list[i].Path, got, err)
			}
		}
	}
	size, body, err := blobs.Open(list[0].ID)
	if err != nil || size != int64(len(big)) {
		t.Fatalf("%d, %v", size, err)
	}
	if text, err := io.ReadAll(body); err != nil || string(text) != big {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if err := blobs.Close(); err != nil {
		t.Error(err)
	}
	if _, err := blobs.Read(list[0].ID, 10); err == nil {
		t.Error("read after the end")
	}
}
