package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/adapter/ipc"
	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
	"github.com/sandglass-dev/sandglass/internal/testkit/clients"
)

// planted makes a credential whose checksum fits, so that nobody takes it for an example.
func planted(n byte) string {
	entropy := "Qw7Er5Ty3Ui1Op9As8Df6Gh4Jk2L" + string([]byte{'a' + n%26, 'Z'})
	return "npm_" + entropy + token.Checksum(entropy)
}

// coder is a user with an agent and a git repository. All that programs say is kept, for no credential may be in it.
type coder struct {
	*user
	dir     string
	secrets []string
	heard   strings.Builder
}

func newCoder(t *testing.T, more ...string) *coder {
	if _, err := exec.LookPath("git"); err != nil {
		clients.Lacking(t, "git")
	}
	home := clients.NewHome(t, "http://127.0.0.1:9/")
	home.Write(t, ".gitconfig", "[user]\n\tname = Alice\n\temail = alice@example.com\n[init]\n\tdefaultBranch = main\n", 0o600)
	u := newUser(t, home, append([]string{"NO_COLOR=1", "GIT_CONFIG_NOSYSTEM=1"}, more...)...)
	c := &coder{user: u, dir: filepath.Join(home.Dir, "work", "app")}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	c.git("init")
	t.Cleanup(func() {
		for _, s := range c.secrets {
			for _, text := range []string{c.heard.String(), c.log()} {
				if strings.Contains(text, s) || strings.Contains(text, s[4:30]) {
					t.Errorf("a credential was told")
				}
			}
		}
	})
	return c
}

// secret makes a credential that nobody may tell.
func (c *coder) secret() string {
	s := planted(byte(len(c.secrets)))
	c.secrets = append(c.secrets, s)
	return s
}

// run runs a program in the repository.
func (c *coder) run(name string, args ...string) (out, talk string, code int) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	cmd := c.command(ctx, name, args...)
	cmd.Dir = c.dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	c.heard.WriteString(stdout.String() + stderr.String())
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// git runs git, which must succeed.
func (c *coder) git(args ...string) string {
	c.t.Helper()
	out, talk, code := c.run("git", args...)
	if code != 0 {
		c.t.Fatalf("git %s: %d\n%s%s", args, code, out, talk)
	}
	return out
}

func (c *coder) write(name, text string) {
	c.t.Helper()
	c.home.Write(c.t, filepath.Join("work", "app", name), text, 0o644)
}

// scan is sandglass scan with an exit code.
func (c *coder) scan(want int, args ...string) (out, talk string) {
	c.t.Helper()
	out, talk, code := c.run("sandglass", append([]string{"scan"}, args...)...)
	if code != want {
		c.t.Fatalf("sandglass scan %s: exit code %d, want %d\n%s%s", args, code, want, out, talk)
	}
	return out, talk
}

