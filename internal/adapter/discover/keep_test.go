package discover

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// keeper does what whoever is told of changes does: it hands the folders that changed to Look.
type keeper struct {
	t    *testing.T
	f    *Finder
	home string
	ix   *Index
	seen Result
	list map[string]int64 // what is watched, and its time of change
}

func newKeeper(t *testing.T, home string) *keeper {
	k := &keeper{t: t, f: finder(t, Options{}), home: settled(home)}
	k.f.slack = 0
	r, ix, _ := find(t, k.f, home)
	k.take(r, ix)
	return k
}

func (k *keeper) take(r Result, ix *Index) {
	k.ix, k.seen = ix, r
	was := k.list
	k.list = map[string]int64{}
	for _, dir := range ix.Watch(MaxWatch, time.Now()) {
		k.list[dir] = was[dir] // 0: it is new, and comes in the next batch as adapter/watch has it
	}
}

// changed stands for the notices: the watched folders whose entries changed, and those that are new on the list.
func (k *keeper) changed() (out []string) {
	for dir, was := range k.list {
		var now int64
		if info, err := os.Lstat(dir); err == nil {
			now = info.ModTime().UnixNano()
		}
		if now != was {
			out = append(out, dir+separator) // as adapter/watch calls folders
		}
		k.list[dir] = now
	}
	slices.Sort(out)
	return out
}

// settle looks until nothing changes any more, and tells what came and went.
func (k *keeper) settle() (came, went []string) {
	k.t.Helper()
	before := k.seen
	for dirs := k.changed(); len(dirs) > 0; dirs = k.changed() {
		r, ix, err := k.f.Look(k.t.Context(), k.ix, dirs)
		must(k.t, err)
		k.take(r, ix)
	}
	came, went, _ = Changes(before, k.seen)
	for _, list := range [][]string{came, went} {
		for i := range list {
			list[i], _ = filepath.Rel(k.home, list[i])
		}
	}
	return came, went
}

// TestKeep_WhatHappensBesideProjects: what people do to projects is seen by the watched folders alone.
func TestKeep_WhatHappensBesideProjects(t *testing.T) {
	home := t.TempDir()
	plant(t, home, "code/one/.npmrc", "code/one/src/x", "code/two/", "work/deep/mono/packages/a/.npmrc", "far/away/from/all/x")
	k := newKeeper(t, home)
	at := func(name string) string { return filepath.Join(home, name) }
	steps := []struct {
		name       string
		do         func()
		came, went []string
	}{
		{"nothing", func() {}, nil, nil},
		{"a clone beside one", func() { plant(t, home, "code/three/.npmrc", "code/three/src/x") }, []string{"code/three"}, nil},
		{"a clone in the making", func() { plant(t, home, "code/four/.git/x") }, nil, nil},
		{"its files come", func() { plant(t, home, "code/four/package.json", "code/four/packages/p/x") }, nil, nil},
		{"a file deep in it", func() { plant(t, home, "code/four/packages/p/.npmrc") }, []string{"code/four/packages/p"}, nil},
		{"a config in a folder beside", func() { plant(t, home, "code/two/bunfig.toml") }, []string{"code/two"}, nil},
		{"a workspace beside another", func() { plant(t, home, "work/deep/mono/packages/b/.npmrc") }, []string{"work/deep/mono/packages/b"}, nil},
		{"moved", func() { must(t, os.Rename(at("code/one"), at("code/uno"))) }, []string{"code/uno"}, []string{"code/one"}},
		{"moved away", func() { must(t, os.Rename(at("code/uno"), at("work/uno"))) }, []string{"work/uno"}, []string{"code/uno"}},
		{"its config is deleted", func() { must(t, os.Remove(at("code/two/bunfig.toml"))) }, nil, []string{"code/two"}},
		{"deleted", func() { must(t, os.RemoveAll(at("code/three"))) }, nil, []string{"code/three"}},
		{"a new folder below the root", func() { plant(t, home, "new/.npmrc") }, []string{"new"}, nil},
		{"an archive below the root", func() { plant(t, home, "zip/a/b/c/.npmrc") }, []string{"zip/a/b/c"}, nil},
		{"all of them", func() { must(t, os.RemoveAll(at("code"))) }, nil, []string{"code/four/packages/p"}},
	}
	k.settle()
	for _, s := range steps {
		age(t, shortSlack) // else a step may leave the times of the one before
		s.do()
		came, went := k.settle()
		if !slices.Equal(came, s.came) || !slices.Equal(went, s.went) {
			t.Errorf("%s: came %q, went %q", s.name, came, went)
		}
		full, _, err := k.f.Find(t.Context(), []string{home}, nil)
		must(t, err)
		if a, b, c := Changes(full, k.seen); len(a)+len(b)+len(c) > 0 {
			t.Errorf("%s: Find knows other than %q, %q, %q", s.name, a, b, c)
		}
	}
}

func TestWatch_MostImportantFirst(t *testing.T) {
	home := t.TempDir()
	for i := range 30 {
		plant(t, home, fmt.Sprintf("code/p%02d/.npmrc", i), fmt.Sprintf("code/q%02d/sub/", i), fmt.Sprintf("code/q%02d/node_modules/x/", i))
	}
	_, ix, _ := find(t, finder(t, Options{}), home)
	rel := func(list []string) (out []string) {
		for _, d := range list {
			r, err := filepath.Rel(settled(home), d)
			must(t, err)
			out = append(out, r)
		}
		return out
	}
	later := time.Now().Add(time.Hour)
	all := rel(ix.Watch(MaxWatch, later))
	if len(all) != 1+30+1+30 || all[0] != "." || filepath.Dir(all[1]) != "code" || all[31] != "code" {
		t.Errorf("%q", all)
	}
	if some := rel(ix.Watch(10, later)); !slices.Equal(some, all[:10]) {
		t.Errorf("%q", some)
	}
	if now := ix.Watch(MaxWatch, time.Now()); len(now) != len(all)+30 {
		t.Errorf("%d folders are watched with those that are fresh", len(now))
	}
}

func TestChanges(t *testing.T) {
	before := Result{Projects: []Project{{"/a", []string{".npmrc"}}, {"/b", nil}, {"/d", nil}}}
	after := Result{Projects: []Project{{"/a", []string{".npmrc", "bunfig.toml"}}, {"/c", nil}, {"/d", nil}}}
	came, went, other := Changes(before, after)
	want(t, came, "/c")
	want(t, went, "/b")
	want(t, other, "/a")
}
