package agent

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
	"github.com/sandglass-dev/sandglass/internal/domain/leak"
	"github.com/sandglass-dev/sandglass/internal/domain/token"
)

// place writes files below a folder.
func place(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestM03_OnlyWhatACommitBringsIsStaged: a credential that the last commit has is tracked, and keeps nobody from the next.
func TestM03_OnlyWhatACommitBringsIsStaged(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		text := "# new\n" + npmLine(1) + npmLine(2)
		r := w.git.add(t, t.TempDir(), map[string]string{".npmrc": text, "fresh.js": planted(3) + "\n", "shallow.js": planted(4) + "\n"}, ".npmrc", "fresh.js", "shallow.js")
		r.staged = map[string]bool{".npmrc": true, "fresh.js": true, "shallow.js": true}
		r.was = map[string]string{".npmrc": r.blob(npmLine(1)), "shallow.js": strings.Repeat("0", 40)}
		same(t, exposedBy(t, a, api.ScanRequest{Dir: r.root}), "tracked .npmrc:2", "staged .npmrc:3", "staged fresh.js:1", "staged shallow.js:1")
		same(t, exposedBy(t, a, api.ScanRequest{Dir: r.root, Staged: true}), "staged .npmrc:3", "staged fresh.js:1", "staged shallow.js:1")
		r.put(t, ".npmrc", "# gone\n")
		same(t, exposedBy(t, a, api.ScanRequest{Dir: r.root}), "tracked .npmrc:2", "staged .npmrc:3", "staged fresh.js:1", "staged shallow.js:1")
		report, _ := a.Scan(t.Context(), api.ScanRequest{Dir: r.root}, nil)
		if got := fixCodes(report.Leaks[0]); got != "leak-untrack leak-ignore leak-revoke" {
			t.Errorf("what only the index has: %s", got)
		}
	})
}

// TestM11_ShellSaysWhereItsFilesAre: absolute paths that are there count, each file once.
func TestM11_ShellSaysWhereItsFilesAre(t *testing.T) {
	guarded(t, func(t *testing.T, _ *world, a *Agent) {
		home, other := t.TempDir(), t.TempDir()
		line := func(n int) string { return "export NPM_TOKEN=" + planted(n) + "\n" }
		place(t, home, map[string]string{".zshrc": line(1), ".config/fish/conf.d/x.fish": "set -gx NPM_TOKEN " + planted(2) + "\n", ".config/environment.d/[a].conf": "NPM_TOKEN=" + planted(3) + "\n", "rel/.zshrc": line(9)})
		place(t, other, map[string]string{
			"z/.zshenv": line(4), "z/.bashrc": line(9), "c/fish/config.fish": "set -gx NPM_TOKEN " + planted(5) + "\n", "c/environment.d/a.conf": "NPM_TOKEN=" + planted(6) + "\n",
			"d/fish/fish_history": "- cmd: set -x NPM_TOKEN " + planted(7) + "\n", "past": line(8),
		})
		a.opts.Home = home
		at := func(name string) string { return filepath.Join(other, name) }
		req := api.ScanRequest{Shell: true, Env: map[string]string{"ZDOTDIR": at("z"), "XDG_CONFIG_HOME": at("c"), "XDG_DATA_HOME": at("d"), "HISTFILE": at("past"), "OTHER": at("z/.bashrc")}}
		report, err := a.Scan(t.Context(), req, nil)
		if err != nil || len(report.Leaks) != 8 || len(report.Unread) != 0 {
			t.Fatalf("%v %+v", err, report)
		}
		for _, l := range report.Leaks {
			past := filepath.Base(l.File) == "past" || filepath.Base(l.File) == "fish_history"
			if moves := strings.Contains(fixCodes(l), api.FixMove); moves == past || !strings.Contains(fixCodes(l), api.FixRevoke) {
				t.Errorf("%s: %s", l.File, fixCodes(l))
			}
		}
		req.Env = map[string]string{"ZDOTDIR": "rel", "HISTFILE": filepath.Join(home, ".zshrc"), "XDG_CONFIG_HOME": at("none"), "XDG_DATA_HOME": "/dev/null"}
		if report, err = a.Scan(t.Context(), req, nil); err != nil || len(report.Leaks) != 3 {
			t.Errorf("%v %+v", err, report)
		}
	})
}

// TestM11_NewestOfALongHistoryIsRead: with the lines counted from its beginning, and the rest told as not read.
func TestM11_NewestOfALongHistoryIsRead(t *testing.T) {
	guarded(t, func(t *testing.T, _ *world, a *Agent) {
		home := t.TempDir()
		old := "export NPM_TOKEN=" + planted(1) + "\n"
		fill := strings.Repeat("echo 0123456789\n", leak.MaxSize/16)
		place(t, home, map[string]string{".bash_history": old + fill + "export NPM_TOKEN=" + planted(2) + "\n", ".bashrc": "export NPM_TOKEN=" + planted(3) + "\n" + fill})
		a.opts.Home = home
		report, err := a.Scan(t.Context(), api.ScanRequest{Shell: true}, nil)
		if err != nil || len(report.Leaks) != 2 || len(report.Unread) != 2 {
			t.Fatalf("%v %+v", err, report)
		}
		if l := report.Leaks[0]; l.Line != leak.MaxSize/16+2 {
			t.Errorf("at line %d, not %d", l.Line, leak.MaxSize/16+2)
		}
	})
}

// TestM02_LargeFilesAreToldAsUnread: those that git would take, if they are text.
func TestM02_LargeFilesAreToldAsUnread(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		text := strings.Repeat("text\n", maxLooseSize/5+1)
		r := w.git.add(t, t.TempDir(), map[string]string{"big.log": text, "big.bin": "\x00" + text, "out/big.log": text, "tracked.txt": strings.Repeat(text, 9)}, "tracked.txt")
		r.ignored = []string{"out/"}
		report, err := a.Scan(t.Context(), api.ScanRequest{Dir: r.root}, nil)
		if err != nil || len(report.Unread) != 2 || filepath.Base(report.Unread[0]) != "tracked.txt" || filepath.Base(report.Unread[1]) != "big.log" {
			t.Errorf("%v %+v", err, report)
		}
	})
}

// TestScanKnowsWhatIsKept: a credential in the keyring is called by its name, and nothing is to be moved where nothing
// is kept for good.
func TestScanKnowsWhatIsKept(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		dir := t.TempDir()
		place(t, dir, map[string]string{".env": "NPM_TOKEN=" + planted(1) + "\n"})
		id, err := a.stow(t.Context(), keptRecord{Masked: "npm_"}, token.NewSecret(planted(1)))
		if err != nil {
			t.Fatal(err)
		}
		report, err := a.Scan(t.Context(), api.ScanRequest{Dir: dir}, nil)
		if err != nil || len(report.Leaks) != 1 || report.Leaks[0].Kept != id || report.Leaks[0].Session != "" {
			t.Errorf("%v %+v", err, report)
		}
		if text, _ := json.Marshal(report); strings.Contains(string(text), planted(1)) {
			t.Error("the report holds it")
		}
	})
}
