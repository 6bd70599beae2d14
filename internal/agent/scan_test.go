package agent

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// planted is a credential beyond doubt.
func planted(n int) string {
	entropy := fmt.Sprintf("Qw7Er5Ty3Ui1Op9As8Df6Gh4Jk2L%02d", n)
	return "npm_" + entropy + token.Checksum(entropy)
}

func npmLine(n int) string { return "//registry.example.com/:_authToken=" + planted(n) + "\n" }

// guarded runs f with an agent that has a fake git, in a bubble.
func guarded(t *testing.T, f func(t *testing.T, w *world, a *Agent)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.git = &fakeGit{}
		a, stop := w.run(t)
		defer stop()
		f(t, w, a)
	})
}

// exposedBy lists what a scan finds, as "state file:line", and searches the answer for credentials.
func exposedBy(t *testing.T, a *Agent, req api.ScanRequest) []string {
	t.Helper()
	r, err := a.Scan(t.Context(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(r)
	for n := range 20 {
		if strings.Contains(string(text), planted(n)) {
			t.Errorf("the report holds credential %d", n)
		}
	}
	out := []string{}
	for _, l := range r.Leaks {
		rel, _ := filepath.Rel(r.Root, l.File)
		if r.Root == "" {
			rel = filepath.Base(l.File)
		}
		out = append(out, fmt.Sprintf("%s %s:%d", l.State, filepath.ToSlash(rel), l.Line))
	}
	return out
}

func fixCodes(l api.Leak) string {
	var codes []string
	for _, f := range l.Fixes {
		codes = append(codes, f.Code)
	}
	return strings.Join(codes, " ")
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// TestScanStates: what is in the work tree and in the index, each once, the worst first.
func TestScanStates(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		r := w.git.add(t, t.TempDir(), map[string]string{
			".npmrc": "# mine\n" + npmLine(1) + npmLine(1), "a/b.js": "x = '" + planted(2) + "'\n", "clean.js": "nothing\n",
			".env": "NPM_TOKEN=" + planted(3) + "\n", "out/x": planted(4) + "\n", "node_modules/p/.npmrc": npmLine(5), ".git/x": planted(6) + "\n",
			"inner/.git/HEAD": "", "inner/.npmrc": npmLine(7),
		}, ".npmrc", "a/b.js", "clean.js")
		r.ignored = []string{"out/"}
		r.stage("clean.js", planted(8)+"\n")     // taken out of the work tree, but not of the index
		r.stage("gone.js", "\n"+planted(9)+"\n") // not checked out
		r.staged["gone.js"] = true
		r.staged["a/b.js"] = true
		same(t, exposedBy(t, a, api.ScanRequest{Dir: r.root}),
			"tracked .npmrc:2", "tracked .npmrc:3", "tracked clean.js:1", "staged a/b.js:1", "staged gone.js:2", "untracked .env:1", "ignored out/x:1")
		same(t, exposedBy(t, a, api.ScanRequest{Dir: filepath.Join(r.root, "a")}), "staged a/b.js:1")
		same(t, exposedBy(t, a, api.ScanRequest{Dir: filepath.Join(r.root, "out")}), "ignored out/x:1")
		same(t, exposedBy(t, a, api.ScanRequest{Dir: r.root, Staged: true}), "staged a/b.js:1", "staged gone.js:2")
		report, _ := a.Scan(t.Context(), api.ScanRequest{Dir: r.root}, nil)
		if len(report.Unread) != 1 || filepath.Base(report.Unread[0]) != "inner" {
			t.Errorf("not looked at: %q", report.Unread)
		}
		for _, l := range report.Leaks {
			want := map[string]string{".npmrc": "leak-move leak-untrack leak-ignore leak-revoke", ".env": "leak-move leak-ignore leak-revoke"}[filepath.Base(l.File)]
			if got := fixCodes(l); got != cmp.Or(want, "leak-revoke") {
				t.Errorf("%s: %s", l.File, got)
			}
		}
	})
}

// TestScanHistory: the first commit counts; a credential that still lies in its file is told there.
func TestScanHistory(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		r := w.git.add(t, t.TempDir(), map[string]string{".npmrc": npmLine(1)}, ".npmrc")
		day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
		r.commit("c4", ".npmrc", npmLine(1)+"#\n", day(4))
		r.commit("c3", "old.js", "//\n"+planted(2)+"\n", day(3))
		r.commit("c2", "old.js", planted(2)+"\n", day(2))
		r.commit("c1", ".npmrc", npmLine(1), day(1))
		r.past = append(r.past, pastBlob{Commit{"c0", day(1)}, Blob{Path: "lost", ID: strings.Repeat("0", 40)}})
		same(t, exposedBy(t, a, api.ScanRequest{Dir: r.root, History: true}), "committed old.js:2", "tracked .npmrc:1")
		report, err := a.Scan(t.Context(), api.ScanRequest{Dir: r.root, History: true}, nil)
		if err != nil || report.Commits != 5 || len(report.Unread) != 1 {
			t.Errorf("%v %+v", err, report)
		}
		for _, l := range report.Leaks {
			if want := map[string]string{"old.js": "c2", ".npmrc": "c1"}[filepath.Base(l.File)]; l.Commit != want || l.When.IsZero() {
				t.Errorf("%s: %s at %v, want %s", l.File, l.Commit, l.When, want)
			}
		}
	})
}

