package agentsuite

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// scan: what lies in a repository is told, worst first, with how far it is; what is the session is called so.
func scan(t *testing.T, r Rig) {
	r.signIn(t)
	line := "//registry.example.com/:_authToken=" + r.World.Issue() + "\n"
	dir := r.World.Repository(map[string]string{".npmrc": "# mine\n" + line, ".env": line, "fine.js": "1\n"}, ".npmrc", "fine.js")
	var way []api.Progress
	report, err := r.Agent.Scan(t.Context(), api.ScanRequest{Dir: dir}, func(p api.Progress) { way = append(way, p) })
	must(t, err)
	if len(report.Leaks) != 2 || report.Root == "" || report.Files != 3 || report.Cut || report.Hooked {
		t.Fatalf("%+v", report)
	}
	if len(way) == 0 || way[len(way)-1].Found != 2 {
		t.Errorf("on the way: %+v", way)
	}
	worst, next := report.Leaks[0], report.Leaks[1]
	if worst.State != api.LeakTracked || worst.Line != 2 || worst.Masked == "" || worst.Fingerprint == "" || filepath.Base(worst.File) != ".npmrc" || len(byGit(worst)) != 2 {
		t.Errorf("%+v", worst)
	}
	if next.State != api.LeakUntracked || next.Fingerprint != worst.Fingerprint || len(byGit(next)) != 1 {
		t.Errorf("%+v", next)
	}
	past, err := r.Agent.Scan(t.Context(), api.ScanRequest{Dir: dir, History: true}, nil)
	if must(t, err); past.Commits == 0 || past.Leaks[0].Commit == "" || past.Leaks[0].When.IsZero() {
		t.Errorf("%+v", past)
	}
	empty, err := r.Agent.Scan(t.Context(), api.ScanRequest{Dir: r.World.Folder(nil)}, nil)
	if must(t, err); empty.Leaks == nil || len(empty.Leaks) != 0 || empty.Root != "" {
		t.Errorf("an empty folder: %+v", empty)
	}
}

// byGit are those fixes of a leak that leave its file as it is.
func byGit(l api.Leak) []api.Fix {
	return slices.DeleteFunc(slices.Clone(l.Fixes), func(f api.Fix) bool { return f.Code != api.FixUntrack && f.Code != api.FixIgnore })
}

// scanFix: what a leak's fixes say is planned, shown and made.
func scanFix(t *testing.T, r Rig) {
	dir := r.World.Repository(map[string]string{".npmrc": "//registry.example.com/:_authToken=" + r.World.Issue() + "\n"}, ".npmrc")
	file := filepath.Join(dir, ".npmrc")
	report, err := r.Agent.Scan(t.Context(), api.ScanRequest{Dir: dir}, nil)
	must(t, err)
	p, err := r.Agent.Plan(t.Context(), api.SetupRequest{Fixes: append(byGit(report.Leaks[0]), api.Fix{Code: api.FixHook, File: dir})})
	must(t, err)
	if len(p.Commands) != 1 || len(p.Undo) != 1 || len(p.Edits) != 2 || !r.World.Tracks(file) {
		t.Fatalf("%+v", p)
	}
	must(t, r.Agent.Apply(t.Context(), p.ID))
	if r.World.Tracks(file) {
		t.Error("git has the file still")
	}
	for _, e := range p.Edits {
		if r.World.Text(e.File) == "" {
			t.Errorf("%s was not written", e.File)
		}
	}
}

func scanRefused(t *testing.T, r Rig) {
	for code, req := range map[string]api.ScanRequest{api.CodeUsage: {Dir: "relative"}, api.CodeNoGit: {Dir: r.World.Folder(nil), Staged: true}} {
		_, err := r.Agent.Scan(t.Context(), req, nil)
		refused(t, err, code)
	}
	dir := r.World.Repository(map[string]string{"a": "1\n", "b": "2\n"}, "a", "b")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.Agent.Scan(ctx, api.ScanRequest{Dir: dir}, nil)
	refused(t, err, api.CodeCancelled)
}
