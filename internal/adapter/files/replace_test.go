package files

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent"
)

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ".npmrc")
	f := newFiles(t)
	if _, err := f.Read(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("read of nothing: %v", err)
	}
	if err := f.Replace(path, nil, []byte("a=1\n")); err != nil {
		t.Fatal(err)
	}
	mustFail(t, f.Replace(path, nil, []byte("b")), agent.ErrChanged)
	mustFail(t, f.Replace(path, []byte{}, []byte("b")), agent.ErrChanged)
	mustFail(t, f.Replace(path, []byte("a=2\n"), []byte("b")), agent.ErrChanged)
	mustSay(t, path, "a=1\n")
	if err := f.Replace(path, []byte("a=1\n"), []byte("a=2\n")); err != nil {
		t.Fatal(err)
	}
	mustSay(t, path, "a=2\n")
	before, err := f.Modified(path)
	if err != nil || before.IsZero() {
		t.Fatal(before, err)
	}
	if err := f.Replace(path, []byte("a=2\n"), []byte{}); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Read(path); err != nil || got == nil || len(got) != 0 {
		t.Fatalf("an empty file reads as %v, %v", got, err)
	}
	mustFail(t, f.Replace(path, []byte{}, []byte("early")), agent.ErrChanged)
	if err := os.Chtimes(path, before, before.Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := f.Replace(path, []byte{}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal("the file is still there", err)
	}
	mustFail(t, f.Replace(path, []byte("x"), []byte("y")), agent.ErrChanged)
	mustBeClean(t, dir)
}

func TestC10_LinksStayLinks(t *testing.T) {
	home, store := t.TempDir(), t.TempDir()
	real := filepath.Join(store, "npmrc")
	write(t, real, "old", 0o600)
	link := func(to, name string) string {
		path := filepath.Join(home, name)
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := link(real, "first")
	rel, err := filepath.Rel(home, real)
	if err != nil {
		t.Fatal(err)
	}
	relative := link(rel, "relative")
	chain := link("first", "chain")
	folder := link(store, "folder")
	f := newFiles(t)
	old := "old"
	for i, path := range []string{first, relative, chain, filepath.Join(folder, "npmrc"), folder + "/../" + filepath.Base(store) + "/npmrc"} {
		fresh := strings.Repeat("n", i+1)
		if err := f.Replace(path, []byte(old), []byte(fresh)); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		mustSay(t, real, fresh)
		old = fresh
	}
	for _, path := range []string{first, relative, chain, folder} {
		if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v", path, err)
		}
	}
	mustBeClean(t, home)
	mustBeClean(t, store)
}

func TestC11_DanglingLink(t *testing.T) {
	dir := t.TempDir()
	link, target := filepath.Join(dir, "link"), filepath.Join(dir, "target")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	f := newFiles(t)
	if err := f.Replace(link, nil, []byte("new")); err != nil {
		t.Fatal(err)
	}
	mustSay(t, target, "new")
	lost := filepath.Join(dir, "lost")
	if err := os.Symlink(filepath.Join(dir, "nowhere", "target"), lost); err != nil {
		t.Fatal(err)
	}
	mustFail(t, f.Replace(lost, nil, []byte("new")), fs.ErrNotExist)
}

func TestC12_LinksInACircle(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if err := errors.Join(os.Symlink(b, a), os.Symlink(a, b)); err != nil {
		t.Fatal(err)
	}
	f := newFiles(t)
	mustFail(t, f.Replace(a, nil, []byte("new")), ErrLoop)
	if _, err := f.Read(a); err == nil {
		t.Error("read a circle")
	}
}

func TestC14_HardLinkIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ".npmrc")
	write(t, path, "old", 0o600)
	if err := os.Link(path, filepath.Join(dir, "other")); err != nil {
		t.Fatal(err)
	}
	f := newFiles(t)
	mustFail(t, f.Replace(path, []byte("old"), []byte("new")), ErrLinked)
	mustSay(t, path, "old")
	mustBeClean(t, dir)
}

func TestC23_SizeLimit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ".npmrc")
	write(t, path, strings.Repeat("k=v\n", MaxSize/4), 0o600)
	f := newFiles(t)
	if got, err := f.Read(path); err != nil || len(got) != MaxSize {
		t.Fatal(len(got), err)
	}
	write(t, path, strings.Repeat("k=v\n", MaxSize/4)+"x", 0o600)
	if _, err := f.Read(path); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	mustFail(t, f.Replace(path, []byte("x"), bytes.Repeat([]byte{'x'}, MaxSize+1)), ErrTooLarge)
}

