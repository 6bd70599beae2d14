package discover

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"
)

// TestAgain_IsFind makes random trees, changes them at random, and holds Again, with the Index in memory and from its
// file, against Find.
func TestAgain_IsFind(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 5))
			home := t.TempDir()
			roots := []string{home}
			if seed%4 == 0 {
				plant(t, home, "n1/n2/")
				roots = append(roots, filepath.Join(home, "n1", "n2"))
			}
			f := finder(t, Options{Home: home, Threads: 1 + int(seed%3)})
			f.slack = shortSlack
			for range 60 {
				change(t, rng, home)
			}
			if seed%2 == 0 {
				age(t, shortSlack)
			}
			_, ix, err := f.Find(t.Context(), roots, nil)
			must(t, err)
			for round := range 12 {
				for range rng.IntN(6) {
					change(t, rng, home)
				}
				if rng.IntN(2) == 0 {
					age(t, shortSlack)
				}
				if rng.IntN(3) == 0 {
					ix, err = decode(ix.encode())
					must(t, err)
				}
				full, fresh, err := f.Find(t.Context(), roots, nil)
				must(t, err)
				again, next, err := f.Again(t.Context(), ix, roots, nil)
				must(t, err)
				if !reflect.DeepEqual(again, full) {
					t.Fatalf("round %d:\nfind  %+v\nagain %+v", round, full, again)
				}
				if a, b := shape(fresh), shape(next); !slices.Equal(a, b) {
					t.Fatalf("round %d: the indexes differ:\n%q\n%q", round, a, b)
				}
				ix = next
			}
		})
	}
}

func shape(ix *Index) (out []string) {
	ix.each(func(n *node) {
		out = append(out, fmt.Sprintf("%s %d %x %d %v %d", n.path(), n.state, n.files, n.ino, n.skips, n.changed))
	})
	return out
}

// change does one of the things that happen to trees.
func change(t *testing.T, rng *rand.Rand, home string) {
	names := []string{"n0", "n1", "n2", "n3", "node_modules", ".git", ".cache", ".npmrc", "bunfig.toml", "x", "go", "pkg"}
	random := func() string {
		path := home
		for range 1 + rng.IntN(4) {
			path = filepath.Join(path, names[rng.IntN(len(names))])
		}
		return path
	}
	at, to := random(), random()
	switch rng.IntN(9) { // what cannot be done is not done
	case 0, 1, 2:
		_ = os.MkdirAll(at, 0o755)
	case 3, 4:
		_ = os.MkdirAll(filepath.Dir(at), 0o755)
		_ = os.WriteFile(filepath.Join(filepath.Dir(at), configs[rng.IntN(2)]), nil, 0o600)
	case 5:
		_ = os.RemoveAll(at)
	case 6:
		_ = os.Rename(at, to)
	case 7:
		_ = os.Symlink(filepath.Dir(to), at)
	case 8: // a folder is swapped for another, or its time of writing set back
		_ = os.Rename(at, at+".old")
		_ = os.Rename(to, at)
		_ = os.Chtimes(filepath.Dir(at), time.Unix(1, 0), time.Unix(1, 0))
	}
}

// TestAgain_ReadsOnlyWhatChanged counts the folders that are opened.
func TestAgain_ReadsOnlyWhatChanged(t *testing.T) {
	home := t.TempDir()
	plant(t, home, "a/.npmrc", "a/src/deep/x", "b/src/deep/x", "c/d/e/f/")
	f := finder(t, Options{})
	f.slack = shortSlack
	age(t, shortSlack)
	_, ix, _ := find(t, f, home)
	plant(t, home, "c/d/e/f/.npmrc")
	// A folder that is not read keeps what the Index says of it. This one says what is not so.
	ix.top(settled(home)).kid("b").kid("src").files = 1
	r, _, err := f.Again(t.Context(), ix, []string{home}, nil)
	must(t, err)
	want(t, dirs(t, home, r), "a", "b/src", "c/d/e/f")
}

// TestAgain_DoubtsTheYoung: of a folder that changed right before it was read, the time says nothing.
func TestAgain_DoubtsTheYoung(t *testing.T) {
	home := t.TempDir()
	plant(t, home, "a/.npmrc", "b/")
	f := finder(t, Options{})
	f.slack = time.Hour
	_, ix, _ := find(t, f, home)
	ix.top(settled(home)).kid("b").files = 1
	ix, err := decode(ix.encode())
	must(t, err)
	r, _, err := f.Again(t.Context(), ix, []string{home}, nil)
	must(t, err)
	want(t, dirs(t, home, r), "a")
}

