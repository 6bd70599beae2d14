package git

import (
	"os"
	"path/filepath"
	"testing"
)

// TestM08_HookIsNoLinkOutOfTheRepository: what a repository holds cannot have another file of the user's edited or made.
func TestM08_HookIsNoLinkOutOfTheRepository(t *testing.T) {
	for _, name := range []string{"file", "nowhere", "folder", "folder that is not there"} {
		t.Run(name, func(t *testing.T) {
			r, elsewhere := create(t), t.TempDir()
			r.git("config", "core.hooksPath", ".husky")
			victim, link := filepath.Join(elsewhere, "rc"), ".husky/pre-commit"
			switch name {
			case "file":
				if err := os.WriteFile(victim, []byte("echo hi\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			case "folder":
				victim, link = elsewhere, ".husky"
			case "folder that is not there":
				link = ".husky"
			}
			if err := os.MkdirAll(filepath.Dir(r.path(link)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(victim, r.path(link)); err != nil {
				t.Skip("no links here:", err)
			}
			if e, err := r.open().AddHook(t.Context()); err == nil {
				t.Errorf("it would edit %+v", e)
			}
		})
	}
}

// TestHookLinkWithin: many keep their hook in the tree, and link to it.
func TestHookLinkWithin(t *testing.T) {
	r := create(t)
	r.write("scripts/pre-commit", "#!/bin/sh\n")
	if err := os.Symlink("../../scripts/pre-commit", r.path(".git/hooks/pre-commit")); err != nil {
		if err = os.MkdirAll(r.path(".git/hooks"), 0o700); err == nil {
			err = os.Symlink("../../scripts/pre-commit", r.path(".git/hooks/pre-commit"))
		}
		if err != nil {
			t.Skip("no links here:", err)
		}
	}
	r.commit(nil)
	tree := filepath.Join(t.TempDir(), "wood")
	r.git("worktree", "add", "-q", "--detach", tree)
	for _, dir := range []string{r.dir, tree} {
		if h, err := openDir(t, dir).Hook(t.Context()); err != nil || !h.Exists || h.Executable {
			t.Errorf("%s: %+v, %v", dir, h, err)
		}
	}
}

// TestHookOfHusky: husky has sh read the files, whatever their mode is.
func TestHookOfHusky(t *testing.T) {
	r := create(t)
	r.git("config", "core.hooksPath", ".husky/_")
	r.write(".husky/pre-commit", "echo hi\n")
	if h, err := r.open().Hook(t.Context()); err != nil || !h.Executable || h.Tool != "husky" {
		t.Errorf("%+v, %v", h, err)
	}
}