// report is the same as data.
func (c *coder) report(want int, args ...string) api.ScanReport {
	c.t.Helper()
	out, _ := c.scan(want, append(args, "--json")...)
	var r struct {
		Schema int `json:"schema_version"`
		api.ScanReport
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil || r.Schema != api.Schema || r.Leaks == nil {
		c.t.Fatalf("%v: %s", err, out)
	}
	return r.ScanReport
}

// states are the states of what was found, by file.
func (c *coder) states(r api.ScanReport) map[string]api.LeakState {
	out := map[string]api.LeakState{}
	for _, l := range r.Leaks {
		rel, _ := filepath.Rel(r.Root, l.File)
		out[rel] = l.State
	}
	return out
}

// TestScan is the guard's day: literals are found where they lie, git forgets the file and keeps it on disk, the
// history tells what it holds, and no credential is in any word.
func TestScan(t *testing.T) {
	c := newCoder(t)
	c.agent()
	if out, _ := c.scan(0); !strings.Contains(out, "No credentials") {
		t.Error(out)
	}
	line := func() string { return "//registry.example.com/:_authToken=" + c.secret() + "\n" }
	c.write(".npmrc", "registry=https://registry.example.com/\n"+line())
	c.write("old.sh", "export NPM_TOKEN="+c.secret()+"\n")
	c.git("add", ".")
	c.git("commit", "-m", "begin")
	c.write("old.sh", "# nothing\n")
	c.git("commit", "-am", "take it out")
	c.write(".env", "NPM_TOKEN="+c.secret()+"\n")
	c.write(".gitignore", "private/\n")
	c.write("private/.npmrc", line())
	c.write("node_modules/x/.npmrc", line())
	c.write("next.js", "const t = '"+c.secret()+"'\n")
	c.git("add", "next.js")

	r := c.report(7, "--history")
	want := map[string]api.LeakState{".npmrc": api.LeakTracked, "old.sh": api.LeakCommitted, ".env": api.LeakUntracked, "private/.npmrc": api.LeakIgnored, "next.js": api.LeakStaged}
	if got := c.states(r); len(got) != len(want) || len(r.Leaks) != len(want) {
		t.Errorf("found %v", got)
	}
	for file, state := range want {
		if got := c.states(r)[file]; got != state {
			t.Errorf("%s is %q, want %q", file, got, state)
		}
	}
	for i, l := range r.Leaks {
		if i == 0 && l.State != api.LeakCommitted || l.Masked == "" || l.Fingerprint == "" || l.Line == 0 {
			t.Errorf("%+v", l)
		}
		if tracked := l.State == api.LeakCommitted || l.State == api.LeakTracked; tracked != (l.Commit != "") || tracked != !l.When.IsZero() {
			t.Errorf("%s: commit %q of %v", l.File, l.Commit, l.When)
		}
	}
	if r.Hooked || r.Commits != 2 || r.Files == 0 || r.Root != c.dir {
		t.Errorf("%+v", r)
	}
	if got := c.states(c.report(7, "--staged")); len(got) != 1 || got["next.js"] != api.LeakStaged {
		t.Errorf("staged: %v", got)
	}
	words, _ := c.scan(7)
	for _, want := range []string{".npmrc:2", "registry.example.com", "Git tracks this file", "sandglass scan --fix", "revoke", "4 credentials", "sandglass scan --hook"} {
		if !strings.Contains(words, want) {
			t.Errorf("it does not say %q:\n%s", want, words)
		}
	}
	c.fixed()
}

// fixed: git forgets .npmrc and ignores it and .env; both stay.
func (c *coder) fixed() {
	t := c.t
	t.Helper()
	before := c.git("status", "--porcelain")
	if _, talk, code := c.run("sandglass", "scan", "--fix"); code != 2 || c.git("status", "--porcelain") != before {
		t.Errorf("without a yes: %d\n%s", code, talk)
	}
	_, talk := c.scan(7, "--fix", "--yes") // next.js is left
	for _, want := range []string{"+/.npmrc", "+/.env", "rm --cached -- .npmrc", "add --force -- .npmrc"} {
		if !strings.Contains(talk, want) {
			t.Errorf("the plan does not say %q:\n%s", want, talk)
		}
	}
	if text := c.home.Read("work/app/.gitignore"); text != "private/\n/.env\n/.npmrc\n" && text != "private/\n/.npmrc\n/.env\n" {
		t.Errorf(".gitignore: %q", text)
	}
	if c.home.Read("work/app/.npmrc") == "" || strings.Contains(c.git("ls-files"), ".npmrc") {
		t.Error("git has the file, or nobody has")
	}
	if got := c.states(c.report(7)); got[".npmrc"] != api.LeakIgnored || got[".env"] != api.LeakIgnored {
		t.Errorf("after the repair: %v", got)
	}
	c.git("add", "--force", "--", ".npmrc")
	if got := c.states(c.report(7)); got[".npmrc"] == api.LeakIgnored {
		t.Error("the undo that was told undoes nothing")
	}
}

// TestScanHook: the hook refuses the commit of a planted credential and lets others through, silently; one that was
// there before still runs; without an agent nobody is kept from committing; and it goes as it came.
func TestScanHook(t *testing.T) {
	c := newCoder(t)
	const own = "#!/bin/sh\necho mine >> ran\n"
	c.home.Write(t, "work/app/.git/hooks/pre-commit", own, 0o755)
	ran := func() int { return strings.Count(c.home.Read("work/app/ran"), "mine") }
	end := c.agentUntil()
	c.scan(0, "--hook", "--yes")
	c.write("a.txt", "fine\n")
	c.git("add", "a.txt")
	if _, talk, code := c.run("git", "commit", "-qm", "clean"); code != 0 || talk != "" || ran() != 1 {
		t.Errorf("a clean commit: %d, %q, %d", code, talk, ran())
	}
	c.write("a.txt", "npm "+c.secret()+"\n")
	_, talk, code := c.run("git", "commit", "-qam", "bad")
	if code == 0 || !strings.Contains(talk, "a.txt:1") || !strings.Contains(talk, "--no-verify") || ran() != 1 {
		t.Errorf("a bad one: %d, %d\n%s", code, ran(), talk)
	}
	if c.report(7); !c.report(7).Hooked {
		t.Error("the report does not know of the hook")
	}
	c.git("commit", "--no-verify", "-qam", "all the same")
	c.write("b.txt", "npm "+c.secret()+"\n")
	c.git("add", "b.txt")
	c.write("a.txt", "fine again\n")
	if _, talk, code := c.run("git", "commit", "-qm", "only a", "--", "a.txt"); code != 0 {
		t.Errorf("the index of a commit of single files: %s", talk)
	}
	c.git("worktree", "add", "-q", "../wood")
	c.dir = filepath.Join(c.home.Dir, "work", "wood")
	c.home.Write(t, "work/wood/c.txt", "npm "+c.secret()+"\n", 0o644)
	c.git("add", "c.txt")
	if _, talk, code := c.run("git", "commit", "-qm", "in a worktree"); code == 0 || !strings.Contains(talk, "c.txt:1") || strings.Contains(talk, "b.txt") {
		t.Errorf("in a worktree: %d\n%s", code, talk)
	}
	c.dir = filepath.Join(c.home.Dir, "work", "app")
	c.scan(0, "--unhook", "--yes")
	if got := c.home.Read("work/app/.git/hooks/pre-commit"); got != own {
		t.Errorf("the hook is now %q", got)
	}
	c.scan(0, "--hook", "--yes")
	end()
	if _, talk, code := c.run("git", "commit", "-qm", "alone"); code != 0 || !strings.Contains(talk, "was not looked at") {
		t.Errorf("without an agent: %d\n%s", code, talk)
	}
}

// agentUntil is an agent that can be ended before the test is.
func (c *coder) agentUntil() (end func()) {
	cmd := c.command(context.Background(), "sandglass-agent")
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ended := false
	end = func() {
		if !ended {
			ended = true
			_ = cmd.Process.Signal(os.Interrupt)
			_ = cmd.Wait()
		}
	}
	c.t.Cleanup(end)
	c.answers()
	return end
}

// TestM08_ScanRunsNothing: whatever a repository's config and attributes name, no scan and no repair runs it.
func TestM08_ScanRunsNothing(t *testing.T) {
	c := newCoder(t)
	c.agent()
	c.write(".npmrc", "//registry.example.com/:_authToken="+c.secret()+"\n")
	c.git("add", ".")
	c.git("commit", "-qm", "begin")
	trap := filepath.Join(c.dir, "trap")
	c.write("trap", "#!/bin/sh\ntouch "+filepath.Join(c.home.Dir, "sprung")+"\ncat\n")
	if err := os.Chmod(trap, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "diff.external", "filter.f.clean", "filter.f.smudge",
		"filter.f.process", "diff.d.textconv", "diff.d.command", "credential.helper", "gpg.program", "alias.ls-files", "alias.cat-file", "core.askPass", "uploadpack.packObjectsHook"} {
		value := trap
		if strings.HasPrefix(name, "alias") {
			value = "!" + trap
		}
		c.git("config", name, value)
	}
	for _, hook := range []string{"post-index-change", "post-checkout", "reference-transaction", "pre-commit"} {
		c.home.Write(t, "work/app/.git/hooks/"+hook, "#!/bin/sh\ntouch "+filepath.Join(c.home.Dir, "sprung")+"\n", 0o755)
	}
	c.write(".gitattributes", "* filter=f diff=d\n")
	_ = os.Remove(filepath.Join(c.home.Dir, "sprung")) // our own git commands above may have set it off
	c.report(7, "--history")
	c.scan(0, "--staged")
	c.scan(7, "--fix", "--yes") // no keyring answers that could take the line
	c.scan(0, "--hook", "--yes")
	c.scan(0, "--unhook", "--yes")
	if _, err := os.Stat(filepath.Join(c.home.Dir, "sprung")); err == nil {
		t.Error("something of the repository's ran")
	}
}

// TestScanGuardsProjects: what is wrong in a watched project is told without being asked, and put right by doctor.
func TestScanGuardsProjects(t *testing.T) {
	c := newCoder(t)
	c.agent()
	c.write(".npmrc", "//registry.example.com/:_authToken=\n")
	c.git("add", ".")
	c.git("commit", "-qm", "begin")
	if err := ipc.Dial(filepath.Join(c.home.Dir, "run", "sandglass")).Do(t.Context(), api.Action{Verb: api.VerbWatch, Path: c.dir}); err != nil {
		t.Fatal(err)
	}
	told := func() (found []api.Finding) {
		for _, f := range c.status().Findings {
			if f.Code == api.FindingLeakTracked || f.Code == api.FindingProjectLiteral {
				found = append(found, f)
			}
		}
		return found
	}
	c.write(".npmrc", "# mine\n//registry.example.com/:_authToken="+c.secret()+"\n")
	c.await("the finding", func() bool {
		return len(told()) == 1 && told()[0].Code == api.FindingLeakTracked && told()[0].Line == 2
	})
	c.write(".env", "NPM_TOKEN="+c.secret()+"\n")
	c.await("the other", func() bool { return len(told()) == 2 })
	out, talk, code := c.run("sandglass", "doctor", "--fix", "--yes")
	if code != 0 || !strings.Contains(talk, "rm --cached -- .npmrc") {
		t.Errorf("%d\n%s%s", code, out, talk)
	}
	c.await("the repair", func() bool { return len(told()) == 1 && told()[0].Code == api.FindingProjectLiteral })
	if text := c.home.Read("work/app/.gitignore"); !strings.Contains(text, "/.npmrc\n") || !strings.Contains(text, "/.env\n") {
		t.Errorf(".gitignore: %q", text)
	}
}

// TestScanElsewhere: a folder of no repository, the shells' files, and Japanese.
func TestScanElsewhere(t *testing.T) {
	c := newCoder(t, "LANG=ja_JP.UTF-8")
	c.agent()
	c.home.Write(t, "plain/.npmrc", "//registry.example.com/:_authToken="+c.secret()+"\n", 0o600)
	c.home.Write(t, ".bash_history", "ls\nexport NPM_TOKEN="+c.secret()+"\n", 0o600)
	dir := filepath.Join(c.home.Dir, "plain")
	r := c.report(7, dir)
	if r.Root != "" || len(r.Leaks) != 1 || r.Leaks[0].State != api.LeakOutside {
		t.Errorf("%+v", r)
	}
	r = c.report(7, "--shell")
	if len(r.Leaks) != 1 || r.Leaks[0].Line != 2 || filepath.Base(r.Leaks[0].File) != ".bash_history" {
		t.Errorf("%+v", r)
	}
	c.scan(1, dir, "--history")
	c.scan(2, "--staged", "--shell")
	words, _ := c.scan(7, dir)
	if !strings.Contains(words, "1 件の認証情報が見つかりました") || !strings.Contains(words, "アクセストークン") || strings.Contains(words, "credential") {
		t.Error(words)
	}
}