// TestFind_TooManyForAnIndex: the answer is the same, and folders are forgotten as the scan goes on.
func TestFind_TooManyForAnIndex(t *testing.T) {
	home := t.TempDir()
	n := wide(t, home, 5000)
	f := finder(t, Options{})
	_, ix, _ := find(t, f, home)
	f.known = 100
	r, none, got := find(t, f, home)
	if none != nil || len(got) != n || r.Folders != ix.Folders() {
		t.Errorf("%d found of %d, %d folders of %d", len(got), n, r.Folders, ix.Folders())
	}
	again, none, err := f.Again(t.Context(), ix, []string{home}, nil)
	must(t, err)
	if none != nil || !reflect.DeepEqual(r, again) {
		t.Errorf("again: %d folders of %d", again.Folders, r.Folders)
	}
}

// TestAgain_TimeSetBack: nobody can hide a change by setting the time of writing back.
func TestAgain_TimeSetBack(t *testing.T) {
	home := t.TempDir()
	plant(t, home, "a/")
	f := finder(t, Options{})
	f.slack = shortSlack
	dir := filepath.Join(home, "a")
	before, err := os.Stat(dir)
	must(t, err)
	age(t, shortSlack)
	_, ix, _ := find(t, f, home)
	plant(t, home, "a/.npmrc")
	must(t, os.Chtimes(dir, before.ModTime(), before.ModTime()))
	r, _, err := f.Again(t.Context(), ix, []string{home}, nil)
	must(t, err)
	want(t, dirs(t, home, r), "a")
}

// TestAgain_OtherOptions: an Index of other names, another home or other roots is none.
func TestAgain_OtherOptions(t *testing.T) {
	home := t.TempDir()
	plant(t, home, "a/.npmrc", "b/bunfig.toml")
	_, ix, _ := find(t, finder(t, Options{Names: []string{".npmrc"}}), home)
	other := finder(t, Options{})
	r, next, err := other.Again(t.Context(), ix, []string{home}, nil)
	must(t, err)
	want(t, dirs(t, home, r), "a", "b")
	if _, _, err := other.Look(t.Context(), ix, []string{home}); err == nil {
		t.Error("Look took an index of other options")
	}
	if _, _, err := other.Look(t.Context(), nil, []string{home}); err == nil {
		t.Error("Look took no index")
	}
	r, _, err = other.Again(t.Context(), next, []string{filepath.Join(home, "b")}, nil)
	must(t, err)
	want(t, dirs(t, home, r), "b")
}

func TestAgain_FilesOfIndexes(t *testing.T) {
	home, state := t.TempDir(), filepath.Join(t.TempDir(), "projects.index")
	plant(t, home, "a/.npmrc", "b/c/d/bunfig.toml", "b/node_modules/")
	f := finder(t, Options{})
	_, ix, _ := find(t, f, home)
	must(t, ix.Save(state))
	must(t, ix.Save(state))
	info, err := os.Stat(state)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v", info.Mode())
	}
	if list, _ := os.ReadDir(filepath.Dir(state)); len(list) != 1 {
		t.Errorf("%d files were left", len(list))
	}
	back, err := Load(state)
	must(t, err)
	if !slices.Equal(shape(ix), shape(back)) {
		t.Errorf("%q\n%q", shape(ix), shape(back))
	}
	data := ix.encode()
	for i := range data {
		if _, err := decode(data[:i]); err == nil {
			t.Fatalf("%d of %d bytes were taken", i, len(data))
		}
		damaged := slices.Clone(data)
		damaged[i] ^= 0x20
		if _, err := decode(damaged); err == nil {
			t.Fatalf("damage at %d was not noticed", i)
		}
	}
	if _, err := Load(home); err == nil {
		t.Error("a folder was taken")
	}
	if ix.Save(filepath.Join(home, "gone", "x")) == nil {
		t.Error("it was saved into no folder")
	}
}

// FuzzDecode: a file of anything, with a checksum that is right, is refused or names nothing outside its roots.
func FuzzDecode(f *testing.F) {
	home := f.TempDir()
	plant(f, home, "a/.npmrc", "b/c/d/bunfig.toml")
	d := finder(f, Options{})
	_, ix, err := d.Find(f.Context(), []string{home}, nil)
	must(f, err)
	seed := ix.encode()
	f.Add(seed[len(magic)+8 : len(seed)-4])
	f.Add([]byte{1, 2, '/', 'x', 2, 1, 1, 1, 0, 0, 0, 1, 2, '.', '.', 4})
	f.Fuzz(func(t *testing.T, body []byte) {
		got := &decoder{b: body, left: 2 * maxKnown}
		tops := got.nodes(nil, 0)
		if got.bad {
			return
		}
		(&Index{tops: tops}).each(func(n *node) {
			if n.up != nil && !isName(n.name) {
				t.Fatalf("the name %q", n.name)
			}
		})
	})
}