// TestM07_ScanStaysInside: links lead nowhere, a pipe holds nobody up, and a name tells no credential.
func TestM07_ScanStaysInside(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		outside := t.TempDir()
		if err := os.WriteFile(filepath.Join(outside, ".npmrc"), []byte(npmLine(1)), 0o600); err != nil {
			t.Fatal(err)
		}
		r := w.git.add(t, t.TempDir(), map[string]string{planted(2): planted(3) + "\n"}, planted(2))
		for link, to := range map[string]string{"dir": outside, ".npmrc": filepath.Join(outside, ".npmrc"), "loop": "loop"} {
			if err := os.Symlink(to, filepath.Join(r.root, link)); err != nil {
				t.Skip(err)
			}
		}
		for _, path := range []string{"dir/.npmrc", ".npmrc", "loop", "../../escape"} {
			r.stage(path, "nothing\n")
		}
		r.links = []string{".npmrc"}
		report, err := a.Scan(t.Context(), api.ScanRequest{Dir: r.root}, nil)
		text, _ := json.Marshal(report)
		if err != nil || len(report.Leaks) != 1 || strings.Contains(string(text), planted(2)) {
			t.Errorf("%v %s", err, text)
		}
	})
}

// TestScanElsewhere: no repository, no git, the user's shell files, and requests that make no sense.
func TestScanElsewhere(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		dir := t.TempDir()
		for name, text := range map[string]string{".npmrc": npmLine(1), ".bash_history": "export NPM_TOKEN=" + planted(2) + "\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		same(t, exposedBy(t, a, api.ScanRequest{Dir: dir}), "outside .bash_history:1", "outside .npmrc:1")
		a.opts.Home = dir
		same(t, exposedBy(t, a, api.ScanRequest{Shell: true}), "outside .bash_history:1")
		for code, req := range map[string]api.ScanRequest{
			api.CodeUsage: {Dir: "relative"}, api.CodeFile: {Dir: filepath.Join(dir, "none")}, api.CodeNoGit: {Dir: dir, History: true},
		} {
			if _, err := a.Scan(t.Context(), req, nil); codeOf(err) != code {
				t.Errorf("%+v: %v", req, err)
			}
		}
		w.git.err = fmt.Errorf("it belongs to another user")
		if _, err := a.Scan(t.Context(), api.ScanRequest{Dir: dir}, nil); codeOf(err) != api.CodeNoGit {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, err := a.Scan(ctx, api.ScanRequest{Shell: true}, func(api.Progress) { cancel() })
		if codeOf(err) != api.CodeCancelled {
			t.Errorf("cancelled: %v", err)
		}
	})
}

// TestScanKnowsSessions: a credential that is a kept session's is called by its name, and the index of a hook is asked.
func TestScanKnowsSessions(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		s := w.issue()
		w.save(userRC, "//registry.example.com/:_authToken="+s+"\n")
		r := w.git.add(t, t.TempDir(), map[string]string{".npmrc": "//registry.example.com/:_authToken=" + s + "\n"}, ".npmrc")
		report, err := a.Scan(t.Context(), api.ScanRequest{Dir: r.root, Git: api.GitPlace{Index: "/x/index"}}, nil)
		if err != nil || len(report.Leaks) != 1 || report.Leaks[0].Session != reg.String() {
			t.Errorf("%v %+v", err, report)
		}
		if at := w.git.asked[len(w.git.asked)-1]; at.IndexFile != "/x/index" {
			t.Errorf("asked %+v", at)
		}
	})
}