func TestC24_GoneMeanwhile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "project")
	path := filepath.Join(dir, ".npmrc")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	f := newFiles(t)
	strike := func(p step, blow func() error) {
		write(t, path, "old", 0o600)
		f.at = func(now step) {
			if now == p {
				if err := blow(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for p := stepChecked; p <= stepSwapping; p++ {
		strike(p, func() error { return os.Remove(path) })
		mustFail(t, f.Replace(path, []byte("old"), []byte("new")), agent.ErrChanged)
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("step %d brought a removed file back: %v", p, err)
		}
		mustBeClean(t, dir)
		strike(p, func() error { return os.WriteFile(path, []byte("theirs"), 0o600) })
		mustFail(t, f.Replace(path, []byte("old"), []byte("new")), agent.ErrChanged)
		mustSay(t, path, "theirs")
		mustBeClean(t, dir)
		strike(p, func() error {
			write(t, path+".their", "old", 0o600) // the same text in another file: an editor saved by renaming
			return os.Rename(path+".their", path)
		})
		if err := f.Replace(path, []byte("old"), []byte("new")); err != nil {
			mustFail(t, err, agent.ErrChanged)
			mustSay(t, path, "old")
		}
		mustBeClean(t, dir)
	}
	strike(stepSwapping, func() error { return os.RemoveAll(dir) })
	if err := f.Replace(path, []byte("old"), []byte("new")); err == nil {
		t.Error("replaced a file in a folder that is gone")
	}
}

func TestNewFileAppearsMeanwhile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ".npmrc")
	f := newFiles(t)
	f.at = func(p step) {
		if p == stepSwapping {
			write(t, path, "theirs", 0o600)
		}
	}
	mustFail(t, f.Replace(path, nil, []byte("ours")), agent.ErrChanged)
	mustSay(t, path, "theirs")
	mustBeClean(t, dir)
}

func TestC25_TemporaryFileLiesBeside(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", elsewhere)
	path := filepath.Join(dir, ".npmrc")
	f := newFiles(t)
	seen := 0
	f.at = func(p step) {
		if p != stepWritten {
			return
		}
		left, _ := filepath.Glob(filepath.Join(dir, ".sandglass.*.tmp"))
		seen = len(left)
		for _, l := range left {
			if info, err := os.Lstat(l); err != nil || info.Mode().Perm()&0o077 != 0 {
				t.Errorf("the temporary file is open to others: %v %v", info.Mode(), err)
			}
			if !tempShape.MatchString(filepath.Base(l)) {
				t.Errorf("Sweep would not know %s", l)
			}
		}
		if f.Sweep(dir) != 0 {
			t.Error("Sweep took a living writer's file")
		}
	}
	if err := f.Replace(path, nil, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if seen != 1 {
		t.Errorf("%d temporary files beside the target", seen)
	}
	if in, err := os.ReadDir(elsewhere); err != nil || len(in) > 0 {
		t.Errorf("something lies in TMPDIR: %v %v", in, err)
	}
}

func TestC27_Sweep(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, tempName()), "npm_SECRET", 0o600)
	write(t, filepath.Join(dir, tempName()), "npm_SECRET", 0o600)
	others := []string{".sandglass.tmp", ".sandglass.0123.tmp", ".npmrc", tempName() + "~", "x" + tempName()}
	for _, name := range others {
		write(t, filepath.Join(dir, name), "mine", 0o600)
	}
	f := newFiles(t)
	if n := f.Sweep(dir, filepath.Join(dir, "absent")); n != 2 {
		t.Errorf("%d swept, want 2", n)
	}
	if n := f.Sweep(dir); n != 0 {
		t.Errorf("%d swept the second time", n)
	}
	for _, name := range others {
		mustSay(t, filepath.Join(dir, name), "mine")
	}
}

func TestStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "sandglass")
	s := NewStore(filepath.Join(dir, "state.json"))
	if _, err := s.Load(); !errors.Is(err, agent.ErrNotFound) {
		t.Fatal(err)
	}
	for _, text := range []string{"{}", `{"a":1}`, `{"a":1}`, ""} {
		if err := s.Save([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Load(); err != nil || string(got) != text {
			t.Fatalf("%q %v", got, err)
		}
	}
	write(t, filepath.Join(dir, "state.json"), "damaged", 0o644)
	var aside []string
	for range 2 {
		path, err := s.SetAside()
		if err != nil {
			t.Fatal(err)
		}
		aside = append(aside, path)
		mustSay(t, path, "damaged")
		if _, err := s.Load(); !errors.Is(err, agent.ErrNotFound) {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "state.json"), "damaged", 0o644)
	}
	if aside[0] == aside[1] {
		t.Error("the second damaged file replaced the first")
	}
	if err := s.Save([]byte("{}")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "state.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v %v", info.Mode(), err)
	}
	mustBeClean(t, dir)
}
