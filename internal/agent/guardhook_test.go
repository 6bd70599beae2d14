package agent

import (
	"context"
	"testing"
	"time"

	"github.com/sandglass-dev/sandglass/internal/agent/api"
)

// TestM08_HookThatIsOffStaysOff: a hook that nobody may run is not switched on with all that stands in it, and a scan
// does not take it for one that keeps watch.
func TestM08_HookThatIsOffStaysOff(t *testing.T) {
	guarded(t, func(t *testing.T, w *world, a *Agent) {
		r := w.git.add(t, t.TempDir(), nil)
		for _, ours := range []bool{false, true} {
			r.hook, r.hookOld = Hook{Path: "/r/.git/hooks/pre-commit", Ours: ours}, []byte("#!/bin/sh\nrm -r build\n")
			if _, err := a.Plan(t.Context(), api.SetupRequest{Fixes: []api.Fix{{Code: api.FixHook, File: r.root}}}); codeOf(err) != api.CodeHookOff {
				t.Errorf("ours %v: %v", ours, err)
			}
			if found, err := a.Scan(t.Context(), api.ScanRequest{Dir: r.root}, nil); err != nil || found.Hooked {
				t.Errorf("ours %v: %v, hooked %v", ours, err, found.Hooked)
			}
		}
		r.hook.Ours, r.hook.Runnable = false, true
		p, err := a.Plan(t.Context(), api.SetupRequest{Fixes: []api.Fix{{Code: api.FixHook, File: r.root}}})
		if err != nil || len(p.Edits) != 1 {
			t.Errorf("one that is on: %v %+v", err, p)
		}
	})
}

// stuckGit is a git that a hostile config keeps waiting.
type stuckGit struct{}

func (stuckGit) Open(ctx context.Context, _ GitPlace) (Repo, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestM08_GitThatWaitsHoldsNobodyUp: projects are looked at unasked, and so git gets a deadline.
func TestM08_GitThatWaitsHoldsNobodyUp(t *testing.T) {
	guarded(t, func(t *testing.T, _ *world, a *Agent) {
		began, dir := time.Now(), t.TempDir()
		b := &Agent{ports: a.ports, log: a.log}
		b.ports.Git = stuckGit{}
		if got := b.trackedLines(t.Context(), dir, []lineOf{{dir + "/.npmrc", 1}}); len(got) != 0 || time.Since(began) > time.Minute {
			t.Errorf("%v after %v", got, time.Since(began))
		}
	})
}
