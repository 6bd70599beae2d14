package git

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// hostileConfig is all in a repository's config that starts a program, each with a canary of its own.
func hostileConfig(run func(name string) string) string {
	return fmt.Sprintf(`[core]
	fsmonitor = %[1]s
	pager = %[2]s
	editor = %[3]s
	sshCommand = %[4]s
	askPass = %[5]s
	gitProxy = %[6]s
	alternateRefsCommand = %[7]s
	attributesFile = attributes
	preloadIndex = true
[pager]
	log = %[2]s
	ls-files = %[2]s
	diff-index = %[2]s
	rev-list = %[2]s
[alias]
	ls-files = !%[8]s
	rev-parse = !%[8]s
	cat-file = !%[8]s
	st = !%[8]s
[diff]
	external = %[9]s
	submodule = diff
[diff "evil"]
	textconv = %[10]s
	command = %[11]s
	cachetextconv = true
[filter "evil"]
	clean = %[12]s
	smudge = %[13]s
	process = %[14]s
	required = true
[credential]
	helper = !%[15]s
[gpg]
	program = %[16]s
[log]
	showSignature = true
[interactive]
	diffFilter = %[17]s
[sequence]
	editor = %[3]s
[merge "evil"]
	driver = %[18]s
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[url "ext::%[19]s "]
	insteadOf = https://
[trailer "evil"]
	command = %[20]s
[include]
	path = included
`, run("fsmonitor"), run("pager"), run("editor"), run("ssh"), run("askpass"), run("proxy"), run("alternates"), run("alias"), run("external"), run("textconv"), run("command"),
		run("clean"), run("smudge"), run("process"), run("credential"), run("gpg"), run("difffilter"), run("merge"), run("insteadof"), run("trailer"))
}

// hostileHooks are all hooks that git knows on a way of ours, and more.
var hostileHooks = []string{"post-index-change", "pre-commit", "post-checkout", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman", "post-rewrite", "update", "pre-push"}

// hostile makes the repository. fired tells which canaries sang.
func hostile(t *testing.T) (r *rig, repo func() *Repo, fired func() []string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the canaries are scripts")
	}
	r = create(t)
	r.commit(map[string]string{".npmrc": literal(), "a.txt": "1", ".gitignore": "ignored\n"})
	r.commit(map[string]string{"a.txt": "2", ".gitattributes": "* filter=evil diff=evil merge=evil\n"})
	cage := t.TempDir()
	run := func(name string) string {
		script := filepath.Join(cage, name+".sh")
		if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+filepath.Join(cage, name)+".fired\ncat\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return script
	}
	r.write(".git/attributes", "* filter=evil diff=evil\n")
	r.write(".git/info/attributes", "* filter=evil diff=evil\n")
	r.write(".git/included", "[core]\n\thooksPath = "+filepath.Join(cage, "hooks")+"\n\tfsmonitor = "+run("included")+"\n[alias]\n\tdiff-index = !"+run("included")+"\n")
	if err := os.Mkdir(filepath.Join(cage, "hooks"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range hostileHooks {
		text := "#!/bin/sh\ntouch " + filepath.Join(cage, "hook-"+name) + ".fired\n"
		for _, path := range []string{r.path(".git/hooks/" + name), filepath.Join(cage, "hooks", name)} {
			if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	config, err := os.ReadFile(r.path(".git/config"))
	if err != nil {
		t.Fatal(err)
	}
	r.write("a.txt", "3") // git would run the filter to compare it
	r.write(".git/config", string(config)+hostileConfig(run))
	return r, r.open, func() []string {
		list, err := filepath.Glob(filepath.Join(cage, "*.fired"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			list[i] = strings.TrimSuffix(filepath.Base(list[i]), ".fired")
		}
		return list
	}
}

// TestM08_HostileConfigRunsNothing does all that the package can in a repository whose config starts programs.
func TestM08_HostileConfigRunsNothing(t *testing.T) {
	r, open, fired := hostile(t)
	repo := open()
	same(t, "tracked", tracked(t, repo), ".gitattributes", ".gitignore", ".npmrc", "a.txt")
	same(t, "staged", staged(t, repo))
	if _, err := repo.Ignored(t.Context(), []string{"ignored", "a.txt"}); err != nil {
		t.Error(err)
	}
	if got := visited(t, repo); len(got) != 5 {
		t.Errorf("history %q", got)
	}
	list, err := repo.Tracked(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read(t.Context(), t, repo, list[0].ID)
	if h, err := repo.Hook(t.Context()); err != nil || !h.Outside || !h.Exists {
		t.Errorf("%+v, %v", h, err)
	}
	if _, err := repo.AddHook(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := repo.Ignore(t.Context(), ".npmrc"); err != nil {
		t.Error(err)
	}
	if err := repo.Untrack(t.Context(), ".npmrc"); err != nil {
		t.Error(err)
	}
	same(t, "untracked", tracked(t, repo), ".gitattributes", ".gitignore", "a.txt")
	same(t, "canaries", fired())

	// The canaries are alive: what a user types wakes them.
	cmd := exec.CommandContext(t.Context(), "git", "status")
	cmd.Dir = r.dir
	_, _ = cmd.CombinedOutput() // it ends with an error, for the canaries are no filters
	if got := fired(); len(got) < 2 {
		t.Errorf("git status woke only %q: this test proves nothing", got)
	}
}

// TestM08_PartialCloneFetchesNothing: an object that a partial clone lacks would be fetched, from where the repository's
// config says and with the program that it names.
func TestM08_PartialCloneFetchesNothing(t *testing.T) {
	r, _, fired := hostile(t)
	lost := r.git("rev-parse", "HEAD:.npmrc")
	if err := os.Remove(r.path(".git/objects/" + lost[:2] + "/" + lost[2:])); err != nil {
		t.Fatal(err)
	}
	cage := t.TempDir()
	canary := filepath.Join(cage, "canary")
	config, err := os.ReadFile(r.path(".git/config"))
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"ext::sh -c 'touch " + canary + "'", "ssh://example.com/x", "https://registry.example.com/x", r.dir} {
		r.write(".git/config", string(config)+"[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n[remote \"origin\"]\n\tpromisor = true\n\turl = \""+url+
			"\"\n\tuploadpack = touch "+canary+"\n\tpartialclonefilter = blob:none\n")
		repo := openDir(t, r.dir)
		blobs, err := repo.Blobs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := blobs.Read(lost, 10); err == nil {
			t.Errorf("%s: a lost object was read", url)
		}
		blobs.Close()
		if _, err := os.Stat(canary); err == nil {
			t.Fatalf("%s: a program ran", url)
		}
	}
	same(t, "canaries", fired())
}
